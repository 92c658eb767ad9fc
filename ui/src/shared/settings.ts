// How this person wants the product to look. Kept beside the window, not in the records: another
// person on another device has other eyes.
import { useSyncExternalStore } from "react";
import { overwriteGetLocale } from "@/paraglide/runtime.js";

export type Locale = "zh" | "en";
export type Theme = "light" | "outdoor" | "dark";
export const TEXT_SIZES = [0.9, 1, 1.15, 1.3] as const;

export interface Settings {
  locale: Locale;
  theme: Theme;
  textSize: number;
}

const KEY = "doorstep.settings";
const defaults: Settings = { locale: "zh", theme: "light", textSize: 1 };

function stored(): Settings {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return defaults;
  }
}

let current = stored();
const listeners = new Set<() => void>();

overwriteGetLocale(() => current.locale);

export function settings(): Settings {
  return current;
}

export function change(next: Partial<Settings>): void {
  current = { ...current, ...next };
  localStorage.setItem(KEY, JSON.stringify(current));
  show();
  for (const listener of listeners) listener();
}

/** Puts the settings on the page. */
export function show(): void {
  const root = document.documentElement;
  root.lang = current.locale === "zh" ? "zh-CN" : "en";
  root.dataset["theme"] = current.theme;
  root.style.setProperty("--text-scale", String(current.textSize));
}

export function useSettings(): Settings {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
