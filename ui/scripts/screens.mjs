// Pictures of every screen in both languages and four sizes, from a real core and HQ:
// node scripts/screens.mjs [OUT] [--only=name,name] [--sizes=1280x800,…] [--langs=zh,en]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PIN, Stage } from "./stage.mjs";
import { serve } from "./serve.mjs";
import { launch, listen, wear } from "./browser.mjs";
import { DoorJob } from "./doorJob.mjs";

const option = (name, fallback) =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1].split(",") ?? fallback;
const out = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? "dist-screens";
const SIZES = option("sizes", ["1280x800", "800x1280", "1440x900", "390x844"]);
const LANGS = option("langs", ["zh", "en"]);
const only = option("only", null);
const THEMED = new Set(["today", "visit-inspect", "quote", "sign", "board", "card-issue"]);

mkdirSync(out, { recursive: true });
const stage = new Stage({ visits: 60 });
await stage.startHq();
const job = stage.facts.door_job;
const tablet = await stage.device("tablet");
const laptop = await stage.device("laptop");
const screens = { tablet: await serve(() => tablet.base), laptop: await serve(() => laptop.base) };
const browser = await launch();
const faults = [];

async function open(url) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  listen(page, faults);
  await page.goto(url);
  return page;
}

/** Takes one screen in every language and size; `arrange` brings back what a reload loses. */
async function picture(page, name, { arrange, reload = true } = {}) {
  if (only && !only.includes(name)) return;
  const looks = LANGS.flatMap((locale) => [
    { locale, theme: "light" },
    ...(THEMED.has(name) && locale === LANGS[0] ? [{ locale, theme: "outdoor" }, { locale, theme: "dark" }] : []),
  ]);
  for (const look of looks) {
    await wear(page, { ...look, textSize: 1 });
    if (reload) await page.reload();
    await page.waitForTimeout(350);
    if (arrange) await arrange();
    for (const size of look.theme === "light" ? SIZES : SIZES.slice(0, 1)) {
      const [width, height] = size.split("x").map(Number);
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(out, `${name}-${look.locale}-${look.theme}-${size}.png`) });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  await wear(page, { locale: "zh", theme: "light", textSize: 1 });
  if (reload) await page.reload();
}

try {
  const page = await open(screens.tablet.url);
  await page.waitForTimeout(500);
  await picture(page, "enrol");
  const walk = new DoorJob(page, job);
  await walk.enrol(stage.ticket(job.engineer), PIN);
  await tablet.call("sync_now");
  await picture(page, "today");
  const at = (place) => page.goto(`${screens.tablet.url}#${place}`).then(() => page.waitForTimeout(500));
  await at("/scan");
  await picture(page, "scan");
  await at("/find");
  await picture(page, "find", { arrange: async () => { await page.getByRole("searchbox").fill("王"); await page.waitForTimeout(300); } });
  await at("/me");
  await picture(page, "me");
  await at(`/card/${job.card}`);
  await picture(page, "card");
  stage.stopHq();
  await at("/today");
  await walk.openVisit();
  await picture(page, "visit-arrive");
  await walk.arrive();
  await walk.identify();
  await picture(page, "visit-identify");
  await walk.inspect();
  await picture(page, "visit-inspect");
  await walk.options();
  await picture(page, "visit-options");
  await walk.quote();
  await picture(page, "quote");
  await picture(page, "customer-view", { arrange: () => page.getByRole("button", { name: /给客户看|Show customer/ }).click() });
  await walk.terms();
  await picture(page, "visit-sign");
  await walk.sign({ file: false });
  await picture(page, "sign");
  await walk.file();
  await picture(page, "visit-finish");
  await picture(page, "paper", { arrange: async () => { await page.getByRole("button", { name: /合并单|Combined order/ }).first().click(); await page.waitForTimeout(1500); } });
  await page.keyboard.press("Escape");
  await picture(page, "problem", { arrange: async () => { await page.getByRole("button", { name: /^(有问题|Problem)$/ }).click(); await page.waitForTimeout(300); } });
  await at("/me/sync");
  await picture(page, "sync-centre");
  await stage.startHq();
  await tablet.call("sync_now");
  for (let turn = 0; turn < 20 && (await tablet.call("sync_now")).waiting > 0; turn += 1);
  await at("/today");
  await picture(page, "today-after");
  await page.evaluate(() => fetch("/rpc/lock", { method: "POST", body: "{}" }));
  await page.reload();
  await picture(page, "unlock");

  await laptop.call("enrol", { ticket: stage.ticket(stage.person("clerk", job.store).id), pin: PIN, device_name: "laptop" });
  await laptop.call("sync_now");
  const desk = await open(screens.laptop.url);
  await desk.waitForTimeout(800);
  await picture(desk, "board", { arrange: async () => { await desk.keyboard.press("j"); await desk.waitForTimeout(400); } });
  const deskAt = (place) => desk.goto(`${screens.laptop.url}#${place}`).then(() => desk.waitForTimeout(400));
  await deskAt(`/desk/orders?text=%E7%8E%8B&order=${job.work_order}`);
  await picture(desk, "orders");
  await deskAt("/desk/cards");
  await picture(desk, "card-issue", { arrange: async () => {
    await desk.getByLabel(/商品码|Product code/).fill("2000000000503");
    await desk.getByLabel(/商品码|Product code/).press("Enter");
    await desk.waitForTimeout(200);
    await desk.getByLabel(/^(机身码|Serial number)/).fill("SXG100B0000321");
    await desk.getByLabel(/^(机身码|Serial number)/).press("Enter");
    await desk.waitForTimeout(300);
  } });
  await deskAt(`/desk/cards?card=${job.card}`);
  await picture(desk, "card-look-up");
  await deskAt("/desk/tasks");
  await picture(desk, "tasks");
  await deskAt("/desk/sync");
  await picture(desk, "desk-sync");
  await deskAt("/desk/settings");
  await picture(desk, "desk-settings");
} finally {
  await browser.close();
  for (const server of Object.values(screens)) server.close();
  stage.close();
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}
