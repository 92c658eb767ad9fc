import { useState } from "react";
import { Button } from "@/kit/Button";
import { Choice, Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useLostReasons } from "@/shared/books";
import { say } from "@/shared/words";

const DAYS = ["3", "7", "14", "30", "90"] as const;

/** 意向单: a willing customer without an order, and the day to ask again. */
export function LeadSheet({ open, onClose, workOrder, quote }: { open: boolean; onClose: () => void; workOrder: string; quote: string | undefined }) {
  const reasons = useLostReasons();
  const save = useAct("lead_save");
  const [reason, setReason] = useState("");
  const [days, setDays] = useState<string>("7");
  const [note, setNote] = useState("");
  return (
    <Sheet
      title={m.save_lead()}
      open={open}
      onClose={onClose}
      foot={
        <Button
          main
          look="primary"
          isDisabled={reason.trim() === "" || save.isSuccess}
          isPending={save.isPending}
          onPress={() =>
            save.mutate({ work_order: workOrder, reason: reason.trim(), days: Number(days), note: note.trim(), ...(quote === undefined ? {} : { quote }) })
          }
        >
          {m.save()}
        </Button>
      }
    >
      <Choice
          label={m.lead_reason()}
          value={reason || null}
          options={reasons.map((one) => ({ value: one.code, label: say(one.name) }))}
          onChange={(code) => {
            setReason(code);
            const asked = reasons.find((one) => one.code === code)?.follow_up_days;
            if (asked) setDays(String(asked));
          }}
        />
      <Segments label={m.lead_days()} value={days} options={DAYS.map((value) => ({ value, label: m.in_days({ days: value }) }))} onChange={setDays} />
      <Field label={m.notes()} optional={m.optional()} value={note} onChange={setNote} lines={3} />
      <ErrorNote error={save.error} />
      {save.data && <Note tone="good" icon="check">{m.lead_saved({ day: save.data.lead.follow_up_on })}</Note>}
    </Sheet>
  );
}
