import { useEffect, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import type { QuoteView } from "@/generated/QuoteView";
import { Amount } from "@/kit/Amount";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNames } from "@/shared/names";
import { say, sayAll } from "@/shared/words";
import { groupName, groups } from "./pricing";
import { Totals } from "./Totals";
import { useWork } from "./work";

/** Long enough that a customer's finger does not leave by accident. */
const HOLD_MS = 2_000;

/** What the customer sees: five lines, the photos behind the deductions, no way elsewhere. */
export function CustomerView({ view, open, onClose }: { view: QuoteView; open: boolean; onClose: () => void }) {
  return (
    <ModalOverlay isOpen={open} isKeyboardDismissDisabled className="fixed inset-0 z-50 bg-page">
      <Modal className="h-full">
        <Dialog aria-label={m.customer_view()} className="h-full outline-none">
          <Shown view={view} onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Shown({ view, onClose }: { view: QuoteView; onClose: () => void }) {
  const { quote } = view;
  return (
    <div className="scroll flex h-full flex-col">
      <div className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-6 px-6 py-8">
        <h1 className="text-head font-bold">{quote.items.map((item) => say(item.words)).join(" + ") || m.group_old()}</h1>
        <ul className="panel divide-y-(length:--border) divide-hair">
          {groups(quote.lines).filter((group) => group.id !== "subsidy").map((group) => (
            <li key={group.id} className="flex min-h-18 items-center justify-between gap-4 px-6 py-3">
              <span className="text-key">
                {groupName[group.id]()}
                {group.id === "old" && (
                  <span className="block text-label text-ink-2">
                    {sayAll(group.lines.slice(1).map((line) => line.words))}
                  </span>
                )}
              </span>
              <Amount fen={group.sum} size="key" />
            </li>
          ))}
        </ul>
        <Totals view={view} large />
        <DeductionPhotos shots={quote.lines.map((line) => line.photo).filter((shot) => shot !== undefined)} />
        {quote.sample && <p className="text-small text-ink-2">{m.sample_quote({ version: quote.bundles.catalogue })}</p>}
      </div>
      <footer className="sticky bottom-0 flex justify-center p-4">
        <HoldToLeave onLeave={onClose} />
      </footer>
    </div>
  );
}

function DeductionPhotos({ shots }: { shots: readonly string[] }) {
  const { asset } = useWork();
  const names = useNames();
  const list = useRead("photo_list", { subject: asset ?? "" }, { enabled: asset !== undefined && shots.length > 0 });
  const photos = list.data?.photos.filter((photo) => shots.includes(photo.shot) && photo.thumb) ?? [];
  if (photos.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-4">
      {photos.map((photo) => (
        <li key={photo.hash} className="flex flex-col gap-1">
          <img src={`data:image/jpeg;base64,${photo.thumb ?? ""}`} alt={names.shot(photo.shot)} className="h-40 rounded-card object-cover" />
          <span className="text-label text-ink-2">{names.shot(photo.shot)}</span>
        </li>
      ))}
    </ul>
  );
}

function HoldToLeave({ onLeave }: { onLeave: () => void }) {
  const [held, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const leave = useRef(onLeave);
  leave.current = onLeave;
  const start = () => {
    setHeld(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => leave.current(), HOLD_MS);
  };
  const stop = () => {
    setHeld(false);
    clearTimeout(timer.current);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <button
      type="button"
      autoFocus
      onPointerDown={start}
      onPointerUp={stop}
      onPointerLeave={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if ((event.key === " " || event.key === "Enter") && !event.repeat) start();
      }}
      onKeyUp={stop}
      onBlur={stop}
      className="relative flex min-h-14 items-center gap-2 overflow-hidden rounded-field border-(length:--border) border-line bg-card px-6 text-label select-none"
    >
      <span
        aria-hidden="true"
        className="absolute inset-y-0 left-0 bg-primary-soft"
        style={{ width: held ? "100%" : 0, transition: held ? `width ${HOLD_MS}ms linear` : "none" }}
      />
      <span className="relative flex items-center gap-2">
        <Icon name="lock" size={20} />
        {m.hold_to_leave()}
      </span>
    </button>
  );
}
