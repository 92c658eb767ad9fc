import type { EndCode } from "@/generated/EndCode";
import type { Evidence } from "@/generated/Evidence";
import { m } from "@/paraglide/messages.js";

/** The ending codes an engineer may say at the door, everyday ones first; a wish for another slot
 * has its own command. */
export const endCodes: readonly { code: EndCode; name: () => string; wants: readonly Evidence[] }[] = [
  { code: "no_show", name: m.end_no_show, wants: ["photo_door", "call_log"] },
  { code: "not_ready", name: m.end_not_ready, wants: ["photo"] },
  { code: "wait_goods", name: m.end_wait_goods, wants: [] },
  { code: "wait_part", name: m.end_wait_part, wants: ["part"] },
  { code: "not_fit", name: m.end_not_fit, wants: ["photo", "fit"] },
  { code: "damaged", name: m.end_damaged, wants: ["photo"] },
  { code: "wrong_addr", name: m.end_wrong_addr, wants: [] },
  { code: "no_cert", name: m.end_no_cert, wants: [] },
  { code: "refused", name: m.end_refused, wants: ["note"] },
  { code: "refused_sign", name: m.end_refused_sign, wants: ["note", "photo"] },
  { code: "unsafe", name: m.end_unsafe, wants: ["note", "photo"] },
];

export const evidenceName: Record<Evidence, () => string> = {
  photo: m.evidence_photo,
  photo_door: m.evidence_photo_door,
  call_log: m.evidence_call_log,
  note: m.evidence_note,
  witness: m.evidence_witness,
  part: m.evidence_part,
  fit: m.evidence_fit,
  slot_wish: m.evidence_slot_wish,
};

export const isPhoto = (evidence: Evidence) => evidence === "photo" || evidence === "photo_door";
