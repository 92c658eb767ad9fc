import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { CardId } from "@/generated/CardId";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { CardFace } from "@/engineer/card/CardFace";
import { CardPapers } from "@/engineer/card/CardScreen";
import { SearchResults } from "@/shared/SearchResults";
import { useNow } from "@/shared/useNow";
import { IssueCard } from "./IssueCard";

/** 保修卡: issue by three scans, or look one up. */
export function Cards() {
  const { card } = useSearch({ from: "/desk/cards" });
  const navigate = useNavigate();
  const [mode, setMode] = useState<"issue" | "find">("issue");
  const at = card ? "find" : mode;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-4 px-6 py-3 max-md:px-3">
        <h1 className="text-head font-bold">{m.desk_cards()}</h1>
        <Segments
          label={m.desk_cards()}
          hideLabel
          value={at}
          options={[{ value: "issue", label: m.card_issue() }, { value: "find", label: m.card_find() }]}
          onChange={(next) => {
            setMode(next);
            if (card) void navigate({ to: "/desk/cards", search: {} });
          }}
        />
      </div>
      <div className="min-h-0 flex-1">{at === "issue" ? <IssueCard /> : <FindCard card={card} />}</div>
    </div>
  );
}

function FindCard({ card }: { card: CardId | undefined }) {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const wanted = text.trim();
  const found = useRead("find", { text: wanted, kinds: ["card"], limit: 40 }, { enabled: wanted !== "", placeholderData: (before) => before });
  return (
    <div className="grid h-full min-h-0 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] max-lg:grid-cols-1 max-lg:overflow-y-auto">
      <div className="scroll flex flex-col gap-3 px-6 pb-6 max-md:px-3">
        <Field label={m.card_find()} help={m.find_help()} type="search" value={text} onChange={setText} autoFocus />
        {wanted !== "" && found.data &&
          (found.data.found.length === 0 ? <Empty icon="card" title={m.find_nothing()} /> : <SearchResults found={found.data.found} current={card} onOpen={(one) => void navigate({ to: "/desk/cards", search: { card: one.id } })} />)}
      </div>
      <div className="rule scroll border-l-(length:--border) p-6 max-lg:border-l-0 max-md:p-3">
        {card ? <OneCard card={card} /> : <Empty icon="card" title={m.card_choose()} />}
      </div>
    </div>
  );
}

function OneCard({ card }: { card: CardId }) {
  const view = useRead("card_view", { card });
  const now = useNow();
  const navigate = useNavigate();
  return (
    <div className="flex flex-col gap-5">
      <div><Button look="quiet" icon="close" onPress={() => void navigate({ to: "/desk/cards", search: {} })}>{m.close()}</Button></div>
      <Loaded of={view}>{(data) => <CardFace view={data} now={now} qr />}</Loaded>
      <CardPapers card={card} />
    </div>
  );
}
