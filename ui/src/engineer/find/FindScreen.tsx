import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Found } from "@/generated/Found";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Page } from "@/kit/Page";
import { Empty, ErrorNote, Skeleton } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useScanner } from "@/shared/useScanner";
import { kindLook, SearchResults } from "@/shared/SearchResults";

const KINDS = ["customer", "card", "asset", "work_order"] as const;
type Kind = "all" | (typeof KINDS)[number];

/** 查找: by any character, pinyin initials, the last digits of a phone or serial. */
export function FindScreen() {
  const [text, setText] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  const navigate = useNavigate();
  useScanner(setText);
  const wanted = text.trim();
  const found = useRead(
    "find",
    { text: wanted, kinds: kind === "all" ? [] : [kind], limit: 50 },
    { enabled: wanted !== "", placeholderData: (before) => before },
  );
  const open = async (one: Found) => {
    if (one.kind === "card") return navigate({ to: "/card/$card", params: { card: one.id } });
    if (one.kind === "asset") return navigate({ to: "/machine/$asset", params: { asset: one.id } });
    if (one.visit) return navigate({ to: "/visit/$visit", params: { visit: one.visit } });
    if (one.kind === "customer") return navigate({ to: "/customer/$customer", params: { customer: one.id } });
    return undefined;
  };
  return (
    <Page title={m.nav_find()} narrow>
      <div className="flex flex-col gap-4">
        <Field label={m.find_label()} help={m.find_help()} value={text} onChange={setText} type="search" autoFocus />
        <Segments<Kind>
          label={m.find_kinds()}
          hideLabel
          value={kind}
          options={[{ value: "all", label: m.all() }, ...KINDS.map((value) => ({ value, label: kindLook[value]?.name() ?? value }))]}
          onChange={setKind}
        />
        <ErrorNote error={found.error} />
        {wanted === "" ? (
          <Empty icon="find" title={m.find_begin()}>{m.find_examples()}</Empty>
        ) : found.data ? (
          found.data.found.length === 0 ? (
            <Empty icon="find" title={m.find_nothing()}>{m.find_nothing_help()}</Empty>
          ) : (
            <SearchResults found={found.data.found} onOpen={(one) => void open(one)} />
          )
        ) : (
          <Skeleton rows={4} height="4.5rem" />
        )}
      </div>
    </Page>
  );
}
