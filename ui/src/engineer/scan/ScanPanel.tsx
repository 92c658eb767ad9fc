import { useCallback, useEffect, useRef, useState } from "react";
import type { ScanInput } from "@/generated/ScanInput";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { Icon } from "@/kit/Icon";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { Refused } from "@/platform";
import { fileBase64 } from "@/shared/bytes";
import { useScanner } from "@/shared/useScanner";
import { grabLuma, setTorch, useCamera } from "./camera";

/** A pause between frames, so that a slow tablet stays cool. */
const BETWEEN_FRAMES_MS = 120;
/** While keys arrive, a USB scanner is speaking and the camera waits. */
const AFTER_KEY_MS = 600;

/** One label, whichever way it comes: camera, picture, USB scanner, or typed. */
export function ScanPanel<T>({ look: lookAt, lookUp, onSeen }: {
  /** Reads a picture or a camera frame; refuses where it shows no label. */
  look: (input: ScanInput) => Promise<T>;
  /** Takes a typed code. */
  lookUp: (text: string) => Promise<T>;
  onSeen: (seen: T) => void;
}) {
  const [error, setError] = useState<Refused | null>(null);
  const [typed, setTyped] = useState("");
  const [reading, setReading] = useState(false);
  const [torch, setTorchOn] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const { video, state } = useCamera(true);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  const ask = useRef({ lookAt, lookUp });
  ask.current = { lookAt, lookUp };

  const run = useCallback(async (work: () => Promise<T>) => {
    setReading(true);
    setError(null);
    try {
      seen.current(await work());
    } catch (refused) {
      if (refused instanceof Refused) setError(refused);
      else throw refused;
    } finally {
      setReading(false);
    }
  }, []);
  const takeText = useCallback(
    (text: string) => {
      setTyped(text);
      void run(() => ask.current.lookUp(text));
    },
    [run],
  );
  useScanner(takeText);

  useEffect(() => {
    if (state !== "live") return;
    let over = false;
    let lastKey = -Infinity;
    const onKey = () => {
      lastKey = performance.now();
    };
    window.addEventListener("keydown", onKey, true);
    const look = async () => {
      while (!over) {
        const speaking = performance.now() - lastKey < AFTER_KEY_MS;
        const frame = !speaking && video.current && grabLuma(video.current);
        if (frame) {
          try {
            const found = await ask.current.lookAt({ frame });
            if (over) return;
            navigator.vibrate?.(60);
            seen.current(found);
            return;
          } catch (refused) {
            // Most frames show no label; the others are told.
            if (refused instanceof Refused && refused.api.code !== "label_not_found" && !over) setError(refused);
          }
        }
        await new Promise((next) => setTimeout(next, BETWEEN_FRAMES_MS));
      }
    };
    void look();
    return () => {
      over = true;
      window.removeEventListener("keydown", onKey, true);
    };
  }, [state, video]);

  return (
    <div className="flex flex-col gap-4">
      <div className="relative aspect-video max-sm:aspect-4/5 w-full overflow-hidden rounded-card bg-black text-white">
        <video ref={video} muted playsInline className="h-full w-full object-cover" />
        <div className="pointer-events-none absolute inset-[12%_18%] rounded-card border-4 border-white/80" />
        <p className="absolute inset-x-0 bottom-0 flex items-center justify-center gap-2 bg-black/70 px-4 py-2 text-label" role="status">
          <Icon name={state === "live" ? "scan" : "camera"} size={20} />
          {state === "live" ? m.scan_aim() : state === "starting" ? m.camera_starting() : state === "refused" ? m.camera_refused() : m.camera_none()}
        </p>
        {state === "live" && (
          <span className="absolute top-3 right-3">
            <Button
              icon="torch"
              label={m.torch()}
              onPress={() => {
                if (video.current) void setTorch(video.current, !torch).then((able) => able && setTorchOn(!torch));
              }}
            />
          </span>
        )}
      </div>
      <ErrorNote error={error} />
      <form
        className="flex items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== "") takeText(typed);
        }}
      >
        <div className="min-w-0 flex-1">
          <Field label={m.scan_typed()} value={typed} onChange={setTyped} inputMode="text" />
        </div>
        <Button type="submit" icon="find" isDisabled={typed.trim() === ""} isPending={reading}>
          {m.look_up()}
        </Button>
      </form>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon="picture" isPending={reading} onPress={() => file.current?.click()}>
          {m.scan_picture()}
        </Button>
        <p className="text-label text-ink-2">{m.scan_usb_help()}</p>
        <input
          ref={file}
          type="file"
          accept="image/jpeg,image/png"
          className="hidden"
          aria-label={m.scan_picture()}
          onChange={(event) => {
            const picture = event.target.files?.[0];
            event.target.value = "";
            if (picture) void run(async () => ask.current.lookAt({ image: await fileBase64(picture) }));
          }}
        />
      </div>
    </div>
  );
}
