import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import type { Found } from "@/generated/Found";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { Refused, rpc } from "@/platform";
import { useRead } from "@/platform/query";
import { SearchResults } from "@/shared/SearchResults";
import { useScanner } from "@/shared/useScanner";
import { useKeys } from "./keys";

/** 扫码或搜索: `/` from anywhere, results as one types, arrows and Enter to open. A scan opens the
 * card that bears it, whatever has the focus; only card issue takes its scans itself. */
export function CommandBar() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const list = useId();
  const navigate = useNavigate();
  const issuing = useLocation({ select: ({ pathname, search }) => pathname === "/desk/cards" && Object.keys(search).length === 0 });
  const wanted = text.trim();
  const found = useRead("find", { text: wanted, kinds: [], limit: 12 }, { enabled: wanted !== "", placeholderData: (before) => before });
  const results = wanted === "" ? [] : (found.data?.found ?? []);
  useKeys({ "/": () => input.current?.focus() });

  const scan = async (code: string) => {
    const card = await rpc("code_typed", { text: code }).then(
      (seen) => seen.card?.card.id ?? seen.matches.find((match) => match.kind === "card")?.id,
      (refused) => {
        // What is no sound code may still be found as text.
        if (!(refused instanceof Refused)) throw refused;
        return undefined;
      },
    );
    if (card) {
      void navigate({ to: "/desk/cards", search: { card } });
      return;
    }
    setText(code);
    setAt(0);
    setOpen(true);
    input.current?.focus();
  };
  useScanner((code) => void scan(code), !issuing);

  // Leaving by Tab, or a press elsewhere, folds the results away.
  useEffect(() => {
    const onFocus = (event: FocusEvent | PointerEvent) => {
      if (!(event.target instanceof Node && bar.current?.contains(event.target))) setOpen(false);
    };
    document.addEventListener("focusin", onFocus);
    document.addEventListener("pointerdown", onFocus);
    return () => {
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("pointerdown", onFocus);
    };
  }, []);

  // What lies under the results is neither read nor reached.
  const covering = open && wanted !== "";
  useEffect(() => {
    document.getElementById("desk-place")?.toggleAttribute("inert", covering);
  }, [covering]);

  const choose = async (one: Found) => {
    setText("");
    setOpen(false);
    input.current?.blur();
    if (one.kind === "card") void navigate({ to: "/desk/cards", search: { card: one.id } });
    else if (one.kind === "work_order") void navigate({ to: "/desk/orders", search: { order: one.id } });
    else if (one.kind === "customer") void navigate({ to: "/desk/orders", search: { customer: one.id } });
    else {
      // A machine is known to the desk by its card.
      const [card] = (await rpc("machine_view", { asset: one.id })).cards;
      void navigate({ to: "/desk/cards", search: card ? { card } : { text: one.title } });
    }
  };
  return (
    <div role="search" className="rule rule-b relative flex h-14 shrink-0 items-center bg-page px-6 max-md:px-3">
      {/* While results lie over the screen, a press beside them only folds them away. */}
      {covering && <div aria-hidden="true" className="fixed inset-0 z-20" />}
      <div ref={bar} className={`relative w-full max-w-160 ${covering ? "z-30" : ""}`}>
        <span className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-ink-2"><Icon name="scan" size={20} /></span>
        <input
          ref={input}
          type="text"
          value={text}
          aria-label={m.command_bar()}
          aria-controls={list}
          placeholder={m.command_bar()}
          autoComplete="off"
          spellCheck={false}
          className="h-10 w-full rounded-field border-(length:--border) border-line bg-card pr-10 pl-11 text-body placeholder:text-ink-2"
          onChange={(event) => { setText(event.target.value); setAt(0); setOpen(true); }}
          onFocus={() => setOpen(true)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "ArrowDown") setAt(Math.max(0, Math.min(at + 1, results.length - 1)));
            else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
            else if (event.key === "Enter" && results[at]) void choose(results[at]);
            else if (event.key === "Escape") { setText(""); input.current?.blur(); }
            else return;
            event.preventDefault();
          }}
        />
        <kbd aria-hidden="true" className="pointer-events-none absolute inset-y-0 right-3 flex items-center font-sans text-label text-ink-2">/</kbd>
        <div id={list} role="status" className="sr-only">{open && wanted !== "" && found.data ? m.found_count({ count: results.length }) : ""}</div>
        {open && wanted !== "" && found.data && (
          <div className="absolute inset-x-0 top-11 z-30 max-h-[60dvh] overflow-y-auto rounded-card bg-card shadow-(--shadow)">
            {results.length > 0 ? (
              <SearchResults found={results} onOpen={(one) => void choose(one)} current={results[at]?.id} />
            ) : (
              <p className="panel px-4 py-3 text-ink-2">{m.find_nothing()}</p>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
