import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/kit/Button";
import { Icon, type IconName } from "@/kit/Icon";
import { Facts, Page, Section } from "@/kit/Page";
import { Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { say } from "@/shared/words";
import { BackButton } from "../card/CardScreen";

/** A customer, masked until asked for, with everything that belongs to them. */
export function CustomerScreen() {
  const { customer } = useParams({ from: "/engineer/customer/$customer" });
  const [inFull, setInFull] = useState(false);
  const view = useRead("customer_view", { customer, in_full: inFull }, { placeholderData: (before) => before });
  const navigate = useNavigate();
  return (
    <Page title={m.kind_customer()} narrow actions={<BackButton />}>
      <Loaded of={view}>
        {(data) => (
          <>
            <Section>
              <div className="panel flex flex-col gap-4 p-4">
                <Facts
                  rows={[
                    [m.kind_customer(), data.in_full?.name ?? data.customer.name],
                    [m.phone(), (data.in_full?.phones ?? data.customer.phones).join(" / ")],
                    data.in_full ? [m.address(), data.in_full.address] : null,
                  ]}
                />
                {!data.in_full && (
                  <div>
                    <Button icon="eye" onPress={() => setInFull(true)}>
                      {m.show_in_full()}
                    </Button>
                  </div>
                )}
              </div>
            </Section>
            <Section title={m.kind_work_order()}>
              <List
                icon="task"
                rows={data.work_orders.map((order) => ({
                  id: order.work_order,
                  title: say(order.job_words),
                  detail: say(order.state_words),
                  open: order.visit === null ? null : () => void navigate({ to: "/visit/$visit", params: { visit: order.visit ?? "" } }),
                }))}
              />
            </Section>
            <Section title={m.kind_card()}>
              <List
                icon="card"
                rows={data.cards.map((card) => ({
                  id: card.card,
                  title: card.title,
                  detail: `${say(card.status_words)} · ${card.serials.join(" / ")}`,
                  open: () => void navigate({ to: "/card/$card", params: { card: card.card } }),
                }))}
              />
            </Section>
            <Section title={m.kind_asset()}>
              <List
                icon="machine"
                rows={data.machines.map((machine) => ({
                  id: machine.asset,
                  title: machine.title,
                  detail: machine.serials.join(" / "),
                  open: () => void navigate({ to: "/machine/$asset", params: { asset: machine.asset } }),
                }))}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface Row {
  id: string;
  title: string;
  detail: string;
  open: (() => void) | null;
}

function List({ icon, rows }: { icon: IconName; rows: readonly Row[] }) {
  if (rows.length === 0) return <p className="text-label text-ink-2">{m.none_yet()}</p>;
  return (
    <ul className="panel divide-y-(length:--border) divide-hair overflow-hidden">
      {rows.map((row) => (
        <li key={row.id}>
          <button type="button" disabled={row.open === null} onClick={() => row.open?.()} className="flex min-h-18 w-full items-center gap-4 px-4 py-2 text-left -outline-offset-4">
            <Icon name={icon} />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-semibold">{row.title}</span>
              <span className="tabular block truncate text-label text-ink-2">{row.detail}</span>
            </span>
            {row.open && <Icon name="next" />}
          </button>
        </li>
      ))}
    </ul>
  );
}
