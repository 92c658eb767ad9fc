// A USB scanner types like a very fast person and ends with Enter. Its keys are read by their place
// on the keyboard, because a Chinese input method swallows the characters themselves.

export interface Key {
  /** `KeyboardEvent.code`. */
  code: string;
  /** `KeyboardEvent.key`; "Process" while an input method composes. */
  key: string;
  shift: boolean;
  /** Milliseconds. */
  at: number;
}

/** A pause that ends a burst. Long, because a busy screen may see single keys late. */
const PAUSE_MS = 500;
/** Mean time between a scanner's keys at most; people need 80 ms and more. */
const MEAN_MS = 45;
/** Fewer characters than this are a person's. */
const LEAST = 4;

const plain: Record<string, string> = {
  Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Semicolon: ";", Quote: "'",
  Backquote: "`", Backslash: "\\", Comma: ",", Period: ".", Slash: "/", Space: " ",
  NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadDecimal: ".",
};
const shifted: Record<string, string> = {
  Minus: "_", Equal: "+", BracketLeft: "{", BracketRight: "}", Semicolon: ":", Quote: '"',
  Backquote: "~", Backslash: "|", Comma: "<", Period: ">", Slash: "?", Space: " ",
  Digit1: "!", Digit2: "@", Digit3: "#", Digit4: "$", Digit5: "%", Digit6: "^", Digit7: "&",
  Digit8: "*", Digit9: "(", Digit0: ")",
};

/** The character of a key on the US layout that scanners speak. */
function characterOf({ code, key, shift }: Key): string | null {
  if (key.length === 1 && key.charCodeAt(0) < 128) return key;
  if (code.startsWith("Key")) return shift ? code.slice(3) : code.slice(3).toLowerCase();
  if (shift && shifted[code] !== undefined) return shifted[code];
  if (code.startsWith("Digit")) return code.slice(5);
  if (code.startsWith("Numpad") && code.length === 7) return code.slice(6);
  return plain[code] ?? null;
}

/** Collects keys and tells when a burst of them was a scan. */
export class KeyBurst {
  private text = "";
  private first = 0;
  private last = -Infinity;

  /** Takes a key down; answers the scanned text when this key ended a scan. */
  take(key: Key): string | null {
    if (key.at - this.last > PAUSE_MS) this.text = "";
    if (key.code === "Enter" || key.code === "NumpadEnter" || key.code === "Tab") {
      const text = this.text;
      this.text = "";
      const mean = (this.last - this.first) / Math.max(1, text.length - 1);
      return text.length >= LEAST && mean <= MEAN_MS ? text : null;
    }
    const character = characterOf(key);
    if (character !== null) {
      if (this.text === "") this.first = key.at;
      this.text += character;
      this.last = key.at;
    }
    return null;
  }

  /** Whether the next key may begin a new burst, so a field's text should be remembered now: after a
   * pause, and right after the scan before, however quick the hand. */
  isIdle(at: number): boolean {
    return this.text === "" || at - this.last > PAUSE_MS;
  }
}
