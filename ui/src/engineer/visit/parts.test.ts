import { describe, expect, it } from "vitest";
import type { CategoryFacts } from "@/generated/CategoryFacts";
import { partsOf, place } from "./parts";

const facts = (serials: string[]) => ({ serials }) as CategoryFacts;

describe("serials of a machine", () => {
  it("are as many as the category has parts", () => {
    expect(partsOf(facts(["indoor", "outdoor"]), []).map((one) => one.part)).toEqual(["indoor", "outdoor"]);
    expect(partsOf(facts(["body", "monitor?"]), [])[1]).toEqual({ part: "monitor", optional: true });
  });
  it("keep a part that only the machine knows of", () => {
    expect(partsOf(facts(["indoor"]), [{ part: "body", serial: "S1" }]).map((one) => one.part)).toEqual(["indoor", "body"]);
    expect(partsOf(facts(["indoor"]), [{ part: "body", serial: null }])).toHaveLength(1);
  });
  it("are filled one scan after the other", () => {
    const parts = partsOf(facts(["indoor", "outdoor"]), []);
    const one = place(parts, {}, "A-IN");
    expect(one).toEqual({ indoor: "A-IN" });
    expect(place(parts, one, "A-OUT")).toEqual({ indoor: "A-IN", outdoor: "A-OUT" });
  });
  it("do not move when the same label is scanned twice", () => {
    const parts = partsOf(facts(["indoor", "outdoor"]), []);
    expect(place(parts, { indoor: "A-IN" }, "A-IN")).toEqual({ indoor: "A-IN" });
  });
});
