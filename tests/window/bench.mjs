// Measures the window's cold start beside an empty Tauri window and prints Markdown:
// `cargo xtask bench window`. Release programs are taken from DOORSTEP_BIN.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PIN } from "../../ui/scripts/stage.mjs";
import { descendants, desk, enrolledTablet } from "./openWindow.mjs";
import { Session } from "./webDriver.mjs";

const RUNS = 9;
const endings = [];
const context = { after: (work) => endings.push(work) };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * When the second frame after the page first had words began, in ms since the epoch: the first was
 * painted by then. Nothing until it is so. WebKitGTK tells of no first paint itself.
 */
function firstPaint() {
  if (location.protocol === "about:" || !document.body?.innerText.trim()) return null;
  globalThis.firstFrame ??= { at: null };
  const frame = globalThis.firstFrame;
  if (!frame.asked) {
    frame.asked = true;
    requestAnimationFrame(() => requestAnimationFrame(() => { frame.at = Date.now(); }));
  }
  return frame.at;
}

/** Asks again and again: the page may be another one by the time a long question is answered. */
async function painted(session) {
  for (let turn = 0; turn < 4000; turn += 1) {
    const value = await session.run(firstPaint);
    if (value !== null) return value;
    await pause(5);
  }
  throw new Error("nothing was painted");
}

/** Notes when Enter goes down and when the list of visits is painted after it. */
function watchUnlock() {
  addEventListener("keydown", (event) => { if (event.key === "Enter") globalThis.entered = performance.now(); }, true);
  globalThis.listed = new Promise((done) => {
    const look = () => {
      if (!document.querySelector("nav") || !document.querySelector("main li, main [role=listitem], main button")) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - globalThis.entered)));
    };
    const seen = new MutationObserver(look);
    seen.observe(document.documentElement, { childList: true, subtree: true });
  });
}

/** Proportional memory of a process and all below it, MiB. */
function memory(pid) {
  const family = [pid, ...descendants(pid).map((one) => one.pid)];
  const kib = family.map((one) => {
    const line = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, "utf8"));
    return Number(line?.[1] ?? 0);
  });
  return kib.reduce((sum, one) => sum + one, 0) / 1024;
}


async function gone(pid) {
  for (let turn = 0; turn < 200; turn += 1) {
    try { process.kill(pid, 0); } catch { return; }
    await pause(20);
  }
}

/** Starts a program, and answers its first paint in ms with what `then` measured. */
async function measured(binary, args, env, then) {
  const session = await Session.start({ binary, args, env });
  const at = await painted(session);
  const pid = descendants(session.driver.pid)[0].pid;
  const more = await then(session, pid);
  process.kill(pid, "SIGKILL");
  await gone(pid);
  session.close();
  return { paint: at - session.asked, ...more };
}

const settled = async (pid) => { await pause(1500); return memory(pid); };
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const row = (name, values, unit) =>
  `| ${name} | ${middle(values).toFixed(0)} ${unit} | ${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)} |`;

try {
  const { stage, profile, offset } = await enrolledTablet(context);
  stage.stopHq();
  const { env } = await desk(context);
  const empty = [];
  const ours = [];
  // By turns, so that a busy minute of the machine meets both.
  for (let run = 0; run < RUNS; run += 1) {
    empty.push(await measured(join(process.env.DOORSTEP_BIN, "examples", "empty_window"), [join(stage.folder, "empty")], env,
      async (session, pid) => ({ memory: await settled(pid) })));
    ours.push(await measured(join(process.env.DOORSTEP_BIN, "doorstep"), ["--profile", profile, `--clock-offset-ms=${offset}`], env,
      async (session, pid) => {
        await session.run(watchUnlock);
        const keys = [...PIN, "\uE007"].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
        await session.actions([{ type: "key", id: "keys", actions: keys }]);
        const { value: list } = await session.runLater(() => globalThis.listed);
        return { list, memory: await settled(pid) };
      }));
  }
  console.log([
    `| ${RUNS} runs each, by turns | median | from–to |`,
    "|---|---|---|",
    row("empty Tauri window, start to first paint", empty.map((one) => one.paint), "ms"),
    row("doorstep, start to the PIN's first paint", ours.map((one) => one.paint), "ms"),
    row("doorstep, last key of the PIN to today's painted list", ours.map((one) => one.list), "ms"),
    row("doorstep, both together", ours.map((one) => one.paint + one.list), "ms"),
    row("empty Tauri window, memory with WebKit's processes", empty.map((one) => one.memory), "MiB"),
    row("doorstep at today's list, memory with WebKit's processes", ours.map((one) => one.memory), "MiB"),
  ].join("\n"));
} finally {
  for (const end of endings.reverse()) end();
}
