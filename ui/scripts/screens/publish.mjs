// The few pictures that documents show, made small: drawn at their width and kept as WebP.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Name in the documents: picture, width in pixels. */
const CHOSEN = {
  "today-zh": ["today-zh-light-1280x800", 1100],
  "inspect-zh": ["visit-inspect-zh-light-800x1280", 640],
  "options-en": ["visit-options-en-light-1280x800", 1100],
  "quote-zh": ["quote-zh-light-1280x800", 1100],
  "quote-en-phone": ["quote-en-light-390x844", 390],
  "customer-view-en": ["customer-view-en-light-1280x800", 1100],
  "sign-zh": ["sign-zh-light-1280x800", 1100],
  "today-outdoor": ["today-zh-outdoor-1280x800", 1100],
  "board-zh": ["board-zh-light-1440x900", 1200],
  "board-dark": ["board-zh-dark-1280x800", 1100],
  "tasks-en": ["tasks-en-light-1440x900", 1200],
  "card-issue-zh": ["card-issue-zh-light-1440x900", 1200],
  "card-double-en": ["card-double-en-light-1440x900", 1200],
};
const MOST_BYTES = 3 << 20;

/** Writes the chosen pictures of `from` into `to`; answers how many bytes they take. */
export async function publish(browser, from, to) {
  mkdirSync(to, { recursive: true });
  const page = await browser.newPage();
  let bytes = 0;
  for (const [name, [picture, width]] of Object.entries(CHOSEN)) {
    const png = readFileSync(join(from, `${picture}.png`)).toString("base64");
    const webp = await page.evaluate(shrink, { png, width });
    const small = Buffer.from(webp, "base64");
    writeFileSync(join(to, `${name}.webp`), small);
    bytes += small.length;
  }
  await page.close();
  if (bytes > MOST_BYTES) throw new Error(`the documents' pictures take ${bytes} bytes, more than ${MOST_BYTES}`);
  return bytes;
}

async function shrink({ png, width }) {
  const picture = new Image();
  picture.src = `data:image/png;base64,${png}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(width, picture.width);
  canvas.height = Math.round((picture.height * canvas.width) / picture.width);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", 0.86).split(",")[1];
}
