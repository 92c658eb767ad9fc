import { describe, expect, it } from "vitest";
import type { VisitRow } from "@/generated/VisitRow";
import { firstSight, newsOf, remember, sumOf } from "./news";

const row = (rest: Partial<VisitRow> = {}) =>
  ({
    visit: "v1",
    slot: { start: 1, end: 2 },
    address: "和平路 6 号",
    jobs: [{ zh: "维修", en: "Repair" }],
    legs: [],
    state: "planned",
    ...rest,
  }) as unknown as VisitRow;

describe("what HQ changed", () => {
  const seen = remember({}, [row()]);
  it("is marked until the visit is opened", () => {
    expect(newsOf(row(), seen)).toBeNull();
    const moved = row({ slot: { start: 5, end: 6 } });
    expect(newsOf(moved, seen)).toBe("changed");
    expect(newsOf(moved, remember(seen, [moved]))).toBeNull();
  });
  it("tells a new visit and a cancelled one", () => {
    expect(newsOf(row({ visit: "v2" }), seen)).toBe("new");
    const cancelled = row({ state: "cancelled" });
    expect(newsOf(cancelled, seen)).toBe("cancelled");
    expect(newsOf(cancelled, remember(seen, [cancelled]))).toBeNull();
  });
  it("begins with the first sight of a day", () => {
    const begun = firstSight(seen, "2026-07-16", [row({ slot: { start: 9, end: 10 } }), row({ visit: "v2" })]);
    expect(begun).not.toBeNull();
    expect(newsOf(row({ visit: "v2" }), begun ?? {})).toBeNull();
    expect(newsOf(row({ slot: { start: 9, end: 10 } }), begun ?? {})).toBe("changed");
    expect(newsOf(row({ visit: "v3" }), begun ?? {})).toBe("new");
    expect(firstSight(begun ?? {}, "2026-07-16", [])).toBeNull();
  });
  it("is not what the engineer did", () => {
    expect(newsOf(row({ state: "arrived" }), seen)).toBeNull();
  });
  it("is remembered without the address", () => {
    expect(sumOf(row())).not.toContain("和平");
    expect(sumOf(row())).not.toBe(sumOf(row({ address: "和平路 7 号" })));
  });
  it("is forgotten one day", () => {
    const many = Array.from({ length: 700 }, (_, number) => row({ visit: `v${number}` }));
    const kept = remember({}, many);
    expect(Object.keys(kept)).toHaveLength(600);
    expect(kept["v699"]).toBeDefined();
    expect(kept["v0"]).toBeUndefined();
  });
});
