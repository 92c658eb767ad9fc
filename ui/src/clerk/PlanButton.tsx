import { useState } from "react";
import { Button } from "@/kit/Button";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { isOver } from "@/engineer/today/visitState";
import { DAY_MS } from "@/shared/time";
import { useKeys } from "./keys";
import { PlanVisitSheet } from "./PlanVisitSheet";

/** 派工: crew and slot of a visit, or another visit where this one is over. Moving other people's work
 * is the coordinator's, so nobody else sees it. */
export function PlanButton({ visit, onPlanned }: { visit: string; onPlanned?: () => void }) {
  const role = useRead("app_status", {}).data?.person?.role;
  const view = useRead("visit_open", { visit }, { enabled: role === "coordinator" });
  const [open, setOpen] = useState(false);
  const mayPlan = role === "coordinator" && view.data !== undefined;
  useKeys(mayPlan ? { a: () => setOpen(true) } : {});
  if (!mayPlan) return null;
  const { row, work_orders, crew } = view.data;
  const over = isOver(row.state);
  return (
    <>
      <Button wide look="primary" icon="van" keys="A" onPress={() => setOpen(true)}>
        {over ? m.plan_new_visit() : m.plan_visit()}
      </Button>
      {open && (
        <PlanVisitSheet
          visit={visit}
          another={over}
          workOrders={work_orders.map((order) => order.id)}
          crew={over ? [] : crew}
          slot={over ? { start: row.slot.start + DAY_MS, end: row.slot.end + DAY_MS } : row.slot}
          onPlanned={() => onPlanned?.()}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
