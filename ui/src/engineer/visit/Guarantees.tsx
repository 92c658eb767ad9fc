import { useEffect } from "react";
import type { Guarantee } from "@/generated/Guarantee";
import type { Slot } from "@/generated/Slot";
import { Chip, type Tone } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { countdown } from "@/shared/time";
import { useTick } from "@/shared/useNow";
import { say } from "@/shared/words";

/** With less than this left, a reservation asks for a decision. */
const SHORT_MS = 15 * 60_000;

/** 预留: what the order would take, what of it is guaranteed and how long, and what HQ must confirm. */
export function Guarantees({ quote, slot }: { quote: string; slot?: Slot }) {
  const now = useTick();
  const read = useRead("guarantees", { quote, ...(slot ? { slot } : {}) }, { placeholderData: (before) => before });
  const guarantees = read.data?.guarantees ?? [];
  // What has just run out is looked up anew: something else may hold it, or HQ must confirm.
  const lapsed = guarantees.filter((one) => one.sign_before !== null && one.sign_before <= now).length;
  const { refetch } = read;
  useEffect(() => {
    if (lapsed > 0) void refetch();
  }, [lapsed, refetch]);
  if (guarantees.length === 0) return <ErrorNote error={read.error} />;
  return (
    <section aria-label={m.guarantees()} className="panel px-4 py-3">
      <h3 className="text-label text-ink-2">{m.guarantees()}</h3>
      <ul className="divide-y-(length:--border) divide-hair">
        {guarantees.map((one) => (
          <Line key={JSON.stringify(one.reservation.resource)} guarantee={one} now={now} />
        ))}
      </ul>
    </section>
  );
}

/** The same in one line above a signature: the reservation that ends first, and what is open. */
export function GuaranteesShort({ quote, slot }: { quote: string; slot: Slot }) {
  const now = useTick();
  const read = useRead("guarantees", { quote, slot });
  const all = read.data?.guarantees ?? [];
  const lefts = all.flatMap(({ sign_before }) => (sign_before !== null && sign_before > now ? [sign_before - now] : []));
  const open = all.length - lefts.length;
  if (all.length === 0) return null;
  return (
    <p className="flex flex-wrap gap-2">
      {lefts.length > 0 && <Left ms={Math.min(...lefts)} />}
      {open > 0 && <Chip tone="wait" icon="clock">{m.open_count({ count: open })}</Chip>}
    </p>
  );
}

function Line({ guarantee, now }: { guarantee: Guarantee; now: number }) {
  const { what, standing, sign_before } = guarantee;
  const left = sign_before === null ? 0 : sign_before - now;
  const held = left > 0;
  return (
    <li className="flex flex-col gap-1 py-2">
      <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="tabular min-w-40 flex-1">{say(what)}</span>
        {held ? <Left ms={left} /> : <Chip tone="wait" icon="clock">{m.to_be_confirmed()}</Chip>}
      </span>
      {held && <span className="tabular text-small text-ink-2">{say(standing)}</span>}
    </li>
  );
}

/** How long something reserved can still be promised, second by second. */
export function Left({ ms }: { ms: number }) {
  const tone: Tone = ms > SHORT_MS ? "good" : "warn";
  return (
    <Chip tone={tone} icon="lock">
      {m.reserved_left()} <span role="timer" className="tabular font-semibold">{countdown(Math.max(0, ms))}</span>
    </Chip>
  );
}

/** What this tablet holds for the day, with the time each is still good for. */
export function HeldLeases() {
  const now = useTick();
  const read = useRead("lease_list", {});
  const leases = read.data?.leases.filter((held) => held.promise_until > now) ?? [];
  if (leases.length === 0) return null;
  return (
    <ul aria-label={m.held_here()} className="panel divide-y-(length:--border) divide-hair">
      {leases.map((held) => (
        <li key={held.lease.id} className="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2">
          <Icon name="lock" size={20} />
          <span className="tabular min-w-0 flex-1">{say(held.what)}</span>
          <Left ms={held.promise_until - now} />
        </li>
      ))}
    </ul>
  );
}

/** How many units of a model this tablet holds, and how long it can still promise them. */
export function useHeldUnits(): (sku: string) => { units: number; left: number } | null {
  const now = useTick();
  const read = useRead("lease_list", {});
  return (sku) => {
    const own = read.data?.leases.filter(
      ({ lease, promise_until }) => lease.resource.kind === "stock" && lease.resource.sku === sku && promise_until > now,
    );
    if (!own || own.length === 0) return null;
    const units = own.reduce((sum, held) => sum + held.rest, 0);
    return { units, left: Math.min(...own.map((held) => held.promise_until)) - now };
  };
}
