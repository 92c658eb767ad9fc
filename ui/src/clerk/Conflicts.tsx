import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { ConflictRow } from "@/generated/ConflictRow";
import { Chip } from "@/kit/Chip";
import { Segments } from "@/kit/Choice";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { ConflictPanel } from "./ConflictPanel";
import { useKeys, useListKeys } from "./keys";
import { RecordLine } from "./RecordLine";
import { backToRow } from "./SidePanel";

type Show = "open" | "settled";
const shows: Record<Show, (row: ConflictRow) => boolean> = { open: (row) => row.open, settled: (row) => !row.open };

/** 冲突: fields that people wrote differently, each with its values, until the desk has decided. */
export function Conflicts() {
  const list = useRead("conflict_list", {});
  const { show: wanted, conflict: chosen } = useSearch({ from: "/desk/conflicts" });
  const show: Show = wanted === "settled" ? wanted : "open";
  const navigate = useNavigate();
  const [entered, setEntered] = useState(0);
  const rows = useRef<HTMLUListElement>(null);
  const go = (search: { show?: string; conflict?: string }) => void navigate({ to: "/desk/conflicts", replace: true, search });
  const choose = (id: string) => {
    if (id === chosen) return;
    setEntered(0);
    go({ show, conflict: id });
  };
  const close = () => {
    backToRow(rows.current);
    setEntered(0);
    go({ show });
  };
  useListKeys(rows);
  useKeys({ Escape: close });
  // One just settled stays where it is until another is chosen, so that the outcome is read.
  const shown = (all: readonly ConflictRow[]) => all.filter((row) => shows[show](row) || row.conflict === chosen);
  const open = list.data?.conflicts.find((row) => row.conflict === chosen);
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll min-w-0 flex-1 px-6 py-4 max-md:px-3">
        <div className="mb-3 flex flex-wrap items-center gap-4">
          <h1 className="text-head font-bold">{m.desk_conflicts()}</h1>
          <Segments<Show>
            label={m.conflicts_show()}
            hideLabel
            value={show}
            options={(["open", "settled"] as const).map((one) => ({
              value: one,
              label: `${{ open: m.tasks_open, settled: m.conflicts_settled }[one]()} ${list.data?.conflicts.filter(shows[one]).length ?? ""}`,
            }))}
            onChange={(next) => go({ show: next })}
          />
        </div>
        <Loaded of={list}>
          {({ conflicts }) =>
            shown(conflicts).length === 0 ? (
              <Empty icon="check" title={show === "open" ? m.conflicts_empty() : m.conflicts_none_settled()}>{m.conflicts_empty_help()}</Empty>
            ) : (
              <ul ref={rows} className="panel divide-y-(length:--border) divide-hair overflow-hidden">
                {shown(conflicts).map((row) => (
                  <li key={row.conflict}>
                    <ConflictLine
                      row={row}
                      current={row.conflict === chosen}
                      onChoose={() => choose(row.conflict)}
                      onEnter={() => {
                        choose(row.conflict);
                        setEntered((times) => times + 1);
                      }}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      {open && list.data && (
        <ConflictPanel key={open.conflict} row={open} maySettle={list.data.may_settle} entered={entered} onClose={close} />
      )}
    </div>
  );
}

function ConflictLine({ row, current, onChoose, onEnter }: { row: ConflictRow; current: boolean; onChoose: () => void; onEnter: () => void }) {
  const now = useNow();
  const [last] = row.settled;
  const outcome = row.here && !row.open ? row.here.text : last?.value.text;
  return (
    <button
      type="button"
      data-row={row.conflict}
      aria-current={current}
      onFocus={onChoose}
      onClick={onEnter}
      className={`flex w-full flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2.5 text-left -outline-offset-4 ${current ? "bg-primary-soft" : ""} ${row.open ? "" : "text-ink-2"}`}
    >
      <span className="w-56 min-w-0"><RecordLine record={row.record} kind={row.record_words} /></span>
      <span className="w-40 shrink-0">
        <Chip tone={row.open ? "warn" : "plain"} icon={row.open ? "alert" : "check"}>{say(row.field)}</Chip>
      </span>
      <span className="min-w-48 flex-1 break-words">
        {row.open
          ? row.values.map((one, place) => (
              <span key={place}>
                {place > 0 && <span className="px-2 text-ink-2" aria-hidden="true">≠</span>}
                <span className="font-semibold">{say(one.text)}</span>
                {one.by && <span className="ml-1.5 text-label text-ink-2">{one.by}</span>}
              </span>
            ))
          : outcome && <span className="font-semibold">{say(outcome)}</span>}
      </span>
      <span className="tabular text-label text-ink-2">{clockOrDay(row.open ? row.raised_at : (last?.value.at ?? row.raised_at), now)}</span>
    </button>
  );
}
