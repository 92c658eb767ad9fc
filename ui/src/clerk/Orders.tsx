import { useNavigate, useSearch } from "@tanstack/react-router";
import { Field } from "@/kit/Field";
import { Empty, ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { SearchResults } from "@/shared/SearchResults";
import { Inspector } from "./Inspector";

/** 订单: work orders by customer, number, phone or serial, with the inspector beside. */
export function Orders() {
  const { text = "", order } = useSearch({ from: "/desk/orders" });
  const navigate = useNavigate();
  const wanted = text.trim();
  const found = useRead("find", { text: wanted, kinds: ["work_order"], limit: 60 }, { enabled: wanted !== "", placeholderData: (before) => before });
  const go = (next: { text?: string; order?: string }) =>
    void navigate({ to: "/desk/orders", replace: true, search: { ...(text ? { text } : {}), ...(order ? { order } : {}), ...next } });
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll flex min-w-0 flex-1 flex-col gap-3 px-6 py-4 max-md:px-3">
        <h1 className="text-head font-bold">{m.desk_orders()}</h1>
        <div className="max-w-160">
          <Field label={m.orders_find()} value={text} onChange={(next) => go({ text: next })} type="search" autoFocus />
        </div>
        <ErrorNote error={found.error} />
        {wanted === "" ? (
          order === undefined && <Empty icon="find" title={m.find_begin()}>{m.find_help()}</Empty>
        ) : found.data?.found.length === 0 ? (
          <Empty icon="find" title={m.find_nothing()}>{m.find_nothing_help()}</Empty>
        ) : (
          <SearchResults found={found.data?.found ?? []} current={order} onOpen={(one) => go({ order: one.id })} />
        )}
      </div>
      {order && <Inspector key={order} workOrder={order} title={m.kind_work_order()} onClose={() => void navigate({ to: "/desk/orders", search: text ? { text } : {} })} />}
    </div>
  );
}
