import { useState } from "react";
import type { CrewMember } from "@/generated/CrewMember";
import type { Slot } from "@/generated/Slot";
import { Tick } from "@/kit/Choice";
import { Chip } from "@/kit/Chip";
import { FormSheet } from "@/kit/FormSheet";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { SlotPicker } from "@/engineer/visit/SlotPicker";
import { day } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { sayAll } from "@/shared/words";

interface Props {
  visit: string;
  /** The visit is over: another one is planned for its work orders. */
  another: boolean;
  workOrders: readonly string[];
  /** Who goes now. */
  crew: readonly string[];
  slot: Slot;
  onPlanned: () => void;
  onClose: () => void;
}

/** 派工、改派、改约: who goes and when. It is shown as planned at once; HQ has the last word. */
export function PlanVisitSheet({ visit, another, workOrders, crew, slot, onPlanned, onClose }: Props) {
  const now = useNow();
  const [when, setWhen] = useState(slot);
  const people = useRead("crew_list", { day: day(when.start), visit });
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const plan = useAct("visit_plan");
  const going = chosen ?? crew;
  const toggle = (person: string) => setChosen(going.includes(person) ? going.filter((one) => one !== person) : [...going, person]);
  const unchanged = !another && when.start === slot.start && when.end === slot.end && going.join() === crew.join();
  return (
    <FormSheet
      title={another ? m.plan_new_visit() : m.plan_visit()}
      onClose={onClose}
      go={going.length === 0 ? m.plan_unassigned() : m.plan_send()}
      ready={!unchanged && people.data !== undefined}
      pending={plan.isPending}
      error={plan.error}
      onGo={() =>
        plan.mutate(
          { ...(another ? { work_orders: [...workOrders] } : { visit, work_orders: [] }), crew: [...going], slot: when },
          { onSuccess: () => { onPlanned(); onClose(); } },
        )
      }
    >
      <SlotPicker now={now} value={when} onChange={setWhen} />
      <Loaded of={people} rows={3} height="3.5rem">
        {(list) =>
          list.people.length === 0 ? (
            <Empty icon="me" title={m.plan_nobody()} />
          ) : (
            <div role="group" aria-label={m.plan_crew()} className="flex flex-col gap-1">
              <span className="text-label text-ink-2">{m.plan_crew()}</span>
              <div className="panel divide-y-(length:--border) divide-hair overflow-hidden">
                {list.people.map((one) => (
                  <Tick key={one.person} checked={going.includes(one.person)} onChange={() => toggle(one.person)} detail={facts(one)}>
                    <span className="flex items-center gap-2 text-body font-semibold">
                      {one.name}
                      {going[0] === one.person && going.length > 1 && <Chip>{m.plan_leads()}</Chip>}
                    </span>
                  </Tick>
                ))}
              </div>
            </div>
          )
        }
      </Loaded>
    </FormSheet>
  );
}

function facts(one: CrewMember): string {
  const certificates = one.certificates.length > 0 ? sayAll(one.certificates) : m.plan_no_certificate();
  return `${m.plan_visits({ count: one.visits })} · ${certificates}`;
}
