import { useEffect, useRef, useState } from "react";
import type { AmountChange } from "@/generated/AmountChange";
import type { OrderTerms } from "@/generated/OrderTerms";
import type { Relation } from "@/generated/Relation";
import type { RemovalMode } from "@/generated/RemovalMode";
import type { Slot } from "@/generated/Slot";
import type { Stroke } from "@/generated/Stroke";
import type { SubsidyChoice } from "@/generated/SubsidyChoice";
import type { TermsInput } from "@/generated/TermsInput";
import { m } from "@/paraglide/messages.js";
import { Refused, rpc } from "@/platform";
import { act, know, useRead } from "@/platform/query";
import { useHeld } from "@/shared/held";
import { DAY_MS } from "@/shared/time";
import { useWork, type Work } from "./work";

/** What the customer chooses beside the quote. */
export interface TermsChoice {
  slot: Slot;
  ifRefused: SubsidyChoice;
  payer: Relation;
  applicant: Relation;
  recipient: Relation;
}

/** A signature that an amount change made void. */
export interface Voided {
  change: AmountChange;
  strokes: readonly Stroke[];
}

/** The signature made void last, until a new stroke takes its place. */
export function useVoided(workOrder: string) {
  return useHeld<Voided | null>(`voided.${workOrder}`, null);
}

/** Nothing can be delivered in the hours of the visit that sells it: the day after is offered first. A
 * machine that is only taken away goes with this visit. */
function firstOffer({ visit, draft }: Work): Slot {
  const { slot } = visit.row;
  return draft.skus.length === 0 ? slot : { start: slot.start + DAY_MS, end: slot.end + DAY_MS };
}

function choiceOf(terms: OrderTerms | null | undefined, slot: Slot): TermsChoice {
  if (!terms) return { slot, ifRefused: "go_on", payer: "self", applicant: "self", recipient: "self" };
  const { payer, applicant, recipient } = terms.parties;
  return { slot: terms.slot, ifRefused: terms.if_refused, payer, applicant, recipient };
}

function inputOf({ draft, asset }: Work, quote: string, choice: TermsChoice): TermsInput {
  return {
    quote,
    slot: choice.slot,
    removal: draft.removal,
    if_refused: choice.ifRefused,
    ...(draft.tradeIn && asset !== undefined ? { old: asset } : {}),
    payer: choice.payer,
    applicant: choice.applicant,
    recipient: choice.recipient,
  };
}

export interface Terms {
  choice: TermsChoice;
  /** Another choice, made durable with the quote it goes with. */
  put: (next: Partial<TermsChoice>) => void;
  /** Sets the terms that will be signed; false when the core refused. */
  settle: () => Promise<boolean>;
  error: Refused | null;
}

/** The terms as the core keeps them. What was drawn under others is void from then on. */
export function useTerms(quote: string | undefined): Terms {
  const work = useWork();
  const { id } = work.order;
  const drafted = useRead("order_terms_view", { work_order: id });
  const [error, setError] = useState<Refused | null>(null);
  const [, setVoided] = useVoided(id);
  const kept = choiceOf(drafted.data?.terms, firstOffer(work));
  // What was tapped shows at once; the core's answer takes its place.
  const [tapped, setTapped] = useState<TermsChoice | null>(null);
  const choice = tapped ?? kept;
  useEffect(() => setTapped(null), [drafted.data]);
  const queue = useRef<Promise<unknown>>(Promise.resolve());

  const send = (next: TermsChoice): Promise<boolean> => {
    if (quote === undefined) return Promise.resolve(false);
    const work_order = id;
    const set = async () => {
      const before = (await rpc("strokes", { work_order })).strokes;
      const view = await act("order_terms", inputOf(work, quote, next));
      if (view.voided) setVoided({ change: view.voided, strokes: before });
      know("order_terms_view", { work_order }, { terms: view.terms });
      setError(null);
      return true;
    };
    const done = queue.current.then(set).catch((refused: unknown) => {
      if (!(refused instanceof Refused)) throw refused;
      setError(refused);
      return false;
    });
    queue.current = done;
    return done;
  };
  return {
    choice,
    put: (next) => {
      setTapped({ ...choice, ...next });
      void send({ ...choice, ...next });
    },
    settle: () => send(choice),
    error,
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
