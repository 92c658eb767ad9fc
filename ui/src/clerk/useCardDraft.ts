// The draft on the screen is kept in the core as it grows, as one of the parked drafts, so that
// leaving the screen, another language, a lock or a crash loses nothing.
import { useEffect, useRef, useState } from "react";
import type { CardPark } from "@/generated/CardPark";
import { act } from "@/platform/query";
import { useDraft } from "@/shared/draft";
import { isBlank, unpark, type CardDraft } from "./cardDraft";

/** Typing is not written letter by letter. */
const QUIET_MS = 400;

interface Held {
  id: string;
  draft: CardDraft;
}

/** The draft of the screen just left: its last letters may still be on the way to the core. */
let left: Held | null = null;

export function useCardDraft(parked: readonly CardPark[], blank: CardDraft) {
  // Which parked draft the screen holds; an identity, so it may stand beside the window.
  const [heldId, rememberId] = useDraft<string | null>("card", null);
  const [held, setHeld] = useState<Held>(() => {
    if (left !== null && left.id === heldId) return left;
    const before = parked.find((one) => one.id === heldId);
    return before?.id ? { id: before.id, draft: unpark(before.fields) } : { id: crypto.randomUUID(), draft: blank };
  });
  const latest = useRef(held);
  latest.current = held;
  left = held;
  const known = useRef(new Map(parked.map((one) => [one.id ?? "", JSON.stringify(unpark(one.fields))])));
  // One write after the other: a late save must not bring back a draft that was issued.
  const writes = useRef(Promise.resolve());

  const save = ({ id, draft }: Held): Promise<void> => {
    const text = JSON.stringify(draft);
    if (isBlank(draft) ? !known.current.has(id) : known.current.get(id) === text) return writes.current;
    if (isBlank(draft)) known.current.delete(id);
    else known.current.set(id, text);
    writes.current = writes.current
      .then(() => (isBlank(draft) ? act("card_unpark", { id }) : act("card_park", { id, fields: { ...draft } })))
      .then(
        () => {},
        () => {
          // Refused (a full disk, a lock): the next change tries again, and F8 says why.
          known.current.delete(id);
        },
      );
    return writes.current;
  };
  useEffect(() => {
    rememberId(held.id);
    const timer = setTimeout(() => void save(held), QUIET_MS);
    return () => clearTimeout(timer);
  }, [held]);
  useEffect(() => () => void save(latest.current), []);

  return {
    ...held,
    change: (next: (draft: CardDraft) => CardDraft) => setHeld(({ id, draft }) => ({ id, draft: next(draft) })),
    /** Keeps the draft in the core and shows another, or a new one, at once: the next scan is the
     * next customer's. */
    turnTo(next: CardDraft, id: string = crypto.randomUUID()): void {
      void save(latest.current);
      setHeld({ id, draft: next });
    },
    /** Shows a new draft; the one before was issued or is dropped, its identity is answered. */
    replace(next: CardDraft): Held {
      const before = latest.current;
      known.current.delete(before.id);
      setHeld({ id: crypto.randomUUID(), draft: next });
      return before;
    },
    /** Resolves when every write has ended. */
    settled: () => writes.current,
  };
}
