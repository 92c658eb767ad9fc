import { useMemo, useRef, useState } from "react";
import type { BoardView } from "@/generated/BoardView";
import { Button } from "@/kit/Button";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { day as dayOf, plusDays } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { BoardTable } from "./BoardTable";
import { changesOf, type Mark } from "./boardChanges";
import { Counters, type BoardFilter } from "./Counters";
import { Inspector } from "./Inspector";
import { useKeys, useListKeys } from "./keys";
import { backToRow } from "./SidePanel";
import { asksApproval } from "./taskFacts";
import { dayWords } from "./words";

/** 看板: the day's visits, the most harmful first. */
export function Board() {
  const [day, setDay] = useState<string>();
  const view = useRead("board", day === undefined ? {} : { day }, { placeholderData: (before) => before });
  return <Loaded of={view} rows={8} height="2.5rem">{(fresh) => <Visits fresh={fresh} onDay={setDay} />}</Loaded>;
}

const noMarks: ReadonlyMap<string, Mark> = new Map();

function Visits({ fresh, onDay }: { fresh: BoardView; onDay: (day: string | undefined) => void }) {
  // Rows never move under the cursor: news waits until it is asked for.
  const [shown, setShown] = useState(fresh);
  const [marks, setMarks] = useState(noMarks);
  if (shown.day !== fresh.day) {
    setShown(fresh);
    setMarks(noMarks);
  }
  // What the person has done here shows by itself.
  const [adopt, setAdopt] = useState(false);
  if (adopt && shown !== fresh) {
    setShown(fresh);
    setAdopt(false);
  }
  const changes = useMemo(() => changesOf(shown.rows, fresh.rows), [shown, fresh]);
  const [filter, setFilter] = useState<BoardFilter>("today");
  const [current, setCurrent] = useState<string | null>(null);
  const [entered, setEntered] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const tasks = useRead("task_list", {}).data?.tasks ?? [];
  const conflicts = useRead("conflict_list", {}).data?.conflicts ?? [];
  const today = dayOf(useNow());
  const rows = shown.rows.filter((row) => (filter === "late" ? row.row.late !== null : filter === "unassigned" ? row.crew.length === 0 : true));
  const open = rows.find((row) => row.row.visit === current);

  const choose = (visit: string) => {
    setCurrent(visit);
    if (visit !== current) setEntered(0);
    if (marks.has(visit)) setMarks(new Map([...marks].filter(([id]) => id !== visit)));
  };
  const enter = () => setEntered((times) => times + 1);
  const close = () => {
    backToRow(list.current);
    setCurrent(null);
    setEntered(0);
  };
  const update = () => {
    setMarks(changes.marks);
    setShown(fresh);
  };
  useListKeys(list);
  useKeys({
    u: update,
    t: () => onDay(undefined),
    e: () => {
      if (!open) return;
      enter();
      // After the panel took the focus.
      setTimeout(() => document.querySelector<HTMLElement>("#evidence button, #evidence")?.focus(), 50);
    },
    Escape: close,
  });

  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="px-6 pt-3 max-md:px-3">
          <h1 className="sr-only">{m.desk_board()}</h1>
          <Counters counts={{ ...shown.counts, needs_action: fresh.counts.needs_action }} approvals={tasks.filter(asksApproval).length} conflicts={conflicts.filter((one) => one.open).length} filter={filter} onFilter={setFilter} ofToday={shown.day === today} />
        </div>
        <div className="flex min-h-11 flex-wrap-reverse items-center px-3 max-md:px-0">
          <span role="status" className="flex min-h-9 items-center">
            {changes.count > 0 && (
              <Button look="quiet" icon="sync" keys="U" onPress={update}>
                {m.board_updates({ count: changes.count })}
              </Button>
            )}
          </span>
          <span className="ml-auto flex items-center gap-1">
            {shown.day !== today && <Button look="quiet" keys="T" onPress={() => onDay(undefined)}>{m.count_today()}</Button>}
            <Button look="quiet" icon="back" label={m.day_before()} onPress={() => onDay(plusDays(shown.day, -1))} />
            <span className="tabular min-w-34 text-center font-semibold">{dayWords(shown.day)}</span>
            <Button look="quiet" icon="next" label={m.day_after()} onPress={() => onDay(plusDays(shown.day, 1))} />
          </span>
        </div>
        <div ref={list} className="scroll @container min-h-0 flex-1 px-6 pb-6 max-md:px-3">
          {rows.length === 0 ? (
            <Empty icon="board" title={m.board_empty()}>{filter !== "today" && shown.rows.length > 0 && m.board_empty_filter({ count: shown.rows.length })}</Empty>
          ) : (
            <BoardTable
              rows={rows}
              current={current}
              marks={marks}
              tasks={tasks}
              onChoose={choose}
              onEnter={(visit) => {
                choose(visit);
                enter();
              }}
            />
          )}
        </div>
      </div>
      {open?.work_orders[0] && (
        <Inspector key={open.row.visit} workOrder={open.work_orders[0]} visit={open.row.visit} title={open.row.customer.name} entered={entered} waitsWhenNarrow onPlanned={() => setAdopt(true)} onClose={close} />
      )}
    </div>
  );
}
