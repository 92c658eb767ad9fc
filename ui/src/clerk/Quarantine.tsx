import { useNavigate, useSearch } from "@tanstack/react-router";
import type { QuarantineRow } from "@/generated/QuarantineRow";
import { Chip } from "@/kit/Chip";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { QuarantinePanel } from "./QuarantinePanel";
import { RecordLine } from "./RecordLine";
import { WorkList } from "./WorkList";

const isOpen = (row: QuarantineRow) => row.handled === null && row.waits === null;

/** 隔离区: changes HQ refused and keeps, for a coordinator to release or discard. */
export function Quarantine() {
  const list = useRead("quarantine_list", {});
  const { show, entry: chosen } = useSearch({ from: "/desk/quarantine" });
  const navigate = useNavigate();
  return (
    <WorkList
      title={m.desk_quarantine()}
      of={list}
      rows={(answer) => answer.entries}
      id={(row) => row.entry}
      isOpen={isOpen}
      viewsLabel={m.quarantine_show()}
      views={[
        { name: "open", label: m.tasks_open, has: isOpen, empty: m.quarantine_empty },
        { name: "handled", label: m.quarantine_handled, has: (row) => !isOpen(row), empty: m.quarantine_none_handled },
      ]}
      emptyHelp={m.quarantine_empty_help()}
      show={show}
      chosen={chosen}
      onGo={(view, entry) => void navigate({ to: "/desk/quarantine", replace: true, search: entry ? { show: view, entry } : { show: view } })}
      line={(row) => <QuarantineLine row={row} />}
      panel={(row, _, opened) => <QuarantinePanel key={row.entry} row={row} {...opened} />}
    />
  );
}

function QuarantineLine({ row }: { row: QuarantineRow }) {
  const now = useNow();
  return (
    <>
      <span className="w-56 min-w-0"><RecordLine record={row.record} kind={row.record_words} /></span>
      <span className="w-44 min-w-0">
        <span className="block truncate">{row.person ?? m.conflict_unknown_author()}</span>
        <span className="block truncate text-label text-ink-2">{row.device}</span>
      </span>
      <span className="min-w-48 flex-1 break-words">{say(row.reason)}</span>
      {row.handled && <Chip icon={row.handled.handling === "release" ? "check" : "close"}>{say(row.handled.words)}</Chip>}
      <span className="tabular text-label text-ink-2">{clockOrDay(row.handled?.at ?? row.refused_at, now)}</span>
    </>
  );
}
