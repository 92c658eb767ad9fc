import type { Fault } from "@/generated/Fault";
import { Tick } from "@/kit/Choice";
import { Section } from "@/kit/Page";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useDeductions } from "@/shared/books";
import { useNames } from "@/shared/names";
import { say } from "@/shared/words";
import { PhotoButton } from "../scan/PhotoButton";

/** Faults that lower the old machine's value; each needs its photo or nothing is deducted. */
export function FaultList({ asset, category, faults, shots }: { asset: string; category: string; faults: readonly Fault[]; shots: readonly string[] }) {
  const set = useAct("fault_set");
  const names = useNames();
  const deductions = useDeductions(category);
  if (deductions.length === 0) return null;
  return (
    <Section title={m.faults()} aside={m.faults_help()}>
      <ul className="panel divide-y-(length:--border) divide-hair overflow-hidden">
        {deductions.map((deduction) => {
          const present = faults.some((fault) => fault.code === deduction.code);
          return (
            <li key={deduction.code}>
              <Tick checked={present} onChange={(next) => set.mutate({ asset, code: deduction.code, present: next })}>
                {say(deduction.name)}
              </Tick>
              {present && deduction.photo !== undefined && (
                <div className="px-4 pb-3 pl-13">
                  <PhotoButton subject={asset} kind="asset" shot={deduction.photo} name={names.shot(deduction.photo)} taken={shots.filter((shot) => shot === deduction.photo).length} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
      <ErrorNote error={set.error} />
    </Section>
  );
}
