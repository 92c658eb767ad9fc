// What a visit is about on this screen: its work order, its old machine, and what was chosen.
import { createContext, use } from "react";
import type { AssetId } from "@/generated/AssetId";
import type { EarnedBonus } from "@/generated/EarnedBonus";
import type { FeeUse } from "@/generated/FeeUse";
import type { QuoteId } from "@/generated/QuoteId";
import type { RemovalMode } from "@/generated/RemovalMode";
import type { StepView } from "@/generated/StepView";
import type { VisitView } from "@/generated/VisitView";
import type { WorkOrderCard } from "@/generated/WorkOrderCard";
import { readDraft, useDraft } from "@/shared/draft";

/** Choices made at the door that no record holds yet. */
export interface WorkDraft {
  /** The machine in front of the engineer; the work order's first if nobody chose. */
  asset?: AssetId;
  /** Read from its label on this visit. */
  identified?: boolean;
  skus: string[];
  /** Whether the old machine is handed in. */
  tradeIn: boolean;
  removal: RemovalMode;
  /** Agreed at the door, fen. */
  discount: number;
  /** Buyer, payer, applicant and recipient: one person, several, or nobody asked. */
  parties: "one" | "several" | "unasked";
  /** The merchant's bonuses taken. */
  bonuses?: EarnedBonus[];
  /** Work charged for. */
  fees?: FeeUse[];
  /** The quotes set side by side, three at most. */
  options: QuoteId[];
  /** The quote shown, and the choices it was made from; without them it is taken as it stands. */
  quote?: QuoteId;
  quotedFor?: string;
}

export const emptyWork: WorkDraft = {
  skus: [],
  tradeIn: true,
  removal: "one_visit",
  discount: 0,
  parties: "unasked",
  options: [],
};

export interface Work {
  visit: VisitView;
  order: WorkOrderCard;
  asset: AssetId | undefined;
  draft: WorkDraft;
  patch: (next: Partial<WorkDraft>) => void;
  /** The steps of this job, and the one in work. */
  steps: readonly StepView[];
  current: StepView;
  gatesOf: (step: StepView) => readonly string[];
}

export const WorkContext = createContext<Work | null>(null);

export function useWork(): Work {
  const work = use(WorkContext);
  if (!work) throw new Error("a visit's step outside its workspace");
  return work;
}

export function useWorkDraft(workOrder: string): [WorkDraft, (next: Partial<WorkDraft>) => void] {
  const key = `work.${workOrder}`;
  const [draft, set] = useDraft<WorkDraft>(key, emptyWork);
  // Laid over what was chosen last, not over what was drawn last: an answer of the core may come late.
  return [draft, (next) => set({ ...readDraft(key, emptyWork), ...next })];
}
