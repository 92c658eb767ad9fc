import { useState } from "react";
import type { Remedy } from "@/generated/Remedy";
import type { Task } from "@/generated/Task";
import type { TaskKind } from "@/generated/TaskKind";
import { Button } from "@/kit/Button";
import { Chip } from "@/kit/Chip";
import { Field } from "@/kit/Field";
import { Empty, ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { WorkOrderBody } from "./Inspector";

const kindNames: Record<TaskKind, () => string> = {
  order_refused: m.task_order_refused,
  visit_problem: m.task_visit_problem,
  slot_wish: m.task_slot_wish,
  duplicate_serial: m.task_duplicate_serial,
  payment_unmatched: m.task_payment_unmatched,
  document_refused: m.task_document_refused,
  conflict: m.task_conflict,
  evidence: m.task_evidence,
  loaner: m.task_loaner,
  lead_due: m.task_lead_due,
  silent_device: m.task_silent_device,
};

const remedyNames: Record<Remedy, () => string> = {
  honour: m.remedy_honour,
  re_quote: m.remedy_re_quote,
  cancel: m.remedy_cancel,
  plan_visit: m.remedy_plan_visit,
  reassign: m.remedy_reassign,
  call_customer: m.remedy_call_customer,
  retake_photo: m.remedy_retake_photo,
  accept: m.remedy_accept,
  reject: m.remedy_reject,
  void_card: m.remedy_void_card,
  correct_serial: m.remedy_correct_serial,
  keep_value: m.remedy_keep_value,
};

/** 需要处理: what needs a person, the most harmful first, each with its ways out. */
export function Tasks() {
  const list = useRead("task_list", {});
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useNow();
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll min-w-0 flex-1 px-6 py-4 max-md:px-3">
        <h1 className="mb-3 text-head font-bold">{m.desk_tasks()}</h1>
        <Loaded of={list}>
          {({ tasks }) =>
            tasks.length === 0 ? (
              <Empty icon="check" title={m.tasks_empty()}>{m.tasks_empty_help()}</Empty>
            ) : (
              <ul className="panel divide-y-(length:--border) divide-hair overflow-hidden">
                {tasks.map((task) => (
                  <li key={task.id}>
                    <button
                      type="button"
                      aria-current={chosen === task.id}
                      onClick={() => setChosen(task.id)}
                      className={`flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-left -outline-offset-4 ${chosen === task.id ? "bg-primary-soft" : ""} ${task.decision ? "text-ink-2" : ""}`}
                    >
                      <Chip tone={task.decision ? "plain" : "warn"} icon={task.decision ? "check" : "alert"}>{kindNames[task.kind]()}</Chip>
                      <span className="min-w-0 flex-1">{say(task.reason)}</span>
                      <span className={`tabular text-label ${!task.decision && task.deadline < now ? "font-semibold text-danger" : "text-ink-2"}`}>
                        {task.decision ? m.task_decided({ remedy: remedyNames[task.decision.remedy]() }) : m.task_until({ time: clockOrDay(task.deadline, now) })}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      {list.data?.tasks.filter((task) => task.id === chosen).map((task) => (
        <TaskPanel key={task.id} task={task} onClose={() => setChosen(null)} />
      ))}
    </div>
  );
}

function TaskPanel({ task, onClose }: { task: Task; onClose: () => void }) {
  const decide = useAct("task_decide");
  const [note, setNote] = useState("");
  const now = useNow();
  const workOrder = "work_order" in task.subject ? task.subject.work_order : undefined;
  return (
    <aside aria-label={kindNames[task.kind]()} className="rule flex w-100 shrink-0 flex-col border-l-(length:--border) bg-card max-lg:fixed max-lg:inset-0 max-lg:z-20 max-lg:w-full">
      <header className="rule rule-b flex min-h-14 items-center gap-2 px-4">
        <h2 className="min-w-0 flex-1 text-key font-bold">{kindNames[task.kind]()}</h2>
        <Button look="quiet" icon="close" label={m.close()} onPress={onClose} />
      </header>
      <div className="scroll flex min-h-0 flex-1 flex-col gap-4 p-4">
        <p className="text-key">{say(task.reason)}</p>
        <p className="tabular text-label text-ink-2">
          {m.task_raised({ time: clockOrDay(task.raised_at, now) })} · {m.task_until({ time: clockOrDay(task.deadline, now) })}
        </p>
        {task.decision ? (
          <Note tone="good" icon="check">
            {m.task_decided({ remedy: remedyNames[task.decision.remedy]() })} · {clockOrDay(task.decision.at, now)}
            {task.decision.note && <span className="block">{task.decision.note}</span>}
          </Note>
        ) : (
          <>
            <Field label={m.task_note()} optional={m.optional()} value={note} onChange={setNote} lines={3} />
            <div className="flex flex-col gap-2">
              {task.remedies.map((remedy) => (
                <Button
                  key={remedy}
                  wide
                  look={remedy === "cancel" || remedy === "void_card" || remedy === "reject" ? "danger" : "plain"}
                  isPending={decide.isPending && decide.variables.remedy === remedy}
                  isDisabled={decide.isPending}
                  onPress={() => decide.mutate({ task: task.id, remedy, note: note.trim() })}
                >
                  {remedyNames[remedy]()}
                </Button>
              ))}
            </div>
            <ErrorNote error={decide.error} />
          </>
        )}
        {workOrder && <WorkOrderBody workOrder={workOrder} />}
      </div>
    </aside>
  );
}
