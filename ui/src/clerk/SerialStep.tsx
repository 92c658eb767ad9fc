import { Button } from "@/kit/Button";
import { Tick } from "@/kit/Choice";
import { Chip } from "@/kit/Chip";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useCategory } from "@/shared/books";
import { CodeField } from "./CardSteps";
import { listed } from "./words";
import type { SerialFacts } from "./useSerialFacts";

/** Parts with a serial of their own; `?` marks one that a machine may lack. */
const partNames: Record<string, () => string> = {
  body: m.part_body,
  indoor: m.part_indoor,
  outdoor: m.part_outdoor,
  monitor: m.part_monitor,
};
const partName = (part: string) => (partNames[part.replace("?", "")] ?? (() => part))();

interface Props {
  facts: readonly SerialFacts[];
  category: string | undefined;
  onTyped: (text: string) => void;
  onRemove: (serial: string) => void;
  twice: boolean;
  onTwice: (twice: boolean) => void;
}

/** The serials scanned, one for each part of the machine, and what speaks against them. */
export function SerialStep({ facts, category, onTyped, onRemove, twice, onTwice }: Props) {
  const parts = useCategory(category ?? "")?.serials ?? [];
  const needed = parts.filter((part) => !part.endsWith("?"));
  const missing = facts.length > 0 && needed.length > facts.length ? needed.slice(facts.length) : [];
  const odd = facts.find((one) => one.unlike !== null);
  return (
    <>
      <CodeField label={m.serial()} value="" onTyped={onTyped} />
      {facts.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {facts.map((one, index) => (
            <li key={one.serial} className="flex items-center gap-1">
              <Chip icon="scan">
                {parts.length > 1 && parts[index] && <span className="mr-2">{partName(parts[index])}</span>}
                <span className="tabular text-body font-semibold break-all">{one.serial}</span>
                {one.guess && <span className="ml-2">{m.label_confirm()}</span>}
              </Chip>
              <Button look="quiet" icon="close" label={m.remove_serial({ serial: one.serial })} onPress={() => onRemove(one.serial)} />
            </li>
          ))}
        </ul>
      )}
      {facts.some((one) => one.cards.length > 0) && (
        <Note tone="danger" icon="alert">
          {m.serial_double()}
          <Tick checked={twice} onChange={onTwice}>{m.serial_double_yes()}</Tick>
        </Note>
      )}
      {missing.length > 0 && <Note icon="scan">{m.serial_missing({ parts: listed(missing.map(partName)) })}</Note>}
      {parts.length > 0 && facts.length > parts.length && <Note icon="alert">{m.serial_too_many({ count: parts.length })}</Note>}
      {odd && odd.unlike !== null && <Note icon="alert">{m.serial_unlike({ serial: odd.serial, other: odd.unlike })}</Note>}
    </>
  );
}
