import { describe, expect, it } from "vitest";
import type { BoardRow } from "@/generated/BoardRow";
import { changedRows } from "./boardChanges";

const row = (visit: string, crew: string[] = []) => ({ row: { visit }, crew, work_orders: [] }) as unknown as BoardRow;

describe("changes on the board", () => {
  it("count rows that came, went or changed, each once", () => {
    expect(changedRows([row("a"), row("b")], [row("a"), row("b")])).toBe(0);
    expect(changedRows([row("a"), row("b")], [row("b"), row("a")])).toBe(0);
    expect(changedRows([row("a"), row("b")], [row("a", ["x"]), row("c")])).toBe(3);
  });
});
