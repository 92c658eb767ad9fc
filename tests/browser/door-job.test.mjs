// The door job through the screens, with a real core and HQ, once per language, on a tablet and on
// a phone: `node --test tests/browser` after `npm run build` in ui.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "../../ui/scripts/browser.mjs";
import { DoorJob } from "../../ui/scripts/doorJob.mjs";
import { film } from "./camera.mjs";
import { tabletStage, openPage } from "./tablet.mjs";
import { bareKeys, seriousFindings, sideways, strayHan } from "./watch.mjs";

const MOST_TAPS = 40;
const MOST_TYPED = 60;
let browser;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const { locale, viewport, touch } of [
  { locale: "zh", viewport: { width: 800, height: 1280 }, touch: true },
  { locale: "en", viewport: { width: 390, height: 844 }, touch: true },
]) {
  test(`the door job without a network, ${locale} at ${viewport.width}×${viewport.height}`, { timeout: 240_000 }, async (context) => {
    const { stage, site, job, core, killAndRestart } = await tabletStage(context);
    const { page, faults, data } = await openPage(context, browser, site.url, { viewport, locale, touch });
    const walk = new DoorJob(page, job, { touch });
    const look = async (screen) => {
      await page.waitForTimeout(300);
      assert.deepEqual(await seriousFindings(page), [], `accessibility of ${screen}`);
      assert.deepEqual(await bareKeys(page), [], `untranslated words on ${screen}`);
      assert.deepEqual(await sideways(page), [], `${screen} is wider than the screen`);
      if (locale === "en") assert.deepEqual(await strayHan(page, data), [], `Chinese words on the English ${screen}`);
    };
    stage.stopHq();
    await look("today");
    await walk.openVisit();
    await look("arrival");
    await walk.arrive();
    await look("identification");
    await walk.identify();
    await walk.inspect();
    await look("inspection");
    await walk.options();
    await look("options");
    await walk.quote();
    await look("quote");
    await walk.terms();
    await look("terms");
    await walk.sign({ file: false, strokes: 3 });

    // Killed after stroke 3 of 5, the screen's own memory lost with it, and turned in the hand.
    await killAndRestart();
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("doorstep.draft.")).forEach((key) => localStorage.removeItem(key)));
    await page.reload();
    await page.getByText(/已恢复上次笔迹（3 笔）|3 strokes recovered/).waitFor();
    await page.getByText("¥3,899.00").first().waitFor();
    // The choices behind it are back too: the same terms drafted again leave the strokes where they are.
    await page.getByRole("button", { name: /^(返回约定|Back to terms)$/ }).click();
    await page.getByText("¥3,899.00").first().waitFor();
    await page.getByRole("button", { name: /^(打开签字板|Open the pad)$/ }).click();
    await page.getByText(/已恢复上次笔迹（3 笔）|3 strokes recovered/).waitFor();
    await page.setViewportSize({ width: viewport.height, height: viewport.width });
    await page.waitForTimeout(200);
    assert.equal((await core().call("strokes", { work_order: job.work_order })).strokes.length, 3);
    await walk.draw(2, 3);
    await page.setViewportSize(viewport);
    assert.equal((await core().call("strokes", { work_order: job.work_order })).strokes.length, 5);
    await look("signature");
    await walk.file();
    await look("receipt");
    assert.ok(walk.taps <= MOST_TAPS, `${walk.taps} taps`);
    assert.ok(walk.typed <= MOST_TYPED, `${walk.typed} characters typed`);
    context.diagnostic(`${locale}: ${walk.taps} taps, ${walk.typed} characters`);

    await stage.startHq();
    await core().call("sync_now");
    await page.getByText(/DS-\d{8}-/).first().waitFor({ timeout: 30_000 });
    await page.getByText(/总部已收到|Received by HQ/).first().waitFor();
    assert.deepEqual(faults, []);
  });
}

test("another amount makes the signature void", { timeout: 120_000 }, async (context) => {
  const { site, job } = await tabletStage(context);
  const { page } = await openPage(context, browser, site.url, { viewport: { width: 1280, height: 800 }, locale: "zh" });
  const walk = new DoorJob(page, job);
  await walk.untilQuoted();
  await walk.terms();
  await walk.sign({ file: false, strokes: 2 });
  await page.getByRole("button", { name: "返回约定" }).click();
  await page.getByRole("link", { name: /报价/ }).click();
  await page.getByLabel(/上门优惠/).fill("180");
  await page.getByLabel(/上门优惠/).blur();
  await page.getByText("¥4,019.00").first().waitFor();
  await walk.terms();
  await page.getByRole("button", { name: "打开签字板" }).click();
  await page.getByText("金额已变 +¥120.00，请重新签字").waitFor();
  assert.ok(await page.getByRole("button", { name: "确认签字" }).isDisabled(), "nothing is signed");
});

test("the live camera reads a card", { timeout: 120_000 }, async (context) => {
  const { stage, site, job, core } = await tabletStage(context);
  const plain = await openPage(context, browser, site.url, { viewport: { width: 1280, height: 800 }, locale: "zh" });
  const { qr } = await core().call("card_view", { card: job.card });
  const file = join(stage.folder, "camera.y4m");
  await film(plain.page, qr, file);
  const seeing = await launch({ camera: file });
  context.after(() => seeing.close());
  const { page } = await openPage(context, seeing, site.url, { viewport: { width: 1280, height: 800 }, locale: "zh" });
  const walk = new DoorJob(page, job);
  await walk.openVisit();
  await walk.arrive();
  await walk.identify({ camera: true });
});
