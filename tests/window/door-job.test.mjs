// The door job in the real window, HQ stopped after enrolment: `cargo xtask test` runs it, where it
// can in a network namespace with loopback only. It needs Xvfb and WebKitWebDriver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DoorJob } from "../../ui/scripts/doorJob.mjs";
import { desk, enrolledTablet, unlock } from "./openWindow.mjs";

/** As in the browser; the USB scanner's keys come through the window's own keyboard. */
class InTheWindow extends DoorJob {
  async identify() {
    await this.page.getByText(/待核对|To be checked/).waitFor();
    await this.page.keyboard.type(`${this.job.card_text}\uE007`);
    await this.page.getByText(/扫到的就是这台|This is the machine on paper/).waitFor();
    await this.tap(this.button("去检测", "Go to Inspect"));
  }
}

/** From now on keeps what the page was refused by its policy, and how long the core took. */
function watch() {
  globalThis.blocked = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    globalThis.blocked.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  globalThis.frames = [];
  const send = globalThis.fetch;
  globalThis.fetch = async (address, options) => {
    const began = performance.now();
    const answer = await send(address, options);
    if (String(options?.body).includes('"label_scan"')) {
      const ms = Math.round(performance.now() - began);
      globalThis.frames.push({ bytes: options.body.length, ms, text: await answer.clone().text() });
    }
    return answer;
  };
}

test("the door job in the window, killed twice, without a network", { timeout: 300_000 }, async (context) => {
  const { stage, job, profile, offset } = await enrolledTablet(context);
  stage.stopHq();
  const room = await desk(context);
  const open = () => room.open(profile, { offset, camera: true });

  let window = await open();
  await window.session.run(watch);
  await unlock(window.page);
  await window.page.getByText(/今日|Today/).first().waitFor();
  assert.equal(await window.session.run(() => location.origin), "tauri://localhost");

  await window.session.run(() => { location.hash = "#/scan"; });
  const scanned = await frames(window, 3);
  for (const frame of scanned) {
    // The mock camera's picture holds no label: only the core can say so.
    assert.match(frame.text, /label_not_found/);
  }
  const [{ bytes }] = scanned;
  context.diagnostic(`camera frames of ${bytes} bytes read in ${scanned.map((frame) => frame.ms).join(", ")} ms`);

  await window.session.run(() => { location.hash = "#/today"; });
  let walk = new InTheWindow(window.page, job);
  await walk.untilQuoted();
  const quotes = async () =>
    (await window.page.call("quote_list", { work_order: job.work_order })).quotes.map((one) => one.quote);
  const quoted = await quotes();
  assert.equal(quoted.length, 1);
  await walk.terms();
  await walk.sign({ file: false, strokes: 3 });
  assert.deepEqual(await window.session.run(() => globalThis.blocked), [], "nothing of ours is against the policy");

  await window.kill();
  window = await open();
  await unlock(window.page);
  assert.deepEqual(await quotes(), quoted, "the quote is there to the byte");
  const strokes = () => window.page.call("strokes", { work_order: job.work_order });
  assert.equal((await strokes()).strokes.length, 3, "three of five strokes were drawn before the kill");
  await window.session.run((visit) => { location.hash = `#/sign/${visit}`; }, job.visit);
  await window.page.getByText(/已恢复上次笔迹（3 笔）|3 strokes recovered/).waitFor();
  walk = new InTheWindow(window.page, job);
  await walk.draw(2, 3);
  assert.equal((await strokes()).strokes.length, 5);
  await walk.file();
  const filed = await window.page.call("order_view", { work_order: job.work_order });

  await window.kill();
  window = await open();
  await unlock(window.page);
  const after = await window.page.call("order_view", { work_order: job.work_order });
  assert.deepEqual(after.orders[0].order, filed.orders[0].order, "the filed order is there");
  assert.equal((await window.page.call("photo_list", { subject: job.asset })).photos.length, 1);
  assert.equal((await window.page.call("sync_status")).line, "offline");
});

/** The first `count` frames that the core has answered. */
async function frames(window, count) {
  for (let turn = 0; turn < 200; turn += 1) {
    const seen = await window.session.run(() => globalThis.frames);
    if (seen.length >= count) return seen;
    await window.page.waitForTimeout(100);
  }
  throw new Error(`fewer than ${count} frames: ${await window.session.run(() => document.body.innerText)}`);
}
