import { Link } from "@tanstack/react-router";
import type { FiledOrder } from "@/generated/FiledOrder";
import type { WorkOrderView } from "@/generated/WorkOrderView";
import { Amount } from "@/kit/Amount";
import { Chip, StateChip } from "@/kit/Chip";
import { Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { slotWords } from "@/engineer/visit/SlotPicker";
import { PaperList } from "@/shared/papers/PaperList";
import { PhotoStrip } from "@/shared/PhotoStrip";
import { say } from "@/shared/words";
import { LegTimelines } from "./LegTimelines";
import { PlanButton } from "./PlanButton";
import { SidePanel } from "./SidePanel";
import { VisitFacts } from "./VisitFacts";

interface Props {
  workOrder: string;
  /** The visit to tell of, where the list knows it; else that of the first planned leg. */
  visit?: string;
  title: string;
  onClose: () => void;
  entered?: number;
  waitsWhenNarrow?: boolean;
  /** The person planned the visit anew. */
  onPlanned?: () => void;
}

/** A work order beside the list: visit, legs as timelines, orders, photos, papers. */
export function Inspector({ workOrder, visit, title, onPlanned, ...panel }: Props) {
  return (
    <SidePanel title={title} {...(visit === undefined ? {} : { foot: <PlanButton visit={visit} {...(onPlanned === undefined ? {} : { onPlanned })} /> })} {...panel}>
      <WorkOrderBody workOrder={workOrder} {...(visit === undefined ? {} : { visit })} />
    </SidePanel>
  );
}

export function WorkOrderBody({ workOrder, visit }: { workOrder: string; visit?: string }) {
  const view = useRead("work_order_view", { work_order: workOrder });
  return <Loaded of={view} rows={4}>{(data) => <Body view={data} visit={visit ?? plannedVisit(data)} />}</Loaded>;
}

function plannedVisit(view: WorkOrderView): string | undefined {
  return view.legs.find((leg) => leg.visit !== null)?.visit ?? undefined;
}

function Body({ view, visit }: { view: WorkOrderView; visit: string | undefined }) {
  const { card } = view;
  return (
    <div className="flex flex-col gap-5">
      {visit && <VisitFacts visit={visit} />}
      <Part title={m.kind_work_order()}>
        <div className="flex flex-wrap items-center gap-2">
          <span className="tabular font-semibold">{card.number}</span>
          <span>{say(card.job_words)}</span>
          <Chip>{say(card.state_words)}</Chip>
          <StateChip record={card.record} photos />
        </div>
        {card.complaint && <p className="text-ink-2">{card.complaint}</p>}
      </Part>
      <Part title={m.col_legs()}>
        <LegTimelines legs={view.legs} />
      </Part>
      {view.orders.map((filed) => <Order key={filed.order.id} filed={filed} />)}
      <div id="evidence" tabIndex={-1} className="rounded-field">
        <Part title={m.photos_of({ count: view.photos.length })}>
          {view.photos.length > 0 ? <PhotoStrip photos={view.photos} /> : <p className="text-label text-ink-2">{m.none_yet()}</p>}
        </Part>
      </div>
      <Part title={m.papers()}>
        {view.papers.length > 0 ? <PaperList papers={view.papers} /> : <p className="text-label text-ink-2">{m.none_yet()}</p>}
      </Part>
    </div>
  );
}

function Order({ filed }: { filed: FiledOrder }) {
  const { terms } = filed.order.signed;
  const { state } = filed.order;
  const refused = typeof state === "object" && "refused" in state ? state.refused : null;
  const over = typeof state === "object" && ("cancelled" in state || "replaced" in state);
  return (
    <Part title={filed.number ? m.hq_number({ number: filed.number }) : `${m.receipt()} ${filed.order.receipt}`}>
      <div className="panel flex flex-col gap-1.5 p-3">
        {refused ? (
          <Note icon="alert" action={<Link to="/desk/tasks" search={{ task: refused.task }} className="rounded-field font-semibold underline">{m.task_go()}</Link>}>
            {say(filed.state_words)}
          </Note>
        ) : (
          <div className="flex flex-wrap gap-2">
            <Chip tone={over ? "plain" : filed.number ? "good" : "wait"} icon={over ? "close" : filed.number ? "check" : "clock"}>{say(filed.state_words)}</Chip>
            {!filed.number && <StateChip record={filed.record} />}
          </div>
        )}
        <p className="flex items-baseline justify-between gap-4">
          <span>{terms.totals.certain < 0 ? m.total_payout() : m.total_certain()}</span>
          <Amount fen={Math.abs(terms.totals.certain)} size="key" />
        </p>
        {terms.totals.if_approved !== terms.totals.certain && (
          <p className="flex items-baseline justify-between gap-4 text-label text-ink-2"><span>{m.total_if_approved()}</span><Amount fen={terms.totals.if_approved} /></p>
        )}
        <p className="tabular text-label">{slotWords(terms.slot)}</p>
        <p className="text-label text-ink-2">{say(terms.sentence)}</p>
      </div>
    </Part>
  );
}

export function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-label font-semibold text-ink-2">{title}</h3>
      {children}
    </section>
  );
}
