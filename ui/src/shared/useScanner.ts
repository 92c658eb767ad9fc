// A USB scanner works anywhere on a screen: whatever has the focus, and whatever input method is on.
import { useEffect, useRef } from "react";
import { KeyBurst } from "./keyBurst";

type Typing = HTMLInputElement | HTMLTextAreaElement;

function typingIn(element: Element | null): Typing | null {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
}

/** Puts a field back to what it held before the scanner typed into it. */
function restore(field: Typing, text: string): void {
  const owner = field instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(owner.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Calls `onScan` with each text a scanner types while the screen is shown and `on`. */
export function useScanner(onScan: (text: string) => void, on = true): void {
  const latest = useRef(onScan);
  latest.current = onScan;
  useEffect(() => {
    if (!on) return;
    const burst = new KeyBurst();
    let before: { field: Typing; text: string } | null = null;
    const onKey = (event: KeyboardEvent) => {
      // A shortcut pressed just before a scan is no part of it.
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const at = event.timeStamp;
      if (burst.isIdle(at)) {
        const field = typingIn(document.activeElement);
        before = field && { field, text: field.value };
      }
      const text = burst.take({ code: event.code, key: event.key, shift: event.shiftKey, at });
      if (text === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (before) {
        const { field, text: held } = before;
        // Leaving the field makes the input method give up what it composed.
        field.blur();
        restore(field, held);
        field.focus();
      }
      latest.current(text);
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [on]);
}
