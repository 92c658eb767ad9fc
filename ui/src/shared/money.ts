import type { Fen } from "@/generated/Fen";

const MINUS = "\u2212";

/** `¥5,406.00`; a reduction is `−¥133.00`. Integer arithmetic only. */
export function yuan(fen: Fen): string {
  const sign = fen < 0 ? MINUS : "";
  const whole = Math.trunc(Math.abs(fen) / 100).toString();
  const cents = (Math.abs(fen) % 100).toString().padStart(2, "0");
  return `${sign}¥${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}.${cents}`;
}

/** `5406.00`: an amount as a person would type it. */
export function typedYuan(fen: Fen): string {
  return yuan(fen).replace(/[¥,]/g, "");
}

/** [`yuan`] with its sign always shown, for a change. */
export function yuanChange(fen: Fen): string {
  return fen > 0 ? `+${yuan(fen)}` : yuan(fen);
}

/** What a person typed as yuan, in fen; null when it is no amount. Full-width digits are read too. */
export function parseYuan(text: string): Fen | null {
  const plain = text.normalize("NFKC").replace(/[,\s¥]/g, "");
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match?.[1]) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}
