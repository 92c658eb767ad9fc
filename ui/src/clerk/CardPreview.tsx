import { Link } from "@tanstack/react-router";
import type { CardView } from "@/generated/CardView";
import type { Model } from "@/generated/Model";
import { Mark } from "@/access/Frame";
import { StateChip } from "@/kit/Chip";
import { Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNames } from "@/shared/names";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { CardStatusChip, Qr } from "@/engineer/card/CardFace";
import { CardPapers } from "@/engineer/card/CardScreen";
import type { CardDraft } from "./cardDraft";

interface Props {
  draft: CardDraft;
  model: Model | undefined;
  /** The card just issued. */
  issued: string | null;
  /** Another card with the same serial. */
  double: string | undefined;
  today: string;
}

/** The card as the customer will hold it, at its true size; after issuing, the real one. */
export function CardPreview({ draft, model, issued, double, today }: Props) {
  const names = useNames();
  return (
    <aside aria-label={m.card_preview()} className="flex flex-col gap-4 lg:sticky lg:top-0">
      {issued ? (
        <Issued card={issued} today={today} />
      ) : (
        <Plastic
          title={model ? `${names.brand(model.brand)} ${model.sku}` : "—"}
          serials={draft.serials}
          date={draft.invoiceDate || today}
          whose={[draft.name, draft.phone].filter(Boolean).join(" ")}
          qr={null}
        />
      )}
      {double && !issued && <Double card={double} />}
    </aside>
  );
}

/** The real card; it becomes final before one's eyes when HQ has claimed its serials. */
function Issued({ card, today }: { card: string; today: string }) {
  const view = useRead("card_view", { card });
  return (
    <Loaded of={view} rows={1} height="54mm">
      {(data) => (
        <>
          <Note tone="good" icon="check"><span role="status">{m.card_issued()}</span></Note>
          <OfCard view={data} today={today} />
          <div className="flex flex-wrap gap-2">
            <CardStatusChip status={data.card.status} />
            <StateChip record={data.record} />
          </div>
          {data.record.reason && <Note icon="alert">{say(data.record.reason)}</Note>}
          {!data.qr && <Note icon="info" tone="plain">{m.card_no_store_key()}</Note>}
          <CardPapers card={card} />
        </>
      )}
    </Loaded>
  );
}

function OfCard({ view, today }: { view: CardView; today: string }) {
  const { card, customer, qr } = view;
  const names = useNames();
  return (
    <Plastic
      title={`${names.brand(card.brand)} ${card.model}`}
      serials={card.serials}
      date={card.invoice_date ?? today}
      whose={customer ? `${customer.name} ${customer.phones[0] ?? ""}` : ""}
      qr={qr ? <Qr side={qr.side} path={qr.path} size="27mm" /> : null}
    />
  );
}

function Plastic({ title, serials, date, whose, qr }: { title: string; serials: readonly string[]; date: string; whose: string; qr: React.ReactNode }) {
  return (
    <div className="panel flex h-[54mm] w-[85.6mm] flex-col p-[4mm]">
      <div className="flex items-center gap-2 text-primary">
        <Mark size={22} />
        <span className="text-label font-semibold">{m.kind_card()}</span>
      </div>
      <div className="mt-auto flex items-end gap-3">
        <div className="tabular min-w-0 flex-1">
          <p className="truncate font-bold">{title}</p>
          {serials.map((serial) => <p key={serial} className="truncate text-label">{serial}</p>)}
          {serials.length === 0 && <p className="text-label text-ink-2">{m.serial()}</p>}
          <p className="truncate text-label text-ink-2">{whose || m.phone()}</p>
          <p className="text-label text-ink-2">{date}</p>
        </div>
        {qr ?? <div className="flex size-[27mm] shrink-0 items-center justify-center rounded-field border-2 border-dashed border-line p-1 text-center text-label text-ink-2">{m.card_qr_later()}</div>}
      </div>
    </div>
  );
}

/** The card that bears the serial already, to hold beside the new one. */
function Double({ card }: { card: string }) {
  const view = useRead("card_view", { card });
  const now = useNow();
  if (!view.data) return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-label font-semibold text-danger">{m.card_other()}</h3>
      <OfCard view={view.data} today="" />
      <div className="flex flex-wrap items-center gap-2">
        <CardStatusChip status={view.data.card.status} />
        <span className="tabular text-label text-ink-2">{m.card_issued_at({ time: clockOrDay(view.data.card.issued_at, now) })}</span>
        <Link to="/desk/cards" search={{ card }} className="rounded-field text-label font-semibold text-primary underline">{m.look_up()}</Link>
      </div>
    </section>
  );
}
