import { useState } from "react";
import type { PhotoView } from "@/generated/PhotoView";
import { Chip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { PaperSheet } from "./PaperSheet";
import { paperName } from "./paperName";

/** Papers of a record, each opened by one tap. */
export function PaperList({ papers }: { papers: readonly PhotoView[] }) {
  const [open, setOpen] = useState<PhotoView | null>(null);
  return (
    <>
      <ul className="panel divide-y-(length:--border) divide-hair">
        {papers.map((paper) => (
          <li key={paper.hash}>
            <button type="button" onClick={() => setOpen(paper)} className="flex min-h-14 w-full items-center gap-3 px-4 text-left -outline-offset-4 desk:min-h-10">
              <Icon name="note" size={22} />
              <span className="min-w-0 flex-1">{paperName(paper.shot)}</span>
              <ReceivedChip medium={paper} />
              <Icon name="next" size={18} />
            </button>
          </li>
        ))}
      </ul>
      <PaperSheet paper={open} onClose={() => setOpen(null)} />
    </>
  );
}

export function ReceivedChip({ medium }: { medium: PhotoView }) {
  return medium.received ? (
    <Chip tone="good" icon="received">{m.received()}</Chip>
  ) : (
    <Chip icon="device">{m.on_device()}</Chip>
  );
}
