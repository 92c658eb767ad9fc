import { useEffect, useRef, type ReactNode } from "react";
import { Button } from "@/kit/Button";
import { m } from "@/paraglide/messages.js";

interface Props {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  /** Buttons that stay in reach. */
  foot?: ReactNode;
  onClose: () => void;
  /** Counts up each time the person asked to go into the panel. */
  entered?: number;
  /** On a narrow window the panel covers the list, so there it waits until it is entered. */
  waitsWhenNarrow?: boolean;
}

/** What stands beside a list about the chosen row; Esc leads back to the row. */
export function SidePanel({ title, lead, children, foot, onClose, entered = 0, waitsWhenNarrow = false }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (entered > 0) head.current?.focus();
  }, [entered]);
  return (
    <aside
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
      className={`rule w-104 shrink-0 flex-col border-l-(length:--border) bg-card max-lg:fixed max-lg:inset-0 max-lg:z-20 max-lg:w-full ${waitsWhenNarrow && entered === 0 ? "flex max-lg:hidden" : "flex"}`}
    >
      <header className="rule rule-b flex min-h-14 items-center gap-2 py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <h2 ref={head} tabIndex={-1} className="-mx-1 truncate rounded-field px-1 text-key font-bold -outline-offset-2">{title}</h2>
          {lead && <div className="text-label text-ink-2">{lead}</div>}
        </div>
        <Button look="quiet" icon="close" label={m.close()} onPress={onClose} />
      </header>
      <div className="scroll min-h-0 flex-1 p-4">{children}</div>
      {foot && <footer className="rule rule-t p-4">{foot}</footer>}
    </aside>
  );
}

/** Puts the focus back on the chosen row of a list. */
export function backToRow(list: HTMLElement | null): void {
  list?.querySelector<HTMLElement>('[data-row][aria-current="true"]')?.focus();
}
