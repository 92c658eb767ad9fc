// Debian's Chromium through playwright-core, with a camera that plays pictures we make.
import { chromium } from "playwright-core";

export const CHROMIUM = process.env.DOORSTEP_CHROMIUM ?? "/usr/bin/chromium";

export function launch({ camera } = {}) {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...(camera ? [`--use-file-for-fake-video-capture=${camera}`] : []),
    ],
  });
}

/** Sets language, theme and text size as the person would, before the page runs. */
export async function wear(page, settings) {
  await page.evaluate((text) => localStorage.setItem("doorstep.settings", text), JSON.stringify(settings));
}

/** Faults of a page: exceptions, and console errors other than refused commands. */
export function listen(page, faults) {
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" || /status of (422|502)/.test(message.text())) return;
    faults.push(`console: ${message.text()}`);
  });
}
