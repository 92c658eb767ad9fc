import type { CardProof } from "@/generated/CardProof";
import type { CardView } from "@/generated/CardView";
import { Chip, StateChip } from "@/kit/Chip";
import { m } from "@/paraglide/messages.js";
import { say } from "@/shared/words";
import { Clocks } from "./Clocks";

/** A warranty card: whose, of what, genuine or not, and both clocks. */
export function CardFace({ view, proof, now, qr = false }: { view: CardView; proof?: CardProof | null; now: number; qr?: boolean }) {
  const { card } = view;
  return (
    <article className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-4">
        <div className="min-w-0 flex-1">
          <h2 className="text-head font-bold">
            {card.brand} {card.model}
          </h2>
          <p className="tabular text-body break-all">{card.serials.join(" / ")}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            {proof && (
              <Chip tone="good" icon="check">
                {say(proof.words)}
              </Chip>
            )}
            <CardStatusChip status={card.status} />
            <StateChip record={view.record} />
            {view.customer && (
              <Chip icon="me">
                <span className="tabular">
                  {view.customer.name} {view.customer.phones[0]}
                </span>
              </Chip>
            )}
          </div>
        </div>
        {qr && view.qr && <Qr side={view.qr.side} path={view.qr.path} />}
      </div>
      <Clocks view={view} now={now} />
    </article>
  );
}

export function CardStatusChip({ status }: { status: "provisional" | "final" | "void" }) {
  if (status === "final") return <Chip icon="card">{m.card_final()}</Chip>;
  if (status === "void") {
    return (
      <Chip tone="danger" icon="close">
        {m.card_void()}
      </Chip>
    );
  }
  return (
    <Chip tone="wait" icon="card">
      {m.card_provisional()}
    </Chip>
  );
}

export function Qr({ side, path, size = "9rem" }: { side: number; path: string; size?: string }) {
  return (
    <svg role="img" aria-label={m.card_qr()} viewBox={`0 0 ${side} ${side}`} style={{ width: size, height: size }} className="shrink-0 rounded-field bg-white" shapeRendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  );
}
