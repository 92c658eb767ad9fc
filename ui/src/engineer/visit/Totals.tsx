import type { QuoteSettlement } from "@/generated/QuoteSettlement";
import type { QuoteView } from "@/generated/QuoteView";
import { Amount } from "@/kit/Amount";
import { m } from "@/paraglide/messages.js";
import { yuan } from "@/shared/money";

/** Both totals, always together: what is certain, and what if the subsidy is approved. */
export function Totals({ view, large = false }: { view: QuoteView; large?: boolean }) {
  const { totals, valid_until } = view.quote;
  const estimated = totals.if_approved.government_subsidy > 0;
  return (
    <div className={`panel flex flex-col gap-4 ${large ? "p-8" : "p-5"}`}>
      <Line name={certainName(totals.certain)} settlement={totals.certain} size="total" />
      {estimated && (
        <div className="rule rule-t pt-4">
          <Line name={m.total_if_approved()} settlement={totals.if_approved} size="key" />
          <p className="mt-1 text-label text-ink-2">
            {m.subsidy_estimated({ amount: yuan(totals.if_approved.government_subsidy) })}
          </p>
        </div>
      )}
      <p className={`tabular text-label ${view.expired ? "font-semibold text-danger" : "text-ink-2"}`}>
        {view.expired ? m.quote_expired({ day: valid_until }) : m.quote_valid({ day: valid_until })}
      </p>
    </div>
  );
}

function certainName(settlement: QuoteSettlement): string {
  return settlement.balance < 0 ? m.total_payout() : m.total_certain();
}

function Line({ name, settlement, size }: { name: string; settlement: QuoteSettlement; size: "total" | "key" }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4">
      <span className={size === "total" ? "text-body font-semibold" : "text-label"}>{name}</span>
      <span className="ml-auto text-right">
        <Amount fen={settlement.balance < 0 ? settlement.payout : settlement.to_collect} size={size} />
      </span>
    </div>
  );
}
