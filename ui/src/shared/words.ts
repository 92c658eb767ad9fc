import type { Words } from "@/generated/Words";
import { settings } from "./settings";

/** A text of the core in the person's language. */
export function say(words: Words): string {
  return words[settings().locale];
}

/** Several texts as one list. */
export function sayAll(words: readonly Words[]): string {
  return words.map(say).join(settings().locale === "zh" ? "、" : ", ");
}
