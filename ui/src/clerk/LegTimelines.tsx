import type { EndCode } from "@/generated/EndCode";
import type { EndOption } from "@/generated/EndOption";
import type { Leg } from "@/generated/Leg";
import type { LegKind } from "@/generated/LegKind";
import { Icon, type IconName } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useReference } from "@/shared/books";
import { useNames } from "@/shared/names";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";

const kinds: Record<LegKind, () => string> = {
  remove: m.leg_remove,
  deliver: m.leg_deliver,
  install: m.leg_install,
  repair: m.leg_repair,
  inspect: m.leg_inspect,
};
const OF_THE_NEW: readonly LegKind[] = ["deliver", "install"];

/** What happens to the old machine and to the new one, each as its own line of time. */
export function LegTimelines({ legs }: { legs: readonly Leg[] }) {
  const fresh = legs.filter((leg) => OF_THE_NEW.includes(leg.kind));
  const old = legs.filter((leg) => !OF_THE_NEW.includes(leg.kind));
  return (
    <div className={old.length > 0 && fresh.length > 0 ? "grid grid-cols-2 gap-4" : ""}>
      {old.length > 0 && <Timeline title={m.old_machine()} legs={old} />}
      {fresh.length > 0 && <Timeline title={m.group_new()} legs={fresh} />}
    </div>
  );
}

function Timeline({ title, legs }: { title: string; legs: readonly Leg[] }) {
  return (
    <section aria-label={title}>
      <h4 className="mb-1.5 text-label font-semibold">{title}</h4>
      <ol className="flex flex-col">
        {legs.map((leg, index) => (
          <LegLine key={leg.id} leg={leg} last={index === legs.length - 1} />
        ))}
      </ol>
    </section>
  );
}

function LegLine({ leg, last }: { leg: Leg; last: boolean }) {
  const names = useNames();
  const look = useStanding(leg);
  return (
    <li className="flex gap-3">
      <span className="flex flex-col items-center">
        <span className={`flex size-6 items-center justify-center rounded-pill border-2 ${look.tone}`}>
          <Icon name={look.icon} size={14} />
        </span>
        {!last && <span className="w-0.5 flex-1 bg-hair" />}
      </span>
      <span className="min-w-0 flex-1 pb-3">
        <span className="font-semibold">{kinds[leg.kind]()}</span> <span className="text-ink-2">{names.category(leg.category)}</span>
        <span className="tabular block text-label text-ink-2">{look.words}</span>
      </span>
    </li>
  );
}

function useStanding({ state }: Leg): { icon: IconName; tone: string; words: string } {
  const now = useNow();
  const ends = useReference()?.ends;
  if (state === "open") return { icon: "minus", tone: "border-line text-ink-2", words: m.leg_open() };
  if ("started" in state) return { icon: "clock", tone: "border-primary text-primary", words: m.leg_started({ time: clockOrDay(state.started.at, now) }) };
  if ("resting" in state) return { icon: "clock", tone: "border-wait text-wait", words: m.leg_resting({ time: clockOrDay(state.resting.until, now) }) };
  const { code, at, note } = state.ended;
  const words = [clockOrDay(at, now), endName(ends, code), note].filter(Boolean).join(" · ");
  return code === "done" ? { icon: "check", tone: "border-good text-good", words } : { icon: "alert", tone: "border-warn text-warn", words };
}

function endName(ends: readonly EndOption[] | undefined, code: EndCode): string {
  const end = ends?.find((one) => one.code === code);
  return end ? say(end.words) : code;
}
