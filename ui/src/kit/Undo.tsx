import { useEffect, useSyncExternalStore } from "react";
import { m } from "@/paraglide/messages.js";
import { Button } from "./Button";
import { Icon } from "./Icon";

interface Offer {
  words: string;
  undo: () => void;
}

/** Long enough to read it, find it and tap it with a glove. */
const OFFERED_MS = 8_000;

let offer: Offer | null = null;
const listeners = new Set<() => void>();

function put(next: Offer | null): void {
  offer = next;
  for (const listener of listeners) listener();
}

/** Says what was just done and offers to take it back; a later offer replaces an earlier one. */
export function offerUndo(words: string, undo: () => void): void {
  put({ words, undo });
}

/** Where offers appear: over the screen, so that nothing moves. Stands once, at the top of the tree. */
export function UndoBar() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offer,
  );
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => put(null), OFFERED_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-24 z-60 flex justify-center px-4 print:hidden">
      {shown && (
        <div className="pointer-events-auto flex max-w-xl items-center gap-4 rounded-card border-(length:--border) border-line bg-card py-2 pr-2 pl-4 shadow-(--shadow)">
          <Icon name="check" size={20} />
          <span className="min-w-0 text-label">{shown.words}</span>
          <Button
            onPress={() => {
              put(null);
              shown.undo();
            }}
          >
            {m.undo()}
          </Button>
        </div>
      )}
    </div>
  );
}
