import { useEffect, useState } from "react";
import type { QuoteView } from "@/generated/QuoteView";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Empty, ErrorNote, Note, Skeleton } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { CustomerView } from "./CustomerView";
import { LeadSheet } from "./LeadSheet";
import { QuoteChoices } from "./QuoteChoices";
import { QuoteLines } from "./QuoteLines";
import { QuoteOptions } from "./QuoteOptions";
import { Totals } from "./Totals";
import { quoteInput } from "./pricing";
import { NextStep, StepFrame } from "./StepFrame";
import { useWork } from "./work";

const MOST_OPTIONS = 3;

/** 报价: every line with its reason on the left, both totals on the right. */
export function QuoteStep() {
  const { draft } = useWork();
  if (draft.skus.length === 0) {
    return (
      <StepFrame primary={<NextStep to="options">{m.go_to({ step: m.step_options() })}</NextStep>}>
        <Empty icon="note" title={m.quote_empty()}>
          {m.quote_empty_help()}
        </Empty>
      </StepFrame>
    );
  }
  return <Priced />;
}

function Priced() {
  const { order, asset, draft, patch } = useWork();
  const make = useAct("quote_make");
  const { mutate } = make;
  const inspection = useRead("inspection_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const input = quoteInput(order.id, asset, draft);
  // A quote is a snapshot: other choices, or another look at the old machine, make another one.
  const machine = inspection.data?.machine;
  const site = order.facts?.sections["site"];
  const wanted = JSON.stringify([input, machine?.faults, machine?.capacity, machine?.asset.nameplate_month, site]);
  const known = asset === undefined || machine !== undefined;
  const stale = known && draft.quotedFor !== wanted;
  useEffect(() => {
    if (!stale) return;
    const timer = setTimeout(
      () => mutate(input, { onSuccess: (view) => patch({ quote: view.quote.request.id, quotedFor: wanted }) }),
      250,
    );
    return () => clearTimeout(timer);
    // `wanted` is the value of everything the quote depends on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, stale, mutate]);
  const stored = useRead("quote_view", { quote: draft.quote ?? "" }, { enabled: draft.quote !== undefined, placeholderData: (before) => before });
  const view = stored.data;
  return (
    <QuoteFrame view={view} pending={stale}>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <QuoteChoices />
          <div className="mt-4">
            <ErrorNote error={make.error} onRetry={() => mutate(input)} />
            {view ? <QuoteLines quote={view.quote} /> : make.error ? null : <Skeleton rows={5} height="3.5rem" />}
          </div>
        </div>
        {view && <Side view={view} stale={stale} />}
      </div>
    </QuoteFrame>
  );
}

function QuoteFrame({ view, pending, children }: { view: QuoteView | undefined; pending: boolean; children: React.ReactNode }) {
  return (
    <StepFrame
      wide
      saved={view?.time.at}
      sum={view && <Amount fen={view.quote.totals.certain.balance} size="key" />}
      primary={
        <NextStep to="sign" disabled={!view || pending || view.expired}>
          {m.go_sign()}
        </NextStep>
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
      <LeadSheet open={lead} onClose={() => setLead(false)} workOrder={order.id} quote={id} />
      <CustomerView view={view} open={shown} onClose={() => setShown(false)} />
    </aside>
  );
}
