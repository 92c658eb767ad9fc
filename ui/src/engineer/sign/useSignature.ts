import { useCallback, useEffect, useRef, useState } from "react";
import type { Stroke } from "@/generated/Stroke";
import { Refused, rpc } from "@/platform";
import { estimatedNow } from "@/platform/query";
import { noteSaved } from "@/platform/saved";

export interface Signature {
  strokes: readonly Stroke[];
  /** Strokes were there before this screen was. */
  recovered: boolean;
  /** Strokes drawn whose durability has not been confirmed. */
  saving: number;
  error: Refused | null;
  add: (stroke: Stroke) => void;
  clear: () => void;
  /** Draws what was cleared last anew; null when there is nothing to bring back. */
  restore: (() => void) | null;
}

/**
 * The pad of a work order. A stroke is sent when the pen leaves the pad, and the next one only after
 * the core said it is durable.
 */
export function useSignature(workOrder: string): Signature {
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [cleared, setCleared] = useState<readonly Stroke[]>([]);
  const [recovered, setRecovered] = useState(false);
  const [saving, setSaving] = useState(0);
  const [error, setError] = useState<Refused | null>(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const next = useRef(0);

  const inOrder = useCallback((work: () => Promise<void>) => {
    queue.current = queue.current.then(work).catch((refused: unknown) => {
      if (refused instanceof Refused) setError(refused);
      else throw refused;
    });
  }, []);

  useEffect(() => {
    inOrder(async () => {
      const kept = (await rpc("strokes", { work_order: workOrder })).strokes;
      next.current = kept.length;
      setStrokes(kept);
      setRecovered(kept.length > 0);
    });
  }, [workOrder, inOrder]);

  const add = (stroke: Stroke) => {
    const number = next.current;
    next.current += 1;
    setCleared([]);
    setStrokes((held) => [...held, stroke]);
    setSaving((count) => count + 1);
    inOrder(async () => {
      try {
        await rpc("stroke_add", { work_order: workOrder, number, stroke });
        noteSaved(estimatedNow());
        setError(null);
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
      setCleared(strokes);
      setStrokes([]);
      setRecovered(false);
    });
  const restore = strokes.length === 0 && cleared.length > 0 ? () => cleared.forEach(add) : null;

  return { strokes, recovered, saving, error, add, clear, restore };
}
