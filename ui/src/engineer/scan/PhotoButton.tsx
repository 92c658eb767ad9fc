import { useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import type { DocKind } from "@/generated/DocKind";
import { Button } from "@/kit/Button";
import { Icon } from "@/kit/Icon";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { fileBase64 } from "@/shared/bytes";
import { grabPhoto, useCamera } from "./camera";

interface Props {
  subject: string;
  kind: DocKind;
  shot: string;
  /** What to photograph, in words. */
  name: string;
  taken?: number;
  onTaken?: () => void;
}

/** A guided shot: one tap opens the camera, one takes it, and it is durable before it shows a tick. */
export function PhotoButton({ subject, kind, shot, name, taken = 0, onTaken }: Props) {
  const [open, setOpen] = useState(false);
  const [now, setNow] = useState(0);
  const add = useAct("photo_add");
  const file = useRef<HTMLInputElement>(null);
  const count = taken + now;
  const keep = async (picture: Blob) => {
    setOpen(false);
    const image = await fileBase64(picture);
    add.mutate(
      { subject, kind, shot, image },
      {
        onSuccess: () => {
          if (taken === 0 && onTaken) setNow(now + 1);
          onTaken?.();
        },
      },
    );
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button
          icon={count > 0 ? "check" : "camera"}
          look={count > 0 ? "quiet" : "plain"}
          isPending={add.isPending}
          onPress={() => setOpen(true)}
        >
          {add.isPending ? m.photo_saving() : count > 0 ? m.photo_taken({ name }) : m.photo_take({ name })}
        </Button>
        <Button look="quiet" icon="picture" label={m.photo_file({ name })} onPress={() => file.current?.click()} />
        <input
          ref={file}
          type="file"
          accept="image/jpeg,image/png"
          className="hidden"
          aria-label={m.photo_file({ name })}
          onChange={(event) => {
            const picture = event.target.files?.[0];
            event.target.value = "";
            if (picture) void keep(picture);
          }}
        />
      </div>
      <ErrorNote error={add.error} />
      <ModalOverlay isOpen={open} onOpenChange={setOpen} className="fixed inset-0 z-50 bg-black">
        <Modal className="h-full w-full">
          <Dialog aria-label={m.photo_take({ name })} className="h-full">
            <Viewfinder name={name} onPhoto={(picture) => void keep(picture)} onClose={() => setOpen(false)} onFile={() => { setOpen(false); file.current?.click(); }} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </div>
  );
}

function Viewfinder({ name, onPhoto, onClose, onFile }: { name: string; onPhoto: (picture: Blob) => void; onClose: () => void; onFile: () => void }) {
  const { video, state } = useCamera(true);
  const [busy, setBusy] = useState(false);
  const take = async () => {
    if (!video.current || state !== "live" || busy) return;
    setBusy(true);
    const picture = await grabPhoto(video.current);
    if (picture) onPhoto(picture);
    else setBusy(false);
  };
  return (
    <div className="relative flex h-full flex-col text-white">
      {/* The whole picture is the shutter: gloves and sun make a small one hard to hit. */}
      <button type="button" aria-label={m.photo_shutter()} onClick={() => void take()} className="absolute inset-0">
        <video ref={video} muted playsInline className="h-full w-full object-contain" />
      </button>
      <p className="pointer-events-none relative m-4 self-center rounded-field bg-black/70 px-4 py-2 text-key font-semibold">
        {state === "live" ? name : state === "starting" ? m.camera_starting() : state === "refused" ? m.camera_refused() : m.camera_none()}
      </p>
      <div className="relative mt-auto flex items-center justify-between gap-3 p-6">
        <Button icon="close" main onPress={onClose}>
          {m.cancel()}
        </Button>
        <button
          type="button"
          aria-label={m.photo_shutter()}
          disabled={state !== "live"}
          onClick={() => void take()}
          className="flex size-20 items-center justify-center rounded-pill border-4 border-white bg-white/30 disabled:opacity-40"
        >
          <Icon name="camera" size={36} />
        </button>
        <Button icon="picture" main onPress={onFile}>
          {m.from_file()}
        </Button>
      </div>
    </div>
  );
}
