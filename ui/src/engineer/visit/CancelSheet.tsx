import type { FiledOrder } from "@/generated/FiledOrder";
import { Field } from "@/kit/Field";
import { FormSheet } from "@/kit/FormSheet";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useHeld } from "@/shared/held";

/** Cancelling cannot be undone, so it asks why. */
export function CancelSheet({ onClose, filed }: { onClose: () => void; filed: FiledOrder }) {
  const cancel = useAct("order_cancel");
  const [reason, setReason] = useHeld(`cancel.${filed.order.id}`, "");
  const { terms } = filed.order.signed;
  return (
    <FormSheet
      title={m.order_cancel()}
      onClose={onClose}
      go={m.order_cancel_send()}
      final
      ready={reason.trim() !== ""}
      pending={cancel.isPending}
      error={cancel.error}
      onGo={() => cancel.mutate({ work_order: terms.work_order, order: filed.order.id, reason: reason.trim() }, { onSuccess: onClose })}
    >
      <p>{m.order_cancel_lead({ receipt: filed.order.receipt })}</p>
      <Field label={m.reason()} value={reason} onChange={setReason} lines={2} />
    </FormSheet>
  );
}
