import type { AssetId } from "@/generated/AssetId";
import type { QuoteId } from "@/generated/QuoteId";
import type { Relation } from "@/generated/Relation";
import type { RemovalMode } from "@/generated/RemovalMode";
import type { Slot } from "@/generated/Slot";
import type { SubsidyChoice } from "@/generated/SubsidyChoice";
import type { TermsInput } from "@/generated/TermsInput";
import { m } from "@/paraglide/messages.js";
import { useDraft } from "@/shared/draft";
import type { WorkDraft } from "./work";

/** What the customer chooses beside the quote. */
export interface TermsDraft {
  slot: Slot;
  ifRefused: SubsidyChoice;
  payer: Relation;
  applicant: Relation;
  recipient: Relation;
}

export function useTermsDraft(workOrder: string, slot: Slot): [TermsDraft, (next: Partial<TermsDraft>) => void] {
  const fresh: TermsDraft = { slot, ifRefused: "go_on", payer: "self", applicant: "self", recipient: "self" };
  const [draft, set] = useDraft<TermsDraft>(`terms.${workOrder}`, fresh);
  return [draft, (next) => set({ ...draft, ...next })];
}

export function termsInput(quote: QuoteId, work: WorkDraft, asset: AssetId | undefined, terms: TermsDraft): TermsInput {
  return {
    quote,
    slot: terms.slot,
    removal: work.removal,
    if_refused: terms.ifRefused,
    ...(work.tradeIn && asset !== undefined ? { old: asset } : {}),
    payer: terms.payer,
    applicant: terms.applicant,
    recipient: terms.recipient,
  };
}

/** How the old machine leaves, each with its visits said before signing. */
export const removals: readonly { mode: RemovalMode; name: () => string; detail: () => string }[] = [
  { mode: "one_visit", name: m.removal_one_visit, detail: m.removal_one_visit_detail },
  { mode: "deliver_first", name: m.removal_deliver_first, detail: m.removal_deliver_first_detail },
  { mode: "recover_first", name: m.removal_recover_first, detail: m.removal_recover_first_detail },
  { mode: "remove_at_install", name: m.removal_at_install, detail: m.removal_at_install_detail },
  { mode: "separate", name: m.removal_separate, detail: m.removal_separate_detail },
];
