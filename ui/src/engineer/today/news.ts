// What HQ changed about a visit since the engineer last opened it. A tablet remembers what it showed
// as a check sum: neither name nor address is written down.
import { useEffect, useSyncExternalStore } from "react";
import type { VisitRow } from "@/generated/VisitRow";
import { readDraft, writeDraft } from "@/shared/draft";

export type News = "new" | "changed" | "cancelled";
/** Check sum by visit, and the days that were listed. */
export type Seen = Readonly<Record<string, string>>;

const KEY = "visits.seen";
/** Visits remembered: months of work, and a few kilobytes. */
const MOST = 600;

/** FNV-1a, 32 bits: tells two texts apart, and does not give the text back. */
function checkSum(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return sum.toString(36);
}

/** What of a visit is HQ's to change; the engineer's own steps are not among it. */
export function sumOf(row: VisitRow): string {
  const words = [...row.jobs, ...row.legs].map((one) => one.zh);
  return checkSum(JSON.stringify([row.slot.start, row.slot.end, row.address, words, row.state === "cancelled"]));
}

/** What to mark a visit with; nothing for one that stands as it was seen. */
export function newsOf(row: VisitRow, seen: Seen): News | null {
  const before = seen[row.visit];
  if (before === sumOf(row)) return null;
  if (row.state === "cancelled") return "cancelled";
  return before === undefined ? "new" : "changed";
}

const dayKey = (day: string) => `day ${day}`;

/** A day seen for the first time is where its news begins: its unknown visits are no news. */
export function firstSight(seen: Seen, day: string, rows: readonly VisitRow[]): Seen | null {
  if (dayKey(day) in seen) return null;
  return { ...remember(seen, rows.filter((row) => !(row.visit in seen))), [dayKey(day)]: "" };
}

/** The memory with these visits in it, the oldest forgotten. */
export function remember(seen: Seen, rows: readonly VisitRow[]): Seen {
  const fresh = Object.fromEntries(rows.map((row) => [row.visit, sumOf(row)]));
  const rest = Object.entries(seen).filter(([visit]) => !(visit in fresh));
  return Object.fromEntries([...rest, ...Object.entries(fresh)].slice(-MOST));
}

let seen: Seen = readDraft<Seen>(KEY, {});
const listeners = new Set<() => void>();

function keep(next: Seen): void {
  seen = next;
  writeDraft(KEY, next);
  for (const listener of listeners) listener();
}

/** What HQ changed among the visits of a day. */
export function useNews(day: string, rows: readonly VisitRow[]): (row: VisitRow) => News | null {
  const held = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => seen,
  );
  useEffect(() => {
    // A day without visits has not been planned yet, or not been received.
    const begun = rows.length > 0 ? firstSight(seen, day, rows) : null;
    if (begun) keep(begun);
  }, [day, rows]);
  const known = dayKey(day) in held;
  return (row) => (known ? newsOf(row, held) : null);
}

/** The visit is open before the engineer: what HQ changed is seen. */
export function useOpened(row: VisitRow): void {
  useEffect(() => {
    if (newsOf(row, seen) !== null) keep(remember(seen, [row]));
  }, [row]);
}
