import { useState } from "react";
import type { CardPark } from "@/generated/CardPark";
import type { JsonValue } from "@/generated/serde_json/JsonValue";
import type { Model } from "@/generated/Model";
import { Button } from "@/kit/Button";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { unpark } from "./cardDraft";

interface Props {
  parked: readonly CardPark[];
  models: readonly Model[];
  onTake: (id: string, fields: JsonValue) => void;
}

/** 挂单: drafts put aside while the next customer is served, newest first. */
export function Parked({ parked, models, onTake }: Props) {
  const drop = useAct("card_unpark");
  const restore = useAct("card_park");
  const [dropped, setDropped] = useState<CardPark | null>(null);
  if (parked.length === 0 && !dropped) return null;
  return (
    <section className="flex flex-col gap-2" aria-label={m.parked()}>
      <h2 className="font-semibold">{m.parked_count({ count: parked.length })}</h2>
      {dropped && (
        <Note tone="plain" action={<Button onPress={() => restore.mutate(dropped, { onSuccess: () => setDropped(null) })}>{m.undo()}</Button>}>{m.parked_dropped()}</Note>
      )}
      <ErrorNote error={drop.error ?? restore.error} />
      {parked.length > 0 && (
        <ul className="panel divide-y-(length:--border) divide-hair">
          {parked.map((draft) => {
            const what = summary(draft, models);
            return (
              <li key={draft.id} className="flex min-h-10 items-center gap-4 px-4 py-1.5">
                <span className="tabular min-w-0 flex-1 truncate">{what}</span>
                <Button label={`${m.parked_take()} ${what}`} onPress={() => onTake(draft.id ?? "", draft.fields)}>{m.parked_take()}</Button>
                <Button look="quiet" icon="close" label={`${m.parked_drop()} ${what}`} onPress={() => drop.mutate({ id: draft.id ?? "" }, { onSuccess: () => setDropped(draft) })} />
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function summary(draft: CardPark, models: readonly Model[]): string {
  const card = unpark(draft.fields);
  const product = models.find((one) => one.gtin === card.gtin)?.sku ?? card.gtin;
  return [card.name, card.phone, product, ...card.serials].filter(Boolean).join(" · ");
}
