import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { Found } from "@/generated/Found";
import { Field } from "@/kit/Field";
import { Empty, ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { SearchResults } from "@/shared/SearchResults";
import { CustomerPanel } from "./CustomerPanel";
import { Inspector } from "./Inspector";
import { useKeys, useListKeys } from "./keys";

interface Place {
  text?: string;
  order?: string;
  customer?: string;
}

/** 订单: work orders and customers by name, number, phone or serial, with the chosen one beside. */
export function Orders() {
  const { text = "", order, customer } = useSearch({ from: "/desk/orders" });
  const navigate = useNavigate();
  const list = useRef<HTMLDivElement>(null);
  const [entered, setEntered] = useState(0);
  const wanted = text.trim();
  const found = useRead("find", { text: wanted, kinds: ["work_order", "customer"], limit: 60 }, { enabled: wanted !== "", placeholderData: (before) => before });
  const results = wanted === "" ? [] : (found.data?.found ?? []);
  const go = (next: Place) => void navigate({ to: "/desk/orders", replace: true, search: { ...(text ? { text } : {}), ...next } });
  const open = (one: Found) => {
    go(one.kind === "customer" ? { customer: one.id } : { order: one.id });
    setEntered((times) => times + 1);
  };
  const close = () => {
    go({});
    (list.current?.querySelector<HTMLElement>('[aria-current="true"]') ?? document.querySelector<HTMLElement>("input[type=search]"))?.focus();
  };
  useListKeys(list, "li > button");
  useKeys({ Escape: close });
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll flex min-w-0 flex-1 flex-col gap-3 px-6 py-4 max-md:px-3">
        <h1 className="text-head font-bold">{m.desk_orders()}</h1>
        <div className="max-w-160">
          <Field label={m.orders_find()} value={text} onChange={(next) => go(next ? { text: next } : { text: "" })} type="search" autoFocus />
        </div>
        <ErrorNote error={found.error} />
        <div ref={list}>
          {wanted === "" ? (
            <Empty icon="find" title={m.find_begin()}>{m.find_help()}</Empty>
          ) : found.data?.found.length === 0 ? (
            <Empty icon="find" title={m.find_nothing()}>{m.find_nothing_help()}</Empty>
          ) : (
            results.length > 0 && <SearchResults found={results} current={order ?? customer} onOpen={open} />
          )}
        </div>
      </div>
      {order && <Inspector key={order} workOrder={order} title={results.find((one) => one.id === order)?.title ?? m.kind_work_order()} entered={entered} onClose={close} />}
      {customer && <CustomerPanel key={customer} customer={customer} onClose={close} />}
    </div>
  );
}
