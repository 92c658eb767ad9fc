import type { Fen } from "@/generated/Fen";
import { yuan } from "@/shared/money";

type Size = "body" | "key" | "total";
const sizes: Record<Size, string> = {
  body: "text-body",
  key: "text-key font-semibold",
  total: "text-total font-bold",
};

/** Money: tabular figures, to be set right-aligned in its column. */
export function Amount({ fen, size = "body", struck = false }: { fen: Fen; size?: Size; struck?: boolean }) {
  return (
    <span className={`tabular whitespace-nowrap ${sizes[size]} ${struck ? "text-ink-2 line-through" : ""}`}>
      {yuan(fen)}
    </span>
  );
}
