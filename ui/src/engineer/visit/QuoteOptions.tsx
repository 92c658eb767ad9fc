import type { QuoteId } from "@/generated/QuoteId";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { offerUndo } from "@/kit/Undo";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { say } from "@/shared/words";
import { choicesOf } from "./pricing";
import { useWork } from "./work";

/** Up to three quotes side by side; the one in work is framed. */
export function QuoteOptions() {
  const { draft } = useWork();
  if (draft.options.length === 0) return null;
  return (
    <ul className="mb-5 grid gap-3 sm:grid-cols-3" aria-label={m.options_beside()}>
      {draft.options.map((quote, index) => (
        <Option key={quote} quote={quote} index={index} />
      ))}
    </ul>
  );
}

function Option({ quote, index }: { quote: QuoteId; index: number }) {
  const { draft, patch } = useWork();
  const { data } = useRead("quote_view", { quote });
  if (!data) return null;
  const { items, totals } = data.quote;
  const current = draft.quote === quote;
  const drop = () => {
    patch({ options: draft.options.filter((one) => one !== quote) });
    offerUndo(m.option_dropped({ number: index + 1 }), () => patch({ options: draft.options }));
  };
  return (
    <li className={`panel flex flex-col gap-1 p-4 ${current ? "outline-3 -outline-offset-2 outline-primary" : ""}`}>
      <p className="text-label text-ink-2">{m.option_number({ number: index + 1 })}</p>
      <p className="line-clamp-2 font-semibold">{items.map((item) => say(item.words)).join(" + ")}</p>
      <p className="mt-auto flex items-baseline justify-between gap-2 pt-2 text-label">
        {m.total_certain()} <Amount fen={totals.certain.balance} size="key" />
      </p>
      <p className="flex items-baseline justify-between gap-2 text-label text-ink-2">
        {m.total_if_approved()} <Amount fen={totals.if_approved.balance} />
      </p>
      <div className="flex flex-wrap gap-2 pt-2">
        <Button isDisabled={current} onPress={() => patch(choicesOf(data.quote))}>
          {current ? m.option_current() : m.option_take()}
        </Button>
        <Button look="quiet" onPress={drop}>
          {m.option_drop()}
        </Button>
      </div>
    </li>
  );
}
