// The real window on a profile, driven through WebKitGTK's driver.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PIN, Stage } from "../../ui/scripts/stage.mjs";
import { openDisplay } from "./display.mjs";
import { Page } from "./page.mjs";
import { Session } from "./webDriver.mjs";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const built = fileURLToPath(new URL("../../target/debug", import.meta.url));
const program = () => join(process.env.DOORSTEP_BIN ?? built, "doorstep");

/** A display, and windows on it that end with the test. */
export async function desk(context) {
  const display = await openDisplay();
  context.after(() => display.close());
  return {
    env: { ...process.env, DISPLAY: display.name, GDK_BACKEND: "x11", WAYLAND_DISPLAY: "", NO_AT_BRIDGE: "1" },
    open: async function open(profile, { offset = 0, camera = false } = {}) {
      const args = [...words(profile, offset), ...(camera ? ["--mock-camera"] : [])];
      const session = await Session.start({ binary: program(), args, env: this.env });
      context.after(() => session.close());
      const page = new Page(session);
      return { session, page, pid: () => pidOf(profile), kill: () => killed(session, profile) };
    },
    /** Without a driver, as a person starts it. */
    start: function start(profile, offset = 0) {
      const child = spawn(program(), words(profile, offset), { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      context.after(() => child.kill("SIGKILL"));
      const said = { text: "" };
      child.stderr.on("data", (chunk) => { said.text += chunk; });
      const ended = new Promise((done) => child.once("exit", (code, signal) => done(code ?? signal)));
      return { child, said, ended };
    },
  };
}

const words = (profile, offset) => ["--profile", profile, `--clock-offset-ms=${offset}`];

/** HQ with the sample business, and an enrolled tablet whose profile no process holds. */
export async function enrolledTablet(context) {
  const stage = new Stage();
  context.after(() => stage.close());
  await stage.startHq();
  const tablet = await stage.device("tablet");
  await tablet.call("enrol", { ticket: stage.ticket(stage.facts.door_job.engineer), pin: PIN, device_name: "tablet" });
  await tablet.call("sync_now");
  tablet.kill();
  await new Promise((done) => tablet.child.once("exit", done));
  return { stage, job: stage.facts.door_job, profile: join(stage.folder, "tablet"), offset: stage.offset };
}

/** The process that holds a profile, by its command line. */
function pidOf(profile) {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (line[0] === program() && line.includes(profile)) return Number(pid);
    } catch {
      // It ended while we looked.
    }
  }
  return null;
}

/** The processes below one, with the kernel's names for them (15 characters). */
export function descendants(root) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
      return [{ pid: Number(pid), name, parent: Number(rest.split(" ")[1]) }];
    } catch {
      return [];
    }
  });
  const below = (parent) => all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(root);
}

/** SIGKILL to the window itself, then its driver goes. */
async function killed(session, profile) {
  const pid = pidOf(profile);
  process.kill(pid, "SIGKILL");
  await until(() => hasLetGo(pid), () => `process ${pid} still runs`);
  session.close();
}

/** Whether a killed process holds no file any more: its last thread is gone, or waits to be reaped. */
function hasLetGo(pid) {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)[0];
    return state === "Z" && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    return true;
  }
}

/** Types the PIN and waits for the first screen. */
export async function unlock(page) {
  await page.getByText(/输入口令|Enter the PIN/).waitFor();
  await page.keyboard.type(PIN);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation").waitFor();
}

/** Waits until a sentence was said or the patience ends. */
export async function until(holds, what, ms = 20_000) {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not in ${ms} ms: ${what()}`);
    await pause(50);
  }
}
