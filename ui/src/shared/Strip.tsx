import { Link } from "@tanstack/react-router";
import type { SyncView } from "@/generated/SyncView";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { clockOrDay } from "./time";
import { useSync } from "./useSync";

/** The calm line on top of every screen: the network, the last sync, what waits. */
export function Strip({ to }: { to: "/me/sync" | "/desk/sync" }) {
  const sync = useSync();
  const refused = (sync?.refused ?? 0) > 0;
  return (
    <Link
      to={to}
      aria-label={`${sync ? stripText(sync) : m.strip_unknown()}. ${m.strip_open()}`}
      className={`rule rule-b tabular flex h-10 shrink-0 items-center gap-2 overflow-hidden px-4 text-label whitespace-nowrap -outline-offset-4 ${
        refused ? "bg-warn-soft text-warn" : sync?.line === "offline" ? "bg-wait-soft text-wait" : "bg-card text-ink-2"
      }`}
    >
      <Icon name={refused ? "alert" : sync?.line === "offline" ? "offline" : "received"} size={20} />
      <span className="truncate">{sync ? stripText(sync) : m.strip_unknown()}</span>
    </Link>
  );
}

export function stripText(sync: SyncView): string {
  const line = { online: m.strip_online, offline: m.strip_offline, unknown: m.strip_unknown }[sync.line]();
  const last =
    sync.last_success === null
      ? m.strip_never()
      : m.strip_last({ time: clockOrDay(sync.last_success, sync.time.at) });
  const parts = [line, last];
  if (sync.waiting > 0) parts.push(m.strip_waiting({ count: sync.waiting }));
  if (sync.media_waiting > 0) {
    parts.push(m.strip_photos({ sent: sync.media - sync.media_waiting, all: sync.media }));
  }
  if (sync.refused > 0) parts.push(m.strip_refused({ count: sync.refused }));
  if (sync.waiting + sync.media_waiting + sync.refused === 0 && sync.last_success !== null) {
    parts.push(m.strip_all_received());
  }
  if (sync.time.disagrees) parts.push(m.strip_clock());
  return parts.join(" · ");
}
