import { describe, expect, it } from "vitest";
import { unlike } from "./serialShape";

describe("a serial beside others of its model", () => {
  it("is unlike when letters or length differ", () => {
    expect(unlike("SXG100B0000001", ["SBX418B000001"])).toBe("SBX418B000001");
    expect(unlike("SBX418B00000", ["SBX418B000001"])).toBe("SBX418B000001");
  });
  it("is like any of them, in either case of letters", () => {
    expect(unlike("sbx418b000777", ["OLD-1", "SBX418B000001"])).toBeNull();
  });
  it("is not judged when no other is known", () => {
    expect(unlike("SBX418B000001", [])).toBeNull();
    expect(unlike("SBX418B000001", ["SBX418B000001"])).toBeNull();
  });
});
