import type { CardView } from "@/generated/CardView";
import type { Model } from "@/generated/Model";
import { Mark } from "@/access/Frame";
import { StateChip } from "@/kit/Chip";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNames } from "@/shared/names";
import { CardStatusChip, Qr } from "@/engineer/card/CardFace";
import { CardPapers } from "@/engineer/card/CardScreen";
import type { CardDraft } from "./cardDraft";

interface Props {
  draft: CardDraft;
  model: Model | undefined;
  issued: CardView | null;
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
        <>
          <Note tone="good" icon="check">{m.card_issued()}</Note>
          <Plastic
            title={`${issued.card.brand} ${issued.card.model}`}
            serials={issued.card.serials}
            date={issued.card.invoice_date ?? today}
            whose={issued.customer ? `${issued.customer.name} ${issued.customer.phones[0] ?? ""}` : ""}
            qr={issued.qr ? <Qr side={issued.qr.side} path={issued.qr.path} size="27mm" /> : null}
          />
          <div className="flex flex-wrap gap-2">
            <CardStatusChip status={issued.card.status} />
            <StateChip record={issued.record} />
          </div>
          {!issued.qr && <Note icon="info" tone="plain">{m.card_no_store_key()}</Note>}
          <CardPapers card={issued.card.id} />
        </>
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
        {qr ?? <div aria-hidden="true" className="size-[27mm] shrink-0 rounded-field border-2 border-dashed border-line" />}
      </div>
    </div>
  );
}

function Double({ card }: { card: string }) {
  const view = useRead("card_view", { card });
  if (!view.data) return null;
  const { card: other, customer, qr } = view.data;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-label font-semibold text-danger">{m.card_other()}</h3>
      <Plastic
        title={`${other.brand} ${other.model}`}
        serials={other.serials}
        date={other.invoice_date ?? ""}
        whose={customer ? `${customer.name} ${customer.phones[0] ?? ""}` : ""}
        qr={qr ? <Qr side={qr.side} path={qr.path} size="27mm" /> : null}
      />
      <div><CardStatusChip status={other.status} /></div>
    </section>
  );
}
