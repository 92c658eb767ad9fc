import { describe, expect, it } from "vitest";
import { nextIndex } from "./keys";

describe("moving through a list", () => {
  it("goes on from the chosen row, else begins at the first", () => {
    expect(nextIndex(-1, 3, 1, 9)).toBe(4);
    expect(nextIndex(-1, -1, 1, 9)).toBe(0);
    expect(nextIndex(-1, -1, -1, 9)).toBe(0);
  });
  it("goes row by row and stays inside", () => {
    expect(nextIndex(4, 0, 1, 9)).toBe(5);
    expect(nextIndex(4, 0, -1, 9)).toBe(3);
    expect(nextIndex(8, 0, 1, 9)).toBe(8);
    expect(nextIndex(0, 0, -1, 9)).toBe(0);
  });
});
