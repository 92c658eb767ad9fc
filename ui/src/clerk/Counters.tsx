import { useNavigate } from "@tanstack/react-router";
import type { BoardCounts } from "@/generated/BoardCounts";
import { m } from "@/paraglide/messages.js";

export type BoardFilter = "unassigned" | "today" | "late";

interface Props {
  counts: BoardCounts;
  approvals: number;
  conflicts: number;
  filter: BoardFilter;
  onFilter: (filter: BoardFilter) => void;
  ofToday: boolean;
}

/** The counters are the filters: three of the day's visits, two of the tasks; the last leads to the
 * conflicts. */
export function Counters({ counts, approvals, conflicts, filter, onFilter, ofToday }: Props) {
  const navigate = useNavigate();
  const toTasks = (show: "approve" | "open") => void navigate({ to: "/desk/tasks", search: { show } });
  return (
    <div role="group" aria-label={m.counters()} className="flex flex-wrap gap-2">
      <Counter name={m.unassigned()} count={counts.unassigned} tone="text-warn" pressed={filter === "unassigned"} onPress={() => onFilter("unassigned")} />
      <Counter name={ofToday ? m.count_today() : m.count_day()} count={counts.today} tone="" pressed={filter === "today"} onPress={() => onFilter("today")} />
      <Counter name={m.count_late()} count={counts.late} tone="text-danger" pressed={filter === "late"} onPress={() => onFilter("late")} />
      <Counter name={m.count_approve()} count={approvals} tone="text-warn" onPress={() => toTasks("approve")} />
      <Counter name={m.sync_refused()} count={counts.needs_action} tone="text-warn" onPress={() => toTasks("open")} />
      <Counter name={m.desk_conflicts()} count={conflicts} tone="text-warn" onPress={() => void navigate({ to: "/desk/conflicts" })} />
    </div>
  );
}

function Counter({ name, count, tone, pressed, onPress }: { name: string; count: number; tone: string; pressed?: boolean; onPress: () => void }) {
  const look = pressed ? "border-primary bg-primary-soft text-primary outdoor:bg-primary outdoor:text-on-primary" : "border-hair bg-card";
  return (
    <button
      type="button"
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={onPress}
      className={`flex min-h-12 items-center justify-between gap-3 2xl:min-w-28 rounded-field border-(length:--border) px-3 py-2 ${look}`}
    >
      <span className="text-label">{name}</span>
      <span className={`tabular text-key font-bold ${count > 0 && !pressed ? tone : ""}`}>{count}</span>
    </button>
  );
}
