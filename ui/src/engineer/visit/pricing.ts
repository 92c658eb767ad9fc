// From the choices at the door to the question put to the core.
import type { CustomerFacts } from "@/generated/CustomerFacts";
import type { Discount } from "@/generated/Discount";
import type { EarnedBonus } from "@/generated/EarnedBonus";
import type { FeeUse } from "@/generated/FeeUse";
import type { LineKind } from "@/generated/LineKind";
import type { Quote } from "@/generated/Quote";
import type { QuoteInput } from "@/generated/QuoteInput";
import type { QuoteLine } from "@/generated/QuoteLine";
import { m } from "@/paraglide/messages.js";
import type { WorkDraft } from "./work";

/** The label by which subsidies know that nobody has asked. */
const UNKNOWN = "unknown";
const DOOR_DISCOUNT = "door";

export function customerFacts(parties: WorkDraft["parties"]): CustomerFacts {
  const role = (own: string) => (parties === "one" ? "customer" : parties === "several" ? own : UNKNOWN);
  return {
    kind: "natural",
    rural: false,
    parties: {
      buyer: "customer",
      payer: role("payer"),
      applicant: role("applicant"),
      recipient: role("recipient"),
      seller: role("seller"),
      signer: "customer",
    },
    prior_uses: [],
    entitlements: [],
  };
}

function doorDiscount({ discount }: WorkDraft): Discount[] {
  if (discount <= 0) return [];
  return [{ kind: "merchant", id: DOOR_DISCOUNT, amount: discount, words: { zh: "上门优惠", en: "Door discount" } }];
}

/** The merchant's bonuses that the machine in this place earns. */
function bonusesOf({ bonuses }: WorkDraft, place: number): Discount[] {
  const own = bonuses?.filter((bonus) => bonus.place === place) ?? [];
  return own.map(({ id, amount, name }) => ({ kind: "trade_in_bonus", id, amount, words: name }));
}

/** The door discount is taken off the first machine. */
export function quoteInput(workOrder: string, asset: string | undefined, draft: WorkDraft): QuoteInput {
  const tradeIn = draft.tradeIn && asset !== undefined;
  return {
    work_order: workOrder,
    new: draft.skus.map((sku, index) => ({
      line: `new-${index + 1}`,
      sku,
      discounts: [...(index === 0 ? doorDiscount(draft) : []), ...(tradeIn ? bonusesOf(draft, index) : [])],
    })),
    old: tradeIn ? [asset] : [],
    fees: draft.fees ?? [],
    ...(tradeIn ? { removal: draft.removal } : {}),
    customer: customerFacts(draft.parties),
    deposits: [],
  };
}

/** The choices that led to a quote, so that an option can be taken up again. */
export function choicesOf(quote: Quote): Partial<WorkDraft> {
  const { request } = quote;
  const door = request.new[0]?.discounts.find((discount) => discount.id === DOOR_DISCOUNT);
  return {
    skus: request.new.map((item) => item.sku).filter((sku) => sku !== undefined),
    discount: door?.amount ?? 0,
    bonuses: request.new.flatMap((item, place) => item.discounts.flatMap((one) => bonusOf(one, place))),
    tradeIn: request.old.length > 0,
    fees: request.fees as FeeUse[],
    ...(request.removal === undefined ? {} : { removal: request.removal }),
  };
}

function bonusOf({ kind, id, amount, words }: Discount, place: number): EarnedBonus[] {
  return kind === "trade_in_bonus" ? [{ id, place, amount, name: words ?? { zh: id, en: id }, held: false, only_leased: false }] : [];
}

export type GroupId = "new" | "discount" | "subsidy" | "old" | "fee" | "deposit";

const groupOf: Record<LineKind, GroupId> = {
  list_price: "new",
  discount: "discount",
  subsidy: "subsidy",
  old_value: "old",
  old_deduction: "old",
  old_bonus: "old",
  fee: "fee",
  deposit: "deposit",
};

export const groupName: Record<GroupId, () => string> = {
  new: m.group_new,
  discount: m.group_discount,
  subsidy: m.group_subsidy,
  old: m.group_old,
  fee: m.group_fee,
  deposit: m.group_deposit,
};

export interface Group {
  id: GroupId;
  lines: readonly QuoteLine[];
  sum: number;
}

/** The lines in the order of calculation, grouped as the customer thinks of them. */
export function groups(lines: readonly QuoteLine[]): Group[] {
  const ids: readonly GroupId[] = ["new", "discount", "subsidy", "old", "fee", "deposit"];
  return ids
    .map((id) => {
      const own = lines.filter((line) => groupOf[line.kind] === id);
      return { id, lines: own, sum: own.reduce((sum, line) => sum + line.amount, 0) };
    })
    .filter((group) => group.lines.length > 0);
}
