// Which groups of answers each reading command provides. The command table says what a command
// makes stale; together they decide which caches are dropped.
import type { Tag } from "@/generated/Tag";
import type { CommandName } from "./index";

export const provides: Partial<Record<CommandName, readonly Tag[]>> = {
  app_status: ["status"],
  today: ["agenda"],
  load_list: ["agenda", "visit"],
  crew_list: ["agenda", "visit"],
  visit_open: ["visit", "agenda"],
  machine_view: ["machines", "sync"],
  inspection_view: ["machines", "media"],
  photo_list: ["media"],
  offer_view: ["machines", "media"],
  quote_view: ["quotes"],
  quote_list: ["quotes"],
  bonus_list: ["machines", "orders"],
  guarantees: ["quotes", "orders"],
  lease_list: ["quotes", "orders"],
  order_view: ["orders"],
  paper_list: ["media", "orders"],
  card_view: ["cards"],
  card_parked: ["cards"],
  visit_steps: ["visit", "machines", "media", "quotes", "orders"],
  reference_view: ["status"],
  customer_view: ["cards", "machines", "agenda"],
  order_terms_view: ["orders"],
  find: ["agenda", "cards", "machines", "orders"],
  sync_status: ["sync"],
  outbox: ["sync"],
  board: ["agenda", "visit", "tasks"],
  work_order_view: ["visit", "orders", "media", "machines"],
  task_list: ["tasks"],
  pool_list: ["tasks", "orders"],
  conflict_list: ["tasks", "sync"],
  quarantine_list: ["tasks", "sync"],
};

/** What news from HQ may have changed. */
export const fromHq: readonly Tag[] = ["agenda", "visit", "machines", "media", "orders", "cards", "tasks"];
