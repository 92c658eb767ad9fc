import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { QuarantineRow } from "@/generated/QuarantineRow";
import { Chip } from "@/kit/Chip";
import { Segments } from "@/kit/Choice";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { useKeys, useListKeys } from "./keys";
import { QuarantinePanel } from "./QuarantinePanel";
import { RecordLine } from "./RecordLine";
import { backToRow } from "./SidePanel";

type Show = "open" | "handled";
const isOpen = (row: QuarantineRow) => row.handled === null && row.waits === null;
const shows: Record<Show, (row: QuarantineRow) => boolean> = { open: isOpen, handled: (row) => !isOpen(row) };

/** 隔离区: changes HQ refused and keeps, for a coordinator to release or discard. */
export function Quarantine() {
  const list = useRead("quarantine_list", {});
  const { show: wanted, entry: chosen } = useSearch({ from: "/desk/quarantine" });
  const show: Show = wanted === "handled" ? wanted : "open";
  const navigate = useNavigate();
  const [entered, setEntered] = useState(0);
  const rows = useRef<HTMLUListElement>(null);
  const go = (search: { show?: string; entry?: string }) => void navigate({ to: "/desk/quarantine", replace: true, search });
  const choose = (id: string) => {
    if (id === chosen) return;
    setEntered(0);
    go({ show, entry: id });
  };
  const close = () => {
    backToRow(rows.current);
    setEntered(0);
    go({ show });
  };
  useListKeys(rows);
  useKeys({ Escape: close });
  // One just handled stays where it is until another is chosen, so that the outcome is read.
  const shown = (all: readonly QuarantineRow[]) => all.filter((row) => shows[show](row) || row.entry === chosen);
  const open = list.data?.entries.find((row) => row.entry === chosen);
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll min-w-0 flex-1 px-6 py-4 max-md:px-3">
        <div className="mb-3 flex flex-wrap items-center gap-4">
          <h1 className="text-head font-bold">{m.desk_quarantine()}</h1>
          <Segments<Show>
            label={m.quarantine_show()}
            hideLabel
            value={show}
            options={(["open", "handled"] as const).map((one) => ({
              value: one,
              label: `${{ open: m.tasks_open, handled: m.quarantine_handled }[one]()} ${list.data?.entries.filter(shows[one]).length ?? ""}`,
            }))}
            onChange={(next) => go({ show: next })}
          />
        </div>
        <Loaded of={list}>
          {({ entries }) =>
            shown(entries).length === 0 ? (
              <Empty icon="check" title={show === "open" ? m.quarantine_empty() : m.quarantine_none_handled()}>{m.quarantine_empty_help()}</Empty>
            ) : (
              <ul ref={rows} className="panel divide-y-(length:--border) divide-hair overflow-hidden">
                {shown(entries).map((row) => (
                  <li key={row.entry}>
                    <QuarantineLine
                      row={row}
                      current={row.entry === chosen}
                      onChoose={() => choose(row.entry)}
                      onEnter={() => {
                        choose(row.entry);
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
      {open && <QuarantinePanel key={open.entry} row={open} entered={entered} onClose={close} />}
    </div>
  );
}

function QuarantineLine({ row, current, onChoose, onEnter }: { row: QuarantineRow; current: boolean; onChoose: () => void; onEnter: () => void }) {
  const now = useNow();
  return (
    <button
      type="button"
      data-row={row.entry}
      aria-current={current}
      onFocus={onChoose}
      onClick={onEnter}
      className={`flex w-full flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2.5 text-left -outline-offset-4 ${current ? "bg-primary-soft" : ""} ${isOpen(row) ? "" : "text-ink-2"}`}
    >
      <span className="w-56 min-w-0"><RecordLine record={row.record} kind={row.record_words} /></span>
      <span className="w-44 min-w-0">
        <span className="block truncate">{row.person ?? m.conflict_unknown_author()}</span>
        <span className="block truncate text-label text-ink-2">{row.device}</span>
      </span>
      <span className="min-w-48 flex-1 break-words">{say(row.reason)}</span>
      {row.handled && <Chip icon={row.handled.handling === "release" ? "check" : "close"}>{say(row.handled.words)}</Chip>}
      <span className="tabular text-label text-ink-2">{clockOrDay(row.handled?.at ?? row.refused_at, now)}</span>
    </button>
  );
}
