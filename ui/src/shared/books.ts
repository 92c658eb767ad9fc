// Lists that HQ publishes in its books and screens offer for choosing.
import type { CategoryFacts } from "@/generated/CategoryFacts";
import type { Deduction } from "@/generated/Deduction";
import type { FeeRule } from "@/generated/FeeRule";
import type { LostReason } from "@/generated/LostReason";
import type { ReferenceView } from "@/generated/ReferenceView";
import type { SparePart } from "@/generated/SparePart";
import { useRead } from "@/platform/query";

/** Every list and word in force today. */
export function useReference(): ReferenceView | undefined {
  return useRead("reference_view", {}).data;
}

const concerns = (categories: readonly string[], category: string) =>
  categories.includes("*") || categories.includes(category);

export function useCategory(category: string): CategoryFacts | undefined {
  return useReference()?.categories.find((facts) => facts.category === category);
}

/** Faults the valuation table knows for a category. */
export function useDeductions(category: string): readonly Deduction[] {
  return useReference()?.deductions.filter((one) => concerns(one.categories, category)) ?? [];
}

/** Parts the repair book knows for a category. */
export function useParts(category: string): readonly SparePart[] {
  return useReference()?.parts.filter((one) => concerns(one.categories, category)) ?? [];
}

/** Why a willing customer does not order today. */
export function useLostReasons(): readonly LostReason[] {
  return useReference()?.lost ?? [];
}

export type FeeAsk = "quantity_milli" | "kg" | "cool_w" | "hp10" | "inch";

/** What a fee rule asks that the home does not answer: floors and the way are known, pieces are one
 * unless said otherwise. */
export function asksOf(fee: FeeRule): FeeAsk[] {
  const asks: FeeAsk[] = [];
  if (fee.unit === "metre" || fee.unit === "hole" || fee.unit === "piece" || fee.tier_by === "quantity") asks.push("quantity_milli");
  const measure = fee.tier_by;
  if (measure === "kg" || measure === "cool_w" || measure === "hp10" || measure === "inch") asks.push(measure);
  return asks;
}

/** Fees that may arise with these categories in a store's sale. */
export function useFees(categories: readonly string[]): readonly FeeRule[] {
  return (
    useReference()?.fees.filter(
      (fee) =>
        (fee.channels.length === 0 || fee.channels.includes("store")) &&
        (fee.categories.includes("*") || categories.some((category) => fee.categories.includes(category))),
    ) ?? []
  );
}
