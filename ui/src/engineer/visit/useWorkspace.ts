import { useEffect } from "react";
import type { StepView } from "@/generated/StepView";
import type { VisitView } from "@/generated/VisitView";
import type { WorkOrderCard } from "@/generated/WorkOrderCard";
import { useRead } from "@/platform/query";
import { choicesOf } from "./pricing";
import { gatesOf } from "./steps";
import { useWorkDraft, type Work } from "./work";

/** Everything a step works with. The quote and the terms drafted last come back from the core when
 * this screen remembers nothing of them, after a crash for instance. */
export function useWorkspace(visit: VisitView, order: WorkOrderCard, steps: readonly StepView[], current: StepView): Work {
  const [draft, patch] = useWorkDraft(order.id);
  const asset = draft.asset ?? order.assets[0];
  const inspection = useRead("inspection_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const quotes = useRead("quote_list", { work_order: order.id });
  const drafted = useRead("order_terms_view", { work_order: order.id });
  const nothingHeld = draft.quote === undefined && draft.skus.length === 0;
  useEffect(() => {
    if (!nothingHeld || !quotes.data || !drafted.data) return;
    const terms = drafted.data.terms;
    const kept = quotes.data.quotes.find((view) => view.quote.request.id === terms?.quote) ?? quotes.data.quotes[0];
    if (!kept) return;
    const machine = terms?.old?.asset;
    patch({ ...choicesOf(kept.quote), quote: kept.quote.request.id, ...(machine ? { asset: machine } : {}) });
    // `patch` is made anew with every draft; only the first sight of the kept quote counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [nothingHeld, quotes.data, drafted.data]);
  return { visit, order, asset, draft, patch, steps, current, gatesOf: (step) => gatesOf(steps, step, inspection.data) };
}
