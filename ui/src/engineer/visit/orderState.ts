import type { CombinedOrder } from "@/generated/CombinedOrder";
import type { OrderRemedy } from "@/generated/OrderRemedy";
import type { Words } from "@/generated/Words";
import { m } from "@/paraglide/messages.js";

type State = CombinedOrder["state"];

export interface OrderRefusal {
  reason: Words;
  remedies: readonly OrderRemedy[];
}

/** What HQ objected to; null when it did not. */
export function refusalOf(state: State): OrderRefusal | null {
  return typeof state === "object" && "refused" in state ? state.refused : null;
}

/** Nothing more can happen to it. */
export function isClosed(state: State): boolean {
  return typeof state === "object" && ("cancelled" in state || "replaced" in state);
}

/** What each way out of a refusal means for the person at the door. */
export const remedyMeaning: Record<OrderRemedy, () => string> = {
  honour: m.refused_honour,
  re_quote: m.refused_re_quote,
  cancel: m.refused_cancel,
};
