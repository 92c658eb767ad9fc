// What the desk needs to know of a task beyond its text.
import type { BoardRow } from "@/generated/BoardRow";
import type { Remedy } from "@/generated/Remedy";
import type { TaskRow } from "@/generated/TaskRow";
import type { TaskKind } from "@/generated/TaskKind";
import { m } from "@/paraglide/messages.js";

export const kindNames: Record<TaskKind, () => string> = {
  order_refused: m.task_order_refused,
  visit_problem: m.task_visit_problem,
  slot_wish: m.task_slot_wish,
  duplicate_serial: m.task_duplicate_serial,
  payment_unmatched: m.task_payment_unmatched,
  evidence: m.task_evidence,
  loaner: m.task_loaner,
  lead_due: m.task_lead_due,
  silent_device: m.task_silent_device,
};

export const remedyNames: Record<Remedy, () => string> = {
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
};

/** What a remedy of this task does, where its name does not say it. */
export function remedyHelp(task: TaskRow, remedy: Remedy): string | undefined {
  if (task.kind === "order_refused") {
    if (remedy === "honour") return m.remedy_honour_help();
    if (remedy === "re_quote") return m.remedy_re_quote_help();
    if (remedy === "cancel") return m.remedy_cancel_help();
  }
  if (task.kind === "slot_wish" && remedy === "plan_visit") return m.remedy_wish_help();
  if (task.kind === "duplicate_serial" && remedy === "void_card") return m.remedy_void_card_help();
  return undefined;
}

const YES_OR_NO: readonly Remedy[] = ["honour", "accept", "reject"];

/** Somebody asks for a yes or a no. */
export const asksApproval = (task: TaskRow): boolean => isOpen(task) && task.remedies.some((remedy) => YES_OR_NO.includes(remedy));

export const isOpen = (task: TaskRow): boolean => task.decision === null;

/** Cannot be taken back, so it is asked for twice and wants a reason. */
export const isFinal = (remedy: Remedy): boolean => remedy === "cancel" || remedy === "void_card" || remedy === "reject";

/** The open task about a visit or one of its work orders. */
export function taskOfRow(tasks: readonly TaskRow[], row: BoardRow): TaskRow | undefined {
  return tasks.find(
    (task) => isOpen(task) && (task.visit === row.row.visit || (task.work_order !== null && row.work_orders.includes(task.work_order))),
  );
}
