import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { TaskRow } from "@/generated/TaskRow";
import { Chip } from "@/kit/Chip";
import { Segments } from "@/kit/Choice";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { useKeys, useListKeys } from "./keys";
import { backToRow } from "./SidePanel";
import { asksApproval, isOpen, kindNames, remedyNames } from "./taskFacts";
import { TaskPanel } from "./TaskPanel";

type Show = "open" | "approve" | "all";
const shows: Record<Show, (task: TaskRow) => boolean> = { open: isOpen, approve: asksApproval, all: () => true };

/** 需要处理: what needs a person, the most harmful first, each with its ways out. */
export function Tasks() {
  const list = useRead("task_list", {});
  const { show: wanted, task: chosen } = useSearch({ from: "/desk/tasks" });
  const show: Show = wanted === "approve" || wanted === "all" ? wanted : "open";
  const navigate = useNavigate();
  const [entered, setEntered] = useState(0);
  const rows = useRef<HTMLUListElement>(null);
  const go = (search: { show?: string; task?: string }) => void navigate({ to: "/desk/tasks", replace: true, search });
  const choose = (id: string) => {
    if (id === chosen) return;
    setEntered(0);
    go({ show, task: id });
  };
  const close = () => {
    backToRow(rows.current);
    setEntered(0);
    go({ show });
  };
  useListKeys(rows);
  useKeys({ Escape: close });
  // A task just decided stays where it is until another is chosen, so that its receipt is read.
  const shown = (all: readonly TaskRow[]) => all.filter((task) => shows[show](task) || task.id === chosen);
  const open = list.data?.tasks.find((task) => task.id === chosen);
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll min-w-0 flex-1 px-6 py-4 max-md:px-3">
        <div className="mb-3 flex flex-wrap items-center gap-4">
          <h1 className="text-head font-bold">{m.desk_tasks()}</h1>
          <Segments<Show>
            label={m.tasks_show()}
            hideLabel
            value={show}
            options={(["open", "approve", "all"] as const).map((one) => ({
              value: one,
              label: `${{ open: m.tasks_open, approve: m.count_approve, all: m.all }[one]()} ${list.data?.tasks.filter(shows[one]).length ?? ""}`,
            }))}
            onChange={(next) => go({ show: next })}
          />
        </div>
        <Loaded of={list}>
          {({ tasks }) =>
            shown(tasks).length === 0 ? (
              <Empty icon="check" title={m.tasks_empty()}>{m.tasks_empty_help()}</Empty>
            ) : (
              <ul ref={rows} className="panel divide-y-(length:--border) divide-hair overflow-hidden">
                {shown(tasks).map((task) => (
                  <li key={task.id}>
                    <TaskLine
                      task={task}
                      current={task.id === chosen}
                      onChoose={() => choose(task.id)}
                      onEnter={() => {
                        choose(task.id);
                        setEntered((times) => times + 1);
                      }}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      {open && <TaskPanel key={open.id} task={open} entered={entered} onClose={close} />}
    </div>
  );
}

function TaskLine({ task, current, onChoose, onEnter }: { task: TaskRow; current: boolean; onChoose: () => void; onEnter: () => void }) {
  const now = useNow();
  const late = isOpen(task) && task.deadline < now;
  return (
    <button
      type="button"
      data-row={task.id}
      aria-current={current}
      onFocus={onChoose}
      onClick={onEnter}
      className={`flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-left -outline-offset-4 ${current ? "bg-primary-soft" : ""} ${isOpen(task) ? "" : "text-ink-2"}`}
    >
      <span className="w-48 shrink-0"><Chip tone={isOpen(task) ? "warn" : "plain"} icon={isOpen(task) ? "alert" : "check"}>{kindNames[task.kind]()}</Chip></span>
      <span className="min-w-48 flex-1 break-words">{say(task.reason)}</span>
      <span className={`tabular text-label ${late ? "font-semibold text-danger" : "text-ink-2"}`}>
        {task.decision ? m.task_decided({ remedy: remedyNames[task.decision.remedy]() }) : late ? m.task_overdue({ time: clockOrDay(task.deadline, now) }) : m.task_until({ time: clockOrDay(task.deadline, now) })}
      </span>
    </button>
  );
}
