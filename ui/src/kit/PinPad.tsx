import { useEffect, useRef, useState } from "react";
import { m } from "@/paraglide/messages.js";
import { Button } from "./Button";

const MOST = 16;
const LEAST = 6;

/** Digits by touch or keyboard. Shows how many were typed, never which. */
export function PinPad({
  label,
  go,
  pending,
  disabled = false,
  onPin,
}: {
  label: string;
  go: string;
  pending: boolean;
  disabled?: boolean;
  onPin: (pin: string) => void;
}) {
  const [pin, setPin] = useState("");
  const ready = pin.length >= LEAST && !pending && !disabled;
  const submit = () => {
    if (!ready) return;
    onPin(pin);
    setPin("");
  };
  const latest = useRef({ submit });
  latest.current = { submit };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
      if (digit !== undefined) setPin((held) => (held + digit).slice(0, MOST));
      else if (event.key === "Backspace") setPin((held) => held.slice(0, -1));
      else if (event.key === "Enter") latest.current.submit();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const dots = Math.max(LEAST, pin.length);
  return (
    <div className="flex w-full max-w-sm flex-col items-center gap-5">
      <div role="status" aria-label={`${label}, ${m.pin_digits({ count: pin.length })}`} className="flex min-h-8 flex-wrap justify-center gap-3">
        {Array.from({ length: dots }, (_, index) => (
          <span
            key={index}
            className={`size-4 rounded-pill border-2 border-line ${index < pin.length ? "border-primary bg-primary" : ""}`}
          />
        ))}
      </div>
      <div className="grid w-full grid-cols-3 gap-3">
        {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
          <Button key={digit} main onPress={() => setPin((held) => (held + digit).slice(0, MOST))}>
            <span className="text-key">{digit}</span>
          </Button>
        ))}
        <Button main icon="erase" label={m.pin_erase()} isDisabled={pin === ""} onPress={() => setPin(pin.slice(0, -1))} />
        <Button main onPress={() => setPin((held) => (held + "0").slice(0, MOST))}>
          <span className="text-key">0</span>
        </Button>
        <Button main look="primary" icon="check" label={go} isDisabled={!ready} isPending={pending} onPress={submit} />
      </div>
    </div>
  );
}
