// Loaded only when a paper is opened.
import { getDocument, GlobalWorkerOptions } from "pdfjs-dist/legacy/build/pdf.mjs";
import worker from "pdfjs-dist/legacy/build/pdf.worker.mjs?url";

GlobalWorkerOptions.workerSrc = worker;

export function open(data: Uint8Array) {
  return getDocument({ data, isEvalSupported: false }).promise;
}
