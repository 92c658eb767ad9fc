import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { Section } from "@/kit/Page";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useHeld } from "@/shared/held";
import { clock } from "@/shared/time";
import { useWork } from "./work";

/** Notes on the work order, oldest first; each is its own fact, so two people's notes never clash. */
export function Notes() {
  const { visit, order } = useWork();
  const add = useAct("note_add");
  const [text, setText] = useHeld(`note.${order.id}`, "");
  const facts = order.facts?.sections["notes"] ?? {};
  const notes = Object.entries(facts)
    .filter(([key]) => key.endsWith("/text"))
    .map(([key, fact]) => ({ text: String(fact.value), at: Number(facts[key.replace("/text", "/at")]?.value ?? 0) }))
    .sort((a, b) => a.at - b.at);
  return (
    <Section title={m.notes()}>
      {notes.length > 0 && (
        <ul className="panel divide-y-(length:--border) divide-hair">
          {notes.map((note) => (
            <li key={note.at} className="flex gap-4 px-4 py-3">
              <span className="tabular text-label text-ink-2">{clock(note.at)}</span>
              <span className="min-w-0 break-words whitespace-pre-wrap">{note.text}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-end gap-3">
        <div className="min-w-0 flex-1">
          <Field label={m.note_new()} value={text} onChange={setText} lines={2} />
        </div>
        <Button
          icon="note"
          isDisabled={text.trim() === ""}
          isPending={add.isPending}
          onPress={() =>
            add.mutate({ visit: visit.row.visit, work_order: order.id, text: text.trim() }, { onSuccess: () => setText(undefined) })
          }
        >
          {m.note_add()}
        </Button>
      </div>
      <ErrorNote error={add.error} />
    </Section>
  );
}
