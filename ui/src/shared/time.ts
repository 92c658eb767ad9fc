import type { UtcMs } from "@/generated/UtcMs";

// China has one time zone without summer time since 1992, so Asia/Shanghai is UTC+8 and no time
// zone database is asked.
const SHANGHAI_MS = 8 * 3_600_000;
export const DAY_MS = 86_400_000;

const two = (number: number) => number.toString().padStart(2, "0");
const inShanghai = (at: UtcMs) => new Date(at + SHANGHAI_MS);

/** `10:42`. */
export function clock(at: UtcMs): string {
  const date = inShanghai(at);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** `10:42:07`. */
export function clockSeconds(at: UtcMs): string {
  return `${clock(at)}:${two(inShanghai(at).getUTCSeconds())}`;
}

/** `2026-07-15`. */
export function day(at: UtcMs): string {
  const date = inShanghai(at);
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** The instant at which a Shanghai day begins. */
export function midnight(text: string): UtcMs {
  return Date.parse(`${text}T00:00:00Z`) - SHANGHAI_MS;
}

/** 0 for Sunday. */
export function weekday(text: string): number {
  return new Date(`${text}T00:00:00Z`).getUTCDay();
}

/** `2026-07-15` moved by whole days. */
export function plusDays(text: string, days: number): string {
  return new Date(Date.parse(`${text}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** `10:42` on the same day, else `07-14 10:42`. */
export function clockOrDay(at: UtcMs, now: UtcMs): string {
  return day(at) === day(now) ? clock(at) : `${day(at).slice(5)} ${clock(at)}`;
}

/** What is left of a wait: `14:59`, `1:59:59`. A second begun counts. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
