// What a coordinator decides at the desk: conflicts and refused changes, through the screens, with
// real cores and a real HQ, by keyboard, once per language: `node --test tests/browser`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, listen, wear } from "../../ui/scripts/browser.mjs";
import { settle } from "../../ui/scripts/deskDay.mjs";
import { serve } from "../../ui/scripts/serve.mjs";
import { PIN, Stage } from "../../ui/scripts/stage.mjs";
import { key, tabTo } from "./hands.mjs";
import { collectData, seriousFindings, sideways, strayHan } from "./watch.mjs";

const WEEK_AND_A_DAY_MS = 8 * 86_400_000;
/** Where pictures of the screens go, if somebody wants them. */
const PICTURES = process.env.DOORSTEP_PICTURES;
const words = {
  zh: {
    seal: "门封夹纸不掉", floor: "楼层", conflicts: "冲突", none: "没有冲突", use: "就用这个值", other: "都不对，另填一个", right: "正确的值", history: "处理经过", 
    quarantine: "隔离区", release: "放行：现在再试一次", released: "已放行", discard: "作废", confirm: "确认：作废", discarded: "已作废", again: "没有放行。", why: "处理说明", unread: "内容不能安全读出",
  },
  en: {
    seal: "Door seal holds paper", floor: "Floor", conflicts: "Conflicts", none: "No conflicts", use: "Use this value", other: "Neither; enter another", right: "The right value", history: "History", 
    quarantine: "Quarantine", release: "Release: try again now", released: "Released", discard: "Discard", confirm: "Confirm: Discard", discarded: "Discarded", again: "Not released.", why: "Why", unread: "cannot be read safely",
  },
};

for (const locale of ["zh", "en"]) {
  describe(`conflicts and quarantine, ${locale}`, { timeout: 240_000 }, () => {
    const say = words[locale];
    let browser, stage, tablet, second, desk, site, page, data, job, authors;
    const faults = [];

    const look = async (screen) => {
      for (const [width, height] of [[1440, 900], [800, 1280]]) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(250);
        assert.deepEqual(await seriousFindings(page), [], `accessibility of ${screen} at ${width}`);
        assert.deepEqual(await sideways(page), [], `${screen} at ${width} scrolls sideways`);
        if (PICTURES) await page.screenshot({ path: `${PICTURES}/${screen.replaceAll(" ", "-")}-${locale}-${width}.png` });
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      if (locale === "en") assert.deepEqual(await strayHan(page, data), [], `Chinese words on the English ${screen}`);
      const raw = await page.evaluate(() => document.body.innerText.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? []);
      assert.deepEqual(raw.filter((word) => !/^sample_[a-c]$/.test(word)), [], `untranslated keys on ${screen}`);
    };
    const enter = async () => {
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.tagName === "H2");
    };
    /** J until the panel shows this. */
    const toRow = async (text) => {
      for (let press = 0; press < 4; press += 1) {
        await key(page, "j");
        await page.waitForTimeout(150);
        if ((await page.getByRole("complementary").getByText(text).count()) > 0) return;
      }
      assert.fail(`no row with ${text}`);
    };
    /** Tab until one of the values has the focus. */
    const intoChoices = async () => {
      for (let press = 0; press < 12; press += 1) {
        if (await page.evaluate(() => document.activeElement?.getAttribute("type") === "radio")) return;
        await page.keyboard.press("Tab");
      }
      assert.fail("Tab never reached the values");
    };
    const count = (name) => page.getByRole("navigation").getByRole("link", { name: new RegExp(`^${name}`) }).innerText();

    before(async () => {
      browser = await launch();
      stage = new Stage();
      await stage.startHq();
      job = stage.facts.door_job;
      const enrolled = async (name, person) => {
        const device = await stage.device(name);
        await device.call("enrol", { ticket: stage.ticket(person), pin: PIN, device_name: name });
        await settle(device);
        return device;
      };
      const others = stage.facts.people.filter((one) => one.role === "engineer" && one.org === job.store);
      const colleague = others.find((one) => one.id !== job.engineer && one.name !== job.engineer);
      authors = stage.facts.people.filter((one) => [job.engineer, colleague.id].includes(one.id) || one.name === job.engineer).map((one) => one.name);
      assert.equal(authors.length, 2);
      tablet = await enrolled("tablet", job.engineer);
      second = await enrolled("second", colleague.id);
      desk = await enrolled("desk", stage.person("coordinator").id);

      // Without HQ two engineers read one machine differently.
      stage.stopHq();
      for (const [device, result, capacity] of [[tablet, "pass", 210], [second, "fail", 218]]) {
        await device.call("inspection_answer", { asset: job.asset, check: "fr.seal", result });
        await device.call("machine_set", { asset: job.asset, capacity });
      }
      await stage.startHq();
      await settle(tablet);
      await settle(second);

      // A visit goes to somebody else while its engineer's tablet is off; its work arrives too late.
      // Another visit's note is too large.
      const { row } = await tablet.call("visit_open", { visit: job.visit });
      const mine = (await tablet.call("today")).visits.find((one) => one.visit !== job.visit);
      const order = (await tablet.call("visit_open", { visit: mine.visit })).work_orders[0].id;
      tablet.kill();
      await desk.call("visit_plan", { visit: job.visit, crew: [colleague.id], slot: row.slot });
      await settle(desk);
      stage.stopHq();
      tablet = await stage.device("tablet");
      await tablet.call("unlock", { pin: PIN });
      await tablet.call("site_set", { visit: job.visit, key: "floor", value: 7 });
      await tablet.call("note_add", { visit: mine.visit, work_order: order, text: "粘贴".repeat(60_000) });
      stage.env.DOORSTEP_CLOCK_OFFSET_MS = String(stage.offset + WEEK_AND_A_DAY_MS);
      await stage.startHq();
      await settle(tablet);
      await settle(desk);

      site = await serve(() => desk.base);
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

    test("a conflict is found on the board, read with both authors, and settled by one of its values", async () => {
      await page.getByRole("button", { name: new RegExp(`^${say.conflicts}`) }).waitFor();
      assert.match(await count(say.conflicts), /2/);
      await key(page, "Alt+6");
      await page.locator("[data-row]").first().waitFor();
      assert.equal(await page.locator("[data-row]").count(), 2);
      await toRow(say.seal);
      const panel = page.getByRole("complementary");
      await look("conflict");
      for (const author of authors) await panel.getByText(author).waitFor();
      assert.ok(await panel.getByRole("button", { name: say.use }).isDisabled(), "nothing is chosen for anybody");
      await enter();
      await intoChoices();
      await page.keyboard.press("Space");
      await look("conflict chosen");
      await tabTo(page, say.use);
      await page.keyboard.press("Enter");
      await panel.getByText(say.use).waitFor({ state: "detached" });
      await settle(desk);
      await panel.getByRole("heading", { name: say.history }).waitFor();
      await look("conflict settled");
    });

    test("neither value was right: another is typed, and the counter goes", async () => {
      await page.keyboard.press("Escape");
      await key(page, "Alt+1");
      await key(page, "Alt+6");
      await page.locator("[data-row]").first().waitFor();
      await key(page, "j");
      await enter();
      const panel = page.getByRole("complementary");
      await intoChoices();
      // The last of the choices is neither.
      await page.keyboard.press("ArrowUp");
      await panel.getByLabel(say.right).waitFor();
      await tabTo(page, say.right);
      await page.keyboard.type("很大", { delay: 90 });
      assert.ok(await panel.getByRole("button", { name: say.use }).isDisabled(), "a number is needed");
      await look("conflict typed wrong");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("215", { delay: 90 });
      await tabTo(page, say.use);
      await page.keyboard.press("Enter");
      await panel.getByText(say.use).waitFor({ state: "detached" });
      await settle(desk);
      await page.keyboard.press("Escape");
      await page.getByText(say.none).waitFor();
      await look("no conflicts");
    });

    test("refused changes are read, released or discarded, and each is told as it ended", async () => {
      await key(page, "Alt+7");
      await page.locator("[data-row]").first().waitFor();
      assert.equal(await page.locator("[data-row]").count(), 2);
      const panel = page.getByRole("complementary");
      // The one that can be read: the floor of the visit given away.
      await toRow(say.floor);
      await panel.getByText("7", { exact: true }).waitFor();
      await look("quarantine");
      await enter();
      await tabTo(page, say.release);
      await page.keyboard.press("Enter");
      await settle(desk);
      await panel.getByText(say.released).waitFor();
      await look("quarantine released");
      await page.keyboard.press("Escape");
      await settle(tablet);

      // The one that is too large stays refused, and is put away.
      await key(page, "Alt+1");
      await key(page, "Alt+7");
      await page.locator("[data-row]").first().waitFor();
      await toRow(say.unread);
      await enter();
      await tabTo(page, say.release);
      await page.keyboard.press("Enter");
      await settle(desk);
      await panel.getByText(say.again).waitFor();
      await tabTo(page, say.discard);
      await page.keyboard.press("Enter");
      const confirm = panel.getByRole("button", { name: say.confirm });
      assert.ok(await confirm.isDisabled(), "a reason first");
      await look("quarantine to be discarded");
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.type("误粘贴", { delay: 60 });
      await tabTo(page, say.confirm);
      await page.keyboard.press("Enter");
      await settle(desk);
      await panel.getByText(say.discarded).waitFor();
      await look("quarantine discarded");
      assert.deepEqual(faults, []);
    });
  });
}
