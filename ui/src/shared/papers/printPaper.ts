// Printing without a PDF viewer in the engine: the pages are drawn and printed as pictures, each on a
// sheet of the paper's own size. The print rules in app.css leave nothing else on the sheet.
import { pagesOf } from "./pdf";

/** Dots to the inch: sharp for text and codes, and an A4 page of some 20 MB while it is printed. */
const DPI = 220;
/** The widest paper there is, in inches. */
const WIDEST_IN = 8.27;

/** Draws the paper and opens the system's print dialogue; resolves when it is closed. */
export async function printPaper(bytes: Uint8Array, title: string): Promise<void> {
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  let size: { widthMm: number; heightMm: number } | null = null;
  for await (const page of pagesOf(bytes, Math.round(DPI * WIDEST_IN))) {
    size ??= page;
    const picture = new Image();
    picture.src = page.canvas.toDataURL("image/png");
    await picture.decode();
    sheet.append(picture);
    // A canvas of this size is given back at once where memory is short.
    page.canvas.width = 0;
  }
  if (!size) return;
  const rules = document.createElement("style");
  rules.textContent = `@page { size: ${size.widthMm.toFixed(1)}mm ${size.heightMm.toFixed(1)}mm; margin: 0; }`;
  const before = document.title;
  document.body.append(sheet);
  document.head.append(rules);
  // The dialogue offers the title as the name of a file.
  document.title = title;
  try {
    await printed();
  } finally {
    document.title = before;
    sheet.remove();
    rules.remove();
  }
}

/** Some engines return from `print` before the dialogue is closed; all tell when it is. */
function printed(): Promise<void> {
  return new Promise((done) => {
    window.addEventListener("afterprint", () => done(), { once: true });
    window.print();
  });
}
