import type { ReactNode } from "react";
import type { ScanView } from "@/generated/ScanView";
import { Chip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";
import { CardFace } from "../card/CardFace";
import { MachineWords } from "../today/NextVisit";
import { labelName } from "./labelKinds";

/** What a scan gave: the card, the machines that bear the serial, or plainly what was read. */
export function ScanResult({ seen, onMachine, action }: { seen: ScanView; onMachine: (asset: string) => void; action?: ReactNode }) {
  const now = useNow();
  const cards = seen.matches.filter((match) => match.kind === "card");
  const machines = seen.matches.filter((match) => match.kind === "asset");
  const card = seen.card;
  return (
    <div className="flex flex-col gap-4">
      <ErrorNote error={seen.card_error} />
      {card && <CardFace view={card} proof={seen.proof} now={now} />}
      {!card && seen.proof && (
        <Note tone="good" icon="check">
          {say(seen.proof.words)} · {seen.proof.serials.join(" / ")} · {m.card_elsewhere()}
        </Note>
      )}
      {!card && cards.map((match) => <MatchedCard key={match.id} card={match.id} now={now} />)}
      {machines.length > 0 && (
        <ul className="panel divide-y-(length:--border) divide-hair">
          {machines.map((match) => (
            <li key={match.id}>
              <MachineRow asset={match.id} onOpen={() => onMachine(match.id)} />
            </li>
          ))}
        </ul>
      )}
      {!card && !seen.proof && seen.matches.length === 0 && (
        <div className="panel flex flex-col gap-3 p-4">
          <p className="font-semibold">{m.scan_nothing_known()}</p>
          {seen.labels.map((label, index) => (
            <p key={index} className="flex flex-wrap items-center gap-2">
              <Chip icon="scan">{labelName(label)}</Chip>
              <span className="tabular break-all">{label.text}</span>
              {label.guess && <Chip tone="warn" icon="alert">{m.label_confirm()}</Chip>}
            </p>
          ))}
        </div>
      )}
      {action}
    </div>
  );
}

function MatchedCard({ card, now }: { card: string; now: number }) {
  const view = useRead("card_view", { card });
  return <Loaded of={view}>{(data) => <CardFace view={data} now={now} />}</Loaded>;
}

export function MachineRow({ asset, onOpen, aside }: { asset: string; onOpen: () => void; aside?: ReactNode }) {
  const machine = useRead("machine_view", { asset });
  return (
    <button type="button" onClick={onOpen} className="flex min-h-18 w-full items-center gap-3 px-4 py-3 text-left -outline-offset-4">
      <Icon name="machine" />
      <span className="min-w-0 flex-1">{machine.data && <MachineWords machine={machine.data} />}</span>
      {aside}
      <Icon name="next" />
    </button>
  );
}
