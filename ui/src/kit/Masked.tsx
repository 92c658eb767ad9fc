import { useState } from "react";
import { m } from "@/paraglide/messages.js";
import { Icon } from "./Icon";

/** A number that bystanders need not read: a tap shows it whole, another hides it again. */
export function Masked({ masked, whole, name }: { masked: string; whole: string; name: string }) {
  const [shown, setShown] = useState(false);
  return (
    <button
      type="button"
      aria-pressed={shown}
      aria-label={`${name} ${shown ? whole : masked}. ${shown ? m.mask_hide() : m.mask_show()}`}
      onClick={() => setShown(!shown)}
      className="tabular -my-2 inline-flex min-h-(--target) max-w-full items-center gap-2 rounded-field pr-2 text-left"
    >
      <span className="min-w-0 break-words">{shown ? whole : masked}</span>
      <span className="text-primary"><Icon name="eye" size={20} /></span>
    </button>
  );
}
