import { describe, expect, it } from "vitest";
import { KeyBurst } from "./keyBurst";

function scan(burst: KeyBurst, text: string, gap: number, composing = false) {
  let at = 1000;
  let result: string | null = null;
  for (const letter of text) {
    const upper = letter >= "A" && letter <= "Z";
    const code = /\d/.test(letter) ? `Digit${letter}` : letter === "-" ? "Minus" : `Key${letter.toUpperCase()}`;
    result = burst.take({ code, key: composing ? "Process" : letter, shift: upper, at: (at += gap) });
  }
  return result ?? burst.take({ code: "Enter", key: "Enter", shift: false, at: at + gap });
}

describe("a scanner that types", () => {
  it("is not broken by one key that came late", () => {
    const burst = new KeyBurst();
    [..."SBX418B000001"].forEach((letter, index) => {
      const code = /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`;
      burst.take({ code, key: letter, shift: false, at: 1000 + index * 8 + (index > 5 ? 150 : 0) });
    });
    expect(burst.take({ code: "Enter", key: "Enter", shift: false, at: 1260 })).toBe("SBX418B000001");
  });
  it("is told from a person by its speed", () => {
    expect(scan(new KeyBurst(), "SBX418B000001", 8)).toBe("SBX418B000001");
    expect(scan(new KeyBurst(), "SBX418B000001", 90)).toBeNull();
  });
  it("is read while a Chinese input method composes", () => {
    expect(scan(new KeyBurst(), "SBX418B-01", 8, true)).toBe("SBX418B-01");
  });
  it("is not a few hurried keys", () => {
    expect(scan(new KeyBurst(), "12", 8)).toBeNull();
  });
  it("is over with its Enter, so the next scan may begin at once", () => {
    const burst = new KeyBurst();
    expect(scan(burst, "2000000000206", 8)).toBe("2000000000206");
    expect(burst.isIdle(1130)).toBe(true);
    burst.take({ code: "KeyS", key: "S", shift: true, at: 1130 });
    expect(burst.isIdle(1138)).toBe(false);
  });
  it("begins anew after a pause", () => {
    const burst = new KeyBurst();
    burst.take({ code: "KeyA", key: "a", shift: false, at: 0 });
    expect(scan(burst, "2000000000206", 8)).toBe("2000000000206");
  });
});
