import type { ReactNode } from "react";
import type { Machine } from "@/generated/Machine";
import type { OrderTerms } from "@/generated/OrderTerms";
import { Amount } from "@/kit/Amount";
import { m } from "@/paraglide/messages.js";
import { say } from "@/shared/words";
import { GuaranteesShort } from "../visit/Guarantees";
import { slotWords } from "../visit/SlotPicker";
import { removals } from "../visit/terms";

/** What stands above the line, in the words that are signed. */
export function SignedTerms({ terms, buyer }: { terms: OrderTerms; buyer: string }) {
  const { certain, if_approved } = terms.totals;
  const removal = removals.find((one) => one.mode === terms.removal);
  return (
    <>
      <div>
        <p className="text-label text-ink-2">{certain < 0 ? m.total_payout() : m.total_certain()}</p>
        <Amount fen={Math.abs(certain)} size="total" />
        {if_approved !== certain && (
          <p className="mt-1 flex items-baseline justify-between gap-3 text-label">
            {m.total_if_approved()} <Amount fen={if_approved} size="key" />
          </p>
        )}
      </div>
      <GuaranteesShort quote={terms.quote} slot={terms.slot} />
      {/* A phone has room for the sentence, which says all of it, and for the pad beneath. */}
      <dl className="flex flex-col gap-2 max-sm:hidden">
        <Term name={m.buyer()}>{buyer}</Term>
        {terms.new.map((machine, index) => (
          <Term key={index} name={m.new_comes()}>
            <MachineName machine={machine} />
          </Term>
        ))}
        {terms.old && (
          <Term name={m.old_leaves()}>
            <MachineName machine={terms.old} />
            {terms.old.serials.length > 0 && (
              <span className="tabular block text-label text-ink-2">
                {m.serial_tail({ tail: terms.old.serials.map((serial) => serial.slice(-6)).join(" / ") })}
              </span>
            )}
          </Term>
        )}
        {terms.old && removal && (
          <Term name={m.removal()}>
            {removal.name()}
            <span className="block text-label text-ink-2">{removal.detail()}</span>
          </Term>
        )}
        <Term name={m.slot_time()}>
          <span className="tabular">{slotWords(terms.slot)}</span>
        </Term>
      </dl>
      <p className="rule rule-t pt-3 text-label">{say(terms.sentence)}</p>
    </>
  );
}

function Term({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-label text-ink-2">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function MachineName({ machine }: { machine: Machine }) {
  return (
    <>
      {say(machine.category_words)} <span className="tabular">{machine.model}</span>
    </>
  );
}
