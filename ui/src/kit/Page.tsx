import { type ReactNode } from "react";

/** A screen below the strip: a head that stays, a body that scrolls, a foot that stays. */
export function Page({
  title,
  lead,
  actions,
  foot,
  children,
  narrow = false,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
  narrow?: boolean;
}) {
  const width = narrow ? "mx-auto w-full max-w-3xl" : "";
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="gutter flex min-h-18 flex-wrap items-center gap-x-4 gap-y-1 px-6 py-3 max-sm:px-4">
        <div className={`flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1 ${width}`}>
          <h1 className="text-head font-bold">{title}</h1>
          {lead && <div className="text-label text-ink-2">{lead}</div>}
          {actions && <div className="ml-auto flex flex-wrap gap-2">{actions}</div>}
        </div>
      </header>
      <main className="scroll min-h-0 flex-1 px-6 pb-8 max-sm:px-4">
        <div className={width}>{children}</div>
      </main>
      {foot}
    </div>
  );
}

/** A titled group of a page. */
export function Section({ title, aside, children }: { title?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-6 flex flex-col gap-2">
      {(title || aside) && (
        <div className="flex flex-wrap items-baseline gap-x-4">
          {title && <h2 className="text-body font-semibold">{title}</h2>}
          {aside && <div className="ml-auto text-label text-ink-2">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** Facts as name and value. */
export function Facts({ rows }: { rows: readonly (readonly [ReactNode, ReactNode] | null | false)[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">
      {rows.map((row, index) =>
        row ? (
          <div key={index} className="contents">
            <dt className="text-label text-ink-2">{row[0]}</dt>
            <dd className="tabular min-w-0 break-words">{row[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
