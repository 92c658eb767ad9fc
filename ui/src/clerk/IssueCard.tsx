import { useEffect, useRef, useState } from "react";
import type { CardView } from "@/generated/CardView";
import type { ScanView } from "@/generated/ScanView";
import { Button } from "@/kit/Button";
import { Tick } from "@/kit/Choice";
import { Chip } from "@/kit/Chip";
import { Field } from "@/kit/Field";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { Refused, rpc } from "@/platform";
import { useAct, useRead } from "@/platform/query";
import { useScanner } from "@/shared/useScanner";
import { useNames } from "@/shared/names";
import { day } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { CardPreview } from "./CardPreview";
import { Parked } from "./Parked";
import { emptyCard, isReady, nextCard, route, unpark, type CardDraft } from "./cardDraft";

/** One screen, no steps: scan the product, scan the machine, type the phone, Ctrl+Enter. */
export function IssueCard() {
  const [draft, setDraft] = useState<CardDraft>(emptyCard);
  const [parked, setParked] = useState<string>();
  const [issued, setIssued] = useState<CardView | null>(null);
  const [scanError, setScanError] = useState<Refused | null>(null);
  const [doubles, setDoubles] = useState<readonly string[]>([]);
  const [twice, setTwice] = useState(false);
  const phone = useRef<HTMLInputElement>(null);
  const issue = useAct("card_issue");
  const park = useAct("card_park");
  const catalogue = useRead("catalogue_list", {});
  const names = useNames();
  const today = day(useNow());
  const model = catalogue.data?.models.find((one) => one.gtin === draft.gtin);
  const unknownProduct = draft.gtin !== "" && catalogue.data !== undefined && !model;
  const ready = isReady(draft) && (doubles.length === 0 || twice) && !unknownProduct;

  const take = (seen: ScanView) => {
    setIssued(null);
    setDraft((held) => {
      const next = seen.labels.reduce(route, held);
      if (next.gtin && next.serials.length > 0 && next.phone === "") queueMicrotask(() => phone.current?.focus());
      return next;
    });
    setDoubles((held) => [...new Set([...held, ...seen.matches.filter((match) => match.kind === "card").map((match) => match.id)])]);
  };
  const look = async (text: string) => {
    if (text.trim() === "") return;
    setScanError(null);
    try {
      take(await rpc("code_typed", { text }));
    } catch (refused) {
      if (refused instanceof Refused) setScanError(refused);
      else throw refused;
    }
  };
  useScanner((text) => void look(text));

  const reset = (next: CardDraft) => {
    setDraft(next);
    setParked(undefined);
    setDoubles([]);
    setTwice(false);
    setScanError(null);
  };
  const send = () => {
    if (!ready || issue.isPending) return;
    issue.mutate(
      {
        gtin: draft.gtin,
        serials: draft.serials,
        phone: draft.phone.trim(),
        ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
        ...(draft.invoiceDate ? { invoice_date: draft.invoiceDate } : {}),
        ...(draft.invoiceNumber.trim() ? { invoice_number: draft.invoiceNumber.trim() } : {}),
        ...(parked === undefined ? {} : { parked }),
      },
      {
        onSuccess: (view) => {
          setIssued(view);
          reset(nextCard(draft));
        },
      },
    );
  };
  const putAside = () => {
    if (draft.gtin === "" && draft.serials.length === 0 && draft.phone === "") return;
    park.mutate({ ...(parked === undefined ? {} : { id: parked }), fields: { ...draft } }, { onSuccess: () => reset(emptyCard) });
  };
  const keys = useRef({ send, putAside });
  keys.current = { send, putAside };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.ctrlKey) keys.current.send();
      else if (event.key === "F8") keys.current.putAside();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const dateBad = draft.invoiceDate !== "" && !/^\d{4}-\d\d-\d\d$/.test(draft.invoiceDate);
  const put = (next: Partial<CardDraft>) => setDraft((held) => ({ ...held, ...next }));
  return (
    <div className="scroll grid h-full min-h-0 grid-cols-[minmax(0,1fr)_25rem] items-start gap-8 px-6 pb-6 max-lg:grid-cols-1 max-md:px-3">
      <div className="flex max-w-160 flex-col gap-4">
        <ErrorNote error={scanError ?? issue.error ?? park.error} />
        <ol className="panel divide-y-(length:--border) divide-hair">
          <Step number={1} done={draft.gtin !== "" && !unknownProduct}>
            <TypedCode label={m.product_code()} value={draft.gtin} onTyped={(text) => void look(text)} onClear={() => put({ gtin: "" })} />
            {model && (
              <p>
                <b>{names.brand(model.brand)} {model.sku}</b> <span className="text-ink-2">{names.sub(model.sub)}</span>
              </p>
            )}
            {unknownProduct && <Note icon="alert">{m.product_unknown()}</Note>}
          </Step>
          <Step number={2} done={draft.serials.length > 0}>
            <TypedCode label={m.serial()} value="" onTyped={(text) => void look(text)} />
            <ul className="flex flex-wrap gap-2">
              {draft.serials.map((serial) => (
                <li key={serial} className="flex items-center gap-1">
                  <Chip icon="scan"><span className="tabular text-body font-semibold">{serial}</span></Chip>
                  <Button look="quiet" icon="close" label={m.remove_serial({ serial })} onPress={() => { put({ serials: draft.serials.filter((one) => one !== serial) }); setDoubles([]); }} />
                </li>
              ))}
            </ul>
            {doubles.length > 0 && (
              <Note tone="danger" icon="alert">
                {m.serial_double()}
                <Tick checked={twice} onChange={setTwice}>{m.serial_double_yes()}</Tick>
              </Note>
            )}
          </Step>
          <Step number={3} done={draft.phone.trim() !== ""}>
            <div className="grid gap-3 sm:grid-cols-2">
              <Field label={m.phone()} value={draft.phone} onChange={(text) => put({ phone: text })} inputMode="tel" inputRef={phone} />
              <Field label={m.new_customer_name()} optional={m.optional()} value={draft.name} onChange={(text) => put({ name: text })} />
            </div>
          </Step>
        </ol>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={m.invoice_date()} optional={m.invoice_today({ day: today })} value={draft.invoiceDate} onChange={(text) => put({ invoiceDate: text })} error={dateBad ? m.date_help() : undefined} />
          <Field label={m.invoice_number()} optional={m.optional()} value={draft.invoiceNumber} onChange={(text) => put({ invoiceNumber: text })} />
        </div>
        <div className="flex flex-wrap gap-3">
          <Button main look="primary" icon="card" keys="Ctrl ↵" isDisabled={!ready || dateBad} isPending={issue.isPending} onPress={send}>
            {m.card_issue()}
          </Button>
          <Button main icon="park" keys="F8" isPending={park.isPending} onPress={putAside}>
            {m.card_park()}
          </Button>
          <Button main look="quiet" onPress={() => { reset(emptyCard); setIssued(null); }}>{m.card_reset()}</Button>
        </div>
        <Parked onTake={(id, fields) => { reset(unpark(fields)); setParked(id); setIssued(null); }} />
      </div>
      <CardPreview draft={draft} model={model} issued={issued} double={doubles[0]} today={today} />
    </div>
  );
}

function Step({ number, done, children }: { number: number; done: boolean; children: React.ReactNode }) {
  return (
    <li className="flex gap-4 p-4">
      <span className={`flex size-7 shrink-0 items-center justify-center rounded-pill border-2 text-label font-semibold ${done ? "border-good bg-good-soft text-good" : "border-line"}`}>{number}</span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">{children}</div>
    </li>
  );
}

/** A code typed by hand, looked at when the field is left or Enter pressed. */
function TypedCode({ label, value, onTyped, onClear }: { label: string; value: string; onTyped: (text: string) => void; onClear?: () => void }) {
  const [text, setText] = useState<string | null>(null);
  const look = () => {
    if (text !== null && text.trim() !== "" && text !== value) onTyped(text.trim());
    setText(null);
  };
  return (
    <Field
      label={label}
      value={text ?? value}
      onChange={(next) => {
        setText(next);
        if (next === "") onClear?.();
      }}
      onEnter={look}
      onBlur={look}
    />
  );
}
