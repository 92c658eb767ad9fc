// The engineer's screens beside the straight way: every place, what goes wrong at a door, and what a
// person may change their mind about. One HQ and one tablet for the whole file.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../../ui/scripts/browser.mjs";
import { DoorJob, scanLikeUsb } from "../../ui/scripts/doorJob.mjs";
import { PIN } from "../../ui/scripts/stage.mjs";
import { openPage, tabletStage } from "./tablet.mjs";
import { bareKeys, CONTRAST, seriousFindings, sideways, strayHan } from "./watch.mjs";

const LANDSCAPE = { width: 1280, height: 800 };
const UPRIGHT = { width: 800, height: 1280 };
const PHONE = { width: 390, height: 844 };

let browser, held, visits;
const cleanUp = [];

before(async () => {
  browser = await launch();
  held = await tabletStage({ after: (work) => cleanUp.push(work) }, { visits: 60 });
  visits = (await held.core().call("today")).visits;
});
after(async () => {
  for (const work of cleanUp.reverse()) await work();
  await browser?.close();
});

const open = (context, options = {}) =>
  openPage(context, browser, held.site.url, { viewport: LANDSCAPE, locale: "zh", ...options });

const visitOf = async (job) => {
  for (const row of visits) {
    const view = await held.core().call("visit_open", { visit: row.visit });
    if (view.work_orders[0].job === job) return view;
  }
  throw new Error(`no visit of the day is a ${job}`);
};

/** Every place an engineer can go, by the address of its screen. */
async function places() {
  const { job } = held;
  const [trade, repair, install, inspect, removal] = await Promise.all(
    ["trade_in", "repair", "installation", "inspection", "removal"].map(visitOf));
  const customer = trade.customer.id;
  const asset = trade.work_orders[0].assets[0];
  const steps = async ({ row }) =>
    (await held.core().call("visit_steps", { visit: row.visit })).steps.map((step) => `/visit/${row.visit}/${step.id}`);
  return [
    "/today", "/scan", "/find", "/me", "/me/sync", `/customer/${customer}`, `/card/${job.card}`, `/machine/${asset}`,
    ...(await steps(trade)), ...(await steps(repair)).slice(-3), ...(await steps(install)), ...(await steps(inspect)).slice(-2),
    ...(await steps(removal)).slice(2), `/sign/${trade.row.visit}`,
  ];
}

for (const { viewport, theme } of [{ viewport: UPRIGHT, theme: "light" }, { viewport: PHONE, theme: "outdoor" }, { viewport: LANDSCAPE, theme: "dark" }]) {
  test(`every place in English at ${viewport.width}×${viewport.height}, ${theme}`, { timeout: 180_000 }, async (context) => {
    const { page, faults, data } = await open(context, { viewport, theme, locale: "en", touch: viewport !== LANDSCAPE });
    for (const place of await places()) {
      await page.evaluate((to) => { location.hash = to; }, place);
      await page.locator("h1, h2, [role=alert], p.text-key").first().waitFor();
      await page.waitForTimeout(120);
      assert.deepEqual(await seriousFindings(page, theme === "light" ? undefined : CONTRAST), [], `accessibility of ${place}`);
      assert.deepEqual(await strayHan(page, data), [], `Chinese words on the English ${place}`);
      assert.deepEqual(await bareKeys(page), [], `untranslated words on ${place}`);
      assert.deepEqual(await sideways(page), [], `${place} is wider than the screen`);
    }
    assert.deepEqual(faults, []);
  });
}

test("a sheet over a screen: problem, another slot, timer", { timeout: 60_000 }, async (context) => {
  const { page, data } = await open(context, { viewport: PHONE, locale: "en", touch: true });
  const { row } = await visitOf("repair");
  await page.evaluate((to) => { location.hash = to; }, `/visit/${row.visit}/arrive`);
  const look = async (sheet) => {
    await page.getByRole("dialog").waitFor();
    await page.waitForTimeout(150);
    assert.deepEqual(await seriousFindings(page), [], `accessibility of ${sheet}`);
    assert.deepEqual(await strayHan(page, data), [], `Chinese words on ${sheet}`);
    assert.deepEqual(await sideways(page), [], `${sheet} is wider than the screen`);
  };
  await page.getByRole("button", { name: "Problem" }).click();
  await look("problem");
  const end = page.getByRole("button", { name: "End this visit" });
  assert.ok(await end.isDisabled(), "no visit ends without its code");
  await page.getByRole("button", { name: "Ask for another slot" }).click();
  await look("another slot");
  await page.getByRole("radiogroup", { name: "Time" }).getByRole("radio").nth(1).click();
  await page.getByRole("button", { name: "Send the wish" }).click();
  await page.getByText(/^Sent: .*Until HQ answers/).waitFor();
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("button", { name: "Timer" }).click();
  await look("timer");
  await page.getByRole("button", { name: "15 min" }).click();
  await page.getByRole("button", { name: /14:5\d|15:00/ }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: /14:[45]\d/ }).waitFor();
});

test("a typed code with a wrong check digit is refused in words", { timeout: 60_000 }, async (context) => {
  const { page } = await open(context);
  await page.getByRole("link", { name: "扫码" }).click();
  const code = page.getByLabel("手工输入编码");
  await code.fill("2000000000207");
  await code.press("Enter");
  await page.getByRole("alert").filter({ hasText: /校验/ }).waitFor();
  await code.fill("2000000000206");
  await code.press("Enter");
  await page.getByText("商品码", { exact: true }).waitFor();
});

test("a USB scanner speaks into a field that has the focus, and into an input method", { timeout: 60_000 }, async (context) => {
  const { page } = await open(context);
  const { row } = await visitOf("trade_in");
  await page.getByRole("link", { name: "查找" }).click();
  const search = page.getByRole("searchbox");
  await search.fill("赵");
  await scanLikeUsb(page, "SBX418B000001");
  await page.waitForFunction(() => document.querySelector("[type=search]").value === "SBX418B000001");
  await page.getByText("SBX418B000001").first().waitFor();

  await page.evaluate((to) => { location.hash = to; }, `/visit/${row.visit}/identify`);
  await page.getByRole("button", { name: "登记一台新识别的机器" }).click();
  await page.getByText("空调", { exact: true }).click();
  const brand = page.getByLabel(/^品牌/);
  await brand.fill("样例甲");
  await brand.focus();
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "kong", selectionStart: 4, selectionEnd: 4 });
  for (const letter of "KFR35IN0001") {
    const code = /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`;
    await session.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Process", code, modifiers: /\d/.test(letter) ? 0 : 8, windowsVirtualKeyCode: 229 });
  }
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  const indoor = page.getByLabel(/内机机身码/);
  await page.waitForFunction((field) => field.value === "KFR35IN0001", await indoor.elementHandle());
  assert.equal(await brand.inputValue(), "样例甲kong", "the field keeps what a person typed, the letters in work too");

  // The second unit's label goes to the second part; both belong to one machine.
  await scanLikeUsb(page, "KFR35OUT0001");
  const outdoor = page.getByLabel(/外机机身码/);
  await page.waitForFunction((field) => field.value === "KFR35OUT0001", await outdoor.elementHandle());
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await page.getByText("KFR35IN0001 / KFR35OUT0001").first().waitFor();
});

test("language, theme and text size change in place and lose nothing half typed", { timeout: 60_000 }, async (context) => {
  const { page, faults } = await open(context);
  const { row } = await visitOf("repair");
  await page.evaluate((to) => { location.hash = to; }, `/visit/${row.visit}/arrive`);
  await page.getByLabel("写一条备注").fill("客户下午不在");
  await page.evaluate(() => { globalThis.sameRun = true; });
  await page.getByRole("link", { name: "今日" }).click();
  await page.getByRole("link", { name: "我的" }).click();
  await page.getByRole("radio", { name: "English" }).click();
  await page.getByRole("heading", { name: "Display" }).waitFor();
  await page.getByRole("radio", { name: "Outdoor" }).click();
  await page.getByRole("radio", { name: "Largest" }).click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "outdoor");
  await page.waitForFunction(() => getComputedStyle(document.documentElement).fontSize === "20.8px", undefined, { timeout: 5_000 });
  await page.evaluate((to) => { location.hash = to; }, `/visit/${row.visit}/arrive`);
  assert.equal(await page.getByLabel("Write a note").inputValue(), "客户下午不在");
  assert.ok(await page.evaluate(() => globalThis.sameRun === true), "nothing was started anew");
  assert.deepEqual(faults, []);
});

test("a phone number is masked until it is tapped", { timeout: 60_000 }, async (context) => {
  const { page } = await open(context);
  const { row, customer } = await visitOf("trade_in");
  const [whole] = customer.phones;
  const places = [["/today", page.getByRole("navigation").first()], [`/visit/${row.visit}/arrive`, page.getByLabel("写一条备注")]];
  for (const [place, shown] of places) {
    await page.evaluate((to) => { location.hash = to; }, place);
    // The place's own: a number of the place before may still stand there.
    await shown.waitFor();
    const number = page.getByRole("button", { name: /点一下显示完整号码/ }).first();
    await number.waitFor();
    assert.ok(!(await page.locator("body").innerText()).includes(whole), `masked on ${place}`);
    await number.click();
    await page.getByText(whole, { exact: true }).first().waitFor();
    await page.getByRole("button", { name: /点一下隐藏/ }).click();
  }
});

test("no price while a machine must not be used, and an answer can be taken back", { timeout: 90_000 }, async (context) => {
  const { page } = await open(context);
  const { row } = await visitOf("trade_in");
  const at = (step) => page.evaluate((to) => { location.hash = to; }, `/visit/${row.visit}/${step}`);
  await at("inspect");
  const earth = page.getByRole("listitem", { name: "三孔接地插座" });
  await earth.getByRole("radio", { name: "合格", exact: true }).click();
  await page.getByText(/已保存在本机 \d\d:\d\d:\d\d/).waitFor();
  await page.getByText("影响估价的问题").waitFor();
  await earth.getByRole("radio", { name: "不合格" }).click();
  await page.getByText("这台机器现在不能用").waitFor();
  const words = await page.locator("main").innerText();
  assert.ok(!/[¥￥]|估价|抵扣/.test(words), "neither price nor value beside a danger");
  for (const step of ["options", "quote", "sign"]) {
    await at(step);
    await page.getByText(/请停用|停用/).first().waitFor();
    assert.ok(!(await page.locator("body").innerText()).includes("¥"), `no price at ${step}`);
  }
  await at("inspect");
  await earth.getByRole("radio", { name: "合格", exact: true }).click();
  await page.getByRole("button", { name: "撤销" }).click();
  await page.getByText("这台机器现在不能用").waitFor();
  await earth.getByRole("radio", { name: "合格", exact: true }).click();
  await page.getByText("这台机器现在不能用").waitFor({ state: "detached" });
});

test("what HQ changed is marked until the visit is opened", { timeout: 90_000 }, async (context) => {
  const { page } = await open(context);
  const { row } = await visitOf("inspection");
  const { stage, core, settle } = held;
  const card = page.getByRole("listitem").filter({ hasText: row.address });
  await card.waitFor();
  assert.equal(await page.getByText("改", { exact: true }).count(), 0);
  const hour = 3_600_000;
  await core().call("visit_reschedule", { visit: row.visit, wish: { start: row.slot.start + 3 * hour, end: row.slot.end + 3 * hour }, reason: "客户晚点到家" });
  await settle();
  const laptop = await stage.device("laptop");
  const coordinator = stage.person("coordinator") ?? stage.person("clerk", held.job.store);
  await laptop.call("enrol", { ticket: stage.ticket(coordinator.id), pin: PIN, device_name: "laptop" });
  await laptop.call("sync_now");
  const { tasks } = await laptop.call("task_list");
  const wish = tasks.find((task) => task.subject.visit === row.visit);
  await laptop.call("task_decide", { task: wish.id, remedy: "plan_visit", note: "" });
  for (let turn = 0; turn < 10 && (await laptop.call("sync_now")).waiting > 0; turn += 1);
  await settle();
  await card.getByText("改", { exact: true }).waitFor();
  await page.getByText("1 条变动").waitFor();
  await page.evaluate((to) => { location.hash = to; }, `/visit/${row.visit}/arrive`);
  await page.getByRole("link", { name: "今日" }).click();
  await card.waitFor();
  assert.equal(await card.getByText("改", { exact: true }).count(), 0, "opened once, it is no news");
});

test("signed, refused by HQ, quoted again; papers are printed and saved", { timeout: 180_000 }, async (context) => {
  const { stage, core, job, settle } = held;
  const { page, faults } = await open(context);
  const walk = new DoorJob(page, job);
  await walk.untilQuoted();

  // The customer's own view: no way elsewhere by a tap, and away by holding.
  await page.getByRole("button", { name: "给客户看" }).click();
  const shown = page.getByRole("dialog", { name: "给客户看的报价" });
  const leave = shown.getByRole("button", { name: "长按 2 秒返回" });
  await shown.getByText("¥3,899.00").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await leave.click();
  await page.keyboard.press("Escape");
  await page.waitForTimeout(300);
  assert.ok(await shown.isVisible(), "a tap does not leave");
  await leave.click({ delay: 2_300 });
  await shown.waitFor({ state: "detached" });
  await walk.terms();

  // How the old one leaves has its price before anybody signs, and stays chosen in the core.
  await page.getByText("先送新机，再收旧机", { exact: true }).click();
  await page.getByText("服务费（按这种方式）").waitFor();
  await page.waitForTimeout(800);
  await walk.sign({ file: false, strokes: 2 });
  const { terms } = await core().call("order_terms_view", { work_order: job.work_order });
  assert.equal(terms.removal, "deliver_first");
  await page.getByText("先送新机，再收旧机").first().waitFor();

  // Cleared by mistake, and brought back.
  await page.getByRole("button", { name: "重签" }).click();
  await page.getByRole("img", { name: "签字板，还没有笔迹" }).waitFor();
  await page.getByRole("button", { name: "恢复笔迹" }).click();
  await page.getByRole("img", { name: "签字板，2 笔" }).waitFor();
  await page.getByText(/已保存在本机/).waitFor();
  assert.equal((await core().call("strokes", { work_order: job.work_order })).strokes.length, 2);
  stage.stopHq();
  await walk.file();

  await page.getByRole("button", { name: /^合并单/ }).first().click();
  await page.getByRole("img", { name: "第 1 页" }).waitFor();
  await page.evaluate(() => {
    window.print = () => {
      globalThis.printed = [...document.querySelectorAll(".print-sheet img")].map((one) => [one.naturalWidth, one.src.length]);
      globalThis.paperRule = [...document.querySelectorAll("style")].map((one) => one.textContent).find((text) => text.includes("@page"));
    };
  });
  await page.getByRole("button", { name: "打印" }).click();
  await page.waitForFunction(() => globalThis.printed !== undefined, undefined, { timeout: 30_000 });
  const pages = await page.evaluate(() => globalThis.printed);
  assert.ok(pages.length > 0 && pages.every(([width, bytes]) => width > 1_500 && bytes > 20_000), `pages printed: ${pages}`);
  assert.match(await page.evaluate(() => globalThis.paperRule), /210\.\dmm 29[67]\.\dmm/);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#root").isVisible(), false, "only the paper is printed");
  assert.equal(await page.locator(".print-sheet img").first().isVisible(), true);
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.locator(".print-sheet").waitFor({ state: "detached" });
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "保存 PDF" }).click();
  assert.match((await saved).suggestedFilename(), /^order.*\.pdf$/);
  await page.getByRole("button", { name: "关闭" }).click();

  // Signed a second time on the same quote: HQ executes one of the two.
  await page.getByRole("link", { name: /签字/ }).click();
  await page.getByText(/^已经签过/).waitFor();
  await walk.sign({ file: false, strokes: 2 });
  await page.getByRole("button", { name: "确认签字" }).click();
  await page.getByText(/R\d{8}-/).nth(1).waitFor();
  await stage.startHq();
  await settle();
  const refused = page.getByRole("region", { name: "总部没有执行这张单" });
  await refused.waitFor({ timeout: 20_000 });
  await refused.getByText(/已经下过订单/).waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole("link", { name: /需要处理/ }).waitFor();
  const before = (await core().call("quote_list", { work_order: job.work_order })).quotes.length;
  await refused.getByRole("button", { name: "重新报价" }).click();
  await page.getByText("确定应付").first().waitFor();
  await page.waitForTimeout(1_000);
  assert.equal((await core().call("quote_list", { work_order: job.work_order })).quotes.length, before + 1, "priced anew");
  await walk.terms();
  await page.getByText(/总部没有执行。改好后/).waitFor();
  assert.deepEqual(faults, []);
});
