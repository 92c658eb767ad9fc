// A film for Chromium's fake camera: a QR code held still in front of a grey wall.
import { writeFileSync } from "node:fs";

const WIDTH = 1280;
const HEIGHT = 720;
const FRAMES = 5;

/** Draws the code in a page and writes it as uncompressed video. */
export async function film(page, qr, file) {
  const luma = await page.evaluate(async ({ qr, width, height }) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${qr.side} ${qr.side}" width="560" height="560"><rect width="100%" height="100%" fill="#fff"/><path d="${qr.path}"/></svg>`;
    const image = new Image();
    image.src = `data:image/svg+xml;base64,${btoa(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#9a9a9a";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(image, (width - 560) / 2, (height - 560) / 2);
    const pixels = pen.getImageData(0, 0, width, height).data;
    return Array.from({ length: width * height }, (_, at) => pixels[at * 4]);
  }, { qr, width: WIDTH, height: HEIGHT });
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(luma), grey]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F5:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(file, Buffer.concat([head, ...Array(FRAMES).fill(frame)]));
}
