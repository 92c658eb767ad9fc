import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { FiledOrder } from "@/generated/FiledOrder";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Chip, StateChip } from "@/kit/Chip";
import { Section } from "@/kit/Page";
import { m } from "@/paraglide/messages.js";
import { say } from "@/shared/words";
import { CancelSheet } from "./CancelSheet";
import { isClosed, refusalOf, remedyMeaning, type OrderRefusal } from "./orderState";
import { PaymentSheet } from "./PaymentSheet";
import { slotWords } from "./SlotPicker";
import { useWork } from "./work";

/** What the customer holds, and what became of it at HQ. */
export function OrderReceipt({ filed }: { filed: FiledOrder }) {
  const [paying, setPaying] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const { terms } = filed.order.signed;
  const refusal = refusalOf(filed.order.state);
  const closed = isClosed(filed.order.state);
  const paid = filed.payments.reduce((sum, payment) => sum + payment.amount, 0);
  return (
    <Section title={m.receipt()}>
      <article className="panel flex flex-col gap-4 p-5">
        <div className="flex flex-wrap items-center gap-3">
          <p className="tabular text-key font-semibold">{filed.order.receipt}</p>
          {filed.order.state !== "pending" && !refusal && (
            <Chip tone={filed.number ? "good" : "wait"} icon={filed.number ? "check" : "clock"}>
              {say(filed.state_words)}
            </Chip>
          )}
          <span className="ml-auto"><StateChip record={filed.record} /></span>
        </div>
        {filed.number && <p className="tabular">{m.hq_number({ number: filed.number })}</p>}
        {refusal && <Refused refusal={refusal} onCancel={() => setCancelling(true)} />}
        <div className="flex flex-wrap items-baseline justify-between gap-x-6">
          <span>{terms.totals.certain < 0 ? m.total_payout() : m.total_certain()}</span>
          <span className="ml-auto"><Amount fen={Math.abs(terms.totals.certain)} size="key" /></span>
        </div>
        {terms.totals.if_approved !== terms.totals.certain && (
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 text-label text-ink-2">
            <span>{m.total_if_approved()}</span>
            <span className="ml-auto"><Amount fen={terms.totals.if_approved} /></span>
          </div>
        )}
        <p className="text-label text-ink-2">
          {slotWords(terms.slot)} · {say(terms.sentence)}
        </p>
        {filed.payments.length > 0 && <Payments filed={filed} />}
        {!closed && !refusal && (
          <div className="flex flex-wrap gap-3">
            <Button icon="plus" onPress={() => setPaying(true)}>{m.pay_record()}</Button>
            <Button look="quiet" onPress={() => setCancelling(true)}>{m.order_cancel()}</Button>
          </div>
        )}
      </article>
      {paying && <PaymentSheet onClose={() => setPaying(false)} filed={filed} due={Math.max(0, terms.totals.certain - paid)} />}
      {cancelling && <CancelSheet onClose={() => setCancelling(false)} filed={filed} />}
    </Section>
  );
}

function Payments({ filed }: { filed: FiledOrder }) {
  return (
    <ul className="rule rule-t pt-3">
      {filed.payments.map((payment) => (
        <li key={payment.id} className="flex flex-wrap items-baseline justify-between gap-4">
          <span className="min-w-0 text-label">
            {payment.purpose === "deposit" ? m.pay_deposit() : m.pay_balance()} {payment.reference}
            <span className="ml-2 text-ink-2">
              {payment.status === "unconfirmed" ? m.pay_unconfirmed() : "matched" in payment.status ? m.pay_matched() : say(payment.status.rejected.reason)}
            </span>
          </span>
          <Amount fen={payment.amount} />
        </li>
      ))}
    </ul>
  );
}

/** HQ did not execute a signed order: why, that nothing is lost, and each way on. */
function Refused({ refusal, onCancel }: { refusal: OrderRefusal; onCancel: () => void }) {
  const { visit, patch } = useWork();
  const navigate = useNavigate();
  const quoteAgain = () => {
    // No choice is remembered as priced, so the same choices are priced again.
    patch({ quotedFor: "" });
    void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step: "quote" }, replace: true });
  };
  return (
    <section aria-label={m.refused_title()} className="flex flex-col gap-3 rounded-card bg-warn-soft p-4 outdoor:border-2 outdoor:border-warn">
      <h3 className="font-semibold text-warn">{m.refused_title()}</h3>
      <p>{say(refusal.reason)}</p>
      <p className="text-label">{m.refused_lead()}</p>
      <ul className="flex list-disc flex-col gap-1 pl-6 text-label">
        {refusal.remedies.map((remedy) => (
          <li key={remedy}>{remedyMeaning[remedy]()}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        {refusal.remedies.includes("re_quote") && (
          <Button main look="primary" icon="sync" onPress={quoteAgain}>{m.remedy_re_quote()}</Button>
        )}
        {refusal.remedies.includes("cancel") && (
          <Button main onPress={onCancel}>{m.order_cancel()}</Button>
        )}
      </div>
    </section>
  );
}
