// Pictures of every screen in both languages and four sizes, from real cores and a real HQ with the
// sample business: node scripts/screens.mjs [OUT] [--only=name,…] [--sizes=1280x800,…]
// [--langs=zh,en] [--side=engineer|desk] [--docs=FOLDER]. With --docs the few pictures that the
// documents show are written there, made small.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch, listen, wear } from "./browser.mjs";
import { refusedOrder, restOfTheDay, sell, settle } from "./deskDay.mjs";
import { Camera } from "./screens/camera.mjs";
import { deskScreens } from "./screens/desk.mjs";
import { engineerAfterwards, engineerScreens } from "./screens/engineer.mjs";
import { publish } from "./screens/publish.mjs";
import { serve } from "./serve.mjs";
import { PIN, Stage } from "./stage.mjs";

const text = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const list = (name) => text(name)?.split(",");
const out = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? "dist-screens";
const side = text("side");
const docs = text("docs");
const camera = new Camera({
  out,
  sizes: list("sizes") ?? ["1280x800", "800x1280", "1440x900", "390x844"],
  langs: list("langs") ?? ["zh", "en"],
  only: list("only"),
  themed: new Set(["today", "visit-inspect", "quote", "sign", "board", "card-issue"]),
});

mkdirSync(out, { recursive: true });
const began = Date.now();
const faults = [];
const stage = new Stage({ visits: 60 });
const servers = [];
const browser = await launch();

/** A page on a device of its own. */
async function open(device) {
  const server = await serve(() => device.base);
  servers.push(server);
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(15_000);
  listen(page, faults);
  await page.goto(server.url);
  await wear(page, { locale: "zh", theme: "light", textSize: 1 });
  await page.reload();
  return { page, url: server.url };
}

try {
  await stage.startHq();
  const job = stage.facts.door_job;
  const tablet = await stage.device("tablet");
  const here = { camera, stage, tablet };
  const engineer = side === "desk" ? null : { ...here, ...(await open(tablet)) };
  if (engineer) await engineerScreens(engineer);
  else {
    await tablet.call("enrol", { ticket: stage.ticket(job.engineer), pin: PIN, device_name: "tablet" });
    await settle(tablet);
    await sell(tablet, job, "S-XH-100");
  }
  await settle(tablet);
  await refusedOrder(tablet, job);
  await restOfTheDay(tablet, job);
  if (engineer) await engineerAfterwards(engineer);

  if (side !== "engineer") {
    const laptop = await stage.device("laptop");
    await laptop.call("enrol", { ticket: stage.ticket(stage.person("clerk", job.store).id), pin: PIN, device_name: "laptop" });
    await settle(laptop);
    await deskScreens({ ...here, ...(await open(laptop)) });
  }
  writeFileSync(join(out, "findings.txt"), camera.findings.map((line) => `${line}\n`).join(""));
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`${camera.taken.length} pictures in ${seconds} s, ${camera.findings.length} findings in ${join(out, "findings.txt")}`);
  if (docs) console.log(`${Math.ceil((await publish(browser, out, docs)) / 1024)} KiB of pictures in ${docs}`);
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) await page.screenshot({ path: join(out, "failed.png") });
  throw error;
} finally {
  await browser.close();
  for (const server of servers) server.close();
  stage.close();
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}
