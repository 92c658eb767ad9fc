import { type ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { m } from "@/paraglide/messages.js";
import { Button } from "./Button";

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the bottom, always in reach. */
  foot?: ReactNode;
  wide?: boolean;
}

/** A sheet over the screen: from the bottom on a phone, in the middle on a tablet. */
export function Sheet({ title, open, onClose, children, foot, wide }: Props) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-40 flex items-end justify-center bg-(--scrim) sm:items-center sm:p-6"
    >
      <Modal
        className={`flex max-h-[92dvh] w-full flex-col rounded-t-card bg-card shadow-(--shadow) outdoor:border-2 sm:rounded-card ${wide ? "sm:max-w-4xl" : "sm:max-w-xl"}`}
      >
        <Dialog className="flex min-h-0 flex-1 flex-col outline-none">
          <header className="rule rule-b flex items-center gap-2 py-2 pr-2 pl-6">
            <Heading slot="title" className="min-w-0 flex-1 text-key font-semibold">
              {title}
            </Heading>
            <Button look="quiet" icon="close" label={m.close()} onPress={onClose} />
          </header>
          <div className="scroll flex min-h-0 flex-1 flex-col gap-4 px-6 py-4">{children}</div>
          {foot && <footer className="rule rule-t flex flex-wrap justify-end gap-3 px-6 py-3">{foot}</footer>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
