import type { Quote } from "@/generated/Quote";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { yuan } from "@/shared/money";

/** What handing in the old machine comes to: its lines, credit and fees together. Positive: it costs. */
export function oldBalance(quote: Quote): { credit: number; cost: number; balance: number } | null {
  if (quote.old.length === 0) return null;
  const handed = new Set(quote.old.map((old) => old.line));
  const own = quote.lines.filter((line) => handed.has(line.line));
  const credit = -own.filter((line) => line.kind !== "fee").reduce((sum, line) => sum + line.amount, 0);
  const cost = own.filter((line) => line.kind === "fee").reduce((sum, line) => sum + line.amount, 0);
  return { credit, cost, balance: cost - credit };
}

/** Said plainly, before anybody signs: the old machine brings nothing, or costs more than it brings. */
export function OldBalance({ quote }: { quote: Quote }) {
  const old = oldBalance(quote);
  if (!old || old.balance < 0 || (old.balance === 0 && old.credit > 0)) return null;
  return (
    <Note icon="alert">
      {old.balance === 0 ? m.old_brings_nothing() : m.old_costs({ amount: yuan(old.balance), credit: yuan(old.credit), cost: yuan(old.cost) })}
    </Note>
  );
}
