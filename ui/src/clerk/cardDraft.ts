// The draft of a warranty card, filled by scans in any order.
import type { JsonValue } from "@/generated/serde_json/JsonValue";
import type { ScannedLabel } from "@/generated/ScannedLabel";
import { gtinOf, serialOf } from "@/engineer/scan/labelKinds";

export interface CardDraft {
  gtin: string;
  serials: string[];
  phone: string;
  name: string;
  invoiceDate: string;
  invoiceNumber: string;
}

export const emptyCard: CardDraft = { gtin: "", serials: [], phone: "", name: "", invoiceDate: "", invoiceNumber: "" };

/** Nothing of this customer is in it; invoice and date may be left from the one before. */
export const isBlank = (draft: CardDraft): boolean =>
  draft.gtin === "" && draft.serials.length === 0 && draft.phone === "" && draft.name === "";

const digits = (text: string) => text.replace(/[\s-]/g, "");

/** A mainland mobile number, which no label carries. */
export const isMobile = (text: string) => /^1[3-9]\d{9}$/.test(digits(text));

/** A number that can be called: a mobile, or a landline with or without its area code. */
export const isPhone = (text: string) => /^\+?\d{7,15}$/.test(digits(text));

/** What a label means for the draft. */
export type Routed =
  | { draft: CardDraft }
  /** It names another product than the one chosen; the person decides. */
  | { draft: CardDraft; otherProduct: string }
  /** It is neither product, serial nor phone. */
  | { draft: CardDraft; useless: ScannedLabel };

/** Puts a scanned label where its content belongs, whatever field has the focus. */
export function route(draft: CardDraft, label: ScannedLabel): Routed {
  if (isMobile(label.text)) return { draft: { ...draft, phone: digits(label.text) } };
  const gtin = gtinOf(label);
  const serial = serialOf(label);
  const own = serial !== null && serial !== gtin ? serial : null;
  if (gtin === null && own === null) return { draft, useless: label };
  // A label with a serial is stuck to one machine: its product code is evidence, not a choice.
  const differs = gtin !== null && own !== null && draft.gtin !== "" && draft.gtin !== gtin;
  const next = {
    ...draft,
    gtin: gtin === null || differs ? draft.gtin : gtin,
    serials: own === null || draft.serials.includes(own) ? draft.serials : [...draft.serials, own],
  };
  return differs ? { draft: next, otherProduct: gtin } : { draft: next };
}

export function isReady(draft: CardDraft): boolean {
  return draft.gtin !== "" && draft.serials.length > 0 && isPhone(draft.phone) && isDay(draft.invoiceDate);
}

/** Empty, or a day of the calendar as `2026-07-15`. */
export function isDay(text: string): boolean {
  if (text === "") return true;
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The next customer of the same queue: invoice and date stay. */
export function nextCard(draft: CardDraft): CardDraft {
  return { ...emptyCard, invoiceDate: draft.invoiceDate, invoiceNumber: draft.invoiceNumber };
}

/** A parked draft as it was; fields of another version are left out. */
export function unpark(fields: JsonValue): CardDraft {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return emptyCard;
  const text = (key: string) => (typeof fields[key] === "string" ? fields[key] : "");
  const serials = fields["serials"];
  return {
    gtin: text("gtin"),
    serials: Array.isArray(serials) ? serials.filter((serial) => typeof serial === "string") : [],
    phone: text("phone"),
    name: text("name"),
    invoiceDate: text("invoiceDate"),
    invoiceNumber: text("invoiceNumber"),
  };
}
