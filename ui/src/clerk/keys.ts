// The desk by keyboard: single letters act while nobody types and no sheet is open.
import { useEffect, useRef, type RefObject } from "react";

/** A person's keys are further apart; what comes quicker is a scanner's and no shortcut. */
const SCANNER_MS = 50;
let last = -Infinity;
let quick = false;
globalThis.addEventListener?.(
  "keydown",
  ({ timeStamp, repeat }) => {
    quick = !repeat && timeStamp - last < SCANNER_MS;
    last = timeStamp;
  },
  true,
);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function isSheetOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

/** Runs what `keys` names for plain keys pressed outside fields and sheets. */
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (quick || isTyping(event.target) || isSheetOpen()) return;
      const run = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/**
 * J and K, or the arrows, move the focus through the rows of a list; the arrows also lead from a
 * search field into it. Other widgets keep their arrows.
 */
export function useListKeys(list: RefObject<HTMLElement | null>, rows = "[data-row]"): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || quick || isSheetOpen()) return;
      const by = stepOf(event, list.current);
      if (by === 0 || !list.current) return;
      const items = [...list.current.querySelectorAll<HTMLElement>(rows)];
      const next = items[nextIndex(items.findIndex((item) => item.contains(document.activeElement)), currentIndex(items), by, items.length)];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [list, rows]);
}

function stepOf(event: KeyboardEvent, list: HTMLElement | null): 1 | -1 | 0 {
  const target = event.target;
  if (!isTyping(target)) {
    if (event.key.toLowerCase() === "j") return 1;
    if (event.key.toLowerCase() === "k") return -1;
  }
  const searching = target instanceof HTMLInputElement && target.type === "search";
  const free = target === document.body || (target instanceof Node && (list?.contains(target) ?? false));
  if (event.key === "ArrowDown" && (searching || free)) return 1;
  if (event.key === "ArrowUp" && free) return -1;
  return 0;
}

const currentIndex = (items: readonly HTMLElement[]) => items.findIndex((item) => item.getAttribute("aria-current") === "true");

/** Where the focus goes: on from the focused row, else from the chosen one, else to the first. */
export function nextIndex(focused: number, chosen: number, by: 1 | -1, count: number): number {
  const from = focused < 0 ? chosen : focused;
  return from < 0 ? 0 : Math.max(0, Math.min(count - 1, from + by));
}
