// Loaded only when a paper is opened.
import { getDocument, GlobalWorkerOptions, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import worker from "pdfjs-dist/legacy/build/pdf.worker.mjs?url";

GlobalWorkerOptions.workerSrc = worker;

/** PDF counts in points, 72 to the inch. */
const MM_PER_POINT = 25.4 / 72;

/** One page of a paper, drawn. */
export interface DrawnPage {
  canvas: HTMLCanvasElement;
  widthMm: number;
  heightMm: number;
}

/** Draws the pages of a paper one after the other, each `pixels` wide. */
export async function* pagesOf(bytes: Uint8Array, pixels: number): AsyncGenerator<DrawnPage> {
  // pdf.js takes the buffer for itself.
  const paper = await getDocument({ data: bytes.slice(), isEvalSupported: false }).promise;
  try {
    for (let number = 1; number <= paper.numPages; number += 1) {
      yield await drawn(await paper.getPage(number), pixels);
    }
  } finally {
    void paper.loadingTask.destroy();
  }
}

async function drawn(page: PDFPageProxy, pixels: number): Promise<DrawnPage> {
  const unit = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: pixels / unit.width });
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(viewport.width);
  canvas.height = Math.round(viewport.height);
  await page.render({ canvas, viewport }).promise;
  return { canvas, widthMm: unit.width * MM_PER_POINT, heightMm: unit.height * MM_PER_POINT };
}
