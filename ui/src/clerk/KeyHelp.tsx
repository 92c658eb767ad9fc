import { Sheet } from "@/kit/Sheet";
import { m } from "@/paraglide/messages.js";

/** Every key of the desk. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const rows = [
    ["/", m.key_search()],
    ["Alt 1–8", m.key_places()],
    ["J  K", m.key_move()],
    ["Enter", m.key_enter()],
    ["Esc", m.key_back()],
    ["A", m.key_plan()],
    ["E", m.key_evidence()],
    ["U", m.key_updates()],
    ["T", m.key_today()],
    ["Ctrl Enter", m.key_issue()],
    ["F8", m.key_park()],
    ["?", m.key_help()],
  ];
  return (
    <Sheet title={m.keys()} open={open} onClose={onClose}>
      <dl className="grid grid-cols-[8rem_1fr] gap-y-2">
        {rows.map(([key, what]) => (
          <div key={key} className="contents">
            <dt><kbd className="rounded-field border-(length:--border) border-line px-2 py-0.5 font-sans">{key}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
