import { useNavigate } from "@tanstack/react-router";
import type { BoardCounts } from "@/generated/BoardCounts";
import { m } from "@/paraglide/messages.js";

export type BoardFilter = "unassigned" | "today" | "late";

/** The counters are the filters. */
export function Counters({ counts, filter, onFilter }: { counts: BoardCounts; filter: BoardFilter; onFilter: (filter: BoardFilter) => void }) {
  const navigate = useNavigate();
  const own = [
    { id: "today" as const, name: m.count_today(), count: counts.today, tone: "" },
    { id: "unassigned" as const, name: m.unassigned(), count: counts.unassigned, tone: "text-warn" },
    { id: "late" as const, name: m.count_late(), count: counts.late, tone: "text-danger" },
  ];
  const look = "flex min-h-12 min-w-28 items-baseline justify-between gap-3 rounded-field border-(length:--border) px-3 py-2";
  return (
    <div role="group" aria-label={m.counters()} className="flex flex-wrap gap-2">
      {own.map((one) => (
        <button
          key={one.id}
          type="button"
          aria-pressed={filter === one.id}
          onClick={() => onFilter(one.id)}
          className={`${look} ${filter === one.id ? "border-primary bg-primary-soft text-primary outdoor:bg-primary outdoor:text-on-primary" : "border-hair bg-card"}`}
        >
          <span className="text-label">{one.name}</span>
          <span className={`tabular text-key font-bold ${one.count > 0 ? one.tone : ""}`}>{one.count}</span>
        </button>
      ))}
      <button type="button" onClick={() => void navigate({ to: "/desk/tasks" })} className={`${look} border-hair bg-card`}>
        <span className="text-label">{m.sync_refused()}</span>
        <span className={`tabular text-key font-bold ${counts.needs_action > 0 ? "text-warn" : ""}`}>{counts.needs_action}</span>
      </button>
    </div>
  );
}
