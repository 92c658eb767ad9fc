import { useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { Button } from "@/kit/Button";
import { Page, Section } from "@/kit/Page";
import { ErrorNote, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { PaperList } from "@/shared/papers/PaperList";
import { settings } from "@/shared/settings";
import { useNow } from "@/shared/useNow";
import { SafeLifeClock } from "./Clocks";
import { CardFace } from "./CardFace";

export function BackButton() {
  const router = useRouter();
  return (
    <Button look="quiet" icon="back" onPress={() => router.history.back()}>
      {m.back()}
    </Button>
  );
}

/** A warranty card by itself. */
export function CardScreen() {
  const { card } = useParams({ from: "/engineer/card/$card" });
  const navigate = useNavigate();
  const view = useRead("card_view", { card });
  const now = useNow();
  const asset = view.data?.card.asset;
  return (
    <Page title={m.kind_card()} narrow actions={<BackButton />}>
      <Loaded of={view}>{(data) => <CardFace view={data} now={now} qr />}</Loaded>
      <div className="mt-6 flex flex-col gap-6">
        {asset && (
          <div>
            <Button icon="machine" onPress={() => void navigate({ to: "/machine/$asset", params: { asset } })}>
              {m.kind_asset()}
            </Button>
          </div>
        )}
        <CardPapers card={card} />
      </div>
    </Page>
  );
}

/** The card's papers, printed when asked for. */
export function CardPapers({ card }: { card: string }) {
  const print = useAct("card_paper");
  const papers = useRead("paper_list", { subject: card });
  return (
    <Section title={m.papers()}>
      {(papers.data?.papers.length ?? 0) > 0 && <PaperList papers={papers.data?.papers ?? []} />}
      <div>
        <Button icon="print" isPending={print.isPending} onPress={() => print.mutate({ card, language: settings().locale === "zh" ? "zh-CN" : "en" })}>
          {m.card_print()}
        </Button>
      </div>
      <ErrorNote error={print.error} />
    </Section>
  );
}

/** A machine by itself: identity, safe life, card, photos. */
export function MachineScreen() {
  const { asset } = useParams({ from: "/engineer/machine/$asset" });
  const navigate = useNavigate();
  const view = useRead("machine_view", { asset });
  const now = useNow();
  return (
    <Page title={m.kind_asset()} narrow actions={<BackButton />}>
      <Loaded of={view}>
        {(machine) => (
          <div className="flex flex-col gap-4">
            <h2 className="text-head font-bold">{machine.asset.brand} {machine.asset.model}</h2>
            <p className="tabular break-all">{machine.asset.components.map((part) => part.serial).filter(Boolean).join(" / ")}</p>
            {machine.safe_life && <div className="panel flex flex-col gap-3 p-4"><SafeLifeClock life={machine.safe_life} now={now} /></div>}
            <div className="flex flex-wrap gap-3">
              {machine.cards.map((card) => (
                <Button key={card} icon="card" onPress={() => void navigate({ to: "/card/$card", params: { card } })}>
                  {m.kind_card()}
                </Button>
              ))}
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
