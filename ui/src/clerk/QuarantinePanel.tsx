import { useState } from "react";
import type { Handling } from "@/generated/Handling";
import type { QuarantineRow } from "@/generated/QuarantineRow";
import type { RefusedField } from "@/generated/RefusedField";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { Facts } from "@/kit/Page";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { RecordPanel } from "./RecordLine";
import { SidePanel } from "./SidePanel";

interface Props {
  row: QuarantineRow;
  entered: number;
  onClose: () => void;
}

/** Refused changes: whose they are, why HQ refused them, what they would write, and the two ways out. */
export function QuarantinePanel({ row, entered, onClose }: Props) {
  const now = useNow();
  return (
    <SidePanel
      title={row.record?.title.trim() || say(row.record_words)}
      lead={<span className="tabular">{m.quarantine_refused_at({ time: clockOrDay(row.refused_at, now) })}</span>}
      entered={entered}
      waitsWhenNarrow
      onClose={onClose}
    >
      <div className="flex flex-col gap-5">
        <Note tone={row.handled ? "plain" : "warn"} icon="alert">{say(row.reason)}</Note>
        <RecordPanel record={row.record} kind={row.record_words} />
        <Facts
          rows={[
            [m.quarantine_person(), row.person ?? m.conflict_unknown_author()],
            [m.quarantine_device(), row.device],
            [m.quarantine_changes(), String(row.changes)],
            [m.quarantine_size(), sizeText(row.bytes)],
          ]}
        />
        <Contents fields={row.fields} />
        <Outcome row={row} />
        {!row.handled && !row.waits && <Handle row={row} />}
      </div>
    </SidePanel>
  );
}

/** What the changes would write, field by field, as far as HQ could read them safely. */
function Contents({ fields }: { fields: RefusedField[] | null }) {
  return (
    <section aria-label={m.quarantine_contents()} className="flex flex-col gap-2">
      <h3 className="text-body font-semibold">{m.quarantine_contents()}</h3>
      {fields === null || fields.length === 0 ? (
        <p className="text-label text-ink-2">{m.quarantine_unreadable()}</p>
      ) : (
        <ul className="panel divide-y-(length:--border) divide-hair">
          {fields.map((one, place) => (
            <li key={place} className="flex flex-col px-4 py-2">
              <span className="text-label text-ink-2">{say(one.field)}</span>
              <span className="break-words">
                {one.before && (
                  <>
                    <span className="text-ink-2">{say(one.before)}</span>
                    <span className="px-2 text-ink-2" aria-hidden="true">→</span>
                  </>
                )}
                <span className="font-semibold">{one.after ? say(one.after) : m.quarantine_taken_back()}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What was decided, here or elsewhere, and what became of it. */
function Outcome({ row }: { row: QuarantineRow }) {
  const now = useNow();
  if (row.handled) {
    const { words, by, at, note } = row.handled;
    return (
      <Note tone="good" icon="check">
        {say(words)} · {by ?? m.conflict_unknown_author()} · <span className="tabular">{clockOrDay(at, now)}</span>
        {note && <span className="block">{note}</span>}
      </Note>
    );
  }
  if (row.waits) return <Note tone="wait" icon="sending">{row.waits === "release" ? m.quarantine_release_waits() : m.quarantine_discard_waits()}</Note>;
  return row.not_done ? <Note tone="danger" icon="alert">{m.quarantine_not_done()} {say(row.not_done)}</Note> : null;
}

function Handle({ row }: { row: QuarantineRow }) {
  const handle = useAct("quarantine_handle");
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(false);
  const send = (handling: Handling) => handle.mutate({ entry: row.entry, handling, note: note.trim() });
  return (
    <section aria-label={m.quarantine_handle()} className="flex flex-col gap-3">
      <Field label={m.task_note()} optional={asked ? m.needed_now() : m.optional()} value={note} onChange={setNote} lines={2} />
      <ErrorNote error={handle.error} />
      {asked ? (
        <div role="group" aria-label={m.quarantine_discard()} className="flex flex-col gap-2">
          <Note tone="danger" icon="alert">{m.quarantine_discard_help()}</Note>
          <Button wide look="danger" isDisabled={note.trim() === ""} isPending={handle.isPending} onPress={() => send("discard")}>{m.quarantine_discard_confirm()}</Button>
          <Button wide autoFocus onPress={() => setAsked(false)}>{m.back()}</Button>
        </div>
      ) : (
        <>
          <Button main wide look="primary" isPending={handle.isPending} onPress={() => send("release")}>{m.quarantine_release()}</Button>
          <p className="px-1 text-label text-ink-2">{m.quarantine_release_help()}</p>
          <Button wide look="danger" isDisabled={handle.isPending} onPress={() => setAsked(true)}>{m.quarantine_discard()}</Button>
        </>
      )}
    </section>
  );
}

/** `812 B`, `14 KB`, `1.2 MB`: as people compare sizes, powers of ten. */
function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
