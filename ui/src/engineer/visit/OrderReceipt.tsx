import { useState } from "react";
import type { FiledOrder } from "@/generated/FiledOrder";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Chip, StateChip } from "@/kit/Chip";
import { Field } from "@/kit/Field";
import { Sheet } from "@/kit/Sheet";
import { Section } from "@/kit/Page";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { say } from "@/shared/words";
import { slotWords } from "./SlotPicker";
import { PaymentSheet } from "./PaymentSheet";

/** What the customer holds, and what became of it at HQ. */
export function OrderReceipt({ filed }: { filed: FiledOrder }) {
  const [paying, setPaying] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const { terms } = filed.order.signed;
  const { state } = filed.order;
  const refused = typeof state === "object" && "refused" in state ? state.refused : null;
  const closed = typeof state === "object" && ("cancelled" in state || "replaced" in state);
  const paid = filed.payments.reduce((sum, payment) => sum + payment.amount, 0);
  return (
    <Section title={m.receipt()}>
      <article className="panel flex flex-col gap-4 p-5">
        <div className="flex flex-wrap items-center gap-3">
          <p className="tabular text-key font-semibold">{filed.order.receipt}</p>
          <Chip tone={refused ? "warn" : filed.number ? "good" : "wait"} icon={refused ? "alert" : filed.number ? "check" : "clock"}>
            {say(filed.state_words)}
          </Chip>
          <span className="ml-auto"><StateChip record={filed.record} /></span>
        </div>
        {filed.number && <p className="tabular">{m.hq_number({ number: filed.number })}</p>}
        {refused && <Note icon="alert">{say(refused.reason)}</Note>}
        <div className="flex flex-wrap items-baseline justify-between gap-x-6">
          <span>{terms.totals.certain < 0 ? m.total_payout() : m.total_certain()}</span>
          <Amount fen={Math.abs(terms.totals.certain)} size="key" />
        </div>
        {terms.totals.if_approved !== terms.totals.certain && (
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 text-label text-ink-2">
            <span>{m.total_if_approved()}</span>
            <Amount fen={terms.totals.if_approved} />
          </div>
        )}
        <p className="text-label text-ink-2">
          {slotWords(terms.slot)} · {say(terms.sentence)}
        </p>
        {filed.payments.length > 0 && (
          <ul className="rule rule-t pt-3">
            {filed.payments.map((payment) => (
              <li key={payment.id} className="flex flex-wrap items-baseline justify-between gap-4">
                <span className="text-label">
                  {payment.purpose === "deposit" ? m.pay_deposit() : m.pay_balance()} {payment.reference}
                  <span className="ml-2 text-ink-2">
                    {payment.status === "unconfirmed" ? m.pay_unconfirmed() : "matched" in payment.status ? m.pay_matched() : say(payment.status.rejected.reason)}
                  </span>
                </span>
                <Amount fen={payment.amount} />
              </li>
            ))}
          </ul>
        )}
        {!closed && (
          <div className="flex flex-wrap gap-3">
            <Button icon="plus" onPress={() => setPaying(true)}>{m.pay_record()}</Button>
            <Button look="quiet" onPress={() => setCancelling(true)}>{m.order_cancel()}</Button>
          </div>
        )}
      </article>
      <PaymentSheet open={paying} onClose={() => setPaying(false)} filed={filed} due={Math.max(0, terms.totals.certain - paid)} />
      <CancelSheet open={cancelling} onClose={() => setCancelling(false)} filed={filed} />
    </Section>
  );
}

/** Cancelling cannot be undone, so it asks why. */
function CancelSheet({ open, onClose, filed }: { open: boolean; onClose: () => void; filed: FiledOrder }) {
  const cancel = useAct("order_cancel");
  const [reason, setReason] = useState("");
  const { terms } = filed.order.signed;
  return (
    <Sheet
      title={m.order_cancel()}
      open={open}
      onClose={onClose}
      foot={
        <Button main look="danger" isDisabled={reason.trim() === ""} isPending={cancel.isPending}
          onPress={() => cancel.mutate({ work_order: terms.work_order, order: filed.order.id, reason: reason.trim() }, { onSuccess: onClose })}>
          {m.order_cancel_send()}
        </Button>
      }
    >
      <p>{m.order_cancel_lead({ receipt: filed.order.receipt })}</p>
      <Field label={m.reason()} value={reason} onChange={setReason} lines={2} />
      <ErrorNote error={cancel.error} />
    </Sheet>
  );
}
