// An engineer's tablet behind the screens, for the tests of this folder.
import { listen, wear } from "../../ui/scripts/browser.mjs";
import { serve } from "../../ui/scripts/serve.mjs";
import { PIN, Stage } from "../../ui/scripts/stage.mjs";
import { collectData } from "./watch.mjs";

/** HQ and one enrolled tablet behind the screens; `context.after` ends them. Options are the stage's. */
export async function tabletStage(context, options = {}) {
  const stage = new Stage(options);
  context.after(() => stage.close());
  await stage.startHq();
  let tablet = await stage.device("tablet");
  await tablet.call("enrol", { ticket: stage.ticket(stage.facts.door_job.engineer), pin: PIN, device_name: "tablet" });
  await tablet.call("sync_now");
  const site = await serve(() => tablet.base);
  context.after(() => site.close());
  return {
    stage, site, job: stage.facts.door_job,
    core: () => tablet,
    /** SIGKILL, and a new process on the same profile, unlocked. */
    killAndRestart: async () => {
      tablet.kill();
      await new Promise((done) => setTimeout(done, 200));
      tablet = await stage.device("tablet");
      await tablet.call("unlock", { pin: PIN });
    },
    /** Sends and receives until nothing of the tablet waits for HQ. */
    settle: async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        const line = await tablet.call("sync_now");
        if (line.waiting + line.media_waiting === 0) return;
      }
      throw new Error("work still waits for HQ after twenty exchanges");
    },
  };
}

/** A page of a browser as the person has set it, with what went wrong on it and what the core answered. */
export async function openPage(context, browser, url, { viewport, locale, theme = "light", touch = false }) {
  const room = await browser.newContext({ viewport, hasTouch: touch, reducedMotion: "reduce" });
  context.after(() => room.close());
  const page = await room.newPage();
  const faults = [];
  listen(page, faults);
  const data = collectData(page);
  await page.goto(url);
  await wear(page, { locale, theme, textSize: 1 });
  await page.reload();
  await page.getByRole("navigation").first().waitFor();
  return { page, faults, data };
}
