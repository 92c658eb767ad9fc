import { useState } from "react";
import { Choice, Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { FormSheet } from "@/kit/FormSheet";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useLostReasons } from "@/shared/books";
import { useHeld } from "@/shared/held";
import { say } from "@/shared/words";

const DAYS = ["3", "7", "14", "30", "90"] as const;

/** 意向单: a willing customer without an order, and the day to ask again. */
export function LeadSheet({ onClose, workOrder, quote }: { onClose: () => void; workOrder: string; quote: string | undefined }) {
  const reasons = useLostReasons();
  const save = useAct("lead_save");
  const [reason, setReason] = useState<string | null>(null);
  const [days, setDays] = useState<string>("7");
  const [note, setNote] = useHeld(`lead.${workOrder}`, "");
  return (
    <FormSheet
      title={m.save_lead()}
      onClose={onClose}
      go={m.save()}
      ready={reason !== null}
      pending={save.isPending}
      error={save.error}
      done={save.data && <Note tone="good" icon="check">{m.lead_saved({ day: save.data.lead.follow_up_on })}</Note>}
      onGo={() => {
        if (reason === null) return;
        const lead = { work_order: workOrder, reason, days: Number(days), note: note.trim(), ...(quote === undefined ? {} : { quote }) };
        save.mutate(lead, { onSuccess: () => setNote(undefined) });
      }}
    >
      <Choice
        label={m.lead_reason()}
        value={reason}
        options={reasons.map((one) => ({ value: one.code, label: say(one.name) }))}
        onChange={(code) => {
          setReason(code);
          const asked = reasons.find((one) => one.code === code)?.follow_up_days;
          if (asked) setDays(String(asked));
        }}
      />
      <Segments label={m.lead_days()} value={days} options={DAYS.map((value) => ({ value, label: m.in_days({ days: value }) }))} onChange={setDays} />
      <Field label={m.notes()} optional={m.optional()} value={note} onChange={setNote} lines={3} />
    </FormSheet>
  );
}
