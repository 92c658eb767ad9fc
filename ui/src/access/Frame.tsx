import { type ReactNode } from "react";
import { Button } from "@/kit/Button";
import { m } from "@/paraglide/messages.js";
import { change, useSettings } from "@/shared/settings";

/** The frame of the screens before work: the product's name, and the language within reach. */
export function Frame({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const { locale } = useSettings();
  return (
    <div className="scroll flex h-full flex-col items-center px-6 py-6">
      <header className="flex w-full max-w-3xl items-center gap-3">
        <Mark />
        <span className="text-key font-bold text-primary">{m.app_name()}</span>
        <span className="ml-auto">
          <Button look="quiet" icon="globe" onPress={() => change({ locale: locale === "zh" ? "en" : "zh" })}>
            {locale === "zh" ? "English" : "中文"}
          </Button>
        </span>
      </header>
      <main className="my-auto flex w-full max-w-md flex-col items-center gap-6 py-8">
        <div className="flex flex-col gap-2 text-center">
          <h1 className="text-head font-bold">{title}</h1>
          {lead && <p className="text-label text-ink-2">{lead}</p>}
        </div>
        {children}
      </main>
    </div>
  );
}

/** A door, opened: the product's sign. */
export function Mark({ size = 40 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 40 40">
      <rect width="40" height="40" rx="9" fill="var(--primary)" />
      <path d="M11 31V9h18v22" fill="none" stroke="var(--on-primary)" strokeWidth="3" strokeLinejoin="round" />
      <path d="M11 31l11 4V13L11 9z" fill="var(--on-primary)" />
      <circle cx="19" cy="23" r="1.600" fill="var(--primary)" />
    </svg>
  );
}
