// What codes of the published books are called. A code that the books do not name is shown as it
// is, so that nothing on a screen is invented.
import type { ReferenceView } from "@/generated/ReferenceView";
import type { Vocabulary } from "@/generated/Vocabulary";
import type { Words } from "@/generated/Words";
import { useReference } from "./books";
import { say } from "./words";

export interface Names {
  category: (code: string) => string;
  shot: (code: string) => string;
  spec: (code: string) => string;
  feature: (code: string) => string;
  brand: (code: string) => string;
  sub: (code: string) => string;
  value: (code: string) => string;
}

type Section = { [K in keyof Vocabulary]: Vocabulary[K] extends { [key in string]: Words } ? K : never }[keyof Vocabulary];

function from(reference: ReferenceView | undefined, section: Section): (code: string) => string {
  return (code) => {
    const words = reference?.vocabulary[section][code];
    return words ? say(words) : code;
  };
}

export function useNames(): Names {
  const reference = useReference();
  return {
    category: (code) => {
      const facts = reference?.categories.find((one) => one.category === code);
      return facts ? say(facts.name) : code;
    },
    shot: from(reference, "shots"),
    spec: from(reference, "specs"),
    feature: from(reference, "features"),
    brand: from(reference, "brands"),
    sub: from(reference, "subs"),
    value: from(reference, "values"),
  };
}
