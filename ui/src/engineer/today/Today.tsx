import { useState } from "react";
import type { TodayView } from "@/generated/TodayView";
import type { VisitRow } from "@/generated/VisitRow";
import { Button } from "@/kit/Button";
import { StateChip } from "@/kit/Chip";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clock, day as dayAt, plusDays, weekday } from "@/shared/time";
import { sayAll } from "@/shared/words";
import { LoadList } from "./LoadList";
import { NextVisit } from "./NextVisit";
import { useNews, type News } from "./news";
import { LateChip, NewsChip, VisitChip, isOver } from "./visitState";

const weekdays = [m.sunday, m.monday, m.tuesday, m.wednesday, m.thursday, m.friday, m.saturday];

/** The day: its visits, and the next one in full. */
export function Today() {
  const [day, setDay] = useState<string>();
  const view = useRead("today", day === undefined ? {} : { day });
  return (
    <div className="h-full">
      <Loaded of={view} rows={4}>
        {(today) => <Day today={today} onDay={setDay} />}
      </Loaded>
    </div>
  );
}

function Day({ today, onDay }: { today: TodayView; onDay: (day: string | undefined) => void }) {
  const open = today.visits.filter((row) => !isOver(row.state));
  const [chosen, setChosen] = useState<string>();
  const [loading, setLoading] = useState(false);
  const next = today.visits.find((row) => row.visit === chosen) ?? open[0] ?? today.visits[0];
  const isToday = today.day === dayAt(today.time.at);
  const newsOf = useNews(today.day, today.visits);
  const fresh = today.visits.filter((row) => newsOf(row) !== null).length;
  return (
    <div className="scroll flex h-full min-h-0 flex-row sm:overflow-hidden portrait:flex-col">
      <section
        aria-label={m.today_list()}
        className="rule scroll flex w-110 shrink-0 flex-col border-r-(length:--border) max-lg:w-92 portrait:order-2 portrait:w-full portrait:border-r-0 portrait:max-sm:overflow-visible sm:portrait:min-h-0 sm:portrait:flex-1"
      >
        <header className="sticky top-0 z-10 flex items-center gap-1 bg-page px-4 py-2">
          <div className="min-w-0 flex-1">
            <h1 className="text-key font-bold">
              {isToday ? m.nav_today() : today.day}
              <span className="tabular ml-2 text-label font-normal text-ink-2">
                {isToday && today.day.slice(5)} {weekdays[weekday(today.day)]?.()}
              </span>
            </h1>
            <p className="tabular text-label text-ink-2">
              {m.today_counts({ all: today.visits.length, done: today.done })}
              {fresh > 0 && <span className="ml-2 font-semibold text-warn">{m.today_news({ count: fresh })}</span>}
            </p>
          </div>
          {!isToday && (
            <Button look="quiet" onPress={() => onDay(undefined)}>
              {m.nav_today()}
            </Button>
          )}
          {open.length > 0 && (
            <Button look="quiet" icon="van" onPress={() => setLoading(true)}>
              <span className="max-sm:sr-only">{m.load_list()}</span>
            </Button>
          )}
          <Button look="quiet" icon="back" label={m.day_before()} onPress={() => onDay(plusDays(today.day, -1))} />
          <Button look="quiet" icon="next" label={m.day_after()} onPress={() => onDay(plusDays(today.day, 1))} />
        </header>
        {today.visits.length === 0 ? (
          <Empty icon="today" title={m.today_empty()}>
            {m.today_empty_help()}
          </Empty>
        ) : (
          <ul className="rule rule-t">
            {today.visits.map((row) => (
              <Row key={row.visit} row={row} news={newsOf(row)} current={row.visit === next?.visit} onChoose={() => setChosen(row.visit)} />
            ))}
          </ul>
        )}
      </section>
      {loading && <LoadList day={today.day} visits={today.visits} onClose={() => setLoading(false)} />}
      {next && (
        <div className="scroll min-w-0 flex-1 max-sm:overflow-visible portrait:order-1 portrait:flex-none sm:portrait:max-h-[55%]">
          <NextVisit key={next.visit} row={next} news={newsOf(next)} isNext={next.visit === open[0]?.visit} />
        </div>
      )}
    </div>
  );
}

/** The job, and its legs where they say more. */
function jobAndLegs(row: VisitRow): string {
  const [jobs, legs] = [sayAll(row.jobs), sayAll(row.legs)];
  return row.legs.length > 1 ? `${jobs} · ${legs}` : jobs;
}

function Row({ row, news, current, onChoose }: { row: VisitRow; news: News | null; current: boolean; onChoose: () => void }) {
  const over = isOver(row.state);
  return (
    <li className="rule rule-b">
      <button
        type="button"
        onClick={onChoose}
        aria-current={current}
        className={`grid min-h-22 w-full grid-cols-[4.5rem_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-3 text-left -outline-offset-4 ${
          current ? "bg-card shadow-[inset_4px_0_0_var(--primary)]" : ""
        }`}
      >
        <span className={`tabular text-key font-semibold ${row.late ? "text-danger" : over ? "text-ink-2" : ""}`}>
          {clock(row.slot.start)}
        </span>
        <span className="min-w-0">
          <span className="flex items-baseline gap-2">
            <span className={`max-w-3/5 shrink-0 truncate font-semibold ${over ? "text-ink-2" : ""}`}>{row.customer.name}</span>
            <span className="truncate text-label text-ink-2">{jobAndLegs(row)}</span>
          </span>
          <span className="block truncate text-label text-ink-2">{row.address}</span>
        </span>
        <span className="flex flex-col items-end gap-1">
          {news && <NewsChip news={news} />}
          {row.late && !over ? <LateChip row={row} /> : row.state !== "planned" && <VisitChip row={row} />}
          {row.record.state !== "received" && <StateChip record={row.record} />}
        </span>
      </button>
    </li>
  );
}
