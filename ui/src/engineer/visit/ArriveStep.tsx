import { useNavigate } from "@tanstack/react-router";
import type { VisitStep } from "@/generated/VisitStep";
import { Button } from "@/kit/Button";
import { Facts, Section } from "@/kit/Page";
import { Segments } from "@/kit/Choice";
import { Masked } from "@/kit/Masked";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { openAddress } from "@/platform";
import { useAct } from "@/platform/query";
import { clock } from "@/shared/time";
import { say } from "@/shared/words";
import { Notes } from "./Notes";
import { StepFrame } from "./StepFrame";
import { stepGo } from "./steps";
import { useWork } from "./work";

const marks: Record<string, () => string> = {
  set_off: m.mark_set_off,
  arrive: m.mark_arrive,
  begin: m.mark_begin,
  finish: m.mark_finish,
};

/** 到达: the door, the house, and the steps so far. */
export function ArriveStep() {
  const { visit, order } = useWork();
  const mark = useAct("visit_mark");
  const { state } = visit.row;
  const go = (step: VisitStep) => mark.mutate({ visit: visit.row.visit, step });
  const { site, customer } = visit;
  return (
    <StepFrame
      primary={
        state === "planned" ? (
          <Button main look="primary" icon="route" isPending={mark.isPending} onPress={() => go("set_off")}>
            {m.set_off()}
          </Button>
        ) : state === "set_off" ? (
          <Button main look="primary" icon="check" isPending={mark.isPending} onPress={() => go("arrive")}>
            {m.arrived()}
          </Button>
        ) : (
          <Begin />
        )
      }
    >
      <ErrorNote error={mark.error} />
      <Section title={m.customer()}>
        <div className="panel flex flex-col gap-4 p-4">
          <Facts
            rows={[
              [m.customer(), customer.name],
              [m.phone(), <Masked key="phone" masked={visit.row.customer.phones.join(" / ")} whole={customer.phones.join(" / ")} name={m.phone()} />],
              [m.address(), visit.row.address],
              [m.appointment(), visit.row.slot_text],
              [m.job(), `${say(order.job_words)}${order.complaint ? ` · ${order.complaint}` : ""}`],
            ]}
          />
          <div className="flex flex-wrap gap-3">
            <Button icon="phone" onPress={() => void openAddress(`tel:${customer.phones[0] ?? ""}`)}>
              {m.call()}
            </Button>
            <Button icon="route" onPress={() => void openAddress(`https://uri.amap.com/search?keyword=${encodeURIComponent(visit.row.address)}`)}>
              {m.navigate()}
            </Button>
          </div>
        </div>
      </Section>
      <Section title={m.site()} aside={m.site_help()}>
        <div className="panel flex flex-col gap-4 p-4">
          <SiteFacts />
          {site.access_rules.length > 0 && <p className="text-label">{site.access_rules.join(" · ")}</p>}
        </div>
      </Section>
      {visit.log.length > 0 && (
        <Section title={m.steps_so_far()}>
          <ol className="panel divide-y-(length:--border) divide-hair">
            {visit.log.map((event, index) => (
              <li key={index} className="flex min-h-12 items-center gap-4 px-4">
                <span className="tabular font-semibold">{clock(event.at)}</span>
                {typeof event.step === "string" ? (marks[event.step]?.() ?? event.step) : m.mark_ended()}
              </li>
            ))}
          </ol>
        </Section>
      )}
      <Notes />
    </StepFrame>
  );
}

/** Work begins when the engineer turns to the machine. */
function Begin() {
  const { visit, steps, current } = useWork();
  const navigate = useNavigate();
  const mark = useAct("visit_mark");
  const next = steps[steps.indexOf(current) + 1];
  if (!next) return null;
  const go = () => void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step: next.id }, replace: true });
  return (
    <Button
      main
      look="primary"
      isPending={mark.isPending}
      onPress={() => (visit.row.state === "arrived" ? mark.mutate({ visit: visit.row.visit, step: "begin" }, { onSettled: go }) : go())}
    >
      {stepGo(next)}
    </Button>
  );
}

/** Floor and lift decide what carrying costs, so they are checked at the door. */
function SiteFacts() {
  const { visit, order } = useWork();
  const set = useAct("site_set");
  const noted = order.facts?.sections["site"] ?? {};
  const lift = noted["lift"]?.value ?? visit.site.lift;
  const floor = noted["floor"]?.value ?? visit.site.floor;
  const put = (key: string, value: boolean | number) => set.mutate({ visit: visit.row.visit, key, value });
  const step = (by: number) => put("floor", (typeof floor === "number" ? floor : 0) + by);
  return (
    <>
      <div className="flex flex-wrap items-end gap-x-8 gap-y-4">
        <div className="flex flex-col gap-1">
          <span className="text-label text-ink-2">{m.floor()}</span>
          <div className="flex items-center gap-2">
            <Button icon="minus" label={m.floor_down()} onPress={() => step(-1)} />
            <output className="tabular min-w-14 text-center text-key font-semibold">
              {typeof floor === "number" ? floor : "—"}
            </output>
            <Button icon="plus" label={m.floor_up()} onPress={() => step(1)} />
          </div>
        </div>
        <Segments
          label={m.lift()}
          value={lift === true ? "yes" : lift === false ? "no" : null}
          options={[
            { value: "yes", label: m.lift_yes() },
            { value: "no", label: m.lift_no() },
          ]}
          onChange={(value) => put("lift", value === "yes")}
        />
      </div>
      <ErrorNote error={set.error} />
    </>
  );
}
