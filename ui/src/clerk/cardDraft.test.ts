import { describe, expect, it } from "vitest";
import type { ScannedLabel } from "@/generated/ScannedLabel";
import { emptyCard, isBlank, isDay, isMobile, isReady, nextCard, route, unpark, type CardDraft } from "./cardDraft";

const label = (text: string, kind: object): ScannedLabel => ({ format: null, text, kind: kind as ScannedLabel["kind"], guess: false });
const gtin = label("2000000000206", { kind: "gtin", fields: { gtin14: "02000000000206" } });
const serial = label("SBX418B000777", { kind: "unknown", fields: { text: "SBX418B000777" } });
const phone = label("139 0000 1234", { kind: "unknown", fields: {} });
const filled = (...labels: ScannedLabel[]) => labels.reduce<CardDraft>((draft, one) => route(draft, one).draft, emptyCard);

describe("a card filled by scans", () => {
  it("takes each label where it belongs, in any order", () => {
    const draft = filled(serial, gtin, phone);
    expect(draft).toMatchObject({ gtin: "2000000000206", serials: ["SBX418B000777"], phone: "13900001234" });
    expect(isReady(draft)).toBe(true);
  });
  it("takes two units of a split machine, and no serial twice", () => {
    const outdoor = label("OUT-1234567", { kind: "unknown", fields: {} });
    expect(filled(serial, outdoor, serial).serials).toEqual(["SBX418B000777", "OUT-1234567"]);
  });
  it("keeps the chosen product when a machine's label names another, and says so", () => {
    const link = label("https://…", { kind: "gs1_link", fields: { gtin: "02000000000503", serial: "SXG100B0000001" } });
    const routed = route(filled(gtin), link);
    expect(routed).toMatchObject({ draft: { gtin: "2000000000206", serials: ["SXG100B0000001"] }, otherProduct: "2000000000503" });
    expect(route(emptyCard, link)).toEqual({ draft: { ...emptyCard, gtin: "2000000000503", serials: ["SXG100B0000001"] } });
  });
  it("takes nothing from a code that is no product, serial or phone", () => {
    const card = label("DS1…", { kind: "doorstep_card", fields: {} });
    expect(route(filled(gtin), card)).toEqual({ draft: filled(gtin), useless: card });
  });
  it("keeps invoice and date for the next customer, and nothing else", () => {
    const draft = { ...emptyCard, gtin: "1", phone: "2", invoiceDate: "2026-07-15", invoiceNumber: "FP-1" };
    expect(nextCard(draft)).toEqual({ ...emptyCard, invoiceDate: "2026-07-15", invoiceNumber: "FP-1" });
    expect([isBlank(draft), isBlank(nextCard(draft))]).toEqual([false, true]);
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
  it("is not ready with half a phone number or a day that is not in the calendar", () => {
    const draft = filled(serial, gtin);
    expect(isReady({ ...draft, phone: "139" })).toBe(false);
    expect(isReady({ ...draft, phone: "0571-8765 4321" })).toBe(true);
    expect(isReady({ ...draft, phone: "SXG100B0000001" })).toBe(false);
    expect(isReady({ ...draft, phone: "13900001234", invoiceDate: "2026-02-30" })).toBe(false);
    expect([isDay("2026-02-28"), isDay("2026-2-28"), isDay("")]).toEqual([true, false, true]);
  });
});
