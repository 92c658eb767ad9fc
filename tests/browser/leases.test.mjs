// What is reserved, how long, and what HQ must confirm: on the options, the quote and before the
// signature, counted down in both languages; and the pools on the desk.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DoorJob } from "../../ui/scripts/doorJob.mjs";
import { launch } from "../../ui/scripts/browser.mjs";
import { serve } from "../../ui/scripts/serve.mjs";
import { PIN } from "../../ui/scripts/stage.mjs";
import { openPage, tabletStage } from "./tablet.mjs";
import { bareKeys, seriousFindings, sideways, strayHan } from "./watch.mjs";

const SKU = "S-XH-100";
let browser, held;
const cleanUp = [];
before(async () => {
  browser = await launch();
  const context = { after: (work) => cleanUp.push(work) };
  held = await tabletStage(context, { visits: 24 });
  // The steps before the options.
  const { page } = await openPage(context, browser, held.site.url, { viewport: { width: 800, height: 1280 }, locale: "zh" });
  const walk = new DoorJob(page, held.job);
  await walk.openVisit();
  await walk.arrive();
  await walk.identify();
  await walk.inspect();
});

after(async () => {
  for (const work of cleanUp.reverse()) await work();
  await browser?.close();
});

const go = (page, place) => page.evaluate((to) => { location.hash = to; }, place);
const text = async (locator) => (await locator.first().textContent())?.trim();

/** The text of a countdown changes while one looks. */
async function counts(timer) {
  const first = await text(timer);
  assert.match(first ?? "", /^(\d+:)?\d{1,2}:\d{2}$/);
  await timer.page().waitForTimeout(2_100);
  assert.notEqual(await text(timer), first, "it is counted down in view");
}

for (const { locale, viewport, day } of [
  { locale: "zh", viewport: { width: 1440, height: 900 }, day: /07-20/ },
  { locale: "en", viewport: { width: 800, height: 1280 }, day: /07-21/ },
]) {
  test(`what is reserved is said and counted down, ${locale}`, { timeout: 120_000 }, async (context) => {
    const { visit } = held.job;
    const { page, faults, data } = await openPage(context, browser, held.site.url, { viewport, locale });
    await go(page, `/visit/${visit}/options`);
    await page.getByRole("radio", { name: /^(洗衣机|Washing machine)$/ }).click();
    const model = page.getByRole("listitem").filter({ hasText: SKU });
    const choose = model.getByRole("button", { name: /^(选这台|Choose)$/ });
    await model.waitFor();
    if (await choose.count()) await choose.click();

    await go(page, `/visit/${visit}/quote`);
    const panel = page.getByRole("region", { name: /^(预留与待确认|Reserved, and to be confirmed)$/ });
    const unit = panel.getByRole("listitem").filter({ hasText: SKU });
    await unit.getByText(/已预留至 2026-07-15|reserved until 2026-07-15/).waitFor({ timeout: 20_000 });
    await counts(unit.getByRole("timer"));
    const bonus = page.getByRole("checkbox", { name: /超期换新补贴|past their safe life/ });
    await bonus.waitFor();
    await page.getByText(/额度已预留在本机|Its budget is reserved for this tablet/).waitFor();
    await bonus.focus();
    await page.keyboard.press("Space");
    await panel.getByRole("listitem").filter({ hasText: "¥100.00" }).getByRole("timer").waitFor({ timeout: 20_000 });
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(await bareKeys(page), []);
    if (locale === "en") assert.deepEqual(await strayHan(page, data), []);
    assert.deepEqual(await sideways(page), []);

    await go(page, `/visit/${visit}/options`);
    await counts(model.getByRole("timer"));
    await go(page, `/visit/${visit}/sign`);
    await counts(panel.getByRole("timer").first());
    // Another window was not reserved: HQ must confirm, and the screen says so. While HQ is in reach
    // that is soon done.
    held.stage.stopHq();
    await held.core().call("sync_now");
    await page.getByRole("radio", { name: day }).click();
    await panel.getByText(/待总部确认|HQ must confirm/).waitFor();
    await held.stage.startHq();
    await held.core().call("sync_now");
    const slot = panel.getByRole("listitem").filter({ hasText: day });
    await slot.getByRole("timer").waitFor({ timeout: 20_000 });
    assert.deepEqual(await seriousFindings(page), []);
    if (locale === "en") assert.deepEqual(await strayHan(page, data), []);
    await go(page, "/me");
    await page.getByRole("list", { name: /^(本机预留|Reserved for this tablet)$/ }).getByRole("timer").first().waitFor();
    assert.deepEqual(faults, []);
  });
}

test("the desk sees who holds what until when", { timeout: 90_000 }, async (context) => {
  const { stage } = held;
  const desk = await stage.device("desk");
  await desk.call("enrol", { ticket: stage.ticket(stage.person("coordinator").id), pin: PIN, device_name: "desk" });
  await desk.call("sync_now");
  const site = await serve(() => desk.base);
  context.after(() => site.close());
  const { page, faults, data } = await openPage(context, browser, `${site.url}#/desk/board`, { viewport: { width: 1440, height: 900 }, locale: "en" });
  await page.keyboard.press("Alt+8");
  const stock = page.getByRole("region", { name: "Stock" });
  const engineer = stage.facts.people.find((one) => one.id === held.job.engineer).name;
  await stock.getByRole("row").filter({ hasText: SKU }).filter({ hasText: engineer }).waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  assert.deepEqual(await bareKeys(page), []);
  assert.deepEqual(await strayHan(page, data), []);
  assert.deepEqual(await sideways(page), []);
  assert.deepEqual(faults, []);
});
