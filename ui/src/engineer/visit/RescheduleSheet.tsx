import { useState } from "react";
import { Field } from "@/kit/Field";
import { FormSheet } from "@/kit/FormSheet";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useHeld } from "@/shared/held";
import { DAY_MS } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { SlotPicker, slotWords } from "./SlotPicker";
import { useWork } from "./work";

/** 改约申请: the slot is HQ's, so the wish waits for HQ's answer. */
export function RescheduleSheet({ onClose }: { onClose: () => void }) {
  const { visit } = useWork();
  const now = useNow();
  const ask = useAct("visit_reschedule");
  const { slot } = visit.row;
  const [wish, setWish] = useState({ start: slot.start + DAY_MS, end: slot.end + DAY_MS });
  const [reason, setReason] = useHeld(`reschedule.${visit.row.visit}`, "");
  return (
    <FormSheet
      title={m.reschedule()}
      onClose={onClose}
      go={m.reschedule_send()}
      ready
      pending={ask.isPending}
      error={ask.error}
      done={ask.isSuccess && <Note tone="wait" icon="clock">{m.reschedule_sent({ slot: slotWords(wish) })}</Note>}
      onGo={() => ask.mutate({ visit: visit.row.visit, wish, reason: reason.trim() }, { onSuccess: () => setReason(undefined) })}
    >
      <Note tone="wait" icon="info">{m.reschedule_lead()}</Note>
      <SlotPicker now={now} value={wish} onChange={setWish} />
      <Field label={m.reason()} optional={m.optional()} value={reason} onChange={setReason} lines={2} />
    </FormSheet>
  );
}
