import { useNavigate, useSearch } from "@tanstack/react-router";
import type { TaskRow } from "@/generated/TaskRow";
import { Chip } from "@/kit/Chip";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { asksApproval, isOpen, kindNames, remedyNames } from "./taskFacts";
import { TaskPanel } from "./TaskPanel";
import { WorkList } from "./WorkList";

/** 需要处理: what needs a person, the most harmful first, each with its ways out. */
export function Tasks() {
  const list = useRead("task_list", {});
  const { show, task: chosen } = useSearch({ from: "/desk/tasks" });
  const navigate = useNavigate();
  return (
    <WorkList
      title={m.desk_tasks()}
      of={list}
      rows={(answer) => answer.tasks}
      id={(task) => task.id}
      isOpen={isOpen}
      viewsLabel={m.tasks_show()}
      views={[
        { name: "open", label: m.tasks_open, has: isOpen, empty: m.tasks_empty },
        { name: "approve", label: m.count_approve, has: asksApproval, empty: m.tasks_empty },
        { name: "all", label: m.all, has: () => true, empty: m.tasks_empty },
      ]}
      emptyHelp={m.tasks_empty_help()}
      show={show}
      chosen={chosen}
      onGo={(view, task) => void navigate({ to: "/desk/tasks", replace: true, search: task ? { show: view, task } : { show: view } })}
      line={(task) => <TaskLine task={task} />}
      panel={(task, _, opened) => <TaskPanel key={task.id} task={task} {...opened} />}
    />
  );
}

function TaskLine({ task }: { task: TaskRow }) {
  const now = useNow();
  const late = isOpen(task) && task.deadline < now;
  return (
    <>
      <span className="w-48 shrink-0"><Chip tone={isOpen(task) ? "warn" : "plain"} icon={isOpen(task) ? "alert" : "check"}>{kindNames[task.kind]()}</Chip></span>
      <span className="min-w-48 flex-1 break-words">{say(task.reason)}</span>
      <span className={`tabular text-label ${late ? "font-semibold text-danger" : "text-ink-2"}`}>
        {task.decision ? m.task_decided({ remedy: remedyNames[task.decision.remedy]() }) : late ? m.task_overdue({ time: clockOrDay(task.deadline, now) }) : m.task_until({ time: clockOrDay(task.deadline, now) })}
      </span>
    </>
  );
}
