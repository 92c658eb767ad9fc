import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/kit/Button";
import { Section } from "@/kit/Page";
import { Empty, ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { useNames } from "@/shared/names";
import { PaperList } from "@/shared/papers/PaperList";
import { PhotoStrip } from "@/shared/PhotoStrip";
import { say } from "@/shared/words";
import { isOver } from "../today/visitState";
import { PhotoButton } from "../scan/PhotoButton";
import { OrderReceipt } from "./OrderReceipt";
import { Notes } from "./Notes";
import { StepFrame } from "./StepFrame";
import { useWork } from "./work";

/** 完工: the receipt, the papers, the money, the photos; then the visit is over. */
export function FinishStep() {
  const { visit, order, asset, current } = useWork();
  const navigate = useNavigate();
  const end = useAct("visit_end");
  const mark = useAct("visit_mark");
  const [failed, setFailed] = useState(false);
  const orders = useRead("order_view", { work_order: order.id });
  const papers = useRead("paper_list", { subject: order.id });
  const orderPhotos = useRead("photo_list", { subject: order.id });
  const assetPhotos = useRead("photo_list", { subject: asset ?? "" }, { enabled: asset !== undefined });
  const photos = [...(assetPhotos.data?.photos ?? []), ...(orderPhotos.data?.photos ?? [])];
  const names = useNames();
  const { state } = visit.row;
  const finish = async () => {
    setFailed(false);
    try {
      // Finishing is a step of a visit that has begun; an engineer who never tapped "begin" has.
      if (state === "arrived") await mark.mutateAsync({ visit: visit.row.visit, step: "begin" });
      await end.mutateAsync({ visit: visit.row.visit, code: "done", note: "", evidence: [] });
      void navigate({ to: "/today" });
    } catch {
      setFailed(true);
    }
  };
  return (
    <StepFrame
      primary={
        <Button
          main
          look="primary"
          icon="check"
          isDisabled={isOver(state) || state === "planned" || state === "set_off"}
          isPending={end.isPending || mark.isPending}
          onPress={() => void finish()}
        >
          {isOver(state) ? m.visit_over() : m.finish_go()}
        </Button>
      }
    >
      {current.shut.length > 0 && !isOver(state) && (
        <div className="mb-4 flex flex-col gap-2">
          {current.shut.map((gate, index) => <Note key={index} icon="alert">{say(gate)}</Note>)}
        </div>
      )}
      {failed && <div className="mb-4"><ErrorNote error={mark.error ?? end.error} /></div>}
      {orders.data?.orders.length === 0 && (
        <Empty icon="note" title={m.no_order()}>{m.no_order_help()}</Empty>
      )}
      {orders.data?.orders.map((filed) => <OrderReceipt key={filed.order.id} filed={filed} />)}
      {(papers.data?.papers.length ?? 0) > 0 && (
        <Section title={m.papers()}>
          <PaperList papers={papers.data?.papers ?? []} />
        </Section>
      )}
      <Section title={m.photos()}>
        {photos.length > 0 && <PhotoStrip photos={photos} />}
        <PhotoButton subject={order.id} kind="work_order" shot="emptied_place" name={names.shot("emptied_place")} taken={photos.filter((photo) => photo.shot === "emptied_place").length} />
      </Section>
      <Notes />
    </StepFrame>
  );
}
