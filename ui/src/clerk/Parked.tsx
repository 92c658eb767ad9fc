import type { JsonValue } from "@/generated/serde_json/JsonValue";
import { Button } from "@/kit/Button";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { unpark } from "./cardDraft";

/** 挂单: drafts put aside while the next customer is served, newest first. */
export function Parked({ onTake }: { onTake: (id: string, fields: JsonValue) => void }) {
  const parked = useRead("card_parked", {});
  const drop = useAct("card_unpark");
  const drafts = parked.data?.parked ?? [];
  if (drafts.length === 0) return null;
  return (
    <section className="flex flex-col gap-2" aria-label={m.parked()}>
      <h2 className="font-semibold">{m.parked_count({ count: drafts.length })}</h2>
      <ul className="panel divide-y-(length:--border) divide-hair">
        {drafts.map((draft) => {
          const card = unpark(draft.fields);
          return draft.id ? (
            <li key={draft.id} className="flex min-h-10 items-center gap-4 px-4 py-1.5">
              <span className="tabular min-w-0 flex-1 truncate">
                {[card.name, card.phone, card.gtin, ...card.serials].filter(Boolean).join(" · ")}
              </span>
              <Button onPress={() => onTake(draft.id ?? "", draft.fields)}>{m.parked_take()}</Button>
              <Button look="quiet" icon="close" label={m.parked_drop()} onPress={() => drop.mutate({ id: draft.id ?? "" })} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
}
