import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useState } from "react";
import { Button } from "@/kit/Button";
import { Icon, type IconName } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { Mark } from "@/access/Frame";
import { Strip } from "@/shared/Strip";
import { CommandBar } from "./CommandBar";
import { KeyHelp } from "./KeyHelp";
import { useKeys } from "./keys";

const places = [
  { to: "/desk/board", icon: "board", name: m.desk_board, key: "1" },
  { to: "/desk/orders", icon: "task", name: m.desk_orders, key: "2" },
  { to: "/desk/cards", icon: "card", name: m.desk_cards, key: "3" },
  { to: "/desk/tasks", icon: "alert", name: m.desk_tasks, key: "4" },
  { to: "/desk/pools", icon: "lock", name: m.desk_pools, key: "8" },
  { to: "/desk/settings", icon: "me", name: m.nav_me, key: "5" },
  { to: "/desk/conflicts", icon: "fork", name: m.desk_conflicts, key: "6" },
  { to: "/desk/quarantine", icon: "lock", name: m.desk_quarantine, key: "7" },
] as const satisfies readonly { to: string; icon: IconName; name: () => string; key: string }[];

type Place = (typeof places)[number];
/** As they stand on the screen: what waits for a decision together, the person at the end. */
const order: readonly Place["key"][] = ["1", "2", "3", "8", "4", "6", "7", "5"];

/** The desk: places at the left, one bar to scan or search, everything by keyboard. */
export function DeskShell() {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  const tasks = useRead("task_list", {}).data?.tasks ?? [];
  const conflicts = useRead("conflict_list", {}).data?.conflicts ?? [];
  const refused = useRead("quarantine_list", {}).data?.entries ?? [];
  const coordinates = useRead("app_status", {}).data?.person?.role === "coordinator";
  const waiting: Partial<Record<Place["to"], number>> = {
    "/desk/tasks": tasks.filter((task) => task.decision === null).length,
    "/desk/conflicts": conflicts.filter((one) => one.open).length,
    "/desk/quarantine": refused.filter((one) => one.handled === null && one.waits === null).length,
  };
  const shown = order.flatMap((key) => places.filter((one) => one.key === key && (coordinates || one.to !== "/desk/quarantine")));
  useLayoutEffect(() => {
    // On the root, so that sheets outside this tree are as dense as the desk.
    document.documentElement.dataset["density"] = "desk";
    return () => {
      delete document.documentElement.dataset["density"];
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const place = event.altKey && !event.ctrlKey ? places.find((one) => one.key === event.key) : undefined;
      if (!place) return;
      event.preventDefault();
      void navigate({ to: place.to });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
  useKeys({ "?": () => setHelp(true) });
  return (
    <div className="flex h-full flex-row max-md:flex-col-reverse">
      <nav aria-label={m.nav_main()} className="rule flex w-62 shrink-0 flex-col gap-1 border-r-(length:--border) bg-card p-3 max-md:w-full max-md:flex-row max-md:border-t-(length:--border) max-md:border-r-0 max-md:p-1">
        <div className="flex items-center gap-3 px-2 pt-1 pb-4 max-md:hidden">
          <Mark size={32} />
          <span className="text-key font-bold text-primary">{m.app_name()}</span>
        </div>
        {shown.map((place) => (
          <Link
            key={place.to}
            to={place.to}
            aria-keyshortcuts={`Alt+${place.key}`}
            className="relative flex min-h-10 items-center gap-2 rounded-field px-3 whitespace-nowrap text-body text-ink-2 -outline-offset-4 max-md:min-h-12 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0 max-md:px-1 max-md:text-small"
            activeProps={{ className: "bg-primary-soft text-primary! font-semibold outdoor:bg-primary outdoor:text-on-primary!" }}
          >
            <Icon name={place.icon} size={20} />
            <span className="flex-1">{place.name()}</span>
            <Waiting count={waiting[place.to] ?? 0} />
            <kbd aria-hidden="true" className="shrink-0 font-sans text-small text-ink-2 max-lg:hidden">Alt {place.key}</kbd>
          </Link>
        ))}
        <div className="mt-auto max-md:hidden">
          <Button look="quiet" icon="keyboard" keys="?" onPress={() => setHelp(true)}>{m.keys()}</Button>
        </div>
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Strip to="/desk/sync" />
        <CommandBar />
        <div id="desk-place" className="min-h-0 flex-1">
          <Outlet />
        </div>
      </div>
      <KeyHelp open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function Waiting({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span className="tabular rounded-pill bg-warn-soft px-2 max-md:absolute max-md:top-0 max-md:right-2 text-label font-semibold text-warn outdoor:border-2 outdoor:bg-card">{count}</span>
  );
}
