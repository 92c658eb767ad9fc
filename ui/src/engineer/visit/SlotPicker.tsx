import type { Slot } from "@/generated/Slot";
import { Segments } from "@/kit/Choice";
import { m } from "@/paraglide/messages.js";
import { useReference } from "@/shared/books";
import { clock, day, midnight, plusDays, weekday } from "@/shared/time";

const MINUTE_MS = 60_000;
const weekdays = [m.sunday, m.monday, m.tuesday, m.wednesday, m.thursday, m.friday, m.saturday];

export function slotWords(slot: Slot): string {
  const on = day(slot.start);
  return `${on.slice(5)} ${weekdays[weekday(on)]?.() ?? ""} ${clock(slot.start)}–${clock(slot.end)}`;
}

/** A day of the next seven and one of its published windows; HQ confirms the one chosen. */
export function SlotPicker({ now, value, onChange }: { now: number; value: Slot; onChange: (slot: Slot) => void }) {
  const published = useReference()?.windows ?? [];
  const today = day(now);
  const chosenDay = day(value.start);
  const days = Array.from({ length: 7 }, (_, index) => plusDays(today, index));
  if (!days.includes(chosenDay)) days.unshift(chosenDay);
  const windows = published
    .map(({ from_min, to_min }): Slot => ({
      start: midnight(chosenDay) + from_min * MINUTE_MS,
      end: midnight(chosenDay) + to_min * MINUTE_MS,
    }))
    .filter((slot) => slot.end > now);
  const known = windows.some((slot) => slot.start === value.start && slot.end === value.end);
  if (!known) windows.unshift(value);
  return (
    <div className="flex flex-col gap-3">
      <Segments
        label={m.slot_day()}
        value={chosenDay}
        options={days.map((on) => ({
          value: on,
          label: (
            <span className="tabular">
              {on === today ? m.nav_today() : `${weekdays[weekday(on)]?.() ?? ""}`} {on.slice(5)}
            </span>
          ),
        }))}
        onChange={(on) => onChange({ start: midnight(on) + (value.start - midnight(chosenDay)), end: midnight(on) + (value.end - midnight(chosenDay)) })}
      />
      <Segments
        label={m.slot_time()}
        value={`${value.start}-${value.end}`}
        options={windows.map((slot) => ({
          value: `${slot.start}-${slot.end}`,
          label: <span className="tabular">{`${clock(slot.start)}–${clock(slot.end)}`}</span>,
        }))}
        onChange={(key) => {
          const slot = windows.find((one) => `${one.start}-${one.end}` === key);
          if (slot) onChange(slot);
        }}
      />
    </div>
  );
}
