// Takes a screen in every language, theme and size, and notes what an eye would miss among hundreds
// of pictures: pages wider than the window, words cut without an ellipsis.
import { join } from "node:path";
import { wear } from "../browser.mjs";

const HOME = { width: 1280, height: 800 };

export class Camera {
  taken = [];
  findings = [];

  constructor({ out, sizes, langs, only, themed }) {
    Object.assign(this, { out, sizes, langs, only, themed });
  }

  /** `arrange` brings back what a reload loses: an open sheet, a typed text. */
  async take(page, name, { arrange } = {}) {
    if (this.only && !this.only.includes(name)) return;
    for (const look of this.looks(name)) {
      await page.setViewportSize(HOME);
      await wear(page, { ...look, textSize: 1 });
      await page.reload();
      await calm(page);
      if (arrange) await arrange();
      for (const size of look.theme === "light" ? this.sizes : this.sizes.slice(0, 1)) {
        const [width, height] = size.split("x").map(Number);
        await page.setViewportSize({ width, height });
        await calm(page);
        const file = `${name}-${look.locale}-${look.theme}-${size}.png`;
        await page.screenshot({ path: join(this.out, file) });
        this.taken.push(file);
        for (const found of await flaws(page)) this.findings.push(`${file}: ${found}`);
      }
    }
    await page.setViewportSize(HOME);
    await wear(page, { locale: "zh", theme: "light", textSize: 1 });
    await page.reload();
    await calm(page);
  }

  looks(name) {
    return this.langs.flatMap((locale) => [
      { locale, theme: "light" },
      ...(this.themed.has(name) && locale === this.langs[0] ? [{ locale, theme: "outdoor" }, { locale, theme: "dark" }] : []),
    ]);
  }
}

/** Fonts are there, nothing loads any more, and what was to be drawn is drawn. */
export async function calm(page) {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForFunction(() => document.querySelector("#root > *") !== null && document.querySelector('[role="status"] > .pulse') === null);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)))));
}

function flaws(page) {
  return page.evaluate(() => {
    const found = [];
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) found.push(`the page is ${wide} px wider than the window`);
    for (const element of document.querySelectorAll("body *")) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      if (box.width < 4 || box.height < 4 || style.visibility === "hidden" || style.clip !== "auto") continue;
      const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim()).join(" ").trim();
      if (text === "") continue;
      const cut = element.scrollWidth > element.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis" && element.clientWidth > 0;
      if (cut) found.push(`cut: ${text.slice(0, 60)}`);
      if (style.display !== "inline" && box.right > innerWidth + 1 && !scrolls(element)) found.push(`beyond the right edge: ${text.slice(0, 60)}`);
    }
    return [...new Set(found)];

    function scrolls(element) {
      for (let up = element.parentElement; up; up = up.parentElement) {
        // Made to be pushed sideways, which only a class says: any scrolling box computes to `auto`.
        if (/(^|\s)overflow-x-/.test(up.className) && up.scrollWidth > up.clientWidth) return true;
      }
      return false;
    }
  });
}
