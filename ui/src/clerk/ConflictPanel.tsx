import { useState } from "react";
import type { ConflictRow } from "@/generated/ConflictRow";
import type { Scalar } from "@/generated/Scalar";
import type { SettledView } from "@/generated/SettledView";
import type { ValueView } from "@/generated/ValueView";
import { Button } from "@/kit/Button";
import { StandingChip } from "@/kit/Chip";
import { Choice } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { RecordPanel } from "./RecordLine";
import { SidePanel } from "./SidePanel";

interface Props {
  row: ConflictRow;
  maySettle: boolean;
  entered: number;
  onClose: () => void;
}

/** One conflict: every value with who wrote it and when, the decision, and what was decided before. */
export function ConflictPanel({ row, maySettle, entered, onClose }: Props) {
  const now = useNow();
  return (
    <SidePanel
      title={say(row.field)}
      lead={<span className="tabular">{m.conflict_raised({ time: clockOrDay(row.raised_at, now) })}</span>}
      entered={entered}
      waitsWhenNarrow
      onClose={onClose}
    >
      <div className="flex flex-col gap-5">
        <RecordPanel record={row.record} kind={row.record_words} />
        {row.here && <Here row={row} />}
        {row.open && (maySettle ? <Settle row={row} /> : <Values values={row.values} />)}
        {row.settled.length > 0 && <History settled={row.settled} />}
      </div>
    </SidePanel>
  );
}

/** What was decided on this device, and where that stands. */
function Here({ row }: { row: ConflictRow }) {
  if (!row.here) return null;
  const { state, text, state_words, reason } = row.here;
  return (
    <Note tone={state === "needs_action" ? "danger" : "good"} icon={state === "needs_action" ? "alert" : "check"}>
      <span className="flex flex-wrap items-center gap-2">
        {m.conflict_decided({ value: say(text) })}
        <StandingChip state={state}>{say(state_words)}</StandingChip>
      </span>
      {reason && <span className="block">{say(reason)}</span>}
    </Note>
  );
}

const OTHER = "other";

function Settle({ row }: { row: ConflictRow }) {
  const now = useNow();
  const settle = useAct("conflict_settle");
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const value = chosen === OTHER ? read(typed, row.typed === "number") : chosen === null ? undefined : row.values[Number(chosen)]?.value;
  const options = row.values.map((one, place) => ({
    value: String(place),
    label: say(one.text),
    detail: <Author value={one} now={now} />,
  }));
  return (
    <section aria-label={m.conflict_settle()} className="flex flex-col gap-4">
      <Choice
        label={m.conflict_which()}
        value={chosen}
        options={row.typed === "choice_only" ? options : [...options, { value: OTHER, label: m.conflict_other() }]}
        onChange={setChosen}
      />
      {chosen === OTHER && (
        <Field
          label={m.conflict_other_value()}
          value={typed}
          onChange={setTyped}
          inputMode={row.typed === "number" ? "numeric" : "text"}
          {...(typed.trim() !== "" && value === undefined ? { error: m.conflict_not_a_number() } : {})}
        />
      )}
      <ErrorNote error={settle.error} />
      <Button
        main
        wide
        look="primary"
        isDisabled={value === undefined}
        isPending={settle.isPending}
        onPress={() => {
          if (value !== undefined) settle.mutate({ conflict: row.conflict, value });
        }}
      >
        {m.conflict_settle()}
      </Button>
      <p className="text-label text-ink-2">{m.conflict_settle_help()}</p>
    </section>
  );
}

/** What was typed, as the field holds it; nothing while it is not one. */
function read(typed: string, asNumber: boolean): Scalar | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  if (!asNumber) return text;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function Author({ value, now }: { value: ValueView; now: number }) {
  return <span className="tabular">{value.by ?? m.conflict_unknown_author()} · {clockOrDay(value.at, now)}</span>;
}

function Values({ values }: { values: readonly ValueView[] }) {
  const now = useNow();
  return (
    <ul className="panel divide-y-(length:--border) divide-hair">
      {values.map((one, place) => (
        <li key={place} className="px-4 py-2">
          <span className="block font-semibold">{say(one.text)}</span>
          <span className="block text-label text-ink-2"><Author value={one} now={now} /></span>
        </li>
      ))}
    </ul>
  );
}

/** Every decision on this field, the latest first, with what it was decided among. */
function History({ settled }: { settled: readonly SettledView[] }) {
  const now = useNow();
  return (
    <section aria-label={m.conflict_history()} className="flex flex-col gap-2">
      <h3 className="text-body font-semibold">{m.conflict_history()}</h3>
      <ol className="flex flex-col gap-3">
        {settled.map((one, place) => (
          <li key={place} className="panel flex flex-col gap-1 p-3">
            <span className="font-semibold">{say(one.value.text)}</span>
            <span className="text-label text-ink-2">{m.conflict_decided_by({ name: one.value.by ?? m.conflict_unknown_author(), time: clockOrDay(one.value.at, now) })}</span>
            <ul className="mt-1 flex flex-col gap-0.5 text-label text-ink-2">
              {one.among.map((rival, number) => (
                <li key={number}>{say(rival.text)} — <Author value={rival} now={now} /></li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}
