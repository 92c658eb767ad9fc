import { Link } from "@tanstack/react-router";
import type { BoardRow } from "@/generated/BoardRow";
import type { TaskRow } from "@/generated/TaskRow";
import { Chip, StateChip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { clock } from "@/shared/time";
import { sayAll } from "@/shared/words";
import { LateChip, VisitChip } from "@/engineer/today/visitState";
import type { Mark } from "./boardChanges";
import { kindNames, taskOfRow } from "./taskFacts";
import { listed } from "./words";

interface Props {
  rows: readonly BoardRow[];
  current: string | null;
  marks: ReadonlyMap<string, Mark>;
  tasks: readonly TaskRow[];
  /** The cursor is on it. */
  onChoose: (visit: string) => void;
  /** The person wants to go into it. */
  onEnter: (visit: string) => void;
}

/** A table, not cards: forty visits are compared line by line. What matters less leaves first when
 * the room is short. */
export function BoardTable({ rows, current, marks, tasks, onChoose, onEnter }: Props) {
  const head = "h-9 pr-4 font-normal";
  return (
    <table className="w-full border-collapse whitespace-nowrap">
      <caption className="sr-only">{m.board_caption()}</caption>
      <thead className="sticky top-0 z-10 bg-page text-left text-label text-ink-2">
        <tr className="rule rule-b">
          <th scope="col" className={`${head} pl-2`}>{m.col_time()}</th>
          <th scope="col" className={head}>{m.customer()}</th>
          <th scope="col" className={`${head} @max-lg:hidden`}>{m.job()}</th>
          <th scope="col" className={`${head} @max-xl:hidden`}>{m.col_engineer()}</th>
          <th scope="col" className={`${head} @max-6xl:hidden`}>{m.col_legs()}</th>
          <th scope="col" className={head}>{m.col_state()}</th>
          <th scope="col" className="h-9 font-normal @max-4xl:hidden">{m.col_record()}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row
            key={row.row.visit}
            row={row}
            current={row.row.visit === current}
            mark={marks.get(row.row.visit)}
            task={taskOfRow(tasks, row)}
            onChoose={() => onChoose(row.row.visit)}
            onEnter={() => onEnter(row.row.visit)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  row: BoardRow;
  current: boolean;
  mark: Mark | undefined;
  task: TaskRow | undefined;
  onChoose: () => void;
  onEnter: () => void;
}

function Row({ row, current, mark, task, onChoose, onEnter }: RowProps) {
  const visit = row.row;
  return (
    <tr
      onClick={onEnter}
      className={`rule rule-b h-10 cursor-pointer -outline-offset-3 outline-focus has-[[data-row]:focus-visible]:outline-3 max-md:h-12 ${current ? "bg-primary-soft outdoor:outline-2" : "hover:bg-sunken"}`}
    >
      <td className={`tabular pr-4 pl-2 font-semibold ${visit.late ? "text-danger" : ""}`}>
        {clock(visit.slot.start)}–{clock(visit.slot.end)}
      </td>
      <td className="max-w-48 pr-4">
        <button
          type="button"
          data-row={visit.visit}
          aria-current={current}
          className="max-w-full truncate text-left font-semibold focus-visible:outline-none"
          onFocus={onChoose}
          onClick={(event) => {
            event.stopPropagation();
            onEnter();
          }}
        >
          {visit.customer.name}
        </button>
        <span className="tabular ml-2 text-label text-ink-2 @max-2xl:hidden">{visit.customer.phones[0]}</span>
      </td>
      <td className="max-w-44 truncate pr-4 @max-3xl:max-w-30 @max-lg:hidden">{sayAll(visit.jobs)}</td>
      <td className="pr-4 @max-xl:hidden">
        {row.crew.length > 0 ? listed(row.crew) : <span className="inline-flex items-center gap-1 font-semibold text-warn"><Icon name="alert" size={16} />{m.unassigned()}</span>}
      </td>
      <td className="max-w-56 truncate pr-4 text-ink-2 @max-6xl:hidden">{sayAll(visit.legs)}</td>
      <td className="pr-4">
        <span className="flex gap-1.5 @max-lg:flex-wrap @max-lg:py-1">
          {mark && <Chip tone="primary" icon="info">{mark === "new" ? m.row_new() : m.row_changed()}</Chip>}
          <VisitChip row={visit} />
          <LateChip row={visit} />
          {task && (
            <Link to="/desk/tasks" search={{ task: task.id }} onClick={(event) => event.stopPropagation()} className="rounded-field">
              {/* A word where there is room; the row keeps its height where there is none. */}
              <Chip tone="warn" icon="alert"><span className="@max-4xl:sr-only">{kindNames[task.kind]()}</span></Chip>
            </Link>
          )}
        </span>
      </td>
      <td className="@max-4xl:hidden"><StateChip record={visit.record} photos /></td>
    </tr>
  );
}
