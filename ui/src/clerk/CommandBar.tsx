import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { Found } from "@/generated/Found";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { SearchResults } from "@/shared/SearchResults";

/** 扫码或搜索: `/` from anywhere, results as one types, arrows and Enter to open. */
export function CommandBar() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const wanted = text.trim();
  const found = useRead("find", { text: wanted, kinds: [], limit: 12 }, { enabled: wanted !== "", placeholderData: (before) => before });
  const results = wanted === "" ? [] : (found.data?.found ?? []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== "/" || typing || event.isComposing) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const choose = (one: Found) => {
    setText("");
    setOpen(false);
    input.current?.blur();
    if (one.kind === "card") void navigate({ to: "/desk/cards", search: { card: one.id } });
    else if (one.kind === "work_order") void navigate({ to: "/desk/orders", search: { order: one.id } });
    else void navigate({ to: "/desk/orders", search: { text: one.kind === "customer" ? (one.detail.zh.split(" ")[0] ?? "").slice(-4) : one.detail.zh.slice(-6) } });
  };
  return (
    <div role="search" className="rule rule-b relative flex h-14 shrink-0 items-center bg-page px-6 max-md:px-3">
      <div className="relative w-full max-w-160">
        <span className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-ink-2"><Icon name="scan" size={20} /></span>
        <input
          ref={input}
          value={text}
          aria-label={m.command_bar()}
          placeholder={m.command_bar()}
          autoComplete="off"
          spellCheck={false}
          className="h-10 w-full rounded-field border-(length:--border) border-line bg-card pr-10 pl-11 text-body placeholder:text-ink-2"
          onChange={(event) => { setText(event.target.value); setAt(0); setOpen(true); }}
          onFocus={() => setOpen(true)}
          onBlur={() => setTimeout(() => setOpen(false), 150)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "ArrowDown") setAt(Math.min(at + 1, results.length - 1));
            else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
            else if (event.key === "Enter" && results[at]) choose(results[at]);
            else if (event.key === "Escape") { setText(""); input.current?.blur(); }
            else return;
            event.preventDefault();
          }}
        />
        <kbd className="pointer-events-none absolute inset-y-0 right-3 flex items-center font-sans text-label text-ink-2">/</kbd>
        {open && wanted !== "" && found.data && (
          <div className="absolute inset-x-0 top-11 z-30 rounded-card bg-card shadow-(--shadow)">
            {results.length > 0 ? (
              <SearchResults found={results} onOpen={choose} current={results[at]?.id} />
            ) : (
              <p className="panel px-4 py-3 text-ink-2">{m.find_nothing()}</p>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
