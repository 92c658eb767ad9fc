import type { InspectionView } from "@/generated/InspectionView";
import type { OrderView } from "@/generated/OrderView";
import type { QuoteList } from "@/generated/QuoteList";
import type { VisitState } from "@/generated/VisitState";
import { m } from "@/paraglide/messages.js";
import type { WorkDraft } from "./work";

export const STEPS = ["arrive", "identify", "inspect", "options", "quote", "sign", "finish"] as const;
export type StepId = (typeof STEPS)[number];

export const stepName: Record<StepId, () => string> = {
  arrive: m.step_arrive,
  identify: m.step_identify,
  inspect: m.step_inspect,
  options: m.step_options,
  quote: m.step_quote,
  sign: m.step_sign,
  finish: m.step_finish,
};

export interface StepStanding {
  done: boolean;
  /** How far it is, such as `照片 2/3`. */
  progress?: string;
  /** Why it cannot be entered yet. */
  gate?: string;
}

/** Where each step stands; every one is open except behind a gate. */
export function standings(
  state: VisitState,
  draft: WorkDraft,
  inspection: InspectionView | undefined,
  quotes: QuoteList | undefined,
  orders: OrderView | undefined,
): Record<StepId, StepStanding> {
  const atDoor = typeof state === "object" || ["arrived", "working", "finished"].includes(state);
  const shots = inspection ? new Set(Object.values(inspection.machine.shots)) : new Set<string>();
  const answered = inspection ? inspection.checks.length - inspection.report.unanswered.length : 0;
  const quoted = quotes?.quotes.some((view) => !view.expired) ?? false;
  const filed = (orders?.orders.length ?? 0) > 0;
  const stopUse = inspection?.open_stop_use === true ? { gate: m.gate_stop_use() } : {};
  return {
    arrive: { done: atDoor },
    identify: { done: draft.identified === true || shots.has("nameplate") },
    inspect: {
      done: inspection !== undefined && inspection.checks.length > 0 && inspection.report.unanswered.length === 0,
      ...(inspection && inspection.checks.length > 0
        ? { progress: `${answered}/${inspection.checks.length}` }
        : {}),
    },
    options: { done: quoted || draft.skus.length > 0, ...stopUse },
    quote: { done: quoted, ...stopUse },
    sign: { done: filed, ...(quoted || filed ? stopUse : { gate: m.gate_quote() }) },
    finish: { done: state === "finished" },
  };
}
