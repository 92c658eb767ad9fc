// What the tests read off every screen they pass: its accessibility, and texts of the wrong language.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const messages = JSON.parse(readFileSync(new URL("../../ui/messages/en.json", import.meta.url), "utf8"));
const HAN = /\p{Script=Han}/u;

const EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What another theme can break on a screen that is sound in one. */
export const CONTRAST = ["color-contrast"];

/** Findings of axe that a person would stumble over. */
export async function seriousFindings(page, rules = EVERY_RULE) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), rules);
  return found.violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** Every text the core answered, the Chinese half of a pair of words left out: that is data. */
export function collectData(page) {
  const data = new Set();
  const walk = (value, key) => {
    if (typeof value === "string") {
      if (key !== "zh" && HAN.test(value)) data.add(value);
    } else if (Array.isArray(value)) value.forEach((one) => walk(one, key));
    else if (value && typeof value === "object") for (const [name, one] of Object.entries(value)) walk(one, name);
  };
  page.on("response", async (response) => {
    if (!response.url().includes("/rpc/")) return;
    walk(await response.json().catch(() => null), "");
  });
  return data;
}

/** Lines on the screen with Han characters that no record holds. */
export async function strayHan(page, data) {
  const lines = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode.textContent.trim());
    for (const element of document.querySelectorAll("[aria-label],[placeholder],[title]")) {
      texts.push(element.getAttribute("aria-label") ?? "", element.getAttribute("placeholder") ?? "");
    }
    return texts.filter((text) => text !== "");
  });
  const known = [...data];
  // The names of the two languages are written in themselves.
  return lines.filter((line) => HAN.test(line) && line !== "中文" && !runs(line).every((run) => known.some((text) => text.includes(run))));
}

/** Words on the screen that look like the key of a message nobody translated. */
export async function bareKeys(page) {
  const words = await page.evaluate(() => document.body.innerText.split(/\s+/));
  const keys = new Set(Object.keys(messages));
  return [...new Set(words)].filter((word) => word.includes("_") && keys.has(word));
}

/** What makes the page scroll sideways; a table or a rail may scroll within itself. */
export async function sideways(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found = [];
    for (const part of document.querySelectorAll("main, header, footer, [role=dialog]")) {
      if (part.scrollWidth > part.clientWidth + 1) found.push(`${part.tagName}: ${part.scrollWidth} in ${part.clientWidth}`);
    }
    if (document.documentElement.scrollWidth > width) found.push(`page: ${document.documentElement.scrollWidth} in ${width}`);
    return found;
  });
}

function runs(line) {
  return line.match(/\p{Script=Han}+/gu) ?? [];
}
