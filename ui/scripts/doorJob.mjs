// The door job by hand: every step as an engineer does it on the screens, in either language.

/** Types as a USB scanner does: all keys at once, none waiting for the screen, Enter at the end. */
export async function scanLikeUsb(page, text) {
  const session = await page.context().newCDPSession(page);
  const keys = [...text].map((key) => ({
    key,
    text: key,
    code: /[a-z]/i.test(key) ? `Key${key.toUpperCase()}` : /\d/.test(key) ? `Digit${key}` : "",
  }));
  const enter = { key: "Enter", text: "\r", code: "Enter", windowsVirtualKeyCode: 13 };
  await Promise.all([...keys, enter].flatMap((key) => [
    session.send("Input.dispatchKeyEvent", { type: "keyDown", ...key }),
    session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key, text: undefined }),
  ]));
  await session.detach();
}

const either = (zh, en) => new RegExp(`^(${zh}|${en})$`);

export class DoorJob {
  taps = 0;
  typed = 0;

  /** With a finger on a page that was opened for touch. */
  constructor(page, job, { touch = false } = {}) {
    this.page = page;
    this.job = job;
    this.touch = touch;
  }

  async tap(target) {
    this.taps += 1;
    await (this.touch ? target.tap() : target.click());
  }

  button(zh, en) {
    return this.page.getByRole("button", { name: either(zh, en) });
  }

  async type(field, text) {
    this.typed += text.length;
    await field.fill(text);
    await field.blur();
  }

  /** Not counted: a device is enrolled once. */
  async enrol(ticket, pin) {
    const { page } = this;
    await page.getByLabel(/登记码文字|Text of the code/).fill(ticket);
    await this.button("下一步：设置口令", "Next: choose a PIN").click();
    for (let time = 0; time < 2; time += 1) {
      await page.waitForTimeout(150);
      await page.keyboard.type(pin);
      await page.keyboard.press("Enter");
    }
    await page.getByRole("navigation").waitFor();
  }

  async openVisit() {
    await this.tap(this.button("出发", "Set off"));
    await this.tap(this.button("打开上门单", "Open visit"));
  }

  async arrive() {
    await this.tap(this.button("到达", "Arrived"));
    await this.tap(this.button("去认机", "Go to Identify"));
  }

  /** By the code as a USB scanner types it, unless a camera shows it. */
  async identify({ camera = false } = {}) {
    const { page } = this;
    if (camera) await this.tap(this.button("扫码核对", "Scan label"));
    else {
      await page.getByText(/待核对|To be checked/).waitFor();
      await scanLikeUsb(page, this.job.card_text);
    }
    await page.getByText(/扫到的就是这台|This is the machine on paper/).waitFor();
    await this.tap(this.button("去检测", "Go to Inspect"));
  }

  check(zh, en) {
    return this.page.getByRole("listitem", { name: either(zh, en) });
  }

  async inspect() {
    const seal = this.check("门封夹纸不掉", "Door seal holds paper");
    await this.tap(seal.getByRole("radio", { name: either("不合格", "Fail") }));
    const temperature = this.check("冷藏室温度", "Refrigerator temperature").getByRole("textbox");
    await this.type(temperature, "6");
    const gap = this.check("散热间隙≥5厘米", "Cooling gap at least 5 cm").getByRole("textbox");
    await this.type(gap, "60");
    const earth = this.check("三孔接地插座", "Earthed socket");
    await this.tap(earth.getByRole("radio", { name: either("合格", "Pass") }));
    await this.photo(this.check("制冷系统无泄漏", "No refrigerant leak"));
    await this.tap(this.page.getByRole("button", { name: /其余 \d 项都合格|The other \d all pass/ }));
    await this.page.getByText(/7\/7 项|7 of 7/).waitFor();
  }

  async photo(within) {
    await this.tap(within.getByRole("button", { name: /^(拍|Photo: )/ }));
    const shutter = this.page.getByRole("button", { name: either("拍照", "Take the photo") }).last();
    await this.page.waitForTimeout(900);
    await this.tap(shutter);
    await within.getByRole("button", { name: /已拍|taken/ }).waitFor();
  }

  async options(sku = "S-XH-100") {
    await this.tap(this.button("去方案", "Go to Options"));
    await this.tap(this.page.getByRole("radio", { name: either("洗衣机", "Washing machine") }));
    const model = this.page.getByRole("listitem").filter({ hasText: sku });
    await this.tap(model.getByRole("button", { name: either("选这台", "Choose") }));
  }

  async quote() {
    await this.tap(this.button("去报价", "Go to Quote"));
    await this.tap(this.page.getByRole("radio", { name: either("同一人", "One person") }));
    await this.type(this.page.getByLabel(/上门优惠|Door discount/), "300");
    await this.page.getByText(/确定应付|Certain to pay/).first().waitFor();
    await this.page.waitForTimeout(700);
  }

  /** From the day's list to the quote. */
  async untilQuoted() {
    await this.openVisit();
    await this.arrive();
    await this.identify();
    await this.inspect();
    await this.options();
    await this.quote();
  }

  async terms() {
    await this.tap(this.button("去签字", "Go to sign"));
  }

  async sign({ file = true, strokes = 5 } = {}) {
    const { page } = this;
    await this.tap(this.button("打开签字板", "Open the pad"));
    await page.waitForTimeout(400);
    await this.draw(strokes);
    if (file) await this.file();
  }

  async draw(strokes, from = 0) {
    const { page } = this;
    const pad = page.getByRole("img", { name: /签字板|Signature pad/ });
    await pad.scrollIntoViewIfNeeded();
    for (let number = from; number < from + strokes; number += 1) {
      const box = await pad.boundingBox();
      const x = box.x + box.width * (0.15 + 0.13 * number);
      const y = box.y + box.height * 0.35;
      await page.mouse.move(x, y);
      await page.mouse.down();
      for (let step = 1; step <= 12; step += 1) {
        await page.mouse.move(x + step * 4, y + Math.sin(step / 2) * 40 + step * 5);
      }
      await page.mouse.up();
      await page.waitForTimeout(60);
    }
  }

  async file() {
    await this.tap(this.button("确认签字", "Sign"));
    await this.page.getByText(/R\d{8}-/).first().waitFor({ timeout: 20_000 });
  }
}

