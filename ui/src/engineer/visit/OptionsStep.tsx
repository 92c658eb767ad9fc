import { useState } from "react";
import type { OfferView } from "@/generated/OfferView";
import type { RepairLevel } from "@/generated/RepairLevel";
import { Amount } from "@/kit/Amount";
import { Segments, Tick } from "@/kit/Choice";
import { Chip } from "@/kit/Chip";
import { Section } from "@/kit/Page";
import { ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useParts } from "@/shared/books";
import { say } from "@/shared/words";
import { ModelShelf } from "./ModelShelf";
import { NextStep, StepFrame } from "./StepFrame";
import { useWork } from "./work";

type Level = RepairLevel | "none";

/** 方案: mending beside handing in, and the machines to choose from. */
export function OptionsStep() {
  const { asset, draft } = useWork();
  return (
    <StepFrame
      wide
      primary={
        <NextStep disabled={draft.skus.length === 0}>{draft.skus.length === 0 ? m.choose_model_first() : undefined}</NextStep>
      }
    >
      {asset && <TwoWays asset={asset} />}
      <ModelShelf />
    </StepFrame>
  );
}

function TwoWays({ asset }: { asset: string }) {
  const [level, setLevel] = useState<Level>("none");
  const [parts, setParts] = useState<readonly string[]>([]);
  const offer = useRead("offer_view", {
    asset,
    ...(level === "none" ? {} : { repair: { level, parts: parts.map((part) => ({ part, quantity: 1 })) } }),
  }, { placeholderData: (before) => before });
  return (
    <Section title={m.two_ways()}>
      <Loaded of={offer} rows={1} height="14rem">
        {(view) => (
          <>
            <div className="grid gap-4 lg:grid-cols-2">
              <RepairSide view={view} level={level} onLevel={setLevel} parts={parts} onParts={setParts} />
              <TradeSide view={view} />
            </div>
            {view.missing.map((missing, index) => (
              <Note key={index} icon="info">{say(missing)}</Note>
            ))}
            {view.scenarios.length > 0 && <Talk view={view} />}
          </>
        )}
      </Loaded>
      {offer.data && <ErrorNote error={offer.error} />}
    </Section>
  );
}

function RepairSide({ view, level, onLevel, parts, onParts }: { view: OfferView; level: Level; onLevel: (level: Level) => void; parts: readonly string[]; onParts: (parts: readonly string[]) => void }) {
  const known = useParts(view.inspection.machine.asset.category);
  const { repair } = view;
  return (
    <section className="panel flex flex-col gap-3 p-4" aria-label={m.way_repair()}>
      <div className="flex flex-wrap items-center gap-3">
        <h3 className="text-key font-semibold">{m.way_repair()}</h3>
        {view.in_warranty ? <Chip tone="good" icon="check">{m.in_warranty()}</Chip> : <Chip>{m.out_of_warranty()}</Chip>}
      </div>
      <Segments<Level>
        label={m.repair_level()}
        value={level}
        options={[
          { value: "none", label: m.repair_none() },
          { value: "minor", label: m.repair_minor() },
          { value: "medium", label: m.repair_medium() },
          { value: "major", label: m.repair_major() },
        ]}
        onChange={onLevel}
      />
      {level !== "none" && known.length > 0 && (
        <div className="panel divide-y-(length:--border) divide-hair overflow-hidden">
          {known.map((part) => (
            <Tick
              key={part.id}
              checked={parts.includes(part.id)}
              onChange={(on) => onParts(on ? [...parts, part.id] : parts.filter((id) => id !== part.id))}
            >
              {say(part.name)}
            </Tick>
          ))}
        </div>
      )}
      {repair ? (
        <>
          <ul>
            {repair.lines.map((line) => (
              <li key={`${line.kind}-${line.id}`} className="flex items-baseline justify-between gap-4 py-1">
                <span className="min-w-0">
                  {say(line.words)}
                  {line.covered && <span className="block text-label text-good">{say(line.covered)}</span>}
                </span>
                <span className="flex items-baseline gap-3">
                  {line.listed !== line.amount && <Amount fen={line.listed} struck />}
                  <Amount fen={line.amount} />
                </span>
              </li>
            ))}
          </ul>
          <p className="rule rule-t mt-auto flex items-baseline justify-between pt-3">
            <span>{m.repair_total()}</span>
            <Amount fen={repair.total} size="key" />
          </p>
          {repair.permille_of_value !== undefined && repair.permille_of_value > 500 && (
            <Note icon="info">{m.repair_dear({ percent: Math.round(repair.permille_of_value / 10) })}</Note>
          )}
        </>
      ) : (
        level === "none" && <p className="text-label text-ink-2">{m.repair_choose()}</p>
      )}
    </section>
  );
}

function TradeSide({ view }: { view: OfferView }) {
  const { appraisal } = view;
  return (
    <section className="panel flex flex-col gap-3 p-4" aria-label={m.way_trade()}>
      <h3 className="text-key font-semibold">{m.way_trade()}</h3>
      {appraisal && (
        <>
          <ul>
            <li className="flex items-baseline justify-between gap-4 py-1">
              <span className="min-w-0">{say(appraisal.base_words)}</span>
              <Amount fen={appraisal.base} />
            </li>
            {appraisal.lines.map((line, index) => (
              <li key={index} className="flex items-baseline justify-between gap-4 py-1">
                <span className="min-w-0">{say(line.words)}</span>
                <Amount fen={line.amount} />
              </li>
            ))}
          </ul>
          {appraisal.refused.map((refused) => (
            <Note key={refused.code} icon="camera">{say(refused.words)}</Note>
          ))}
          <p className="rule rule-t mt-auto flex items-baseline justify-between pt-3">
            <span>{m.old_value()}</span>
            <Amount fen={appraisal.value} size="key" />
          </p>
          {appraisal.value <= 0 && <Note icon="alert">{m.old_brings_nothing()}</Note>}
          <p className="text-small text-ink-2">
            {say(appraisal.source)} · {appraisal.version}
          </p>
        </>
      )}
    </section>
  );
}

/** What fits here, with its reasons. Never shown in the customer's view. */
function Talk({ view }: { view: OfferView }) {
  return (
    <div className="panel divide-y-(length:--border) divide-hair">
      {view.scenarios.slice(0, 2).map((scenario) => (
        <details key={scenario.id} className="px-4">
          <summary className="flex min-h-14 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <Chip tone="primary">{say(scenario.name)}</Chip>
            <span className="min-w-48 flex-1">{say(scenario.say)}</span>
          </summary>
          <ul className="pb-3 text-label text-ink-2">
            {scenario.why.map((why, index) => (
              <li key={index}>{say(why.words)}</li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
