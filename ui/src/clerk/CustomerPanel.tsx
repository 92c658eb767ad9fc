import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { Button } from "@/kit/Button";
import { Icon, type IconName } from "@/kit/Icon";
import { Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { say } from "@/shared/words";
import { Part } from "./Inspector";
import { SidePanel } from "./SidePanel";

/** A customer, masked until asked for, with all that belongs to them. */
export function CustomerPanel({ customer, onClose }: { customer: string; onClose: () => void }) {
  const [inFull, setInFull] = useState(false);
  const view = useRead("customer_view", { customer, in_full: inFull }, { placeholderData: (before) => before });
  const title = view.data?.in_full?.name || view.data?.customer.name || m.kind_customer();
  return (
    <SidePanel title={title} entered={1} onClose={onClose}>
      <Loaded of={view}>
        {(data) => (
          <div className="flex flex-col gap-5">
            <div className="flex flex-wrap items-center gap-x-3">
              <span className="tabular">{(data.in_full?.phones ?? data.customer.phones).join(" / ")}</span>
              <Button look="quiet" icon="eye" onPress={() => setInFull(!inFull)}>{inFull ? m.hide_again() : m.show_in_full()}</Button>
              {data.in_full?.address && <p className="w-full">{data.in_full.address}</p>}
            </div>
            <Part title={m.kind_work_order()}>
              <Rows>
                {data.work_orders.map((one) => (
                  <li key={one.work_order}>
                    <Link to="/desk/orders" search={{ order: one.work_order }} className={row}>
                      <RowText icon="task" title={say(one.job_words)} detail={say(one.state_words)} />
                    </Link>
                  </li>
                ))}
              </Rows>
            </Part>
            <Part title={m.kind_card()}>
              <Rows>
                {data.cards.map((one) => (
                  <li key={one.card}>
                    <Link to="/desk/cards" search={{ card: one.card }} className={row}>
                      <RowText icon="card" title={one.title} detail={`${say(one.status_words)} · ${one.serials.join(" / ")}`} />
                    </Link>
                  </li>
                ))}
              </Rows>
            </Part>
            <Part title={m.kind_asset()}>
              <Rows>
                {data.machines.map((one) => (
                  <li key={one.asset} className={row}>
                    <RowText icon="machine" title={one.title} detail={one.serials.join(" / ")} />
                  </li>
                ))}
              </Rows>
            </Part>
          </div>
        )}
      </Loaded>
    </SidePanel>
  );
}

const row = "flex min-h-11 items-center gap-3 px-3 py-1.5 -outline-offset-4";

function Rows({ children }: { children: ReactNode[] }) {
  if (children.length === 0) return <p className="text-label text-ink-2">{m.none_yet()}</p>;
  return <ul className="panel divide-y-(length:--border) divide-hair overflow-hidden">{children}</ul>;
}

function RowText({ icon, title, detail }: { icon: IconName; title: string; detail: string }) {
  return (
    <>
      <span className="text-ink-2"><Icon name={icon} size={20} /></span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-semibold">{title}</span>
        <span className="tabular block truncate text-label text-ink-2">{detail}</span>
      </span>
    </>
  );
}
