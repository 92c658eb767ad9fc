// The clerk's work through the screens, with real cores and a real HQ, by keyboard only, once per
// language: `node --test tests/browser` after `npm run build` in ui.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, listen, wear } from "../../ui/scripts/browser.mjs";
import { refusedOrder, restOfTheDay, sell, settle } from "../../ui/scripts/deskDay.mjs";
import { scanLikeUsb } from "../../ui/scripts/doorJob.mjs";
import { serve } from "../../ui/scripts/serve.mjs";
import { PIN, Stage } from "../../ui/scripts/stage.mjs";
import { key, tabTo } from "./hands.mjs";
import { collectData, seriousFindings, strayHan } from "./watch.mjs";

const WASHER = "2000000000602";
const words = {
  zh: {
    issued: "已开卡，保存在本机", phone: "电话", cancel: "取消", confirm: "确认：取消", why: "处理说明",
    refused: "签了的订单被拒", cancelled: "已取消", double: "这个机身码已经开过卡", anyway: "仍要再开一张",
    provisional: "临时卡，待总部登记", final: "正式卡", parked: "取回", clear: "清空", undo: "撤销",
    unlike: "不像这个型号的机身码", outdoor: "还差：外机", photos: /^照片（/,
  },
  en: {
    issued: "Card issued and saved on this device", phone: "Phone", cancel: "Cancel", confirm: "Confirm: Cancel", why: "Why",
    refused: "Signed order refused", cancelled: "Cancelled", double: "A card was already issued for this serial", anyway: "Issue another all the same",
    provisional: "Provisional, awaiting HQ", final: "Final card", parked: "Take back", clear: "Clear", undo: "Undo",
    unlike: "does not look like a serial of this model", outdoor: "Still to scan: Outdoor unit", photos: /^Photos \(/,
  },
};

/** Counts what the hands do. */
class Hands {
  scans = 0;
  keys = 0;
  typed = 0;

  constructor(page) {
    this.page = page;
  }

  async scan(text) {
    this.scans += 1;
    await scanLikeUsb(this.page, text);
  }

  async press(key) {
    this.keys += 1;
    await this.page.keyboard.press(key);
  }

  async type(text) {
    this.typed += text.length;
    await this.page.keyboard.type(text, { delay: 90 });
  }
}

const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute("data-row") ?? null);

for (const locale of ["zh", "en"]) {
  describe(`the desk, ${locale}`, { timeout: 240_000 }, () => {
    const say = words[locale];
    let browser, stage, tablet, laptop, site, page, data, job;
    const faults = [];

    const look = async (screen) => {
      await page.waitForTimeout(250);
      assert.deepEqual(await seriousFindings(page), [], `accessibility of ${screen}`);
      if (locale === "en") assert.deepEqual(await strayHan(page, data), [], `Chinese words on the English ${screen}`);
      const raw = await page.evaluate(() => document.body.innerText.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? []);
      // A brand is printed on a card by its code in the catalogue.
      assert.deepEqual(raw.filter((word) => !/^sample_[a-c]$/.test(word)), [], `untranslated keys on ${screen}`);
    };
    const place = async (number, heading) => {
      await key(page, `Alt+${number}`);
      if (heading) await heading.waitFor();
    };

    before(async () => {
      browser = await launch();
      stage = new Stage();
      await stage.startHq();
      job = stage.facts.door_job;
      tablet = await stage.device("tablet");
      await tablet.call("enrol", { ticket: stage.ticket(job.engineer), pin: PIN, device_name: "tablet" });
      await settle(tablet);
      await sell(tablet, job, "S-XH-100");
      await settle(tablet);
      await refusedOrder(tablet, job);
      laptop = await stage.device("laptop");
      await laptop.call("enrol", { ticket: stage.ticket(stage.person("clerk", job.store).id), pin: PIN, device_name: "laptop" });
      await settle(laptop);
      site = await serve(() => laptop.base);
      page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
      page.setDefaultTimeout(15_000);
      listen(page, faults);
      data = collectData(page);
      await page.goto(site.url);
      await wear(page, { locale, theme: "light", textSize: 1 });
      await page.reload();
      await page.getByRole("navigation").waitFor();
    });
    after(async () => {
      await browser?.close();
      site?.close();
      stage?.close();
    });

    test("a card by two scans, a phone number and one key, whatever has the focus", async (context) => {
      await place(3, page.locator("h1"));
      await page.waitForTimeout(300);
      await page.keyboard.press("/");
      await page.waitForTimeout(600);
      const hands = new Hands(page);
      // The cursor stands in another field, and the scans follow each other at once.
      await hands.scan(WASHER);
      await hands.scan("SXH100B009321");
      await page.getByText("SXH100B009321").first().waitFor();
      await page.waitForFunction((name) => document.activeElement?.labels?.[0]?.textContent?.startsWith(name), say.phone);
      await hands.type("13900009321");
      await look("card before issuing");
      await hands.press("Control+Enter");
      await page.getByText(say.issued).waitFor();
      assert.deepEqual({ scans: hands.scans, keys: hands.keys, typed: hands.typed }, { scans: 2, keys: 1, typed: 11 });
      context.diagnostic(`${locale}: ${hands.scans} scans, ${hands.typed} digits, ${hands.keys} key`);
      await settle(laptop);
      // It becomes final before one's eyes.
      await page.getByRole("complementary").getByText(say.final).waitFor();
      const { found } = await laptop.call("find", { text: "009321", kinds: ["card"], limit: 5 });
      assert.equal(found.length, 1, "one card for one serial");
      await look("issued card");
    });

    test("a card by three scans in any order and one key, when the phone shows its number as a code", async () => {
      const hands = new Hands(page);
      for (const text of ["13900009322", "SXH100B009322", WASHER]) await hands.scan(text);
      await page.getByText("SXH100B009322").first().waitFor();
      assert.equal(await page.getByLabel(say.phone, { exact: true }).inputValue(), "13900009322");
      await hands.press("Control+Enter");
      await page.getByText(say.issued).waitFor();
      assert.deepEqual([hands.scans, hands.keys, hands.typed], [3, 1, 0]);
    });

    test("a scan while an input method composes goes where it belongs", async () => {
      await tabTo(page, locale === "zh" ? "新客户姓名" : "Name of a new customer");
      const session = await page.context().newCDPSession(page);
      await session.send("Input.imeSetComposition", { text: "wang", selectionStart: 4, selectionEnd: 4 });
      await scanLikeUsb(page, "SXH100B009323");
      await page.getByText("SXH100B009323").first().waitFor();
      const name = page.getByLabel(locale === "zh" ? /^新客户姓名/ : /^Name of a new customer/);
      assert.doesNotMatch(await name.inputValue(), /SXH|009323/, "nothing of the scan stays in the field");
      await session.detach();
    });

    test("a draft is parked, survives the screen, and comes back", async () => {
      await page.keyboard.press("F8");
      await scanLikeUsb(page, "2000000001005");
      await scanLikeUsb(page, "SKF35G3A000001");
      await page.getByText(say.outdoor).waitFor();
      // Leaving the screen and restarting the page lose nothing.
      await place(1);
      await place(3);
      await page.getByText("SKF35G3A000001").first().waitFor();
      await page.waitForTimeout(600);
      await page.reload();
      await page.getByText("SKF35G3A000001").first().waitFor();
      assert.equal(await page.getByRole("button", { name: new RegExp(`^${say.parked} `) }).count(), 1, "one is parked, the other on the screen");
      await look("parked drafts");
      await tabTo(page, say.parked);
      await page.keyboard.press("Enter");
      await page.getByText("SXH100B009323").first().waitFor();
      const { parked } = await laptop.call("card_parked");
      assert.deepEqual(parked.map((one) => one.fields.serials[0]).sort(), ["SKF35G3A000001", "SXH100B009323"]);
      // Clearing can be taken back.
      await tabTo(page, say.clear);
      await page.keyboard.press("Enter");
      await page.getByText("SXH100B009323").first().waitFor({ state: "detached" });
      await tabTo(page, say.undo);
      await page.keyboard.press("Enter");
      await page.getByText("SXH100B009323").first().waitFor();
    });

    test("a serial that has a card shows it beside the new one, and is asked about", async () => {
      await page.keyboard.press("F8");
      await scanLikeUsb(page, WASHER);
      const [serial] = job.serials;
      await scanLikeUsb(page, serial);
      await page.getByText(say.double).waitFor();
      await page.getByText(say.unlike).waitFor();
      await page.waitForFunction((name) => document.activeElement?.labels?.[0]?.textContent?.startsWith(name), say.phone);
      await page.keyboard.type("13900009324", { delay: 60 });
      await page.keyboard.press("Control+Enter");
      await page.waitForTimeout(400);
      assert.equal(await page.getByText(say.issued).count(), 0, "not without a decision");
      await look("duplicate serial");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Space");
      await page.keyboard.press("Control+Enter");
      await page.getByText(say.issued).waitFor();
      await settle(laptop);
    });

    test("a card issued while HQ is away is provisional, and says so", async () => {
      stage.stopHq();
      await scanLikeUsb(page, WASHER);
      await scanLikeUsb(page, "SXH100B009325");
      await page.waitForFunction((name) => document.activeElement?.labels?.[0]?.textContent?.startsWith(name), say.phone);
      await page.keyboard.type("13900009325", { delay: 60 });
      await page.keyboard.press("Control+Enter");
      await page.getByText(say.issued).waitFor();
      await page.getByText(say.provisional).waitFor();
      await page.getByRole("img", { name: /QR|二维码/ }).waitFor();
      await look("provisional card");
      await stage.startHq();
      await settle(laptop);
      await page.getByRole("complementary").getByText(say.final).waitFor();
    });

    test("the board is read by keyboard, and its rows stay while news arrives", async () => {
      await place(1, page.getByRole("table"));
      await look("board");
      await key(page, "j");
      await key(page, "j");
      const chosen = await focused(page);
      const rows = () => page.locator("[data-row]").evaluateAll((all) => all.map((one) => one.dataset.row));
      assert.equal(chosen, (await rows())[1], "J is on the second row");
      await page.getByRole("complementary").waitFor();
      const before = await rows();
      await restOfTheDay(tablet, job);
      await laptop.call("sync_now");
      const news = page.getByRole("button", { name: /\d 条更新|\d updates/ });
      await news.waitFor();
      assert.deepEqual(await rows(), before, "no row moved under the cursor");
      assert.equal(await focused(page), chosen);
      await look("board with news");
      await key(page, "u");
      await news.waitFor({ state: "detached" });
      assert.notDeepEqual(await rows(), before, "the broken visit comes first now");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.tagName === "H2");
      await key(page, "e");
      await page.waitForFunction(() => document.activeElement?.closest("#evidence") !== null);
      await page.keyboard.press("Escape");
      assert.equal(await focused(page), chosen, "Esc leads back to the row");
      await key(page, "?");
      await page.getByRole("dialog").waitFor();
      await look("keys");
      await page.keyboard.press("Escape");
    });

    test("a refused order becomes a task, is decided, and the tablet hears of it", async () => {
      await place(4, page.locator("[data-row]").first());
      await key(page, "j");
      await page.getByRole("complementary", { name: say.refused }).waitFor();
      await look("task");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.tagName === "H2");
      await tabTo(page, say.cancel);
      await page.keyboard.press("Enter");
      // What cannot be taken back wants a reason first.
      const confirm = page.getByRole("button", { name: say.confirm });
      assert.ok(await confirm.isDisabled());
      await look("task to be confirmed");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.type("客户同意按新政策重来", { delay: 20 });
      await tabTo(page, say.confirm);
      await page.keyboard.press("Enter");
      await page.getByText("客户同意按新政策重来").last().waitFor();
      await settle(laptop);
      await settle(tablet);
      const { orders } = await tablet.call("order_view", { work_order: job.work_order });
      assert.ok("cancelled" in orders[0].order.state, JSON.stringify(orders[0].order.state));

      const theirs = await serve(() => tablet.base);
      const tabletPage = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
      await tabletPage.goto(theirs.url);
      await wear(tabletPage, { locale, theme: "light", textSize: 1 });
      await tabletPage.goto(`${theirs.url}?#/visit/${job.visit}/finish`);
      await tabletPage.getByText(say.cancelled).first().waitFor();
      await tabletPage.close();
      theirs.close();
    });

    test("work orders, customers and cards are found and opened by keyboard", async () => {
      await place(2, page.getByRole("searchbox"));
      await page.keyboard.type("wang", { delay: 60 });
      await page.locator("li > button").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.tagName === "H2");
      await page.getByRole("complementary").getByText(say.photos).waitFor();
      await look("orders");
      await page.keyboard.press("Escape");
      await place(1, page.getByRole("table"));
      // A scan on any other screen opens the card it belongs to.
      await scanLikeUsb(page, job.card_text);
      await page.getByRole("article").getByText(job.serials[0]).waitFor();
      await look("card looked up");
      await place(1, page.getByRole("table"));
      await key(page, "/");
      await page.waitForFunction(() => document.activeElement?.closest('[role="search"]'));
      await page.keyboard.type(job.serials[0].slice(-6), { delay: 90 });
      await page.getByRole("search").locator("li > button").first().waitFor();
      await look("command bar");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => /orders|cards/.test(location.hash));
      await place(5);
      await look("settings");
      assert.deepEqual(faults, []);
    });
  });
}
