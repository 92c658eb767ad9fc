// The desk by keyboard, as a hand presses it.
import assert from "node:assert/strict";

/** A key as a hand presses it: quicker ones are a scanner's. */
export async function key(page, name) {
  await page.waitForTimeout(90);
  await page.keyboard.press(name);
}

/** Moves the focus by Tab until a control with this name has it. */
export async function tabTo(page, name, limit = 60) {
  for (let press = 0; press < limit; press += 1) {
    const at = await page.evaluate(() => {
      const active = document.activeElement;
      const label = active?.labels?.[0]?.textContent ?? "";
      return (active?.getAttribute("aria-label") ?? (label || active?.textContent) ?? "").trim();
    });
    if (at === name || at.startsWith(`${name} `) || at.replace(/(选填|optional|必填|required)$/, "").trim() === name) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never reached "${name}"`);
}
