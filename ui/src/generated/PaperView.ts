import type { PhotoView } from "./PhotoView";

/** A paper is kept and listed like a photo. */
export type PaperView = PhotoView;
