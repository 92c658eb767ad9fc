// Lists and days as the person's language writes them.
import { m } from "@/paraglide/messages.js";
import { settings } from "@/shared/settings";
import { weekday } from "@/shared/time";

const weekdays = [m.sunday, m.monday, m.tuesday, m.wednesday, m.thursday, m.friday, m.saturday];

export function listed(names: readonly string[]): string {
  return names.join(settings().locale === "zh" ? "、" : ", ");
}

/** `2026-07-15 周三`. */
export function dayWords(day: string): string {
  return `${day} ${weekdays[weekday(day)]?.() ?? ""}`;
}
