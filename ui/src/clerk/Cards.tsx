import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import type { CardId } from "@/generated/CardId";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Empty, ErrorNote, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { CardFace } from "@/engineer/card/CardFace";
import { CardPapers } from "@/engineer/card/CardScreen";
import { SearchResults } from "@/shared/SearchResults";
import { useNow } from "@/shared/useNow";
import { IssueCard } from "./IssueCard";
import { useListKeys } from "./keys";

/** 保修卡: issue by three scans, or look one up. */
export function Cards() {
  const { card, text } = useSearch({ from: "/desk/cards" });
  const navigate = useNavigate();
  const at = card !== undefined || text !== undefined ? "find" : "issue";
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-4 px-6 py-3 max-md:px-3">
        <h1 className="text-head font-bold">{m.desk_cards()}</h1>
        <Segments
          label={m.desk_cards()}
          hideLabel
          value={at}
          options={[{ value: "issue", label: m.card_issue() }, { value: "find", label: m.card_find() }]}
          onChange={(next) => void navigate({ to: "/desk/cards", search: next === "find" ? { text: "" } : {} })}
        />
      </div>
      <div className="min-h-0 flex-1">{at === "issue" ? <IssueCard /> : <FindCard card={card} text={text ?? ""} />}</div>
    </div>
  );
}

function FindCard({ card, text }: { card: CardId | undefined; text: string }) {
  const navigate = useNavigate();
  const list = useRef<HTMLDivElement>(null);
  const wanted = text.trim();
  const found = useRead("find", { text: wanted, kinds: ["card"], limit: 40 }, { enabled: wanted !== "", placeholderData: (before) => before });
  const go = (next: { text?: string; card?: string }) => void navigate({ to: "/desk/cards", replace: true, search: { text, ...next } });
  useListKeys(list, "li > button");
  return (
    <div className="grid h-full min-h-0 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] max-lg:block max-lg:overflow-y-auto">
      <div className="scroll flex min-h-0 flex-col gap-3 px-6 pb-6 max-md:px-3">
        <Field label={m.card_find()} help={m.find_help()} type="search" value={text} onChange={(next) => go({ text: next })} autoFocus />
        <ErrorNote error={found.error} />
        <div ref={list}>
          {wanted !== "" && found.data &&
            (found.data.found.length === 0 ? (
              <Empty icon="card" title={m.find_nothing()}>{m.find_nothing_help()}</Empty>
            ) : (
              <SearchResults found={found.data.found} current={card} onOpen={(one) => go({ card: one.id })} />
            ))}
        </div>
      </div>
      <div className="rule scroll min-h-0 border-l-(length:--border) p-6 max-lg:border-l-0 max-md:p-3">
        {card ? <OneCard card={card} onClose={() => void navigate({ to: "/desk/cards", replace: true, search: { text } })} /> : <Empty icon="card" title={m.card_choose()} />}
      </div>
    </div>
  );
}

function OneCard({ card, onClose }: { card: CardId; onClose: () => void }) {
  const view = useRead("card_view", { card });
  const now = useNow();
  return (
    <div className="flex flex-col gap-4">
      <div className="-mt-3 flex justify-end"><Button look="quiet" icon="close" onPress={onClose}>{m.close()}</Button></div>
      <Loaded of={view}>{(data) => <CardFace view={data} now={now} qr />}</Loaded>
      <CardPapers card={card} />
    </div>
  );
}
