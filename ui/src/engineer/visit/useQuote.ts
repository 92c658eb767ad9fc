import { useEffect } from "react";
import type { QuoteView } from "@/generated/QuoteView";
import type { Refused } from "@/platform";
import { useAct, useRead } from "@/platform/query";
import { quoteInput } from "./pricing";
import { useWork } from "./work";

/** A pause in choosing and typing, before the core is asked. */
const SETTLE_MS = 250;

export interface PricedWork {
  view: QuoteView | undefined;
  /** What is shown is not priced for what is chosen now. */
  stale: boolean;
  error: Refused | null;
  again: () => void;
}

/**
 * The quote for what is chosen. A quote is a snapshot: other choices, another look at the old machine
 * or the site make another one.
 */
export function useQuote(): PricedWork {
  const { order, asset, draft, patch, steps } = useWork();
  const make = useAct("quote_make");
  const { mutate } = make;
  const inspection = useRead("inspection_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const machine = inspection.data?.machine;
  const site = order.facts?.sections["site"];
  const input = quoteInput(order.id, asset, draft);
  const wanted = JSON.stringify([input, machine?.faults, machine?.capacity, machine?.asset.nameplate_month, site]);
  const known = asset === undefined || machine !== undefined;
  const onlyTaken = !steps.some((step) => step.id === "options") && asset !== undefined;
  const asked = (draft.skus.length > 0 || onlyTaken) && known;
  // A quote that came back from the core without its choices stands for what is chosen now.
  const restored = asked && draft.quote !== undefined && draft.quotedFor === undefined;
  const stale = asked && !restored && draft.quotedFor !== wanted;
  const price = () => mutate(input, { onSuccess: (view) => patch({ quote: view.quote.request.id, quotedFor: wanted }) });
  useEffect(() => {
    if (restored) patch({ quotedFor: wanted });
    if (!stale) return;
    const timer = setTimeout(price, SETTLE_MS);
    return () => clearTimeout(timer);
    // `wanted` is the value of everything the quote depends on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, stale, restored, mutate]);
  const stored = useRead(
    "quote_view",
    { quote: draft.quote ?? "" },
    { enabled: draft.quote !== undefined, placeholderData: (before) => before },
  );
  return { view: stored.data, stale, error: make.error, again: price };
}
