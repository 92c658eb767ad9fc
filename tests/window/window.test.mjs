// What the window promises around the screens: one process per profile, profiles side by side, a
// farewell, and a page that reaches nothing but the core. Run by `cargo xtask test`.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { descendants, desk, enrolledTablet, unlock, until } from "./openWindow.mjs";

function folder(context) {
  const path = mkdtempSync(join(tmpdir(), "doorstep-window-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const log = (profile) => {
  const day = new Date().toISOString().slice(0, 10);
  const path = join(profile, "logs", `doorstep.${day}.log`);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};
const isOpen = (profile) => / open /.test(log(profile));

test("a second start on a profile says so and ends with 3", { timeout: 60_000 }, async (context) => {
  const room = await desk(context);
  const profile = folder(context);
  const first = room.start(profile);
  await until(() => isOpen(profile), () => first.said.text);
  const second = room.start(profile);
  const both = /正被另一个窗口使用[^]*This profile is open in another window/;
  await until(() => both.test(second.said.text), () => second.said.text);
  second.child.kill("SIGTERM");
  assert.equal(await second.ended, 3);
  assert.equal(first.child.exitCode, null, "the first is not disturbed");
});

test("the page of a failed start can be read and closed", { timeout: 60_000 }, async (context) => {
  const room = await desk(context);
  const profile = join(folder(context), "a-file");
  writeFileSync(profile, "not a folder");
  const { page, session } = await room.open(profile);
  await page.getByText("Doorstep did not open").waitFor();
  await page.getByText("没能打开").first().waitFor();
  assert.match(await session.run(() => document.querySelector("dd").textContent), /StorageFailed/);
  assert.equal(await session.run(() => typeof globalThis.__TAURI_INTERNALS__?.invoke), "function");
  const refused = await session.runLater(() => globalThis.__TAURI_INTERNALS__.invoke("rpc", { command: "app_status", input: {} }));
  assert.ok(refused.error, "the page may ask nothing of the core");
  const again = room.start(profile);
  await until(() => again.said.text !== "", () => "nothing was said");
  again.child.kill("SIGTERM");
  assert.equal(await again.ended, 1);
});

test("two profiles run side by side and share nothing", { timeout: 60_000 }, async (context) => {
  const room = await desk(context);
  const [one, other] = [folder(context), folder(context)];
  const [first, second] = [await room.open(one), await room.open(other)];
  for (const { page } of [first, second]) {
    assert.equal((await page.call("app_status")).stage, "new");
  }
  await first.session.run(() => localStorage.setItem("mark", "one"));
  assert.equal(await second.session.run(() => localStorage.getItem("mark")), null);
  assert.notEqual(first.pid(), second.pid());
});

test("the page reaches the core and the camera, and nothing else", { timeout: 90_000 }, async (context) => {
  const room = await desk(context);
  const { page, session } = await room.open(folder(context), { camera: true });
  await page.getByText(/登记|Enrol/).first().waitFor();

  // Under automation WebKit grants cameras and microphones itself: which of them the window would
  // grant is a unit test of `screens.rs`. That a camera's stream is within the policy is seen here.
  const camera = await session.runLater(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const kinds = stream.getTracks().map((track) => track.kind);
    for (const track of stream.getTracks()) track.stop();
    return kinds;
  });
  assert.deepEqual(camera.value, ["video"]);
  const refusals = {
    "a web site": () => fetch("https://example.org/"),
    "a local server": () => fetch("http://127.0.0.1:9/"),
    "a command of the framework": () => globalThis.__TAURI_INTERNALS__.invoke("plugin:window|close", { label: "screens" }),
    "a file by the framework": () => globalThis.__TAURI_INTERNALS__.invoke("plugin:fs|read_file", { path: "/etc/hostname" }),
    "an address that is no phone or map": () => globalThis.__TAURI_INTERNALS__.invoke("open_address", { address: "file:///etc/passwd" }),
    "a command that is not there": () => globalThis.__TAURI_INTERNALS__.invoke("rpc", { command: "nothing", input: {} }),
    "a script of text": async () => new Function("return 1")(),
  };
  for (const [what, ask] of Object.entries(refusals)) {
    const answer = await session.runLater(ask);
    assert.ok(answer.error, `${what} is refused: ${JSON.stringify(answer)}`);
  }
  assert.equal(await session.run(() => window.open("https://example.org/") === null), true);
  await session.run(() => { location.href = "https://example.org/"; });
  await page.waitForTimeout(500);
  assert.equal(await session.run(() => location.origin), "tauri://localhost");
});

test("closing locks, keeps the window's place and ends with 0", { timeout: 120_000 }, async (context) => {
  const { profile, offset } = await enrolledTablet(context);
  const room = await desk(context);
  const window = await room.open(profile, { offset });
  await unlock(window.page);
  await window.session.ask("POST", "/window/rect", { width: 1000, height: 700 });
  const rescue = join(profile, "rescue.sealed");
  rmSync(rescue, { force: true });
  process.kill(window.pid(), "SIGTERM");
  await until(() => window.pid() === null, () => "the window still runs");
  assert.ok(existsSync(rescue), "the rescue file is written on the way out");
  assert.match(log(profile), / closed/);
  const place = JSON.parse(readFileSync(join(profile, "window.json"), "utf8"));
  assert.ok(place.width > 300 && place.height > 300, JSON.stringify(place));
  window.session.close();

  const again = room.start(profile, offset);
  await until(() => log(profile).split(" open ").length === 3, () => again.said.text);
  again.child.kill("SIGTERM");
  assert.equal(await again.ended, 0);
});

test("the page comes back when its process ends", { timeout: 60_000 }, async (context) => {
  const room = await desk(context);
  const profile = folder(context);
  const window = await room.open(profile);
  await window.page.getByText(/登记|Enrol/).first().waitFor();
  const pages = () => descendants(window.pid()).filter(({ name }) => name === "WebKitWebProces").map(({ pid }) => pid);
  const [first] = pages();
  process.kill(first, "SIGKILL");
  await until(() => pages().length === 1 && pages()[0] !== first, () => log(profile));
  assert.match(log(profile), /the page's process ended/);
});

test("the log holds no personal data", { timeout: 120_000 }, async (context) => {
  const { profile, offset, job } = await enrolledTablet(context);
  const room = await desk(context);
  const { page } = await room.open(profile, { offset });
  await unlock(page);
  const visit = await page.call("visit_open", { visit: job.visit });
  const text = log(profile);
  assert.match(text, / open /);
  for (const secret of [visit.row.address, visit.customer?.name, visit.customer?.phones?.[0]].filter(Boolean)) {
    assert.ok(!text.includes(secret), "the log names nobody");
  }
});
