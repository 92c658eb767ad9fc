import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Quote } from "@/generated/Quote";
import type { Relation } from "@/generated/Relation";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Choice, Segments } from "@/kit/Choice";
import { Section } from "@/kit/Page";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { Guarantees } from "./Guarantees";
import { refusalOf } from "./orderState";
import { OldBalance } from "./OldBalance";
import { SlotPicker } from "./SlotPicker";
import { NextStep, StepFrame } from "./StepFrame";
import { removals, useTerms } from "./terms";
import { Totals } from "./Totals";
import { useQuote } from "./useQuote";
import { useWork } from "./work";

/** 签字: how the old one leaves and what that costs, when, who is who; then the pad. */
export function SignStep() {
  const { visit, order, asset, draft, patch } = useWork();
  const navigate = useNavigate();
  const now = useNow();
  const { view, stale, error } = useQuote();
  const terms = useTerms(stale ? undefined : view?.quote.request.id);
  const [opening, setOpening] = useState(false);
  const orders = useRead("order_view", { work_order: order.id });
  const filed = orders.data?.orders[0];
  // Where nothing new comes, the old one leaves with this crew.
  const leaves = draft.tradeIn && asset !== undefined && draft.skus.length > 0;
  const estimated = (view?.quote.totals.if_approved.government_subsidy ?? 0) > 0;
  const { choice, put } = terms;
  const openPad = async () => {
    setOpening(true);
    const settled = await terms.settle();
    setOpening(false);
    if (settled) void navigate({ to: "/sign/$visit", params: { visit: visit.row.visit } });
  };
  return (
    <StepFrame
      wide
      sum={view && <Amount fen={view.quote.totals.certain.balance} size="key" />}
      primary={
        <Button main look="primary" icon="pen" isDisabled={!view || stale || view.expired} isPending={opening} onPress={() => void openPad()}>
          {m.open_pad()}
        </Button>
      }
      secondary={filed && <NextStep to="finish" look="plain" />}
    >
      <div className="mb-5 flex flex-col gap-3 empty:hidden">
        {filed &&
          (refusalOf(filed.order.state) ? (
            <Note icon="alert">{m.filed_refused({ receipt: filed.order.receipt })}</Note>
          ) : (
            <Note tone="good" icon="check">{m.already_filed({ receipt: filed.order.receipt })}</Note>
          ))}
        <ErrorNote error={terms.error ?? error} />
      </div>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-6">
          {leaves && (
            <div className="flex flex-col gap-3">
              <Choice
                label={m.removal()}
                value={draft.removal}
                options={removals.map((one) => ({ value: one.mode, label: one.name(), detail: one.detail() }))}
                onChange={(removal) => patch({ removal })}
              />
              {view && <RemovalFees quote={view.quote} stale={stale} />}
            </div>
          )}
          <Section title={m.slot()}>
            <SlotPicker now={now} value={choice.slot} onChange={(slot) => put({ slot })} />
          </Section>
          {view && <Guarantees quote={view.quote.request.id} slot={choice.slot} />}
        </div>
        <div className="flex min-w-0 flex-col gap-6" aria-busy={stale}>
          {view && <Totals view={view} />}
          {view && <OldBalance quote={view.quote} />}
          {estimated && (
            <Choice
              label={m.if_refused()}
              value={choice.ifRefused}
              options={[
                { value: "go_on", label: m.if_refused_go_on() },
                { value: "cancel_free", label: m.if_refused_cancel() },
              ]}
              onChange={(ifRefused) => put({ ifRefused })}
            />
          )}
          {draft.parties === "several" && (
            <div className="flex flex-col gap-4">
              <Who label={m.payer()} value={choice.payer} onChange={(payer) => put({ payer })} />
              <Who label={m.applicant()} value={choice.applicant} onChange={(applicant) => put({ applicant })} />
              <Who label={m.recipient()} value={choice.recipient} onChange={(recipient) => put({ recipient })} />
            </div>
          )}
        </div>
      </div>
    </StepFrame>
  );
}

/** What the way chosen costs: every fee of the quote, those not asked for struck out with the reason. */
function RemovalFees({ quote, stale }: { quote: Quote; stale: boolean }) {
  const fees = quote.lines.filter((line) => line.kind === "fee");
  return (
    <div className={`panel px-4 py-3 ${stale ? "opacity-60" : ""}`} role="status">
      <p className="text-label text-ink-2">{m.removal_fees()}</p>
      {fees.length === 0 ? (
        <p>{m.removal_no_fees()}</p>
      ) : (
        <ul>
          {fees.map((line) => (
            <li key={`${line.line}-${line.rule}`} className="flex items-baseline justify-between gap-4 py-1">
              <span className="min-w-0">
                {say(line.words)}
                {line.struck && <span className="block text-label text-warn">{say(line.struck)}</span>}
              </span>
              <span className="flex items-baseline gap-3">
                {line.listed !== undefined && line.listed !== line.amount && <Amount fen={line.listed} struck />}
                <Amount fen={line.amount} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Who({ label, value, onChange }: { label: string; value: Relation; onChange: (value: Relation) => void }) {
  return (
    <Segments<Relation>
      label={label}
      value={value}
      options={[
        { value: "self", label: m.relation_self() },
        { value: "family", label: m.relation_family() },
        { value: "proxy", label: m.relation_proxy() },
      ]}
      onChange={onChange}
    />
  );
}
