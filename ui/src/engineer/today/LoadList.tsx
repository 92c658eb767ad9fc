import type { LoadKind } from "@/generated/LoadKind";
import type { LoadLine } from "@/generated/LoadLine";
import type { VisitRow } from "@/generated/VisitRow";
import { Sheet } from "@/kit/Sheet";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clock } from "@/shared/time";
import { say } from "@/shared/words";

const KINDS: readonly LoadKind[] = ["new_machine", "material", "space_for_old"];
const names: Record<LoadKind, () => string> = {
  new_machine: m.load_new_machines,
  material: m.load_material,
  space_for_old: m.load_space,
};

/** 装车清单: what the day's visits need on the van, summed up. */
export function LoadList({ day, visits, onClose }: { day: string; visits: readonly VisitRow[]; onClose: () => void }) {
  const list = useRead("load_list", { day });
  return (
    <Sheet title={m.load_list()} open onClose={onClose}>
      <Loaded of={list} rows={4} height="3rem">
        {({ lines }) =>
          lines.length === 0 ? (
            <Empty icon="today" title={m.load_empty()} />
          ) : (
            <>
              {KINDS.map((kind) => (
                <Kind key={kind} kind={kind} lines={lines.filter((line) => line.kind === kind)} visits={visits} />
              ))}
            </>
          )
        }
      </Loaded>
    </Sheet>
  );
}

function Kind({ kind, lines, visits }: { kind: LoadKind; lines: readonly LoadLine[]; visits: readonly VisitRow[] }) {
  if (lines.length === 0) return null;
  return (
    <section className="flex flex-col gap-1">
      <h3 className="text-label text-ink-2">{names[kind]()}</h3>
      <ul className="panel divide-y-(length:--border) divide-hair">
        {lines.map((line) => (
          <li key={`${line.words.en}${line.gtin ?? ""}`} className="flex items-baseline gap-4 px-4 py-3">
            <span className="min-w-0 flex-1">
              {say(line.words)}
              <span className="tabular block text-label text-ink-2">{times(line, visits)}</span>
            </span>
            <span className="tabular text-key font-semibold">× {line.quantity}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** When each of its visits begins. */
function times(line: LoadLine, visits: readonly VisitRow[]): string {
  return visits.filter((row) => line.visits.includes(row.visit)).map((row) => clock(row.slot.start)).join(" · ");
}
