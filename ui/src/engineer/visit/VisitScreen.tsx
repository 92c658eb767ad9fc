import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { VisitView } from "@/generated/VisitView";
import { Button } from "@/kit/Button";
import { Chip, StateChip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { say, sayAll } from "@/shared/words";
import { LateChip, VisitChip } from "../today/visitState";
import { ArriveStep } from "./ArriveStep";
import { FinishStep } from "./FinishStep";
import { IdentifyStep } from "./IdentifyStep";
import { InspectStep } from "./InspectStep";
import { OptionsStep } from "./OptionsStep";
import { QuoteStep } from "./QuoteStep";
import { SignStep } from "./SignStep";
import { standings, stepName, STEPS, type StepId, type StepStanding } from "./steps";
import { useWorkDraft, WorkContext, type Work } from "./work";

const bodies: Record<StepId, () => React.ReactNode> = {
  arrive: () => <ArriveStep />,
  identify: () => <IdentifyStep />,
  inspect: () => <InspectStep />,
  options: () => <OptionsStep />,
  quote: () => <QuoteStep />,
  sign: () => <SignStep />,
  finish: () => <FinishStep />,
};

/** A visit as a workspace: its steps in any order, except behind a gate. */
export function VisitScreen() {
  const { visit } = useParams({ from: "/workspace/visit/$visit/$step" });
  const view = useRead("visit_open", { visit });
  return (
    <Loaded of={view} rows={5}>
      {(data) => <Workspace visit={data} />}
    </Loaded>
  );
}

function Workspace({ visit }: { visit: VisitView }) {
  const order = visit.work_orders[0];
  if (!order) return null;
  return <WorkspaceOf visit={visit} order={order} />;
}

function WorkspaceOf({ visit, order }: Pick<Work, "visit" | "order">) {
  const { step } = useParams({ from: "/workspace/visit/$visit/$step" });
  const [draft, patch] = useWorkDraft(order.id);
  const asset = draft.asset ?? order.assets[0];
  const inspection = useRead("inspection_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const quotes = useRead("quote_list", { work_order: order.id });
  const orders = useRead("order_view", { work_order: order.id });
  const current = STEPS.find((id) => id === step) ?? "arrive";
  const all = standings(visit.row.state, draft, inspection.data, quotes.data, orders.data);
  const gate = all[current].gate;
  return (
    <WorkContext value={{ visit, order, asset, draft, patch }}>
      <div className="flex h-full min-h-0 flex-col">
        <Head visit={visit} />
        <div className="flex min-h-0 flex-1 flex-row portrait:flex-col">
          <StepRail visit={visit.row.visit} current={current} all={all} />
          <div className="min-h-0 min-w-0 flex-1">
            {gate === undefined ? bodies[current]() : <Closed gate={gate} visit={visit.row.visit} to={all.quote.gate ? "inspect" : "quote"} />}
          </div>
        </div>
      </div>
    </WorkContext>
  );
}

function Head({ visit }: { visit: VisitView }) {
  const { row } = visit;
  return (
    <header className="rule rule-b flex min-h-18 items-center gap-x-4 bg-card px-2 py-2 pr-6 max-sm:min-h-14 max-sm:pr-3">
      <Link to="/today" className="flex min-h-12 items-center gap-1 rounded-field px-2 text-label font-semibold text-primary">
        <Icon name="back" />
        {m.nav_today()}
      </Link>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-key font-bold whitespace-nowrap">{visit.customer.name}</h1>
        <span className="tabular text-label text-ink-2">{row.slot_text.slice(11)}</span>
        <span className="text-label text-ink-2 max-sm:hidden">{sayAll(row.jobs)}</span>
        <span className="flex gap-2 max-sm:hidden">
          <VisitChip row={row} />
          <LateChip row={row} />
          {row.chips[0] && <Chip>{say(row.chips[0])}</Chip>}
        </span>
      </div>
      <span className="shrink-0 max-sm:max-w-36">
        <StateChip record={row.record} photos />
      </span>
    </header>
  );
}

/** On a phone the rail scrolls sideways; the step in work stays in view, after a rotation too. */
function useCurrentInView(current: StepId) {
  const rail = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = rail.current;
    if (!element) return;
    const show = () => element.querySelector('[aria-current="step"]')?.scrollIntoView({ block: "nearest", inline: "center" });
    const watch = new ResizeObserver(show);
    watch.observe(element);
    return () => watch.disconnect();
  }, [current]);
  return rail;
}

function StepRail({ visit, current, all }: { visit: string; current: StepId; all: Record<StepId, StepStanding> }) {
  const rail = useCurrentInView(current);
  return (
    <nav
      ref={rail}
      aria-label={m.steps()}
      className="rule flex w-52 shrink-0 overflow-y-auto flex-col border-r-(length:--border) bg-card py-2 max-lg:w-44 portrait:h-16 portrait:w-full portrait:flex-row portrait:overflow-x-auto portrait:border-r-0 portrait:border-b-(length:--border) portrait:py-0"
    >
      {STEPS.map((id, index) => {
        const { done, progress, gate } = all[id];
        return (
          <Link
            key={id}
            to="/visit/$visit/$step"
            params={{ visit, step: id }}
            replace
            aria-current={id === current ? "step" : undefined}
            className={`flex min-h-14 shrink-0 items-center gap-3 px-4 -outline-offset-4 portrait:justify-center portrait:gap-2 portrait:px-4 sm:portrait:flex-1 sm:portrait:px-2 ${
              id === current ? "bg-primary-soft font-semibold text-primary outdoor:bg-primary outdoor:text-on-primary" : gate ? "text-ink-2" : ""
            }`}
          >
            <span
              className={`flex size-7 shrink-0 items-center justify-center rounded-pill border-2 text-label ${
                done ? "border-good bg-good-soft text-good" : id === current ? "border-current" : "border-line"
              }`}
            >
              {done ? <Icon name="check" size={18} /> : gate ? <Icon name="lock" size={16} /> : index + 1}
            </span>
            <span className="flex min-w-0 flex-col leading-tight">
              <span className="whitespace-nowrap">{stepName[id]()}</span>
              {progress && !done && <span className="tabular text-small font-normal text-ink-2">{progress}</span>}
            </span>
            {done && <span className="sr-only">{m.done()}</span>}
            {gate && <span className="sr-only">{gate}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

/** A gate in words, with the way to open it. */
function Closed({ gate, visit, to }: { gate: string; visit: string; to: StepId }) {
  const navigate = useNavigate();
  return (
    <div className="mx-auto flex max-w-180 flex-col items-center gap-4 p-12 text-center">
      <Icon name="lock" size={40} />
      <p className="text-key font-semibold">{gate}</p>
      <Button main look="primary" onPress={() => void navigate({ to: "/visit/$visit/$step", params: { visit, step: to } })}>
        {m.go_to({ step: stepName[to]() })}
      </Button>
    </div>
  );
}
