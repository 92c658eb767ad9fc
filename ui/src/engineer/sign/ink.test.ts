import { describe, expect, it } from "vitest";
import { fitScale, strokePath, toInk, toPx } from "./ink";

describe("ink", () => {
  it("keeps 96 px as one inch", () => {
    expect(toInk(96)).toBe(2540);
    expect(toPx(2540)).toBe(96);
  });
  it("shrinks a drawing made on a wider pad, and never enlarges", () => {
    const stroke = [{ x: toInk(700), y: toInk(200), t: 0 }];
    expect(fitScale([stroke], 350, 400)).toBeCloseTo(338 / 700, 2);
    expect(fitScale([stroke], 900, 400)).toBe(1);
    expect(fitScale([], 10, 10)).toBe(1);
  });
  it("draws a dot and a line", () => {
    expect(strokePath([{ x: 0, y: 0, t: 0 }])).toContain("l0.1");
    expect(strokePath([{ x: 0, y: 0, t: 0 }, { x: 2540, y: 0, t: 9 }])).toBe("M0.0 0.0L96.0 0.0");
    expect(strokePath([])).toBe("");
  });
});
