import type { Found } from "@/generated/Found";
import { Icon, type IconName } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { say } from "./words";

export const kindLook: Record<string, { icon: IconName; name: () => string }> = {
  customer: { icon: "me", name: m.kind_customer },
  card: { icon: "card", name: m.kind_card },
  asset: { icon: "machine", name: m.kind_asset },
  work_order: { icon: "task", name: m.kind_work_order },
};

/** Records found, newest first. */
export function SearchResults({ found, onOpen, current }: { found: readonly Found[]; onOpen: (found: Found) => void; current?: string | undefined }) {
  return (
    <ul className="panel divide-y-(length:--border) divide-hair overflow-hidden">
      {found.map((one) => {
        const look = kindLook[one.kind];
        return (
          <li key={`${one.kind}-${one.id}`}>
            <button
              type="button"
              aria-current={current === one.id}
              onClick={() => onOpen(one)}
              className={`flex min-h-18 w-full items-center gap-4 px-4 py-2 text-left -outline-offset-4 desk:min-h-10 desk:gap-3 desk:py-1.5 ${current === one.id ? "bg-primary-soft" : ""}`}
            >
              <span className="text-ink-2"><Icon name={look?.icon ?? "note"} size={22} /></span>
              <span className="min-w-0 flex-1">
                <span className="block truncate font-semibold">{one.title}</span>
                <span className="tabular block truncate text-label text-ink-2">{say(one.detail)}</span>
              </span>
              <span className="text-label text-ink-2">{look?.name() ?? one.kind}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
