import type { EndOption } from "@/generated/EndOption";
import type { Evidence } from "@/generated/Evidence";
import { useReference } from "@/shared/books";

/** The ending codes an engineer may say at the door. Finishing has its own button, and a wish for
 * another slot its own command. */
export function useEndCodes(): readonly EndOption[] {
  return useReference()?.ends.filter((end) => end.code !== "done" && end.code !== "reschedule") ?? [];
}

export const isPhoto = (evidence: Evidence) => evidence === "photo" || evidence === "photo_door";
