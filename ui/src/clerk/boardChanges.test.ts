import { describe, expect, it } from "vitest";
import type { BoardRow } from "@/generated/BoardRow";
import { changesOf } from "./boardChanges";

const row = (visit: string, crew: string[] = []) => ({ row: { visit }, crew, work_orders: [] }) as unknown as BoardRow;

describe("changes on the board", () => {
  it("count rows that came, went or changed, each once", () => {
    expect(changesOf([row("a"), row("b")], [row("a"), row("b")]).count).toBe(0);
    expect(changesOf([row("a"), row("b")], [row("b"), row("a")]).count).toBe(0);
    expect(changesOf([row("a"), row("b")], [row("a", ["x"]), row("c")]).count).toBe(3);
  });
  it("tell new rows from changed ones", () => {
    const { marks } = changesOf([row("a"), row("b")], [row("a", ["x"]), row("b"), row("c")]);
    expect([...marks]).toEqual([["a", "changed"], ["c", "new"]]);
  });
});
