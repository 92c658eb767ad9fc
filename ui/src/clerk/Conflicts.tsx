import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ConflictRow } from "@/generated/ConflictRow";
import { Chip } from "@/kit/Chip";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { ConflictPanel } from "./ConflictPanel";
import { RecordLine } from "./RecordLine";
import { WorkList } from "./WorkList";

/** 冲突: fields that people wrote differently, each with its values, until the desk has decided. */
export function Conflicts() {
  const list = useRead("conflict_list", {});
  const { show, conflict: chosen } = useSearch({ from: "/desk/conflicts" });
  const navigate = useNavigate();
  return (
    <WorkList
      title={m.desk_conflicts()}
      of={list}
      rows={(answer) => answer.conflicts}
      id={(row) => row.conflict}
      isOpen={(row) => row.open}
      viewsLabel={m.conflicts_show()}
      views={[
        { name: "open", label: m.tasks_open, has: (row) => row.open, empty: m.conflicts_empty },
        { name: "settled", label: m.conflicts_settled, has: (row) => !row.open, empty: m.conflicts_none_settled },
      ]}
      emptyHelp={m.conflicts_empty_help()}
      show={show}
      chosen={chosen}
      onGo={(view, conflict) => void navigate({ to: "/desk/conflicts", replace: true, search: conflict ? { show: view, conflict } : { show: view } })}
      line={(row) => <ConflictLine row={row} />}
      panel={(row, answer, opened) => <ConflictPanel key={row.conflict} row={row} maySettle={answer.may_settle} {...opened} />}
    />
  );
}

function ConflictLine({ row }: { row: ConflictRow }) {
  const now = useNow();
  const [last] = row.settled;
  const outcome = row.here && !row.open ? row.here.text : last?.value.text;
  return (
    <>
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
    </>
  );
}
