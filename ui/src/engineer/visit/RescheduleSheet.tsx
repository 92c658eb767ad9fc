import { useState } from "react";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { DAY_MS } from "@/shared/time";
import { SlotPicker } from "./SlotPicker";
import { useWork } from "./work";

/** 改约申请: the slot is HQ's, so the wish waits for HQ's answer. */
export function RescheduleSheet({ open, onClose, onSent }: { open: boolean; onClose: () => void; onSent: () => void }) {
  const { visit } = useWork();
  const sync = useRead("sync_status", {});
  const ask = useAct("visit_reschedule");
  const { slot } = visit.row;
  const [wish, setWish] = useState({ start: slot.start + DAY_MS, end: slot.end + DAY_MS });
  const [reason, setReason] = useState("");
  return (
    <Sheet
      title={m.reschedule()}
      open={open}
      onClose={onClose}
      foot={
        <Button
          main
          look="primary"
          isPending={ask.isPending}
          onPress={() =>
            ask.mutate({ visit: visit.row.visit, wish, reason: reason.trim() }, { onSuccess: () => { onClose(); onSent(); } })
          }
        >
          {m.reschedule_send()}
        </Button>
      }
    >
      <Note tone="wait" icon="info">{m.reschedule_lead()}</Note>
      <SlotPicker now={sync.data?.time.at ?? slot.start} value={wish} onChange={setWish} />
      <Field label={m.reason()} optional={m.optional()} value={reason} onChange={setReason} lines={2} />
      <ErrorNote error={ask.error} />
    </Sheet>
  );
}
