import { Section } from "@/kit/Page";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { useNames } from "@/shared/names";
import { PhotoStrip } from "@/shared/PhotoStrip";
import { say } from "@/shared/words";
import { PhotoButton } from "../scan/PhotoButton";
import { Findings } from "./InspectStep";
import { Notes } from "./Notes";
import { OrderReceipt } from "./OrderReceipt";
import { NextStep, StepFrame } from "./StepFrame";
import { useWork } from "./work";

/** Guided shots worth offering at a step; which of them are wanted is the template's to say. */
const offered: Record<string, readonly string[]> = {
  check_new: ["front", "inside"],
  remove_old: ["emptied_place"],
  install: ["room", "joint"],
  test: ["front_on", "meter"],
  bind_serials: ["nameplate"],
  evidence: ["nameplate", "room"],
};

/** A step that is work of the hands: what to do, its photos, its papers, a note. */
export function PlainStep() {
  const { order, asset, current } = useWork();
  const names = useNames();
  const photos = useRead("photo_list", { subject: order.id });
  const orders = useRead("order_view", { work_order: order.id }, { enabled: current.id === "collect" });
  const inspection = useRead("inspection_view", { asset: asset ?? "" }, { enabled: current.id === "report" && asset !== undefined });
  const taken = photos.data?.photos ?? [];
  return (
    <StepFrame primary={<NextStep />}>
      <Section>
        <h2 className="text-head font-bold">{say(current.name)}</h2>
      </Section>
      {orders.data?.orders.map((filed) => <OrderReceipt key={filed.order.id} filed={filed} />)}
      {inspection.data && <Findings inspection={inspection.data} />}
      <Section title={m.photos()}>
        {taken.length > 0 && <PhotoStrip photos={taken} />}
        <div className="flex flex-wrap gap-3">
          {(offered[current.id] ?? ["front"]).map((shot) => (
            <PhotoButton key={shot} subject={order.id} kind="work_order" shot={shot} name={names.shot(shot)} taken={taken.filter((photo) => photo.shot === shot).length} />
          ))}
        </div>
      </Section>
      <Notes />
    </StepFrame>
  );
}
