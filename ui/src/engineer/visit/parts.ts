import type { CategoryFacts } from "@/generated/CategoryFacts";
import type { Component } from "@/generated/Component";
import { m } from "@/paraglide/messages.js";

/** A part of a machine with a serial of its own: a split air conditioner has two. */
export interface Part {
  part: string;
  /** Some machines of the category have none, a PC without a monitor for instance. */
  optional: boolean;
}

const names: Record<string, () => string> = {
  body: m.part_body,
  indoor: m.part_indoor,
  outdoor: m.part_outdoor,
  monitor: m.part_monitor,
};

export function partName(part: string): string {
  return names[part]?.() ?? part;
}

/** The parts whose serials are read: those of the category, and any the machine is known to have.
 * The books mark a part that may be missing with a question mark. */
export function partsOf(category: CategoryFacts | undefined, known: readonly Component[]): Part[] {
  const parts = (category?.serials ?? ["body"]).map((text) => ({
    part: text.replace(/\?$/, ""),
    optional: text.endsWith("?"),
  }));
  const others = known.filter((one) => one.serial && !parts.some((part) => part.part === one.part));
  return [...parts, ...others.map((one) => ({ part: one.part, optional: true }))];
}

/** Puts a scanned serial where it belongs: it stays where it stands, else the first empty part takes it. */
export function place(parts: readonly Part[], serials: Readonly<Record<string, string>>, scanned: string): Record<string, string> {
  if (Object.values(serials).includes(scanned)) return { ...serials };
  const free = parts.find(({ part }) => !serials[part]) ?? parts[0];
  return free ? { ...serials, [free.part]: scanned } : { ...serials };
}
