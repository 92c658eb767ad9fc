import type { ScannedLabel } from "@/generated/ScannedLabel";
import { m } from "@/paraglide/messages.js";

const names: Record<string, () => string> = {
  doorstep_card: m.label_card,
  gtin: m.label_gtin,
  gs1_link: m.label_gs1,
  haier_qr: m.label_maker_only,
  haier_bar: m.label_serial,
  card_provider: m.label_other_card,
  midea_plain: m.label_serial,
  midea_cipher: m.label_maker_only,
  gree_barcode: m.label_serial_guess,
  gree_steel_code: m.label_serial_guess,
  unknown: m.label_unknown,
};

function kindOf(label: ScannedLabel): { kind: string; fields: Record<string, unknown> } {
  const { kind } = label;
  if (typeof kind === "object" && kind !== null && !Array.isArray(kind)) {
    const fields = kind["fields"];
    return {
      kind: String(kind["kind"]),
      fields: typeof fields === "object" && fields !== null && !Array.isArray(fields) ? fields : {},
    };
  }
  return { kind: "unknown", fields: {} };
}

export function labelName(label: ScannedLabel): string {
  return (names[kindOf(label).kind] ?? m.label_unknown)();
}

/** The product number a label carries, as printed. */
export function gtinOf(label: ScannedLabel): string | null {
  const { kind, fields } = kindOf(label);
  if (kind === "gtin" && typeof fields["gtin14"] === "string") return fields["gtin14"].replace(/^0/, "");
  if (kind === "gs1_link" && typeof fields["gtin"] === "string") return fields["gtin"].replace(/^0/, "");
  return null;
}

/** The serial number a label carries; an unknown text is taken as one. */
export function serialOf(label: ScannedLabel): string | null {
  const { kind, fields } = kindOf(label);
  const named = fields["serial"] ?? fields["tsn"] ?? fields["digits"];
  if (typeof named === "string") return named;
  return kind === "unknown" ? label.text.trim() : null;
}
