import { useEffect, useRef, useState, type RefObject } from "react";
import { toBase64 } from "@/shared/bytes";

export type CameraState = "starting" | "live" | "none" | "refused";

/** The rear camera in a video element while `on`; every desktop and tablet engine has this one. */
export function useCamera(on: boolean): { video: RefObject<HTMLVideoElement | null>; state: CameraState } {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>("starting");
  useEffect(() => {
    if (!on) return;
    let stream: MediaStream | null = null;
    let over = false;
    const start = async () => {
      setState("starting");
      if (!navigator.mediaDevices?.getUserMedia) return setState("none");
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          audio: false,
          video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
        });
        if (over || !video.current) return stop();
        video.current.srcObject = stream;
        await video.current.play();
        setState("live");
      } catch (error) {
        const name = error instanceof DOMException ? error.name : "";
        if (!over) setState(name === "NotAllowedError" ? "refused" : "none");
      }
    };
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    void start();
    return () => {
      over = true;
      stop();
    };
  }, [on]);
  return { video, state };
}

/** Longest side of a frame sent for reading: labels are read well and quickly at this size. */
const FRAME_SIDE = 1280;
/** Longest side of a photo; the core keeps nameplates at 2048. */
const PHOTO_SIDE = 2048;

function drawn(video: HTMLVideoElement, longest: number): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d", { willReadFrequently: true })?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** One frame as brightness, for `label_scan`. */
export function grabLuma(video: HTMLVideoElement): { width: number; height: number; luma: string } | null {
  if (video.videoWidth === 0) return null;
  const canvas = drawn(video, FRAME_SIDE);
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
  if (!pixels) return null;
  const luma = new Uint8Array(canvas.width * canvas.height);
  // BT.601 weights in 1/256.
  for (let from = 0, to = 0; to < luma.length; from += 4, to += 1) {
    luma[to] = ((pixels[from] ?? 0) * 77 + (pixels[from + 1] ?? 0) * 150 + (pixels[from + 2] ?? 0) * 29) >> 8;
  }
  return { width: canvas.width, height: canvas.height, luma: toBase64(luma) };
}

/** The picture now in the viewfinder as a JPEG. */
export function grabPhoto(video: HTMLVideoElement): Promise<Blob | null> {
  return new Promise((done) => drawn(video, PHOTO_SIDE).toBlob(done, "image/jpeg", 0.88));
}

/** Whether the light beside the lens can be switched, and switches it. */
export async function setTorch(video: HTMLVideoElement, on: boolean): Promise<boolean> {
  const stream = video.srcObject;
  const track = stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
  const able = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  if (!track || able?.torch !== true) return false;
  await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  return true;
}
