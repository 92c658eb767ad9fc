import { useState } from "react";
import type { FiledOrder } from "@/generated/FiledOrder";
import type { PaymentMethod } from "@/generated/PaymentMethod";
import type { Relation } from "@/generated/Relation";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { FormSheet } from "@/kit/FormSheet";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { parseYuan, typedYuan } from "@/shared/money";

const methods: readonly (readonly [PaymentMethod, () => string])[] = [
  ["wechat", m.method_wechat],
  ["alipay", m.method_alipay],
  ["unionpay", m.method_unionpay],
  ["bank_card", m.method_bank_card],
  ["cash", m.method_cash],
  ["transfer", m.method_transfer],
  ["pay_link", m.method_pay_link],
];

/** Money taken at the door; unconfirmed until HQ finds it on a statement. */
export function PaymentSheet({ onClose, filed, due }: { onClose: () => void; filed: FiledOrder; due: number }) {
  const record = useAct("payment_record");
  const [purpose, setPurpose] = useState<"deposit" | "balance">("balance");
  const [method, setMethod] = useState<PaymentMethod>("wechat");
  const [amount, setAmount] = useState(() => typedYuan(due));
  const [reference, setReference] = useState("");
  const [payer, setPayer] = useState<Relation>("self");
  const fen = parseYuan(amount);
  const { terms } = filed.order.signed;
  return (
    <FormSheet
      title={m.pay_record()}
      onClose={onClose}
      go={m.save()}
      ready={fen !== null && fen > 0}
      pending={record.isPending}
      error={record.error}
      onGo={() => {
        if (fen === null) return;
        record.mutate(
          { work_order: terms.work_order, order: filed.order.id, purpose, amount: fen, method, reference: reference.trim(), payer },
          { onSuccess: onClose },
        );
      }}
    >
      <Note icon="info" tone="plain">{m.pay_lead()}</Note>
      <Segments label={m.pay_purpose()} value={purpose} options={[{ value: "balance", label: m.pay_balance() }, { value: "deposit", label: m.pay_deposit() }]} onChange={setPurpose} />
      <Segments<PaymentMethod> label={m.pay_method()} value={method} options={methods.map(([value, name]) => ({ value, label: name() }))} onChange={setMethod} />
      <Field label={m.amount()} value={amount} onChange={setAmount} inputMode="decimal" unit={m.yuan_unit()} error={fen === null ? m.not_an_amount() : undefined} />
      <Field label={m.pay_reference()} optional={m.optional()} value={reference} onChange={setReference} />
      <Segments<Relation> label={m.payer()} value={payer} options={[{ value: "self", label: m.relation_self() }, { value: "family", label: m.relation_family() }, { value: "proxy", label: m.relation_proxy() }]} onChange={setPayer} />
    </FormSheet>
  );
}
