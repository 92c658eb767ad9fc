import { useState } from "react";
import type { Remedy } from "@/generated/Remedy";
import type { TaskRow } from "@/generated/TaskRow";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { CardFace } from "@/engineer/card/CardFace";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { WorkOrderBody } from "./Inspector";
import { PlanButton } from "./PlanButton";
import { SidePanel } from "./SidePanel";
import { isFinal, kindNames, remedyHelp, remedyNames } from "./taskFacts";

interface Props {
  task: TaskRow;
  entered: number;
  onClose: () => void;
}

/** One task: what happened, what may be done about it, and the records it is about. */
export function TaskPanel({ task, entered, onClose }: Props) {
  const now = useNow();
  return (
    <SidePanel
      title={kindNames[task.kind]()}
      lead={<span className="tabular">{m.task_raised({ time: clockOrDay(task.raised_at, now) })} · {m.task_until({ time: clockOrDay(task.deadline, now) })}</span>}
      {...(task.visit ? { foot: <PlanButton visit={task.visit} /> } : {})}
      entered={entered}
      waitsWhenNarrow
      onClose={onClose}
    >
      <div className="flex flex-col gap-5">
        <p className="text-key break-words">{say(task.reason)}</p>
        {task.decision ? (
          <Note tone="good" icon="check">
            {m.task_decided({ remedy: remedyNames[task.decision.remedy]() })} · {clockOrDay(task.decision.at, now)}
            {task.decision.note && <span className="block">{task.decision.note}</span>}
          </Note>
        ) : (
          <Remedies task={task} />
        )}
        <About task={task} />
      </div>
    </SidePanel>
  );
}

/** The ways out. One that cannot be taken back is confirmed, with its reason. */
function Remedies({ task }: { task: TaskRow }) {
  const decide = useAct("task_decide");
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState<Remedy | null>(null);
  const send = (remedy: Remedy) => decide.mutate({ task: task.id, remedy, note: note.trim() });
  return (
    <section aria-label={m.remedies()} className="flex flex-col gap-3">
      <Field label={m.task_note()} optional={asked ? m.needed_now() : m.optional()} value={note} onChange={setNote} lines={2} />
      <ErrorNote error={decide.error} />
      {asked ? (
        <div role="group" aria-label={remedyNames[asked]()} className="flex flex-col gap-2">
          <Note tone="danger" icon="alert">{remedyHelp(task, asked) ?? m.remedy_final()}</Note>
          <Button wide look="danger" isDisabled={note.trim() === "" || decide.isPending} isPending={decide.isPending} onPress={() => send(asked)}>
            {m.remedy_confirm({ remedy: remedyNames[asked]() })}
          </Button>
          <Button wide autoFocus onPress={() => setAsked(null)}>{m.back()}</Button>
        </div>
      ) : (
        <ul className="flex flex-col gap-2">
          {task.remedies.map((remedy) => (
            <li key={remedy}>
              <Button
                wide
                look={isFinal(remedy) ? "danger" : "plain"}
                isPending={decide.isPending && decide.variables.remedy === remedy}
                isDisabled={decide.isPending || !task.may.includes(remedy)}
                onPress={() => (isFinal(remedy) ? setAsked(remedy) : send(remedy))}
              >
                {remedyNames[remedy]()}
              </Button>
              <Help text={task.may.includes(remedy) ? remedyHelp(task, remedy) : m.remedy_coordinator()} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Help({ text }: { text: string | undefined }) {
  return text === undefined ? null : <p className="px-1 pt-0.5 text-label text-ink-2">{text}</p>;
}

function About({ task }: { task: TaskRow }) {
  return (
    <>
      {task.work_order && <WorkOrderBody workOrder={task.work_order} {...(task.visit ? { visit: task.visit } : {})} />}
      {task.cards.map((card) => <OfCard key={card} card={card} />)}
    </>
  );
}

function OfCard({ card }: { card: string }) {
  const view = useRead("card_view", { card });
  const now = useNow();
  return <Loaded of={view}>{(data) => <CardFace view={data} now={now} />}</Loaded>;
}
