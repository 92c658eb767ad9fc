import { useNavigate } from "@tanstack/react-router";
import type { Relation } from "@/generated/Relation";
import { Button } from "@/kit/Button";
import { Choice, Segments } from "@/kit/Choice";
import { Section } from "@/kit/Page";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNow } from "@/shared/useNow";
import { SlotPicker } from "./SlotPicker";
import { NextStep, StepFrame } from "./StepFrame";
import { removals, useTermsDraft } from "./terms";
import { Totals } from "./Totals";
import { useWork } from "./work";

/** 签字: how the old one leaves, when, who is who; then the pad. */
export function SignStep() {
  const { visit, order, asset, draft, patch } = useWork();
  const navigate = useNavigate();
  const now = useNow();
  const [terms, put] = useTermsDraft(order.id, visit.row.slot);
  const quote = useRead("quote_view", { quote: draft.quote ?? "" }, { enabled: draft.quote !== undefined });
  const orders = useRead("order_view", { work_order: order.id });
  const filed = orders.data?.orders[0];
  const leaves = draft.tradeIn && asset !== undefined;
  const estimated = (quote.data?.quote.totals.if_approved.government_subsidy ?? 0) > 0;
  return (
    <StepFrame
      wide
      primary={
        <Button
          main
          look="primary"
          icon="pen"
          isDisabled={!quote.data || quote.data.expired}
          onPress={() => void navigate({ to: "/sign/$visit", params: { visit: visit.row.visit } })}
        >
          {m.open_pad()}
        </Button>
      }
      secondary={filed && <NextStep to="finish">{m.go_to({ step: m.step_finish() })}</NextStep>}
    >
      {filed && <div className="mb-5"><Note tone="good" icon="check">{m.already_filed({ receipt: filed.order.receipt })}</Note></div>}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-6">
          {leaves && (
            <Choice
              label={m.removal()}
              value={draft.removal}
              options={removals.map((one) => ({ value: one.mode, label: one.name(), detail: one.detail() }))}
              onChange={(removal) => patch({ removal })}
            />
          )}
          <Section title={m.slot()}>
            <SlotPicker now={now} value={terms.slot} onChange={(slot) => put({ slot })} />
          </Section>
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          {quote.data && <Totals view={quote.data} />}
          {estimated && (
            <Choice
              label={m.if_refused()}
              value={terms.ifRefused}
              options={[
                { value: "go_on", label: m.if_refused_go_on() },
                { value: "cancel_free", label: m.if_refused_cancel() },
              ]}
              onChange={(ifRefused) => put({ ifRefused })}
            />
          )}
          {draft.parties === "several" && (
            <div className="flex flex-col gap-4">
              <Who label={m.payer()} value={terms.payer} onChange={(payer) => put({ payer })} />
              <Who label={m.applicant()} value={terms.applicant} onChange={(applicant) => put({ applicant })} />
              <Who label={m.recipient()} value={terms.recipient} onChange={(recipient) => put({ recipient })} />
            </div>
          )}
        </div>
      </div>
    </StepFrame>
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
