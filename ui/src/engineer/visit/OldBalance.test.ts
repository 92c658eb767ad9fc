import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Quote } from "@/generated/Quote";
import { oldBalance } from "./OldBalance";

// The repository's worked example, priced by the core: credit ¥133.00, no fee on the old machine.
const read = () =>
  JSON.parse(readFileSync(new URL("../../../../data/examples/quote-trade-in.quote.json", import.meta.url), "utf8")) as Quote;

describe("what handing in the old machine comes to", () => {
  it("is its credit where nothing is charged for it", () => {
    expect(oldBalance(read())).toEqual({ credit: 13_300, cost: 0, balance: -13_300 });
  });
  it("turns round when carrying it costs more, and leaves other lines out", () => {
    const quote = read();
    const fee = quote.lines.find((line) => line.kind === "fee");
    if (!fee) throw new Error("the example has a fee");
    quote.lines.push({ ...fee, line: "o1", amount: 19_300 });
    expect(oldBalance(quote)).toEqual({ credit: 13_300, cost: 19_300, balance: 6_000 });
  });
  it("is not spoken of without an old machine", () => {
    expect(oldBalance({ ...read(), old: [] })).toBeNull();
  });
});
