// A coordinator gives a visit to somebody else by keyboard, once per language, and both tablets see
// it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../../ui/scripts/browser.mjs";
import { serve } from "../../ui/scripts/serve.mjs";
import { PIN, Stage } from "../../ui/scripts/stage.mjs";
import { openPage } from "./tablet.mjs";
import { bareKeys, seriousFindings, strayHan } from "./watch.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function enrolled(stage, name, person) {
  const device = await stage.device(name);
  await device.call("enrol", { ticket: stage.ticket(person), pin: PIN, device_name: name });
  await device.call("sync_now");
  return device;
}

const visits = async (device) => (await device.call("today", {})).visits.map((row) => row.visit);

for (const locale of ["zh", "en"]) {
  test(`a visit is reassigned, ${locale}`, { timeout: 120_000 }, async (context) => {
    const stage = new Stage({ visits: 24 });
    context.after(() => stage.close());
    await stage.startHq();
    const { visit, engineer, store } = stage.facts.door_job;
    const other = stage.facts.people.find((one) => one.role === "engineer" && one.org === store && one.id !== engineer);
    const leaves = await enrolled(stage, "leaves", engineer);
    const joins = await enrolled(stage, "joins", other.id);
    const desk = await enrolled(stage, "desk", stage.person("coordinator").id);
    const site = await serve(() => desk.base);
    context.after(() => site.close());
    assert.ok((await visits(leaves)).includes(visit) && !(await visits(joins)).includes(visit));

    const { page, faults, data } = await openPage(context, browser, `${site.url}#/desk/board`, { viewport: { width: 1440, height: 900 }, locale });
    const row = page.locator(`[data-row="${visit}"]`);
    await row.focus();
    await page.getByRole("button", { name: /^(安排上门|Plan the visit)/ }).waitFor();
    await page.keyboard.press("a");
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("checkbox", { name: other.name }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(await bareKeys(page), []);
    if (locale === "en") assert.deepEqual(await strayHan(page, data), []);
    const toggle = async (name) => {
      await sheet.getByRole("checkbox", { name }).focus();
      await page.keyboard.press("Space");
    };
    const person = (id) => stage.facts.people.find((one) => one.id === id).name;
    await toggle(person(engineer));
    await toggle(other.name);
    await sheet.getByRole("button", { name: /^(确定安排|Plan it)$/ }).press("Enter");
    await sheet.waitFor({ state: "detached" });
    await page.locator("tr", { has: row }).getByText(other.name).waitFor();

    for (let turn = 0; turn < 40 && (await desk.call("sync_now")).waiting > 0; turn += 1);
    await leaves.call("sync_now");
    await joins.call("sync_now");
    assert.ok(!(await visits(leaves)).includes(visit), "whoever left the crew sees it no more");
    assert.ok((await visits(joins)).includes(visit), "whoever joined it has it on the list");
    assert.deepEqual(faults, []);
  });
}
