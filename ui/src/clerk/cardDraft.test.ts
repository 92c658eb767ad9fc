import { describe, expect, it } from "vitest";
import type { ScannedLabel } from "@/generated/ScannedLabel";
import { emptyCard, isMobile, isReady, nextCard, route, unpark } from "./cardDraft";

const label = (text: string, kind: object): ScannedLabel => ({ format: null, text, kind: kind as ScannedLabel["kind"], guess: false });
const gtin = label("2000000000206", { kind: "gtin", fields: { gtin14: "02000000000206" } });
const serial = label("SBX418B000777", { kind: "unknown", fields: { text: "SBX418B000777" } });

describe("a card filled by scans", () => {
  it("takes each label where it belongs, in any order", () => {
    const draft = route(route(route(emptyCard, serial), gtin), label("13900001234", { kind: "unknown", fields: {} }));
    expect(draft).toMatchObject({ gtin: "2000000000206", serials: ["SBX418B000777"], phone: "13900001234" });
    expect(isReady(draft)).toBe(true);
  });
  it("takes two units of a split machine, and no serial twice", () => {
    const outdoor = label("OUT-1234567", { kind: "unknown", fields: {} });
    expect(route(route(route(emptyCard, serial), outdoor), serial).serials).toEqual(["SBX418B000777", "OUT-1234567"]);
  });
  it("keeps invoice and date for the next customer, and nothing else", () => {
    const draft = { ...emptyCard, gtin: "1", phone: "2", invoiceDate: "2026-07-15", invoiceNumber: "FP-1" };
    expect(nextCard(draft)).toEqual({ ...emptyCard, invoiceDate: "2026-07-15", invoiceNumber: "FP-1" });
  });
  it("comes back from parking as it was", () => {
    const draft = { ...emptyCard, gtin: "2000000000206", serials: ["A1234"], name: "王" };
    expect(unpark(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
    expect(unpark("nonsense")).toEqual(emptyCard);
  });
  it("knows a mobile number", () => {
    expect(isMobile("139 0000 1234")).toBe(true);
    expect(isMobile("2000000000206")).toBe(false);
  });
});
