import { useState } from "react";
import type { Model } from "@/generated/Model";
import { Amount } from "@/kit/Amount";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Chip } from "@/kit/Chip";
import { Section } from "@/kit/Page";
import { Sheet } from "@/kit/Sheet";
import { Empty, Loaded } from "@/kit/States";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNames } from "@/shared/names";
import { yuan } from "@/shared/money";
import { countdown } from "@/shared/time";
import { misfits } from "./fit";
import { useHeldUnits } from "./Guarantees";
import { useWork } from "./work";

const MOST_COMPARED = 3;

/** The machines on sale today: of any category, because a fridge may well become a washing machine. */
export function ModelShelf() {
  const { asset, draft, patch, visit } = useWork();
  const shelf = useRead("catalogue_list", {});
  const machine = useRead("machine_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const names = useNames();
  const heldUnits = useHeldUnits();
  const [wanted, setWanted] = useState<string>();
  const [compared, setCompared] = useState<readonly string[]>([]);
  const [comparing, setComparing] = useState(false);
  return (
    <Section title={m.new_machine()}>
      <Loaded of={shelf} rows={3}>
        {(catalogue) => {
          const categories = [...new Set(catalogue.models.map((model) => model.category))];
          const chosen = catalogue.models.find((model) => model.sku === draft.skus[0]);
          const category = wanted ?? chosen?.category ?? machine.data?.asset.category ?? categories[0] ?? "";
          const models = catalogue.models.filter((model) => model.category === category);
          return (
            <>
              <Segments
                label={m.category()}
                hideLabel
                value={category}
                options={categories.map((value) => ({ value, label: names.category(value) }))}
                onChange={setWanted}
              />
              {models.length === 0 ? (
                <Empty icon="machine" title={m.no_models()} />
              ) : (
                <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
                  {models.map((model) => (
                    <ModelCard
                      key={model.sku}
                      model={model}
                      held={heldUnits(model.sku)}
                      against={misfits(model, visit.site)}
                      chosen={draft.skus.includes(model.sku)}
                      compared={compared.includes(model.sku)}
                      canCompare={compared.length < MOST_COMPARED}
                      onChoose={() =>
                        patch({ skus: draft.skus.includes(model.sku) ? draft.skus.filter((sku) => sku !== model.sku) : [model.sku] })
                      }
                      onAdd={() => patch({ skus: [...draft.skus, model.sku] })}
                      canAdd={draft.skus.length > 0 && !draft.skus.includes(model.sku)}
                      onCompare={() =>
                        setCompared(compared.includes(model.sku) ? compared.filter((sku) => sku !== model.sku) : [...compared, model.sku])
                      }
                    />
                  ))}
                </ul>
              )}
              {compared.length > 1 && (
                <Button icon="board" onPress={() => setComparing(true)}>
                  {m.compare({ count: compared.length })}
                </Button>
              )}
              <CompareSheet open={comparing} onClose={() => setComparing(false)} models={catalogue.models.filter((model) => compared.includes(model.sku))} />
              {catalogue.sample && <p className="text-small text-ink-2">{m.sample_prices({ version: catalogue.version })}</p>}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function ModelCard({ model, held, against, chosen, compared, canCompare, canAdd, onChoose, onAdd, onCompare }: {
  model: Model; held: { units: number; left: number } | null; against: readonly string[]; chosen: boolean; compared: boolean; canCompare: boolean; canAdd: boolean;
  onChoose: () => void; onAdd: () => void; onCompare: () => void;
}) {
  const names = useNames();
  const specs = Object.entries(model.spec).slice(0, 4);
  return (
    <li className={`panel flex flex-col gap-2 p-4 ${chosen ? "outline-3 -outline-offset-2 outline-primary" : ""}`}>
      <div className="flex items-start justify-between gap-3">
        <h3 className="min-w-0 font-semibold">
          {names.brand(model.brand)} <span className="tabular">{model.sku}</span>
          <span className="block text-label font-normal text-ink-2">{names.sub(model.sub)}</span>
        </h3>
        <Amount fen={model.list_fen} size="key" />
      </div>
      <div className="flex flex-wrap gap-2">
        {held && (
          <Chip tone="good" icon="lock">
            {m.model_reserved({ count: held.units })} <span role="timer" className="tabular">{countdown(held.left)}</span>
          </Chip>
        )}
        {model.energy_grade !== undefined && (
          <Chip tone={model.energy_grade === 1 ? "good" : "plain"}>{m.energy_grade({ grade: model.energy_grade })}</Chip>
        )}
        {model.features.map((feature) => (
          <Chip key={feature}>{names.feature(feature)}</Chip>
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-4 text-label">
        {specs.map(([key, value]) => (
          <div key={key} className="flex justify-between gap-2">
            <dt className="text-ink-2">{names.spec(key)}</dt>
            <dd className="tabular">{typeof value === "number" ? value : names.value(value)}</dd>
          </div>
        ))}
      </dl>
      {against.map((words) => (
        <p key={words} className="flex items-center gap-2 text-label text-warn">
          <Icon name="alert" size={20} />
          {words}
        </p>
      ))}
      <div className="mt-auto flex flex-wrap gap-2 pt-2">
        <Button look={chosen ? "primary" : "plain"} icon={chosen ? "check" : "plus"} onPress={onChoose}>
          {chosen ? m.chosen() : m.choose()}
        </Button>
        {canAdd && <Button look="quiet" onPress={onAdd}>{m.choose_too()}</Button>}
        <Button look="quiet" isDisabled={!compared && !canCompare} onPress={onCompare}>
          {compared ? m.compare_off() : m.compare_on()}
        </Button>
      </div>
    </li>
  );
}

function CompareSheet({ open, onClose, models }: { open: boolean; onClose: () => void; models: readonly Model[] }) {
  const names = useNames();
  const keys = [...new Set(models.flatMap((model) => Object.keys(model.spec)))];
  const cell = "rule rule-b px-3 py-2 text-right";
  return (
    <Sheet title={m.compare({ count: models.length })} open={open} onClose={onClose} wide>
      <table className="tabular w-full border-collapse">
        <thead>
          <tr>
            <td className="rule rule-b" />
            {models.map((model) => (
              <th key={model.sku} scope="col" className={`${cell} font-semibold`}>{names.brand(model.brand)} {model.sku}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" className="rule rule-b py-2 text-left font-normal text-ink-2">{m.list_price()}</th>
            {models.map((model) => <td key={model.sku} className={cell}>{yuan(model.list_fen)}</td>)}
          </tr>
          <tr>
            <th scope="row" className="rule rule-b py-2 text-left font-normal text-ink-2">{m.grade()}</th>
            {models.map((model) => <td key={model.sku} className={cell}>{model.energy_grade ?? "—"}</td>)}
          </tr>
          {keys.map((key) => (
            <tr key={key}>
              <th scope="row" className="rule rule-b py-2 text-left font-normal text-ink-2">{names.spec(key)}</th>
              {models.map((model) => {
                const value = model.spec[key];
                return <td key={model.sku} className={cell}>{value === undefined ? "—" : typeof value === "number" ? value : names.value(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Sheet>
  );
}
