import type { BoardRow } from "@/generated/BoardRow";

export type Mark = "new" | "changed";

export interface Changes {
  /** Rows that came, went or changed, each once. */
  count: number;
  /** What became of the rows that are still there. */
  marks: ReadonlyMap<string, Mark>;
}

/** What differs between the rows shown and the rows known; their order does not count. */
export function changesOf(shown: readonly BoardRow[], fresh: readonly BoardRow[]): Changes {
  const before = new Map(shown.map((row) => [row.row.visit, JSON.stringify(row)]));
  const marks = new Map<string, Mark>();
  for (const row of fresh) {
    const held = before.get(row.row.visit);
    if (held === undefined) marks.set(row.row.visit, "new");
    else if (held !== JSON.stringify(row)) marks.set(row.row.visit, "changed");
    before.delete(row.row.visit);
  }
  return { count: marks.size + before.size, marks };
}
