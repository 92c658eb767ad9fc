// The engineer's screens in the order of a door job, on a real tablet's core.
import { DoorJob } from "../doorJob.mjs";
import { PIN } from "../stage.mjs";
import { calm } from "./camera.mjs";

/** Goes through the door job and takes every screen on the way; the order is signed offline. */
export async function engineerScreens({ camera, page, stage, tablet, url }) {
  const job = stage.facts.door_job;
  const at = async (place) => {
    await page.goto(`${url}#${place}`);
    await calm(page);
  };
  const press = (name) => page.getByRole("button", { name }).first().click();

  await camera.take(page, "enrol");
  const walk = new DoorJob(page, job);
  await walk.enrol(stage.ticket(job.engineer), PIN);
  await tablet.call("sync_now");
  await camera.take(page, "today");
  await at("/scan");
  await camera.take(page, "scan");
  await at("/find");
  await camera.take(page, "find", { arrange: () => page.getByRole("searchbox").fill("王").then(() => calm(page)) });
  await at("/me");
  await camera.take(page, "me");
  await at(`/card/${job.card}`);
  await camera.take(page, "card");
  await at(`/machine/${job.asset}`);
  await camera.take(page, "machine");
  await at(`/customer/${job.customer}`);
  await camera.take(page, "customer");

  stage.stopHq();
  await at("/today");
  await walk.openVisit();
  await camera.take(page, "visit-arrive");
  await walk.arrive();
  await walk.identify();
  const step = (name) => at(`/visit/${job.visit}/${name}`);
  await step("identify");
  await camera.take(page, "visit-identify");
  await step("inspect");
  await walk.inspect();
  await camera.take(page, "visit-inspect");
  await walk.options();
  await camera.take(page, "visit-options");
  await walk.quote();
  await camera.take(page, "quote");
  await camera.take(page, "customer-view", { arrange: () => press(/给客户看|Show customer/).then(() => calm(page)) });
  await walk.terms();
  await camera.take(page, "visit-sign");
  await walk.sign({ file: false });
  await camera.take(page, "sign");
  await walk.file();
  await camera.take(page, "visit-finish");
  await camera.take(page, "paper", { arrange: () => press(/^(合并单|Combined order)/).then(() => page.waitForTimeout(1500)) });
  await camera.take(page, "problem", { arrange: () => press(/^(有问题|Problem)$/).then(() => calm(page)) });
  await at("/me/sync");
  await camera.take(page, "sync-centre");
  await stage.startHq();
}

/** What the tablet shows once HQ has answered, and the locked screen. */
export async function engineerAfterwards({ camera, page, tablet, url }) {
  await page.goto(`${url}#/today`);
  await calm(page);
  await camera.take(page, "today-after");
  await tablet.call("lock");
  await page.reload();
  await calm(page);
  await camera.take(page, "unlock");
}
