import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Quote } from "@/generated/Quote";
import { choicesOf, customerFacts, groups, quoteInput } from "./pricing";
import { emptyWork } from "./work";

// The repository's worked example, priced by the core.
const quote = JSON.parse(
  readFileSync(new URL("../../../../data/examples/quote-trade-in.quote.json", import.meta.url), "utf8"),
) as Quote;

describe("a quote's groups", () => {
  it("hold every line once and add up to both totals", () => {
    const all = groups(quote.lines);
    expect(all.flatMap((group) => group.lines)).toHaveLength(quote.lines.length);
    const total = all.reduce((sum, group) => sum + group.sum, 0);
    expect(total).toBe(quote.totals.if_approved.balance);
    const subsidy = all.find((group) => group.id === "subsidy")?.sum ?? 0;
    expect(total - subsidy).toBe(quote.totals.certain.balance);
  });
});

describe("what is asked of the core", () => {
  it("keeps the old machine out when it is not handed in", () => {
    const input = quoteInput("w", "a", { ...emptyWork, skus: ["S-1"], tradeIn: false });
    expect(input.old).toEqual([]);
    expect(input).not.toHaveProperty("removal");
  });
  it("takes the door discount off the first machine only", () => {
    const input = quoteInput("w", "a", { ...emptyWork, skus: ["S-1", "S-2"], discount: 30_000 });
    expect(input.new.map((item) => item.discounts.map((discount) => discount.amount))).toEqual([[30_000], []]);
  });
  it("puts a merchant's bonus on the machine that earns it, and takes it up again", () => {
    const bonus = { id: "b_1", place: 1, amount: 10_000, name: { zh: "换新", en: "Bonus" }, held: true, only_leased: false };
    const draft = { ...emptyWork, skus: ["S-1", "S-2"], bonuses: [bonus] };
    const input = quoteInput("w", "a", draft);
    expect(input.new.map((item) => item.discounts.map((discount) => discount.id))).toEqual([[], ["b_1"]]);
    expect(quoteInput("w", "a", { ...draft, tradeIn: false }).new[1]?.discounts).toEqual([]);
    const again = choicesOf({ ...quote, request: { ...quote.request, new: input.new } as Quote["request"] });
    expect(again.bonuses).toEqual([{ ...bonus, held: false }]);
  });
  it("says when nobody asked who is who", () => {
    expect(customerFacts("unasked").parties.applicant).toBe("unknown");
    expect(new Set(Object.values(customerFacts("one").parties)).size).toBe(1);
    expect(customerFacts("several").parties.payer).not.toBe("customer");
  });
  it("takes an option up again as it was", () => {
    expect(choicesOf(quote).skus).toEqual(quote.request.new.map((item) => item.sku));
  });
});
