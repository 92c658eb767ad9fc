// What a person has begun to type and not given to the core yet. It outlives the screen it stands on,
// so that a look elsewhere, another language or a rotation loses nothing; it is never written to the
// disk, because it may hold names and numbers.
import { useCallback, useSyncExternalStore } from "react";

const held = new Map<string, unknown>();
const listeners = new Set<() => void>();

function put(key: string, value: unknown): void {
  if (value === undefined) held.delete(key);
  else held.set(key, value);
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** State of a screen under a name: what was put last, else `fallback`. Putting undefined forgets it. */
export function useHeld<T>(key: string, fallback: T): [T, (next: T | undefined) => void] {
  const value = useSyncExternalStore(listen, () => held.get(key)) as T | undefined;
  const set = useCallback((next: T | undefined) => put(key, next), [key]);
  return [value === undefined ? fallback : value, set];
}
