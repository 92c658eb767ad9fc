import { describe, expect, it } from "vitest";
import { parseYuan, typedYuan, yuan, yuanChange } from "./money";

describe("yuan", () => {
  it.each([
    [0, "¥0.00"],
    [5, "¥0.05"],
    [540600, "¥5,406.00"],
    [123456789, "¥1,234,567.89"],
    [-13300, "−¥133.00"],
  ])("%i fen reads %s", (fen, text) => expect(yuan(fen)).toBe(text));
  it("shows the sign of a change", () => expect(yuanChange(12000)).toBe("+¥120.00"));
});

describe("parseYuan", () => {
  it.each([0, 5, 29, 540600, 123456789])("reads %i fen back from a field", (fen) =>
    expect(parseYuan(typedYuan(fen))).toBe(fen));
  it.each([
    ["300", 30000],
    ["1,299.5", 129950],
    ["３００．０５", 30005],
    ["¥ 20", 2000],
  ])("%s", (text, fen) => expect(parseYuan(text)).toBe(fen));
  it.each(["", "3.005", "-5", "12a", "."])("%s is no amount", (text) => expect(parseYuan(text)).toBeNull());
});
