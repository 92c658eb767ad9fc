import type { BoardRow } from "@/generated/BoardRow";

/** How many rows came, went or changed between what is shown and what is known. */
export function changedRows(shown: readonly BoardRow[], fresh: readonly BoardRow[]): number {
  const before = new Map(shown.map((row) => [row.row.visit, JSON.stringify(row)]));
  let changed = 0;
  for (const row of fresh) {
    if (before.get(row.row.visit) !== JSON.stringify(row)) changed += 1;
    before.delete(row.row.visit);
  }
  return changed + before.size;
}
