import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { ParkedCards } from "@/generated/ParkedCards";
import type { ScannedLabel } from "@/generated/ScannedLabel";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { Refused, rpc } from "@/platform";
import { useAct, useRead } from "@/platform/query";
import { labelName } from "@/engineer/scan/labelKinds";
import { useScanner } from "@/shared/useScanner";
import { useNames } from "@/shared/names";
import { day } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { CardPreview } from "./CardPreview";
import { CodeField, Step } from "./CardSteps";
import { emptyCard, isBlank, isDay, isMobile, isReady, nextCard, route, unpark, type CardDraft } from "./cardDraft";
import { Parked } from "./Parked";
import { SerialStep } from "./SerialStep";
import { useCardDraft } from "./useCardDraft";
import { useSerialFacts } from "./useSerialFacts";

/** One screen, no steps: scan the product, scan the machine, type the phone, Ctrl+Enter. */
export function IssueCard() {
  const parked = useRead("card_parked", {});
  return <Loaded of={parked}>{(held) => <Issue parked={held.parked} />}</Loaded>;
}

/** What a scan said beside what it filled in. */
interface Remark {
  otherProduct?: string;
  useless?: ScannedLabel;
  card?: string;
}

function Issue({ parked }: ParkedCards) {
  const { id, draft, ...keep } = useCardDraft(parked, emptyCard);
  const [issued, setIssued] = useState<string | null>(null);
  const [cleared, setCleared] = useState<{ id: string; draft: CardDraft } | null>(null);
  const [scanError, setScanError] = useState<Refused | null>(null);
  const [remark, setRemark] = useState<Remark>({});
  const [twice, setTwice] = useState(false);
  const phone = useRef<HTMLInputElement>(null);
  const issue = useAct("card_issue");
  const catalogue = useRead("catalogue_list", {});
  const names = useNames();
  const navigate = useNavigate();
  const today = day(useNow());
  const model = catalogue.data?.models.find((one) => one.gtin === draft.gtin);
  const unknownProduct = draft.gtin !== "" && catalogue.data !== undefined && !model;
  const facts = useSerialFacts(draft.serials, model);
  const double = facts.find((one) => one.cards.length > 0)?.cards[0];
  // A card is issued only when the last scan has been understood and its serials looked up.
  const [looks, setLooks] = useState(0);
  const known = looks === 0 && catalogue.data !== undefined && facts.every((one) => one.known);
  const ready = isReady(draft) && (double === undefined || twice) && !unknownProduct;

  const look = async (text: string) => {
    setScanError(null);
    setLooks((open) => open + 1);
    try {
      const seen = await rpc("code_typed", { text });
      setIssued(null);
      setCleared(null);
      const said: Remark = {};
      keep.change((held) =>
        seen.labels.reduce((before, label) => {
          const routed = route(before, label);
          if ("otherProduct" in routed) said.otherProduct = routed.otherProduct;
          if ("useless" in routed) said.useless = routed.useless;
          return routed.draft;
        }, held),
      );
      // Filled while the draft is changed, so it is read afterwards.
      queueMicrotask(() => setRemark({ ...said, ...(seen.card ? { card: seen.card.card.id } : {}) }));
    } catch (refused) {
      if (refused instanceof Refused) setScanError(refused);
      else throw refused;
    } finally {
      setLooks((open) => open - 1);
    }
  };
  useScanner((text) => void look(text));

  // All that can be scanned is there: the phone is next.
  const machineKnown = draft.gtin !== "" && draft.serials.length > 0;
  useEffect(() => {
    if (machineKnown && draft.phone === "") phone.current?.focus();
  }, [machineKnown, id]);

  const fresh = () => {
    setScanError(null);
    setRemark({});
    setTwice(false);
    setCleared(null);
  };
  const send = async () => {
    await keep.settled();
    issue.mutate(
      {
        gtin: draft.gtin,
        serials: draft.serials,
        phone: draft.phone.trim(),
        ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
        ...(draft.invoiceDate ? { invoice_date: draft.invoiceDate } : {}),
        ...(draft.invoiceNumber.trim() ? { invoice_number: draft.invoiceNumber.trim() } : {}),
        parked: id,
      },
      {
        onSuccess: (view) => {
          fresh();
          setIssued(view.card.id);
          keep.replace(nextCard(draft));
        },
      },
    );
  };
  const putAside = () => {
    if (isBlank(draft)) return;
    fresh();
    setIssued(null);
    keep.turnTo(emptyCard);
  };
  const clear = () => {
    fresh();
    setIssued(null);
    if (!isBlank(draft)) setCleared({ id, draft });
    keep.change(() => emptyCard);
  };
  // Ctrl+Enter may come before the core has answered to the scan before it.
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked || !known) return;
    setAsked(false);
    if (ready && !issue.isPending) void send();
  }, [asked, known]);
  const ask = () => setAsked(true);
  useIssueKeys({ ask, putAside });

  const put = (next: Partial<CardDraft>) => keep.change((held) => ({ ...held, ...next }));
  return (
    <div className="scroll grid h-full min-h-0 grid-cols-[minmax(0,40rem)_25rem] content-start items-start gap-8 px-6 pb-6 max-lg:grid-cols-1 max-md:px-3">
      <div className="flex max-w-160 flex-col gap-4">
        <ErrorNote error={scanError ?? issue.error} />
        {remark.otherProduct && (
          <Note tone="danger" icon="alert" action={<Button onPress={() => { put({ gtin: remark.otherProduct ?? "" }); setRemark({}); }}>{m.card_take_product()}</Button>}>
            {m.card_other_product({ product: productName(catalogue.data?.models.find((one) => one.gtin === remark.otherProduct)?.sku, remark.otherProduct) })}
          </Note>
        )}
        {remark.card ? (
          <Note icon="card" action={<Button onPress={() => void navigate({ to: "/desk/cards", search: { card: remark.card ?? "" } })}>{m.look_up()}</Button>}>{m.card_scanned()}</Note>
        ) : (
          remark.useless && <Note icon="alert">{m.card_scan_useless({ kind: labelName(remark.useless) })}</Note>
        )}
        {cleared && (
          <Note tone="plain" action={<Button onPress={() => { setCleared(null); keep.change(() => cleared.draft); }}>{m.undo()}</Button>}>{m.card_cleared()}</Note>
        )}
        <ol className="panel divide-y-(length:--border) divide-hair">
          <Step number={1} done={model !== undefined}>
            <CodeField label={m.product_code()} value={draft.gtin} onTyped={(text) => void look(text)} onClear={() => put({ gtin: "" })} />
            {model && (
              <p>
                <b>{names.brand(model.brand)} {model.sku}</b> <span className="text-ink-2">{names.category(model.category)} · {names.sub(model.sub)}</span>
              </p>
            )}
            {unknownProduct && <Note icon="alert">{m.product_unknown()}</Note>}
          </Step>
          <Step number={2} done={draft.serials.length > 0 && double === undefined}>
            <SerialStep
              facts={facts}
              category={model?.category}
              onTyped={(text) => void look(text)}
              onRemove={(serial) => {
                put({ serials: draft.serials.filter((one) => one !== serial) });
                setTwice(false);
              }}
              twice={twice}
              onTwice={setTwice}
            />
          </Step>
          <Step number={3} done={isMobile(draft.phone)}>
            <div className="grid gap-3 lg:grid-cols-2">
              <Field
                label={m.phone()}
                value={draft.phone}
                onChange={(text) => put({ phone: text })}
                inputMode="tel"
                inputRef={phone}
                {...(draft.phone.length >= 7 && !isMobile(draft.phone) ? { help: m.phone_not_mobile() } : {})}
              />
              <Field label={m.new_customer_name()} optional={m.optional()} value={draft.name} onChange={(text) => put({ name: text })} />
            </div>
          </Step>
        </ol>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={m.invoice_date()} optional={m.invoice_today({ day: today })} value={draft.invoiceDate} onChange={(text) => put({ invoiceDate: text })} error={isDay(draft.invoiceDate) ? undefined : m.date_help()} />
          <Field label={m.invoice_number()} optional={m.optional()} value={draft.invoiceNumber} onChange={(text) => put({ invoiceNumber: text })} />
        </div>
        <div className="flex flex-wrap gap-3">
          <Button main look="primary" icon="card" keys="Ctrl ↵" isDisabled={!ready} isPending={issue.isPending} onPress={ask}>
            {m.card_issue()}
          </Button>
          <Button main icon="park" keys="F8" isDisabled={isBlank(draft)} onPress={putAside}>
            {m.card_park()}
          </Button>
          <Button main look="quiet" isDisabled={isBlank(draft)} onPress={clear}>{m.card_reset()}</Button>
        </div>
        <Parked
          parked={parked.filter((one) => one.id !== id)}
          models={catalogue.data?.models ?? []}
          onTake={(taken, fields) => {
            fresh();
            setIssued(null);
            keep.turnTo(unpark(fields), taken);
          }}
        />
      </div>
      <CardPreview draft={draft} model={model} issued={issued} double={double} today={today} />
    </div>
  );
}

const productName = (sku: string | undefined, gtin: string) => (sku === undefined ? gtin : `${sku} (${gtin})`);

/** Ctrl+Enter issues, F8 parks, whatever has the focus. */
function useIssueKeys(actions: { ask: () => void; putAside: () => void }) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.ctrlKey) latest.current.ask();
      else if (event.key === "F8") latest.current.putAside();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
