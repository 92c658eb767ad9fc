import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StepView } from "@/generated/StepView";
import type { VisitView } from "@/generated/VisitView";
import type { WorkOrderCard } from "@/generated/WorkOrderCard";
import { Button } from "@/kit/Button";
import { Chip, StateChip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { say, sayAll } from "@/shared/words";
import { useOpened } from "../today/news";
import { LateChip, VisitChip } from "../today/visitState";
import { ArriveStep } from "./ArriveStep";
import { FinishStep } from "./FinishStep";
import { IdentifyStep } from "./IdentifyStep";
import { InspectStep } from "./InspectStep";
import { OptionsStep } from "./OptionsStep";
import { PlainStep } from "./PlainStep";
import { QuoteStep } from "./QuoteStep";
import { SignStep } from "./SignStep";
import { stepGo } from "./steps";
import { StepRail } from "./StepRail";
import { TimerButton } from "./Timers";
import { useWorkspace } from "./useWorkspace";
import { WorkContext, type Work } from "./work";

const bodies: Record<string, () => ReactNode> = {
  arrive: () => <ArriveStep />,
  identify: () => <IdentifyStep />,
  inspect: () => <InspectStep />,
  options: () => <OptionsStep />,
  quote: () => <QuoteStep />,
  sign: () => <SignStep />,
};

/** A visit as a workspace: its steps in any order, except behind a gate. */
export function VisitScreen() {
  const { visit, step } = useParams({ from: "/workspace/visit/$visit/$step" });
  const view = useRead("visit_open", { visit });
  const steps = useRead("visit_steps", { visit });
  return (
    <Loaded of={view} rows={5}>
      {(data) => (
        <Loaded of={steps} rows={5}>
          {(template) => {
            const [order] = data.work_orders;
            const current = template.steps.find((one) => one.id === step) ?? template.steps[0];
            return order && current ? <Workspace key={visit} visit={data} order={order} steps={template.steps} current={current} /> : null;
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

function Workspace({ visit, order, steps, current }: { visit: VisitView; order: WorkOrderCard; steps: readonly StepView[]; current: StepView }) {
  const work = useWorkspace(visit, order, steps, current);
  useOpened(visit.row);
  const gates = work.gatesOf(current);
  const body = bodies[current.id] ?? (current === steps.at(-1) ? () => <FinishStep /> : () => <PlainStep />);
  return (
    <WorkContext value={work}>
      <div className="flex h-full min-h-0 flex-col">
        <Head visit={visit} />
        <div className="flex min-h-0 flex-1 flex-row portrait:flex-col">
          <StepRail visit={visit.row.visit} steps={steps} current={current} gatesOf={work.gatesOf} />
          <div className="min-h-0 min-w-0 flex-1" key={current.id}>
            {gates.length === 0 ? body() : <Closed gates={gates} visit={visit.row.visit} to={opener(work)} />}
          </div>
        </div>
      </div>
    </WorkContext>
  );
}

/** The step that opens the gate before the current one: the nearest on the way that is not done, or the
 * inspection, where a danger is dealt with. */
function opener({ steps, current, gatesOf }: Work): StepView | undefined {
  const before = steps.slice(0, steps.indexOf(current)).reverse();
  return before.find((step) => gatesOf(step).length === 0 && (!step.done || step.id === "inspect"));
}

function Head({ visit }: { visit: VisitView }) {
  const { row } = visit;
  return (
    <header className="rule rule-b flex min-h-18 items-center gap-x-4 bg-card px-2 py-2 pr-6 max-sm:min-h-14 max-sm:gap-x-2 max-sm:pr-3">
      <Link to="/today" className="flex min-h-12 items-center gap-1 rounded-field px-2 text-label font-semibold text-primary">
        <Icon name="back" />
        {m.nav_today()}
      </Link>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="max-w-64 truncate text-key font-bold">{visit.customer.name}</h1>
        <span className="tabular text-label whitespace-nowrap text-ink-2">{row.slot_text.slice(11)}</span>
        <span className="text-label text-ink-2 max-sm:hidden">{sayAll(row.jobs)}</span>
        <span className="flex flex-wrap gap-2 max-sm:hidden">
          <VisitChip row={row} />
          <LateChip row={row} />
          {row.chips[0] && <Chip>{say(row.chips[0])}</Chip>}
        </span>
        <span className="ml-auto max-sm:ml-0">
          <StateChip record={row.record} photos />
        </span>
      </div>
      <TimerButton visit={row.visit} />
    </header>
  );
}

/** A gate in words, with the way to open it. */
function Closed({ gates, visit, to }: { gates: readonly string[]; visit: string; to: StepView | undefined }) {
  const navigate = useNavigate();
  return (
    <div className="mx-auto flex max-w-180 flex-col items-center gap-4 p-12 text-center">
      <Icon name="lock" size={40} />
      {gates.map((gate) => (
        <p key={gate} className="text-key font-semibold">{gate}</p>
      ))}
      {to && (
        <Button main look="primary" onPress={() => void navigate({ to: "/visit/$visit/$step", params: { visit, step: to.id }, replace: true })}>
          {stepGo(to)}
        </Button>
      )}
    </div>
  );
}
