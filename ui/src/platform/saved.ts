// When the core last said that something is durable: the line "saved on this tablet" of every step.
import { useSyncExternalStore } from "react";
import type { UtcMs } from "@/generated/UtcMs";

let last: UtcMs | null = null;
const listeners = new Set<() => void>();

export function noteSaved(at: UtcMs): void {
  last = at;
  for (const listener of listeners) listener();
}

/** The last moment at which work was made durable in this run; null before the first. */
export function useSaved(): UtcMs | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last,
  );
}
