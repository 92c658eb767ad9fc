// Whether a serial looks like those of other machines of its model. A hint for the eye, no check:
// what a maker's serial may look like is not published.

/** `SBX418B000001` as `SBX*`: its leading letters, and its length. */
function shapeOf(serial: string): string {
  return `${/^[A-Za-z]*/.exec(serial)?.[0].toUpperCase() ?? ""} ${serial.length}`;
}

/** A serial of the same model that looks otherwise; null when one looks alike or none is known. */
export function unlike(serial: string, known: readonly string[]): string | null {
  const others = known.filter((one) => one !== serial);
  const [first] = others;
  if (first === undefined || others.some((one) => shapeOf(one) === shapeOf(serial))) return null;
  return first;
}
