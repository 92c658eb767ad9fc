// Choices on a screen that are not records yet: which model, which slot. They hold identities and
// codes, never names or phones, and nothing here is called saved.
import { useCallback, useState } from "react";

const PREFIX = "doorstep.draft.";

export function readDraft<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function writeDraft<T>(key: string, value: T): void {
  localStorage.setItem(PREFIX + key, JSON.stringify(value));
}

export function useDraft<T>(key: string, fallback: T): [T, (next: T) => void] {
  const [held, setHeld] = useState(() => ({ key, value: readDraft(key, fallback) }));
  const value = held.key === key ? held.value : readDraft(key, fallback);
  const set = useCallback(
    (next: T) => {
      writeDraft(key, next);
      setHeld({ key, value: next });
    },
    [key],
  );
  return [value, set];
}
