import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { OrderTerms } from "@/generated/OrderTerms";
import type { Relation } from "@/generated/Relation";
import type { TermsInput } from "@/generated/TermsInput";
import type { VisitView } from "@/generated/VisitView";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { yuanChange } from "@/shared/money";
import { say } from "@/shared/words";
import { ProblemSheet } from "../visit/ProblemSheet";
import { termsInput, useTermsDraft } from "../visit/terms";
import { slotWords } from "../visit/SlotPicker";
import { useWorkDraft, WorkContext, type Work } from "../visit/work";
import { Pad } from "./Pad";
import { useSignature } from "./useSignature";

/** 签字, full screen: what is signed on the left, the pad on the right. */
export function SignScreen() {
  const { visit } = useParams({ from: "/sign/$visit" });
  const view = useRead("visit_open", { visit });
  return <Loaded of={view}>{(data) => <Signing visit={data} />}</Loaded>;
}

function Signing({ visit }: { visit: VisitView }) {
  const order = visit.work_orders[0];
  const [draft, patch] = useWorkDraft(order?.id ?? "");
  const [terms] = useTermsDraft(order?.id ?? "", visit.row.slot);
  if (!order || draft.quote === undefined) return null;
  const asset = draft.asset ?? order.assets[0];
  const input = termsInput(draft.quote, draft, asset, terms);
  return (
    <WorkContext value={{ visit, order, asset, draft, patch }}>
      <Paper visit={visit} order={order} input={input} />
    </WorkContext>
  );
}

function Paper({ visit, order, input }: Pick<Work, "visit" | "order"> & { input: TermsInput }) {
  const navigate = useNavigate();
  const ink = useSignature(order.id, input);
  const file = useAct("order_file");
  const [name, setName] = useState(visit.customer.name);
  const [relation, setRelation] = useState<Relation>("self");
  const [refusing, setRefusing] = useState(false);
  const back = (step: "sign" | "finish") =>
    void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step }, replace: true });
  const ready = ink.terms !== null && ink.strokes.length > 0 && ink.saving === 0 && name.trim() !== "";
  return (
    <div className="flex h-full min-h-0 flex-row max-sm:overflow-y-auto portrait:flex-col">
      <section className="rule scroll flex w-95 shrink-0 flex-col gap-4 border-r-(length:--border) bg-card p-5 portrait:w-full portrait:flex-none portrait:border-r-0 portrait:border-b-(length:--border) portrait:p-4 max-sm:overflow-visible">
        <Button look="quiet" icon="back" onPress={() => back("sign")}>
          {m.back_to_terms()}
        </Button>
        {ink.terms && <Signed terms={ink.terms.terms} />}
      </section>
      <section className="flex min-h-0 min-w-0 flex-1 flex-col gap-3 p-5 max-sm:flex-none portrait:p-4">
        <ErrorNote error={file.error ?? ink.error} />
        {ink.terms?.voided && (
          <Note tone="warn" icon="alert">
            {m.sign_voided({ change: yuanChange(ink.terms.voided.certain !== 0 ? ink.terms.voided.certain : ink.terms.voided.if_approved) })}
          </Note>
        )}
        {ink.recovered && !ink.terms?.voided && (
          <Note tone="wait" icon="info">{m.sign_recovered({ count: ink.strokes.length })}</Note>
        )}
        <div className="min-h-56 flex-1 max-sm:h-64 max-sm:flex-none">
          <Pad
            strokes={ink.voided.length > 0 ? ink.voided : ink.strokes}
            struck={ink.voided.length > 0}
            disabled={ink.terms === null || file.isPending}
            onStroke={ink.add}
          />
        </div>
        <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
          <div className="min-w-44 flex-1">
            <Field label={m.signer_name()} value={name} onChange={setName} />
          </div>
          <Segments<Relation>
            label={m.relation()}
            value={relation}
            options={[
              { value: "self", label: m.relation_self() },
              { value: "family", label: m.relation_family() },
              { value: "proxy", label: m.relation_proxy() },
            ]}
            onChange={setRelation}
          />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button main icon="close" look="danger" onPress={() => setRefusing(true)}>
            {m.sign_refuse()}
          </Button>
          <Button main icon="erase" isDisabled={ink.strokes.length === 0 || file.isPending} onPress={ink.clear}>
            {m.sign_clear()}
          </Button>
          <span className="ml-auto">
            <Button
              main
              look="primary"
              icon="pen"
              isDisabled={!ready}
              isPending={file.isPending}
              onPress={() => file.mutate({ work_order: order.id, name: name.trim(), relation }, { onSuccess: () => back("finish") })}
            >
              {m.sign_go()}
            </Button>
          </span>
        </div>
      </section>
      <ProblemSheet open={refusing} onClose={() => setRefusing(false)} initial="refused_sign" />
    </div>
  );
}

/** What stands above the line, in the words that are signed. */
function Signed({ terms }: { terms: OrderTerms }) {
  const { certain, if_approved } = terms.totals;
  return (
    <>
      <div>
        <p className="text-label text-ink-2">{certain < 0 ? m.total_payout() : m.total_certain()}</p>
        <Amount fen={Math.abs(certain)} size="total" />
        {if_approved !== certain && (
          <p className="mt-1 flex items-baseline justify-between gap-3 text-label">
            {m.total_if_approved()} <Amount fen={if_approved} size="key" />
          </p>
        )}
      </div>
      <dl className="flex flex-col gap-2">
        {terms.new.map((machine, index) => (
          <div key={index}>
            <dt className="text-label text-ink-2">{m.new_comes()}</dt>
            <dd>{say(machine.category_words)} <span className="tabular">{machine.model}</span></dd>
          </div>
        ))}
        {terms.old && (
          <div>
            <dt className="text-label text-ink-2">{m.old_leaves()}</dt>
            <dd>
              {say(terms.old.category_words)} <span className="tabular">{terms.old.model}</span>
              {terms.old.serials.length > 0 && (
                <span className="tabular block text-label text-ink-2">
                  {m.serial_tail({ tail: terms.old.serials.map((serial) => serial.slice(-6)).join(" / ") })}
                </span>
              )}
            </dd>
          </div>
        )}
        <div>
          <dt className="text-label text-ink-2">{m.slot_time()}</dt>
          <dd className="tabular">{slotWords(terms.slot)}</dd>
        </div>
      </dl>
      <p className="rule rule-t pt-3 text-label">{say(terms.sentence)}</p>
    </>
  );
}
