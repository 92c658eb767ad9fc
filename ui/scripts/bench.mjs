// The screens' own figures, printed as Markdown. Started by `cargo xtask bench screens` with what it
// needs to know as JSON: {host, pin, visit, cards, names}.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { launch } from "./browser.mjs";
import { serve } from "./serve.mjs";

const told = JSON.parse(process.argv[2]);
const PHOTOS = 15;
/** The button of one guided photo, before and after it is taken. */
const PHOTO = /^(拍|Photo: )|已拍$|taken$/;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const p95 = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)];

const screens = await serve(() => told.host);
const browser = await launch();
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(screens.url);
  await page.getByRole("button", { name: "7", exact: true }).waitFor();
  await page.keyboard.type(told.pin);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation").first().waitFor();
  const typed = await keyToList(page);
  const photos = await shutterToSaved(page);
  const { first, all, pieces } = bundle();
  console.log("| | median ms | p95 ms | over |\n|---|--:|--:|--:|");
  console.log(`| key press to painted list, ${told.cards.toLocaleString("en")} cards | ${median(typed).toFixed(1)} | ${p95(typed).toFixed(1)} | ${typed.length} keys |`);
  console.log(`| shutter to "taken", encrypted and durable | ${median(photos).toFixed(0)} | ${p95(photos).toFixed(0)} | ${photos.length} photos |`);
  console.log(`\nLoaded before the first screen: ${first} kB of JavaScript and CSS (gzip); with every screen and the PDF viewer ${all} kB in ${pieces} files.`);
} finally {
  await browser.close();
  screens.close();
}

/** From the character's event until a list that answers the text typed so far has been painted. */
async function keyToList(page) {
  await page.goto(`${screens.url}#/find`);
  const box = page.getByRole("searchbox");
  await box.waitFor();
  await page.evaluate(() => {
    window.keyTimes = [];
    const list = () => document.querySelector("main")?.innerText ?? "";
    addEventListener("beforeinput", (event) => {
      if (event.data === null) return;
      const [began, before] = [performance.now(), list()];
      const look = () => {
        if (list() !== before) requestAnimationFrame(() => window.keyTimes.push(performance.now() - began));
        else if (performance.now() - began < 2000) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, true);
  });
  for (const name of told.names) {
    await box.fill("");
    await page.waitForTimeout(30);
    for (const key of name) {
      await page.keyboard.insertText(key);
      await page.waitForTimeout(120);
    }
  }
  return page.evaluate(() => window.keyTimes);
}

/** From the tap on the shutter until the button says the photo is taken. */
async function shutterToSaved(page) {
  await page.goto(`${screens.url}#/visit/${told.visit}/inspect`);
  const item = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: PHOTO }) }).first();
  await item.waitFor();
  const times = [];
  for (let turn = 0; turn < PHOTOS; turn += 1) {
    await item.getByRole("button", { name: PHOTO }).first().click();
    const shutter = page.getByRole("button", { name: /^(拍照|Take the photo)$/ }).last();
    await shutter.waitFor();
    await page.waitForTimeout(900);
    const began = Date.now();
    await shutter.click();
    await page.getByText(/正在保存|Saving/).first().waitFor({ timeout: 2000 }).catch(() => undefined);
    await item.getByRole("button", { name: /已拍|taken/ }).first().waitFor();
    times.push(Date.now() - began);
  }
  return times;
}

/** What a first visit loads, and everything there is. */
function bundle() {
  const dist = join(fileURLToPath(new URL(".", import.meta.url)), "../dist");
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const files = readdirSync(join(dist, "assets")).filter((name) => /\.(m?js|css)$/.test(name));
  const kb = (names) => Math.round(names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, "assets", name))).length, 0) / 1000);
  return { first: kb(files.filter((name) => page.includes(name))), all: kb(files), pieces: files.length };
}
