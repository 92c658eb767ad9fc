import { useCallback, useEffect, useRef, useState } from "react";
import type { Stroke } from "@/generated/Stroke";
import type { TermsInput } from "@/generated/TermsInput";
import type { TermsView } from "@/generated/TermsView";
import { Refused, rpc } from "@/platform";

export interface Signature {
  terms: TermsView | null;
  strokes: readonly Stroke[];
  /** Strokes that an amount change made void, to be shown struck out. */
  voided: readonly Stroke[];
  recovered: boolean;
  /** Strokes drawn whose durability has not been confirmed. */
  saving: number;
  error: Refused | null;
  add: (stroke: Stroke) => void;
  clear: () => void;
}

/**
 * The terms and the pad of a work order. A stroke is sent when the pen leaves the pad, and the next
 * one only after the core said it is durable.
 */
export function useSignature(workOrder: string, input: TermsInput): Signature {
  const [terms, setTerms] = useState<TermsView | null>(null);
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [voided, setVoided] = useState<readonly Stroke[]>([]);
  const [recovered, setRecovered] = useState(false);
  const [saving, setSaving] = useState(0);
  const [error, setError] = useState<Refused | null>(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const next = useRef(0);
  const key = JSON.stringify(input);

  const inOrder = useCallback((work: () => Promise<void>) => {
    queue.current = queue.current.then(work).catch((refused: unknown) => {
      if (refused instanceof Refused) setError(refused);
      else throw refused;
    });
  }, []);

  useEffect(() => {
    inOrder(async () => {
      const before = (await rpc("strokes", { work_order: workOrder })).strokes;
      const view = await rpc("order_terms", JSON.parse(key) as TermsInput);
      const after = (await rpc("strokes", { work_order: workOrder })).strokes;
      next.current = after.length;
      // A second look at the same terms must not forget what the first one found void.
      setTerms((held) => (view.voided === null && held?.voided ? { ...view, voided: held.voided, voided_words: held.voided_words } : view));
      setStrokes(after);
      setRecovered(after.length > 0);
      if (before.length > 0 && after.length === 0) setVoided(before);
    });
  }, [workOrder, key, inOrder]);

  const add = (stroke: Stroke) => {
    const number = next.current;
    next.current += 1;
    setVoided([]);
    setStrokes((held) => [...held, stroke]);
    setSaving((count) => count + 1);
    inOrder(async () => {
      try {
        await rpc("stroke_add", { work_order: workOrder, number, stroke });
      } catch (refused) {
        // What is not durable is not shown as drawn.
        next.current = number;
        setStrokes((held) => held.slice(0, number));
        throw refused;
      } finally {
        setSaving((count) => count - 1);
      }
    });
  };
  const clear = () =>
    inOrder(async () => {
      await rpc("strokes_clear", { work_order: workOrder });
      next.current = 0;
      setStrokes([]);
      setVoided([]);
      setRecovered(false);
    });

  return { terms, strokes, voided, recovered, saving, error, add, clear };
}
