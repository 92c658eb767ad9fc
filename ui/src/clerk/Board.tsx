import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import type { BoardRow } from "@/generated/BoardRow";
import type { BoardView } from "@/generated/BoardView";
import { Button } from "@/kit/Button";
import { StateChip } from "@/kit/Chip";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clock, plusDays } from "@/shared/time";
import { sayAll } from "@/shared/words";
import { LateChip, VisitChip } from "@/engineer/today/visitState";
import { changedRows } from "./boardChanges";
import { Counters, type BoardFilter } from "./Counters";
import { Inspector } from "./Inspector";
import { KeyHelp } from "./KeyHelp";

/** 看板: the day's visits, the most harmful first. */
export function Board() {
  const [day, setDay] = useState<string>();
  const view = useRead("board", day === undefined ? {} : { day }, { placeholderData: (before) => before });
  return <Loaded of={view} rows={8} height="2.5rem">{(fresh) => <Table fresh={fresh} onDay={setDay} />}</Loaded>;
}

function Table({ fresh, onDay }: { fresh: BoardView; onDay: (day: string) => void }) {
  // Rows never move under the cursor: news waits until it is asked for.
  const [shown, setShown] = useState(fresh);
  if (shown.day !== fresh.day) setShown(fresh);
  const changes = useMemo(() => changedRows(shown.rows, fresh.rows), [shown, fresh]);
  const [filter, setFilter] = useState<BoardFilter>("today");
  const [current, setCurrent] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const body = useRef<HTMLTableSectionElement>(null);
  const navigate = useNavigate();
  const rows = shown.rows.filter((row) => filter === "late" ? row.row.late !== null : filter === "unassigned" ? row.crew.length === 0 : true);
  const open = rows.find((row) => row.row.visit === current) ?? null;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const at = rows.findIndex((row) => row.row.visit === current);
      const go = (to: number) => {
        const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
        if (!row) return;
        setCurrent(row.row.visit);
        body.current?.querySelector(`[data-visit="${row.row.visit}"]`)?.scrollIntoView({ block: "nearest" });
      };
      if (event.key === "j" || event.key === "ArrowDown") go(at + 1);
      else if (event.key === "k" || event.key === "ArrowUp") go(at < 0 ? 0 : at - 1);
      else if (event.key === "Enter" && open?.work_orders[0]) void navigate({ to: "/desk/orders", search: { order: open.work_orders[0] } });
      else if (event.key === "e") document.getElementById("evidence")?.scrollIntoView({ block: "start" });
      else if (event.key === "u") setShown(fresh);
      else if (event.key === "?") setHelp(true);
      else if (event.key === "Escape") setCurrent(null);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });

  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-center gap-3 px-6 py-3 max-md:px-3">
          <h1 className="sr-only">{m.desk_board()}</h1>
          <Counters counts={shown.counts} filter={filter} onFilter={setFilter} />
          <span className="ml-auto flex items-center gap-1">
            <Button look="quiet" icon="back" label={m.day_before()} onPress={() => onDay(plusDays(shown.day, -1))} />
            <span className="tabular font-semibold">{shown.day}</span>
            <Button look="quiet" icon="next" label={m.day_after()} onPress={() => onDay(plusDays(shown.day, 1))} />
            <Button look="quiet" icon="keyboard" label={m.keys()} onPress={() => setHelp(true)} />
          </span>
        </div>
        <div aria-live="polite" className="flex h-8 items-center px-6 max-md:px-3">
          {changes > 0 && (
            <Button look="quiet" icon="sync" keys="U" onPress={() => setShown(fresh)}>
              {m.board_updates({ count: changes })}
            </Button>
          )}
        </div>
        <div className="scroll @container min-h-0 flex-1 px-6 pb-6 max-md:px-3">
          {rows.length === 0 ? (
            <Empty icon="board" title={m.board_empty()} />
          ) : (
            <table className="w-full border-collapse whitespace-nowrap">
              <thead className="sticky top-0 z-10 bg-page text-left text-label text-ink-2">
                <tr className="rule rule-b">
                  <th scope="col" className="h-9 pr-4 font-normal">{m.col_time()}</th>
                  <th scope="col" className="pr-4 font-normal">{m.customer()}</th>
                  <th scope="col" className="pr-4 font-normal">{m.job()}</th>
                  <th scope="col" className="pr-4 font-normal @max-xl:hidden">{m.col_engineer()}</th>
                  <th scope="col" className="pr-4 font-normal @max-4xl:hidden">{m.col_legs()}</th>
                  <th scope="col" className="pr-4 font-normal">{m.col_state()}</th>
                  <th scope="col" className="font-normal @max-3xl:hidden">{m.col_record()}</th>
                </tr>
              </thead>
              <tbody ref={body}>
                {rows.map((row) => (
                  <Row key={row.row.visit} row={row} current={row.row.visit === current} onChoose={() => setCurrent(row.row.visit)} />
                ))}
              </tbody>
            </table>
          )}
        </div>
      </div>
      {open?.work_orders[0] && (
        <Inspector key={open.row.visit} workOrder={open.work_orders[0]} title={open.row.customer.name} onClose={() => setCurrent(null)} />
      )}
      <KeyHelp open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function Row({ row, current, onChoose }: { row: BoardRow; current: boolean; onChoose: () => void }) {
  const visit = row.row;
  return (
    <tr
      data-visit={visit.visit}
      aria-selected={current}
      onClick={onChoose}
      className={`rule rule-b h-10 cursor-pointer ${current ? "bg-primary-soft outdoor:outline-2" : "hover:bg-sunken"}`}
    >
      <td className={`tabular pr-4 pl-2 font-semibold whitespace-nowrap ${visit.late ? "text-danger" : ""}`}>
        {clock(visit.slot.start)}–{clock(visit.slot.end)}
      </td>
      <td className="max-w-48 pr-4">
        <button type="button" className="max-w-full truncate text-left font-semibold" onClick={onChoose}>{visit.customer.name}</button>
        <span className="tabular ml-2 text-label text-ink-2 @max-2xl:hidden">{visit.customer.phones[0]}</span>
      </td>
      <td className="pr-4">{sayAll(visit.jobs)}</td>
      <td className="pr-4 @max-xl:hidden">{row.crew.length > 0 ? row.crew.join("、") : <span className="font-semibold text-warn">{m.unassigned()}</span>}</td>
      <td className="max-w-56 truncate pr-4 text-ink-2 @max-4xl:hidden">{sayAll(visit.legs)}</td>
      <td className="pr-4">
        <span className="flex gap-1.5">
          <VisitChip row={visit} />
          <LateChip row={visit} />
        </span>
      </td>
      <td className="@max-3xl:hidden"><StateChip record={visit.record} photos /></td>
    </tr>
  );
}
