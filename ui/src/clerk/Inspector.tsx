import type { EndCode } from "@/generated/EndCode";
import type { EndOption } from "@/generated/EndOption";
import type { Leg } from "@/generated/Leg";
import type { LegKind } from "@/generated/LegKind";
import type { WorkOrderView } from "@/generated/WorkOrderView";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Chip, StateChip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { slotWords } from "@/engineer/visit/SlotPicker";
import { useReference } from "@/shared/books";
import { useNames } from "@/shared/names";
import { PaperList } from "@/shared/papers/PaperList";
import { PhotoStrip } from "@/shared/PhotoStrip";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";

/** A work order beside the table: legs as timelines, orders, photos, papers. */
export function Inspector({ workOrder, title, onClose }: { workOrder: string; title: string; onClose?: () => void }) {
  return (
    <aside aria-label={title} className="rule flex w-100 shrink-0 flex-col border-l-(length:--border) bg-card max-lg:fixed max-lg:inset-0 max-lg:z-20 max-lg:w-full">
      <header className="rule rule-b flex min-h-14 items-center gap-2 px-4">
        <h2 className="min-w-0 flex-1 truncate text-key font-bold">{title}</h2>
        {onClose && <Button look="quiet" icon="close" label={m.close()} onPress={onClose} />}
      </header>
      <div className="scroll min-h-0 flex-1 p-4">
        <WorkOrderBody workOrder={workOrder} />
      </div>
    </aside>
  );
}

export function WorkOrderBody({ workOrder }: { workOrder: string }) {
  const view = useRead("work_order_view", { work_order: workOrder });
  return <Loaded of={view} rows={4}>{(data) => <Body view={data} />}</Loaded>;
}

function Body({ view }: { view: WorkOrderView }) {
  const { card } = view;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <span className="tabular font-semibold">{card.number}</span>
          <span>{say(card.job_words)}</span>
          <Chip>{say(card.state_words)}</Chip>
          <StateChip record={card.record} photos />
        </div>
        {card.complaint && <p className="text-ink-2">{card.complaint}</p>}
      </div>
      <Part title={m.col_legs()}>
        <ol className="flex flex-col">
          {view.legs.map((leg, index) => (
            <LegLine key={leg.id} leg={leg} last={index === view.legs.length - 1} />
          ))}
        </ol>
      </Part>
      {view.orders.map((filed) => {
        const { terms } = filed.order.signed;
        return (
          <Part key={filed.order.id} title={filed.number ? m.hq_number({ number: filed.number }) : `${m.receipt()} ${filed.order.receipt}`}>
            <div className="flex flex-col gap-1.5">
              <div className="flex flex-wrap gap-2">
                <Chip tone={filed.number ? "good" : "wait"} icon={filed.number ? "check" : "clock"}>{say(filed.state_words)}</Chip>
                {!filed.number && <StateChip record={filed.record} />}
              </div>
              <p className="flex justify-between"><span>{m.total_certain()}</span><Amount fen={terms.totals.certain} size="key" /></p>
              <p className="flex justify-between text-label text-ink-2"><span>{m.total_if_approved()}</span><Amount fen={terms.totals.if_approved} /></p>
              <p className="tabular text-label">{slotWords(terms.slot)}</p>
              <p className="text-label text-ink-2">{say(terms.sentence)}</p>
            </div>
          </Part>
        );
      })}
      <span id="evidence" />
      <Part title={m.photos_of({ count: view.photos.length })}>
        {view.photos.length > 0 ? <PhotoStrip photos={view.photos} /> : <p className="text-label text-ink-2">{m.none_yet()}</p>}
      </Part>
      <Part title={m.papers()}>
        {view.papers.length > 0 ? <PaperList papers={view.papers} /> : <p className="text-label text-ink-2">{m.none_yet()}</p>}
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-label font-semibold text-ink-2">{title}</h3>
      {children}
    </section>
  );
}

const kinds: Record<LegKind, () => string> = {
  remove: m.leg_remove,
  deliver: m.leg_deliver,
  install: m.leg_install,
  repair: m.leg_repair,
  inspect: m.leg_inspect,
};

function endName(ends: readonly EndOption[] | undefined, code: EndCode): string {
  const end = ends?.find((one) => one.code === code);
  return end ? say(end.words) : code;
}

function LegLine({ leg, last }: { leg: Leg; last: boolean }) {
  const names = useNames();
  const now = useNow();
  const ends = useReference()?.ends;
  const { state } = leg;
  const ended = typeof state === "object" && "ended" in state ? state.ended : null;
  const started = typeof state === "object" && "started" in state ? state.started : null;
  const resting = typeof state === "object" && "resting" in state ? state.resting : null;
  const good = ended?.code === "done";
  return (
    <li className="flex gap-3">
      <span className="flex flex-col items-center">
        <span className={`flex size-6 items-center justify-center rounded-pill border-2 ${ended ? (good ? "border-good text-good" : "border-warn text-warn") : "border-line text-ink-2"}`}>
          <Icon name={ended ? (good ? "check" : "alert") : started ? "clock" : "minus"} size={14} />
        </span>
        {!last && <span className="w-0.5 flex-1 bg-hair" />}
      </span>
      <span className="min-w-0 flex-1 pb-3">
        <span className="font-semibold">{kinds[leg.kind]()}</span> <span className="text-ink-2">{names.category(leg.category)}</span>
        <span className="tabular block text-label text-ink-2">
          {ended
            ? `${clockOrDay(ended.at, now)} ${endName(ends, ended.code)}${ended.note ? ` · ${ended.note}` : ""}`
            : started
              ? m.leg_started({ time: clockOrDay(started.at, now) })
              : resting
                ? m.leg_resting({ time: clockOrDay(resting.until, now) })
                : m.leg_open()}
        </span>
      </span>
    </li>
  );
}
