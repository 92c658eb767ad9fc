import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { OrderTerms } from "@/generated/OrderTerms";
import type { Relation } from "@/generated/Relation";
import type { VisitView } from "@/generated/VisitView";
import type { WorkOrderCard } from "@/generated/WorkOrderCard";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Icon } from "@/kit/Icon";
import { Empty, ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { useSaved } from "@/platform/saved";
import { useHeld } from "@/shared/held";
import { yuanChange } from "@/shared/money";
import { clockSeconds } from "@/shared/time";
import { ProblemSheet } from "../visit/ProblemSheet";
import { useVoided } from "../visit/terms";
import { Pad } from "./Pad";
import { SignedTerms } from "./SignedTerms";
import { useSignature } from "./useSignature";

/** 签字, full screen: what is signed on the left, the pad on the right. All of it comes from the core,
 * so it is there after a rotation, a crash or a restart. */
export function SignScreen() {
  const { visit } = useParams({ from: "/sign/$visit" });
  const view = useRead("visit_open", { visit });
  return <Loaded of={view}>{(data) => (data.work_orders[0] ? <Drafted visit={data} order={data.work_orders[0]} /> : null)}</Loaded>;
}

function Drafted({ visit, order }: { visit: VisitView; order: WorkOrderCard }) {
  const navigate = useNavigate();
  const drafted = useRead("order_terms_view", { work_order: order.id });
  const asset = drafted.data?.terms?.old?.asset ?? order.assets[0];
  const inspection = useRead("inspection_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const back = (step: "sign" | "inspect") =>
    void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step }, replace: true });
  if (inspection.data?.open_stop_use) {
    return (
      <Empty icon="lock" title={m.gate_stop_use()}>
        <Button main look="primary" onPress={() => back("inspect")}>{m.go_to({ step: m.step_inspect() })}</Button>
      </Empty>
    );
  }
  return (
    <Loaded of={drafted}>
      {({ terms }) =>
        terms ? (
          <Paper visit={visit} order={order} terms={terms} />
        ) : (
          <Empty icon="pen" title={m.no_terms()}>
            <Button main look="primary" onPress={() => back("sign")}>{m.back_to_terms()}</Button>
          </Empty>
        )
      }
    </Loaded>
  );
}

function Paper({ visit, order, terms }: { visit: VisitView; order: WorkOrderCard; terms: OrderTerms }) {
  const navigate = useNavigate();
  const ink = useSignature(order.id);
  const [voided, setVoided] = useVoided(order.id);
  const file = useAct("order_file");
  const [name, setName] = useHeld(`signer.${order.id}`, visit.customer.name);
  const [relation, setRelation] = useHeld<Relation>(`signer.relation.${order.id}`, "self");
  const [refusing, setRefusing] = useState(false);
  const back = (step: string) =>
    void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step }, replace: true });
  const ready = ink.strokes.length > 0 && ink.saving === 0 && name.trim() !== "";
  const sign = () =>
    file.mutate(
      { work_order: order.id, name: name.trim(), relation },
      {
        onSuccess: () => {
          setName(undefined);
          setRelation(undefined);
          back("finish");
        },
      },
    );
  return (
    <div className="flex h-full min-h-0 flex-row max-sm:overflow-y-auto portrait:flex-col">
      <section className="rule scroll flex w-95 shrink-0 flex-col gap-4 border-r-(length:--border) bg-card p-5 portrait:max-h-[45%] portrait:w-full portrait:border-r-0 portrait:border-b-(length:--border) portrait:p-4 max-sm:max-h-none! max-sm:overflow-visible">
        <div>
          <Button look="quiet" icon="back" onPress={() => back("sign")}>
            {m.back_to_terms()}
          </Button>
        </div>
        <SignedTerms terms={terms} buyer={visit.customer.name} />
      </section>
      <section className="flex min-h-0 min-w-0 flex-1 flex-col gap-3 p-5 max-sm:flex-none portrait:p-4">
        <ErrorNote error={file.error ?? ink.error} />
        {voided ? (
          <Note tone="warn" icon="alert">
            {m.sign_voided({ change: yuanChange(voided.change.certain !== 0 ? voided.change.certain : voided.change.if_approved) })}
          </Note>
        ) : (
          ink.recovered && <Note tone="wait" icon="info">{m.sign_recovered({ count: ink.strokes.length })}</Note>
        )}
        <div className="min-h-56 flex-1 max-sm:h-64 max-sm:flex-none">
          <Pad
            strokes={voided ? voided.strokes : ink.strokes}
            struck={voided !== null}
            disabled={file.isPending}
            onStroke={(stroke) => {
              setVoided(undefined);
              ink.add(stroke);
            }}
          />
        </div>
        <Kept />
        <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
          <div className="min-w-44 flex-1">
            <Field label={m.signer_name()} value={name} onChange={setName} />
          </div>
          <Segments<Relation>
            label={m.relation()}
            value={relation}
            options={[
              { value: "self", label: m.relation_self() },
              { value: "family", label: m.relation_family() },
              { value: "proxy", label: m.relation_proxy() },
            ]}
            onChange={setRelation}
          />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button main icon="close" look="danger" onPress={() => setRefusing(true)}>
            {m.sign_refuse()}
          </Button>
          {ink.restore ? (
            <Button main icon="back" onPress={ink.restore}>
              {m.sign_restore()}
            </Button>
          ) : (
            <Button main icon="erase" isDisabled={ink.strokes.length === 0 || file.isPending} onPress={ink.clear}>
              {m.sign_clear()}
            </Button>
          )}
          <span className="ml-auto">
            <Button main look="primary" icon="pen" isDisabled={!ready} isPending={file.isPending} onPress={sign}>
              {m.sign_go()}
            </Button>
          </span>
        </div>
      </section>
      {refusing && (
        <ProblemSheet ending={{ visit: visit.row.visit, order: order.id }} reschedules={false} initial="refused_sign" onClose={() => setRefusing(false)} />
      )}
    </div>
  );
}

/** Each stroke is durable before the next: said where it happens. Its line is there from the start. */
function Kept() {
  const saved = useSaved();
  return (
    <p className="tabular flex min-h-6 items-center gap-2 text-label text-ink-2" aria-live="polite">
      {saved !== null && (
        <>
          <Icon name="device" size={18} />
          {m.saved_here({ time: clockSeconds(saved) })}
        </>
      )}
    </p>
  );
}
