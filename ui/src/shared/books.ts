// Lists that HQ publishes in its books and screens offer for choosing.
import type { Words } from "@/generated/Words";

export interface Deduction {
  code: string;
  name: Words;
  photo: string | null;
}

/** Faults the valuation table knows for a category. */
export function useDeductions(_category: string): readonly Deduction[] {
  return [];
}

export interface PartName {
  id: string;
  name: Words;
}

/** Parts the repair book knows for a category. */
export function useParts(_category: string): readonly PartName[] {
  return [];
}

export interface LostReason {
  code: string;
  name: Words;
  follow_up_days: number | null;
}

/** Why a willing customer does not order today. */
export function useLostReasons(): readonly LostReason[] {
  return [];
}

export interface FeeChoice {
  id: string;
  name: Words;
  unit: Words;
  /** What the rule asks besides the home: quantity_milli, kg, cool_w, hp10, inch, reason. */
  asks: readonly string[];
  photo: string | null;
  note: Words | null;
}

/** Fees that may arise with these categories. */
export function useFees(_categories: readonly string[]): readonly FeeChoice[] {
  return [];
}
