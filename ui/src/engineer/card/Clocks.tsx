import type { CardView } from "@/generated/CardView";
import type { Coverage } from "@/generated/Coverage";
import type { SafeLife } from "@/generated/SafeLife";
import { Chip, type Tone } from "@/kit/Chip";
import type { IconName } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { clockOrDay } from "@/shared/time";
import { say } from "@/shared/words";

/** The two clocks of a machine: what the warranty covers, and how long it may safely be used. */
export function Clocks({ view, now }: { view: CardView; now: number }) {
  const { verdict, card } = view;
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <section className="panel flex flex-col gap-3 p-4" aria-label={m.clock_warranty()}>
        <h3 className="text-label font-semibold text-ink-2">{m.clock_warranty()}</h3>
        <Term name={m.whole_unit()} coverage={verdict.whole_unit} from={verdict.start} now={now} />
        <Term name={m.main_parts()} coverage={verdict.main_parts} from={verdict.start} now={now} />
        {verdict.refund_until && <p className="text-label">{m.refund_until({ day: verdict.refund_until })}</p>}
        {verdict.exchange_until && <p className="text-label">{m.exchange_until({ day: verdict.exchange_until })}</p>}
        <ul className="text-label text-ink-2">
          {verdict.reasons.map((reason, index) => (
            <li key={index}>{say(reason)}</li>
          ))}
          {card.terms.extensions.map((extension, index) => (
            <li key={`e${index}`}>{m.extension({ months: extension.months, company: extension.company })}</li>
          ))}
        </ul>
        <p className="tabular mt-auto text-small text-ink-2">
          {verdict.as_of === null ? m.as_of_never() : m.as_of({ time: clockOrDay(verdict.as_of, now) })}
        </p>
      </section>
      <section className="panel flex flex-col gap-3 p-4" aria-label={m.clock_safe_life()}>
        <h3 className="text-label font-semibold text-ink-2">{m.clock_safe_life()}</h3>
        {view.safe_life ? <SafeLifeClock life={view.safe_life} now={now} /> : <p>{m.safe_life_unknown()}</p>}
      </section>
    </div>
  );
}

export function SafeLifeClock({ life, now }: { life: SafeLife; now: number }) {
  const over = life.months_left <= 0;
  const soon = !over && life.months_left <= 12;
  const months = Math.abs(life.months_left);
  return (
    <>
      <Line
        name={m.safe_life_years({ years: life.years })}
        word={over ? m.safe_life_over() : m.safe_life_left({ months })}
        tone={over ? "danger" : soon ? "warn" : "good"}
        icon={over ? "danger" : soon ? "alert" : "check"}
        day={m.ends_on({ day: life.ends })}
        part={share(life.starts, life.ends, now)}
      />
      <p className="text-label text-ink-2">{say(life.basis)}</p>
    </>
  );
}

function Term({ name, coverage, from, now }: { name: string; coverage: Coverage; from: string | null; now: number }) {
  if (typeof coverage === "string") {
    return <Line name={name} word={coverage === "card_void" ? m.card_void() : m.cover_unknown()} tone="warn" icon="alert" />;
  }
  if ("covered" in coverage) {
    return (
      <Line
        name={name}
        word={m.covered()}
        tone="good"
        icon="check"
        day={m.until({ day: coverage.covered.until })}
        part={share(from, coverage.covered.until, now)}
      />
    );
  }
  if ("ended" in coverage) {
    return <Line name={name} word={m.cover_ended()} tone="plain" icon="clock" day={m.ended_on({ day: coverage.ended.on })} part={1} />;
  }
  return <Line name={name} word={m.cover_excluded()} tone="warn" icon="alert" />;
}

const bars: Record<Tone, string> = {
  plain: "bg-line",
  good: "bg-good",
  warn: "bg-warn",
  danger: "bg-danger",
  wait: "bg-wait",
  primary: "bg-primary",
};

function Line({ name, word, tone, icon, day, part }: { name: string; word: string; tone: Tone; icon: IconName; day?: string; part?: number | null }) {
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{name}</span>
        <Chip tone={tone} icon={icon}>
          {word}
        </Chip>
        {day && <span className="tabular ml-auto text-label">{day}</span>}
      </div>
      {part != null && (
        <div aria-hidden="true" className="h-2 overflow-hidden rounded-pill bg-sunken outdoor:border-2">
          <div className={`h-full rounded-pill ${bars[tone]}`} style={{ width: `${Math.round(part * 100)}%` }} />
        </div>
      )}
    </div>
  );
}

/** How much of a term is used up, 0 to 1. */
function share(from: string | null, to: string, now: number): number | null {
  if (from === null) return null;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Math.min(1, Math.max(0, (now - start) / Math.max(1, end - start)));
}
