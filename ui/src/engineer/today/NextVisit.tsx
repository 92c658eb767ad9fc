import { useNavigate } from "@tanstack/react-router";
import type { MachineView } from "@/generated/MachineView";
import type { VisitRow } from "@/generated/VisitRow";
import { Button } from "@/kit/Button";
import { Chip, StateChip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { Masked } from "@/kit/Masked";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { openAddress } from "@/platform";
import { useAct, useRead } from "@/platform/query";
import { say, sayAll } from "@/shared/words";
import type { News } from "./news";
import { LateChip, NewsChip, VisitChip, isOver } from "./visitState";

/** The visit in front of the engineer: where, what, what to know, and the one next step. */
export function NextVisit({ row, news, isNext }: { row: VisitRow; news: News | null; isNext: boolean }) {
  const navigate = useNavigate();
  const mark = useAct("visit_mark");
  const visit = useRead("visit_open", { visit: row.visit });
  const assets = visit.data?.work_orders.flatMap((order) => order.assets) ?? [];
  const complaint = visit.data?.work_orders.map((order) => order.complaint).filter(Boolean).join(" · ");
  const open = () => void navigate({ to: "/visit/$visit", params: { visit: row.visit } });
  const phone = visit.data?.customer.phones[0];
  return (
    <article aria-label={row.customer.name} className="mx-auto flex max-w-188 flex-col gap-4 p-6 portrait:py-3">
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-label font-semibold text-ink-2">{isNext ? m.today_next() : sayAll(row.jobs)}</p>
        {news && <NewsChip news={news} />}
        <LateChip row={row} />
        {row.state !== "planned" && <VisitChip row={row} />}
        <span className="ml-auto">
          <StateChip record={row.record} photos />
        </span>
      </div>
      <div>
        <p className="tabular text-total font-bold max-sm:text-head">{row.slot_text.slice(11)}</p>
        <p className="mt-1 text-key font-semibold">
          {row.customer.name}
          {phone ? (
            <span className="ml-3 text-body font-normal text-ink-2">
              <Masked masked={row.customer.phones[0] ?? ""} whole={phone} name={m.phone()} />
            </span>
          ) : (
            <span className="tabular ml-3 text-body font-normal text-ink-2">{row.customer.phones[0]}</span>
          )}
        </p>
        <p className="line-clamp-2 text-body">{row.address}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        {row.chips.map((chip, index) => (
          <Chip key={index}>{say(chip)}</Chip>
        ))}
      </div>
      <ErrorNote error={mark.error} />
      <div className="flex flex-wrap gap-3">
        {row.state === "planned" ? (
          <Button
            main
            look="primary"
            icon="route"
            isPending={mark.isPending}
            onPress={() => mark.mutate({ visit: row.visit, step: "set_off" })}
          >
            {m.set_off()}
          </Button>
        ) : (
          <Button main look="primary" icon="next" onPress={open}>
            {isOver(row.state) ? m.visit_look() : m.visit_open()}
          </Button>
        )}
        {row.state === "planned" && (
          <Button main onPress={open}>
            {m.visit_open()}
          </Button>
        )}
        {!isOver(row.state) && phone && (
          <Button main icon="phone" onPress={() => void openAddress(`tel:${phone}`)}>
            {m.call()}
          </Button>
        )}
        {!isOver(row.state) && (
          <Button
            main
            icon="route"
            onPress={() => void openAddress(`https://uri.amap.com/search?keyword=${encodeURIComponent(row.address)}`)}
          >
            {m.navigate()}
          </Button>
        )}
      </div>
      <div className="panel divide-y-(length:--border) divide-hair">
        <p className="flex items-start gap-3 px-4 py-3">
          <Icon name="task" />
          <span>
            {sayAll(row.jobs)} <span className="text-ink-2">· {sayAll(row.legs)}</span>
            {complaint && <span className="block text-label text-ink-2">{complaint}</span>}
          </span>
        </p>
        {assets.map((asset) => (
          <MachineLine key={asset} asset={asset} />
        ))}
      </div>
    </article>
  );
}

function MachineLine({ asset }: { asset: string }) {
  const machine = useRead("machine_view", { asset });
  return (
    <p className="flex min-h-13 items-start gap-3 px-4 py-3">
      <Icon name="machine" />
      {machine.data && <MachineWords machine={machine.data} />}
    </p>
  );
}

export function MachineWords({ machine }: { machine: MachineView }) {
  const { brand, model, components } = machine.asset;
  const serials = components.map((part) => part.serial).filter(Boolean).join(" / ");
  return (
    <span className="min-w-0">
      {[brand, model].filter(Boolean).join(" ") || m.machine_unnamed()}
      {serials && <span className="tabular block text-label break-all text-ink-2">{serials}</span>}
    </span>
  );
}
