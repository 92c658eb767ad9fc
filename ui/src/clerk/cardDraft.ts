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

/** A mainland mobile number, which no label carries. */
export const isMobile = (text: string) => /^1[3-9]\d{9}$/.test(text.replace(/[\s-]/g, ""));

/** Puts a scanned label where its content belongs, whatever field has the focus. */
export function route(draft: CardDraft, label: ScannedLabel): CardDraft {
  if (isMobile(label.text.trim())) return { ...draft, phone: label.text.trim() };
  const gtin = gtinOf(label);
  const serial = serialOf(label);
  let next = draft;
  if (gtin) next = { ...next, gtin };
  if (serial && serial !== gtin && !draft.serials.includes(serial)) next = { ...next, serials: [...draft.serials, serial] };
  return next;
}

export function isReady(draft: CardDraft): boolean {
  return draft.gtin !== "" && draft.serials.length > 0 && draft.phone.trim() !== "";
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
