// HQ with the sample business, an engineer's tablet and a clerk's laptop, enrolled, behind the
// built screens: `node scripts/dev.mjs [--fresh]`. With --fresh the tablet is left to be enrolled
// by hand and its ticket is printed. For hot reloading run `DOORSTEP_HOST=<core> npx vite` beside it.
import { PIN, Stage } from "./stage.mjs";
import { serve } from "./serve.mjs";

const fresh = process.argv.includes("--fresh");
const stage = new Stage();
await stage.startHq();
const job = stage.facts.door_job;
const tablet = await stage.device("tablet");
const laptop = await stage.device("laptop");
const ticket = stage.ticket(job.engineer);
if (!fresh) {
  await tablet.call("enrol", { ticket, pin: PIN, device_name: "tablet" });
  await tablet.call("sync_now");
}
await laptop.call("enrol", {
  ticket: stage.ticket(stage.person("clerk", job.store).id), pin: PIN, device_name: "laptop",
});
await laptop.call("sync_now");
const screens = [await serve(() => tablet.base, 7171), await serve(() => laptop.base, 7172)];
console.log(JSON.stringify({
  tablet: screens[0].url, tabletCore: tablet.base, laptop: screens[1].url, laptopCore: laptop.base,
  pin: PIN, job, ...(fresh ? { ticket } : {}),
}, null, 2));
process.on("SIGINT", () => { stage.close(); process.exit(0); });
process.on("SIGTERM", () => { stage.close(); process.exit(0); });
