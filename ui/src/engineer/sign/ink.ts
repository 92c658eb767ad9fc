// A signature's geometry: the core keeps points in 1/100 mm from the pad's top left.
import type { Stroke } from "@/generated/Stroke";

/** CSS defines 96 px to the inch. */
const HUNDREDTHS_PER_PX = 2540 / 96;

export const toInk = (px: number) => Math.round(px * HUNDREDTHS_PER_PX);
export const toPx = (ink: number) => ink / HUNDREDTHS_PER_PX;

/** Room kept beside a drawing that was made smaller. */
const MARGIN_PX = 12;

/** How much a drawing must shrink to stand whole in a pad, after a rotation for instance. */
export function fitScale(strokes: readonly Stroke[], width: number, height: number): number {
  let [right, bottom] = [1, 1];
  for (const stroke of strokes) {
    for (const point of stroke) {
      right = Math.max(right, toPx(point.x));
      bottom = Math.max(bottom, toPx(point.y));
    }
  }
  const [wide, high] = [width / right, height / bottom];
  if (wide >= 1 && high >= 1) return 1;
  return Math.min((width - MARGIN_PX) / right, (height - MARGIN_PX) / bottom, 1);
}

/** A stroke as a smooth path: through the middles of its points, bent at the points themselves. */
export function strokePath(stroke: Stroke): string {
  const [first, ...rest] = stroke;
  if (!first) return "";
  const at = (value: number) => toPx(value).toFixed(1);
  if (rest.length === 0) return `M${at(first.x)} ${at(first.y)}l0.1 0`;
  let path = `M${at(first.x)} ${at(first.y)}`;
  for (let index = 0; index < rest.length - 1; index += 1) {
    const [here, next] = [rest[index], rest[index + 1]];
    if (here && next) path += `Q${at(here.x)} ${at(here.y)} ${at((here.x + next.x) / 2)} ${at((here.y + next.y) / 2)}`;
  }
  const last = rest.at(-1);
  return last ? `${path}L${at(last.x)} ${at(last.y)}` : path;
}
