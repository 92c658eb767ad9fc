import type { VisitRow } from "@/generated/VisitRow";
import type { VisitState } from "@/generated/VisitState";
import { Chip, type Tone } from "@/kit/Chip";
import type { IconName } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { say } from "@/shared/words";
import type { News } from "./news";

const looks: Record<string, { tone: Tone; icon: IconName }> = {
  planned: { tone: "plain", icon: "today" },
  set_off: { tone: "primary", icon: "route" },
  arrived: { tone: "primary", icon: "check" },
  working: { tone: "primary", icon: "machine" },
  finished: { tone: "good", icon: "check" },
  ended: { tone: "warn", icon: "alert" },
  cancelled: { tone: "plain", icon: "close" },
};

export function isOver(state: VisitState): boolean {
  return typeof state === "object" || state === "finished" || state === "cancelled";
}

export function VisitChip({ row }: { row: VisitRow }) {
  const look = looks[typeof row.state === "string" ? row.state : "ended"] ?? looks["planned"]!;
  return (
    <Chip tone={look.tone} icon={look.icon}>
      {say(row.state_words)}
    </Chip>
  );
}

export function LateChip({ row }: { row: VisitRow }) {
  if (!row.late) return null;
  return (
    <Chip tone="danger" icon="clock">
      {say(row.late)}
    </Chip>
  );
}

const newsLooks: Record<News, { tone: Tone; icon: IconName; name: () => string }> = {
  new: { tone: "wait", icon: "plus", name: m.news_new },
  changed: { tone: "warn", icon: "alert", name: m.news_changed },
  cancelled: { tone: "warn", icon: "close", name: m.news_cancelled },
};

/** What HQ changed since the visit was opened last. */
export function NewsChip({ news }: { news: News }) {
  const look = newsLooks[news];
  return (
    <Chip tone={look.tone} icon={look.icon}>
      {look.name()}
    </Chip>
  );
}
