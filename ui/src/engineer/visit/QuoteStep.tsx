import { useState, type ReactNode } from "react";
import type { QuoteView } from "@/generated/QuoteView";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Empty, ErrorNote, Note, Skeleton } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { CustomerView } from "./CustomerView";
import { Guarantees } from "./Guarantees";
import { LeadSheet } from "./LeadSheet";
import { OldBalance } from "./OldBalance";
import { QuoteChoices } from "./QuoteChoices";
import { QuoteLines } from "./QuoteLines";
import { QuoteOptions } from "./QuoteOptions";
import { Totals } from "./Totals";
import { useQuote } from "./useQuote";
import { NextStep, StepFrame } from "./StepFrame";
import { useWork } from "./work";

const MOST_OPTIONS = 3;

/** 报价: every line with its reason on the left, both totals on the right. */
export function QuoteStep() {
  const { draft, steps } = useWork();
  // A visit that only takes the old machine away has nothing to choose.
  if (draft.skus.length === 0 && steps.some((step) => step.id === "options")) {
    return (
      <StepFrame primary={<NextStep to="options" />}>
        <Empty icon="note" title={m.quote_empty()}>
          {m.quote_empty_help()}
        </Empty>
      </StepFrame>
    );
  }
  return <Priced />;
}

function Priced() {
  const { view, stale, error, again } = useQuote();
  return (
    <QuoteFrame view={view} pending={stale}>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <QuoteChoices />
          <div className="mt-4">
            <ErrorNote error={error} onRetry={again} />
            {view ? <QuoteLines quote={view.quote} /> : error ? null : <Skeleton rows={5} height="3.5rem" />}
          </div>
        </div>
        {view && <Side view={view} stale={stale} />}
      </div>
    </QuoteFrame>
  );
}

function QuoteFrame({ view, pending, children }: { view: QuoteView | undefined; pending: boolean; children: ReactNode }) {
  return (
    <StepFrame
      wide
      sum={view && <Amount fen={view.quote.totals.certain.balance} size="key" />}
      primary={
        <NextStep disabled={!view || pending || view.expired}>{m.go_sign()}</NextStep>
      }
    >
      <QuoteOptions />
      {children}
    </StepFrame>
  );
}

function Side({ view, stale }: { view: QuoteView; stale: boolean }) {
  const { order, draft, patch } = useWork();
  const [shown, setShown] = useState(false);
  const [lead, setLead] = useState(false);
  const id = view.quote.request.id;
  const kept = draft.options.includes(id);
  return (
    <aside aria-label={m.totals()} className="flex flex-col gap-3 lg:sticky lg:top-0" aria-busy={stale}>
      <Totals view={view} />
      <Guarantees quote={id} />
      <OldBalance quote={view.quote} />
      {view.time.disagrees && <Note icon="clock">{m.quote_clock()}</Note>}
      <Button main look="primary" icon="eye" isDisabled={stale} onPress={() => setShown(true)}>
        {m.show_customer()}
      </Button>
      <Button
        main
        icon={kept ? "check" : "plus"}
        isDisabled={kept || stale || draft.options.length >= MOST_OPTIONS}
        onPress={() => patch({ options: [...draft.options, id] })}
      >
        {kept ? m.option_kept() : m.option_add()}
      </Button>
      <Button main icon="note" onPress={() => setLead(true)}>
        {m.save_lead()}
      </Button>
      {lead && <LeadSheet onClose={() => setLead(false)} workOrder={order.id} quote={id} />}
      <CustomerView view={view} open={shown} onClose={() => setShown(false)} />
    </aside>
  );
}
