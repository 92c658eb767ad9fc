// What codes of the published books are called. A code without a name is shown as it is, so that
// nothing on a screen is invented.
export interface Names {
  category: (code: string) => string;
  shot: (code: string) => string;
  spec: (code: string) => string;
  feature: (code: string) => string;
  brand: (code: string) => string;
  sub: (code: string) => string;
  value: (code: string) => string;
}

const asItIs = (code: string) => code;

export function useNames(): Names {
  return {
    category: asItIs,
    shot: asItIs,
    spec: asItIs,
    feature: asItIs,
    brand: asItIs,
    sub: asItIs,
    value: asItIs,
  };
}
