// The W3C WebDriver protocol, as far as the tests need it, spoken with WebKitGTK's own driver.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const DRIVER = process.env.DOORSTEP_WEBDRIVER ?? "WebKitWebDriver";

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** One automated window: the driver starts the program and is its parent. */
export class Session {
  /** Starts `binary` with `args` on a display and attaches to its page. */
  static async start({ binary, args, env }) {
    const session = new Session();
    const port = await freePort();
    session.base = `http://127.0.0.1:${port}`;
    session.driver = spawn(DRIVER, [`--port=${port}`, "--host=127.0.0.1"], {
      env: { ...env, TAURI_WEBVIEW_AUTOMATION: "true" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    for (let turn = 0; turn < 100; turn += 1) {
      const ready = await fetch(`${session.base}/status`).then((answer) => answer.ok, () => false);
      if (ready) break;
      await pause(50);
    }
    /** When the driver was asked to start the program, in ms since the epoch. */
    session.asked = Date.now();
    const told = await session.ask("POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } },
    });
    session.base += `/session/${told.sessionId}`;
    return session;
  }

  async ask(method, path, body) {
    const answer = await fetch(this.base + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  /** Runs a function in the page; its arguments and its answer are JSON or elements. */
  run(work, ...args) {
    const script = `return (${work})(...arguments)`;
    return this.ask("POST", "/execute/sync", { script, args });
  }

  /** The same for a function that answers later. */
  runLater(work, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      (${work})(...[...arguments].slice(0, -1)).then((value) => done({ value }), (error) => done({ error: error.name ?? String(error.code ?? error) }))`;
    return this.ask("POST", "/execute/async", { script, args });
  }

  /** Answers an element of a page's answer, for the calls below. */
  id(element) {
    return element[ELEMENT];
  }

  actions(actions) {
    return this.ask("POST", "/actions", { actions });
  }

  async picture() {
    return Buffer.from(await this.ask("GET", "/screenshot"), "base64");
  }

  /** The driver goes, and with it the window if it still runs. */
  close() {
    this.driver.kill("SIGKILL");
  }
}
