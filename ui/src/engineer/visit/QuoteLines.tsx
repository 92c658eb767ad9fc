import { useState } from "react";
import type { Quote } from "@/generated/Quote";
import type { QuoteLine } from "@/generated/QuoteLine";
import { Amount } from "@/kit/Amount";
import { Icon } from "@/kit/Icon";
import { Chip } from "@/kit/Chip";
import { m } from "@/paraglide/messages.js";
import { useNames } from "@/shared/names";
import { say } from "@/shared/words";
import { groupName, groups } from "./pricing";

/** The lines of a quote in groups; a tap on a line says why. */
export function QuoteLines({ quote }: { quote: Quote }) {
  const refused = quote.verdicts.filter((verdict) => verdict.granted === 0 && (verdict.refusals?.length ?? 0) > 0);
  return (
    <div className="flex flex-col gap-4">
      {groups(quote.lines).map((group) => (
        <section key={group.id} aria-label={groupName[group.id]()}>
          <div className="flex items-baseline justify-between px-4 pb-1 text-label text-ink-2">
            <h3>{groupName[group.id]()}</h3>
            {group.lines.length > 1 && <Amount fen={group.sum} />}
          </div>
          <ul className="panel divide-y-(length:--border) divide-hair overflow-hidden">
            {group.lines.map((line, index) => (
              <Line key={`${line.line}-${line.rule}-${index}`} line={line} />
            ))}
          </ul>
        </section>
      ))}
      {(refused.length > 0 || (quote.entitlements?.length ?? 0) > 0) && (
        <section aria-label={m.subsidy_notes()}>
          <h3 className="px-4 pb-1 text-label text-ink-2">{m.subsidy_notes()}</h3>
          <ul className="panel divide-y-(length:--border) divide-hair">
            {quote.entitlements?.map((note, index) => (
              <li key={`e${index}`} className="flex items-start gap-3 px-4 py-3 text-label">
                <Icon name="info" size={20} />
                {say(note.words)}
              </li>
            ))}
            {refused.map((verdict) =>
              verdict.refusals?.map((refusal, index) => (
                <li key={`${verdict.line}-${verdict.pack}-${index}`} className="flex items-start gap-3 px-4 py-3 text-label text-ink-2">
                  <Icon name="close" size={20} />
                  <span className="min-w-0 flex-1">{say(refusal.words)}</span>
                  <span className="text-small">{verdict.pack}</span>
                </li>
              )),
            )}
          </ul>
        </section>
      )}
      {quote.sample && <p className="px-4 text-small text-ink-2">{m.sample_quote({ version: quote.bundles.catalogue })}</p>}
    </div>
  );
}

function Line({ line }: { line: QuoteLine }) {
  const [open, setOpen] = useState(false);
  const names = useNames();
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-left -outline-offset-4"
      >
        <span className={`min-w-0 flex-1 ${line.struck ? "text-ink-2 line-through" : ""}`}>{say(line.words)}</span>
        {line.listed !== undefined && line.listed !== line.amount && <Amount fen={line.listed} struck />}
        <Amount fen={line.amount} />
        <span className={`text-ink-2 transition-transform ${open ? "rotate-180" : ""}`}>
          <Icon name="down" size={18} />
        </span>
      </button>
      {line.struck && <p className="px-4 pb-2 text-label text-warn">{say(line.struck)}</p>}
      {open && (
        <div className="flex flex-col gap-1 bg-sunken px-4 py-3 text-label">
          <p>{say(line.why)}</p>
          <p className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2">
            <span>{m.rule({ rule: line.rule })}</span>
            <span>{m.source({ source: line.source })}</span>
          </p>
          <p className="flex flex-wrap gap-2">
            {line.photo && <Chip icon="camera">{names.shot(line.photo)}</Chip>}
            {line.certificate && <Chip icon="task">{m.needs_certificate({ kind: line.certificate })}</Chip>}
          </p>
        </div>
      )}
    </li>
  );
}
