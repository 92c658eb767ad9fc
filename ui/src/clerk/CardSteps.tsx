import { useState, type ReactNode } from "react";
import { Field } from "@/kit/Field";
import { Icon } from "@/kit/Icon";

/** One of the three things a card needs. */
export function Step({ number, done, children }: { number: number; done: boolean; children: ReactNode }) {
  return (
    <li className="flex gap-4 p-4">
      <span className={`flex size-7 shrink-0 items-center justify-center rounded-pill border-2 text-label font-semibold ${done ? "border-good bg-good-soft text-good" : "border-line"}`}>
        {done ? <Icon name="check" size={16} /> : number}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">{children}</div>
    </li>
  );
}

/** A code typed by hand, looked at when the field is left or Enter pressed. */
export function CodeField({ label, value, onTyped, onClear }: { label: string; value: string; onTyped: (text: string) => void; onClear?: () => void }) {
  const [text, setText] = useState<string | null>(null);
  const look = () => {
    if (text !== null && text.trim() !== "" && text !== value) onTyped(text.trim());
    setText(null);
  };
  return (
    <Field
      label={label}
      value={text ?? value}
      onChange={(next) => {
        setText(next);
        if (next === "") onClear?.();
      }}
      onEnter={look}
      onBlur={look}
    />
  );
}
