import type { InspectionView } from "@/generated/InspectionView";
import type { StepView } from "@/generated/StepView";
import { m } from "@/paraglide/messages.js";
import { say } from "@/shared/words";

// The rail has room for one short word; steps without one are called what the core calls them.
const short: Record<string, () => string> = {
  arrive: m.step_arrive,
  identify: m.step_identify,
  inspect: m.step_inspect,
  options: m.step_options,
  quote: m.step_quote,
  sign: m.step_sign,
  finish: m.step_finish,
};

export function stepName(step: StepView): string {
  return short[step.id]?.() ?? say(step.name);
}

/** What a button that leads there says; a long name has no room on one. */
export function stepGo(step: StepView): string {
  const name = short[step.id];
  return name ? m.go_to({ step: name() }) : m.next_step();
}

/** How far a step is, such as `照片 2/3`; nothing once it is done or where no photo is wanted. */
export function stepProgress(step: StepView): string | undefined {
  if (step.done || step.photos_wanted === 0) return undefined;
  return m.photos_count({ received: step.photos, all: step.photos_wanted });
}

/** Steps that name a price: shut while the machine in hand must not be used. */
const PRICED: readonly string[] = ["options", "quote", "sign", "collect"];

/**
 * Why a step may not be entered, in words; empty when it may. The core judges every machine of the
 * work order; the one in hand keeps people from harm before its answer is there. The last step is
 * never shut: whether a visit may end is the core's to say when it is asked.
 */
export function gatesOf(steps: readonly StepView[], step: StepView, inspection: InspectionView | undefined): string[] {
  if (step === steps.at(-1)) return [];
  if (inspection?.open_stop_use && PRICED.includes(step.id)) return [m.gate_stop_use()];
  return step.shut.map(say);
}
