// The window's page with the words that the door job is written in, so that the very same walk is
// made in Chromium and in the window: finding by role, label and text, clicking, typing, drawing.

const PATIENCE = 20_000;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const pattern = (name) =>
  name instanceof RegExp ? { source: name.source, flags: name.flags } : name === undefined ? null : { text: name };

/** Finds elements; runs in the page. */
function find(steps) {
  const ROLES = {
    button: "button, [role=button]",
    radio: "input[type=radio], [role=radio]",
    listitem: "li, [role=listitem]",
    textbox: "input:not([type]), input[type=text], input[type=tel], input[type=search], textarea, [role=textbox]",
    navigation: "nav, [role=navigation]",
    img: "img, [role=img]",
    link: "a[href], [role=link]",
  };
  const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const texts = (elements) => clean([...elements].map((one) => one.textContent).join(" "));
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return texts(by.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean));
    const label = element.getAttribute("aria-label");
    if (label) return clean(label);
    if (element.labels?.length) return texts(element.labels);
    return clean(element.getAttribute("alt") ?? element.textContent);
  };
  const matches = (text, wanted) =>
    wanted === null || (wanted.text === undefined ? new RegExp(wanted.source, wanted.flags).test(text) : text.includes(wanted.text));
  const shown = (element) =>
    element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const below = (root, selector) => [...root.querySelectorAll(selector)];
  let found = [document.documentElement];
  for (const step of steps) {
    if (step.pick) found = found.slice(step.pick === "first" ? 0 : -1).slice(0, 1);
    else if (step.holding) found = found.filter((one) => matches(clean(one.textContent), step.holding));
    else if (step.role) {
      found = found.flatMap((root) => below(root, ROLES[step.role]))
        .filter((one) => shown(one) && matches(nameOf(one), step.name));
    } else if (step.label) {
      found = found.flatMap((root) => below(root, "input, textarea, select"))
        .filter((one) => shown(one) && matches(nameOf(one), step.label));
    } else {
      found = found.flatMap((root) => below(root, "body *"))
        .filter((one) => shown(one) && matches(clean(one.textContent), step.text))
        .filter((one) => ![...one.children].some((child) => matches(clean(child.textContent), step.text)));
    }
    found = [...new Set(found)];
  }
  return found;
}

/** What a finger meets of an element once it rests in its place; null while it cannot be pressed. */
async function restingTarget(element) {
  const able = () => element.isConnected && !element.disabled && element.getAttribute("aria-disabled") !== "true";
  // A radio button lies hidden in its label.
  const hidden = element.matches("input[type=radio], input[type=checkbox]");
  const target = hidden ? element.closest("label") ?? element : element;
  const place = () => Object.values(target.getBoundingClientRect().toJSON()).join();
  const before = place();
  await new Promise((later) => setTimeout(later, 120));
  return able() && place() === before ? target : null;
}

class Locator {
  constructor(page, steps) {
    this.page = page;
    this.steps = steps;
  }

  step(step) {
    return new Locator(this.page, [...this.steps, step]);
  }

  getByRole(role, { name } = {}) {
    return this.step({ role, name: pattern(name) });
  }

  getByLabel(label) {
    return this.step({ label: pattern(label) });
  }

  getByText(text) {
    return this.step({ text: pattern(text) });
  }

  filter({ hasText }) {
    return this.step({ holding: pattern(hasText) });
  }

  first() {
    return this.step({ pick: "first" });
  }

  last() {
    return this.step({ pick: "last" });
  }

  /** The one element, as soon as it is there. */
  async element({ timeout = PATIENCE } = {}) {
    const until = Date.now() + timeout;
    let found = [];
    do {
      found = await this.page.session.run(find, this.steps);
      if (found.length > 0) return found[0];
      await pause(60);
    } while (Date.now() < until);
    const screen = await this.page.session.run(() => document.body.innerText);
    throw new Error(`not on the screen: ${JSON.stringify(this.steps)}\n${screen}`);
  }

  async waitFor(options) {
    await this.element(options);
  }

  async click() {
    const { session } = this.page;
    const until = Date.now() + PATIENCE;
    for (;;) {
      const element = await this.element();
      const target = await session.runLater(restingTarget, element).then(({ value }) => value);
      if (target !== null) {
        try {
          return await session.ask("POST", `/element/${session.id(target)}/click`, {});
        } catch (error) {
          // React drew it anew, or something still moves over it.
          if (Date.now() > until || !/stale|intercepted|not interactable/.test(error.message)) throw error;
        }
      } else if (Date.now() > until) throw new Error(`disabled or never at rest: ${JSON.stringify(this.steps)}`);
      await pause(80);
    }
  }

  async fill(text) {
    const { session } = this.page;
    const id = session.id(await this.element());
    await session.ask("POST", `/element/${id}/clear`, {});
    await session.ask("POST", `/element/${id}/value`, { text });
  }

  async blur() {
    await this.page.session.run((one) => one.blur(), await this.element());
  }

  async scrollIntoViewIfNeeded() {
    await this.page.session.run((one) => one.scrollIntoView({ block: "nearest" }), await this.element());
  }

  async boundingBox() {
    return this.page.session.run((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return { x, y, width, height };
    }, await this.element());
  }
}

const ENTER = "\uE007";

/** What a walk needs of a page. */
export class Page extends Locator {
  constructor(session) {
    super(null, []);
    this.page = this;
    this.session = session;
    this.keyboard = {
      type: (text) => this.keys(text),
      press: (key) => this.keys(key === "Enter" ? ENTER : key),
    };
    this.mouse = {
      move: (x, y) => this.pointer({ type: "pointerMove", duration: 8, x: Math.round(x), y: Math.round(y), origin: "viewport" }),
      down: () => this.pointer({ type: "pointerDown", button: 0 }),
      up: () => this.pointer({ type: "pointerUp", button: 0 }),
    };
  }

  waitForTimeout(ms) {
    return pause(ms);
  }

  keys(text) {
    const strokes = [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    return this.session.actions([{ type: "key", id: "keys", actions: strokes }]);
  }

  pointer(action) {
    return this.session.actions([{ type: "pointer", id: "finger", parameters: { pointerType: "mouse" }, actions: [action] }]);
  }

  /** Calls the core by the window's own way. */
  async call(command, input = {}) {
    const answer = await this.session.runLater(
      (name, given) => globalThis.__TAURI_INTERNALS__.invoke("rpc", { command: name, input: given }),
      command, input,
    );
    if (answer.error) throw new Error(`${command}: ${answer.error}`);
    return answer.value;
  }
}
