import { useState } from "react";
import type { PhotoView } from "@/generated/PhotoView";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Skeleton } from "@/kit/States";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNames } from "./names";
import { ReceivedChip } from "./papers/PaperList";

/** Photos of a record, small; a tap shows one whole. */
export function PhotoStrip({ photos }: { photos: readonly PhotoView[] }) {
  const [open, setOpen] = useState<PhotoView | null>(null);
  const names = useNames();
  return (
    <>
      <ul className="flex flex-wrap gap-3">
        {photos.map((photo) => (
          <li key={photo.hash}>
            <button type="button" onClick={() => setOpen(photo)} aria-label={m.photo_open({ name: names.shot(photo.shot) })} className="panel flex w-36 flex-col overflow-hidden text-left desk:w-28">
              {photo.thumb ? (
                <img src={`data:image/jpeg;base64,${photo.thumb}`} alt="" className="aspect-4/3 w-full object-cover" />
              ) : (
                <span className="flex aspect-4/3 w-full items-center justify-center bg-sunken text-ink-2">
                  <Icon name="picture" size={32} />
                </span>
              )}
              <span className="truncate px-2 py-1 text-label">{names.shot(photo.shot)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Sheet title={open ? names.shot(open.shot) : ""} open={open !== null} onClose={() => setOpen(null)} wide>
        {open && <Whole photo={open} name={names.shot(open.shot)} />}
      </Sheet>
    </>
  );
}

function Whole({ photo, name }: { photo: PhotoView; name: string }) {
  const bytes = useRead("photo_bytes", { hash: photo.hash });
  return (
    <>
      <div><ReceivedChip medium={photo} /></div>
      <ErrorNote error={bytes.error} onRetry={() => void bytes.refetch()} />
      {bytes.data ? (
        <img src={`data:${bytes.data.mime};base64,${bytes.data.base64}`} alt={name} className="max-h-[70dvh] self-center object-contain" />
      ) : (
        !bytes.error && <Skeleton rows={1} height="20rem" />
      )}
    </>
  );
}
