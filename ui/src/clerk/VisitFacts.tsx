import { useState } from "react";
import type { VisitStep } from "@/generated/VisitStep";
import type { VisitView } from "@/generated/VisitView";
import { Button } from "@/kit/Button";
import { Chip } from "@/kit/Chip";
import { Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { LateChip, VisitChip } from "@/engineer/today/visitState";
import { slotWords } from "@/engineer/visit/SlotPicker";
import { clock } from "@/shared/time";
import { say } from "@/shared/words";

/** Who, where, when, and what the crew has done so far. */
export function VisitFacts({ visit }: { visit: string }) {
  const view = useRead("visit_open", { visit });
  return <Loaded of={view} rows={1} height="8rem">{(data) => <Facts view={data} />}</Loaded>;
}

function Facts({ view }: { view: VisitView }) {
  const [whole, setWhole] = useState(false);
  const { row, customer, log } = view;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="tabular font-semibold">{slotWords(row.slot)}</span>
        <VisitChip row={row} />
        <LateChip row={row} />
      </div>
      <p>{row.address}</p>
      <p className="flex flex-wrap items-center gap-x-3">
        <span className="tabular">{whole ? `${customer.name} ${customer.phones.join(" / ")}` : `${row.customer.name} ${row.customer.phones.join(" / ")}`}</span>
        <Button look="quiet" icon="eye" onPress={() => setWhole(!whole)}>{whole ? m.hide_again() : m.show_in_full()}</Button>
      </p>
      {row.chips.length > 0 && (
        <p className="flex flex-wrap gap-1.5">
          {row.chips.map((chip) => <Chip key={chip.en}>{say(chip)}</Chip>)}
        </p>
      )}
      {log.length > 0 && (
        <ol aria-label={m.steps_so_far()} className="tabular flex flex-wrap gap-x-4 text-label text-ink-2">
          {log.map((event, index) => <li key={index}>{clock(event.at)} {stepName(event.step)}</li>)}
        </ol>
      )}
    </div>
  );
}

function stepName(step: VisitStep): string {
  if (typeof step === "object") return m.mark_ended();
  return { set_off: m.mark_set_off, arrive: m.mark_arrive, begin: m.mark_begin, finish: m.mark_finish, cancel: m.cancelled }[step]();
}
