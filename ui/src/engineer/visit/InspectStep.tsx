import { useState } from "react";
import type { Check } from "@/generated/Check";
import type { CheckResult } from "@/generated/CheckResult";
import type { InspectionView } from "@/generated/InspectionView";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { Chip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { Section } from "@/kit/Page";
import { Empty, ErrorNote, Loaded, Note } from "@/kit/States";
import { offerUndo } from "@/kit/Undo";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { openAddress } from "@/platform";
import { useHeld } from "@/shared/held";
import { useNames } from "@/shared/names";
import { say } from "@/shared/words";
import { PhotoButton } from "../scan/PhotoButton";
import { CheckCard } from "./CheckCard";
import { FaultList } from "./FaultList";
import { NextStep, StepFrame } from "./StepFrame";
import { useWork } from "./work";

/** 检测: guided checks; every answer is durable before the next. */
export function InspectStep() {
  const { asset } = useWork();
  if (asset === undefined) {
    return (
      <StepFrame primary={<NextStep to="identify" />}>
        <Empty icon="machine" title={m.machine_unnamed()}>
          {m.identify_first()}
        </Empty>
      </StepFrame>
    );
  }
  return <Inspection asset={asset} />;
}

function Inspection({ asset }: { asset: string }) {
  const view = useRead("inspection_view", { asset });
  const answer = useAct("inspection_answer");
  const names = useCheckNames(view.data);
  /** An answer that takes another's place can be taken back; the first one is corrected by tapping. */
  const keep = async (check: string, result: CheckResult) => {
    const before = view.data?.answers.find((one) => one.check === check)?.result;
    const kept = await answer.mutateAsync({ asset, check, result }).catch(() => null);
    if (kept === null || before === undefined || JSON.stringify(before) === JSON.stringify(result)) return;
    offerUndo(m.answer_changed({ check: names(check) }), () => answer.mutate({ asset, check, result: before }));
  };
  return (
    <StepFrame primary={<NextStep />}>
      <Loaded of={view} rows={6}>
        {(inspection) =>
          inspection.report.alarm && inspection.open_stop_use ? (
            <Alarm inspection={inspection} asset={asset} />
          ) : (
            <>
              <ErrorNote error={answer.error} />
              {inspection.report.stop_use && <StopUse inspection={inspection} asset={asset} />}
              <Checks inspection={inspection} asset={asset} onAnswer={keep} />
              {/* Who hears of a danger and of a trade-in value on one page believes neither. */}
              {!inspection.open_stop_use && (
                <FaultList asset={asset} category={inspection.machine.asset.category} faults={inspection.machine.faults} shots={Object.values(inspection.machine.shots)} />
              )}
              <Findings inspection={inspection} />
            </>
          )
        }
      </Loaded>
    </StepFrame>
  );
}

function useCheckNames(inspection: InspectionView | undefined): (check: string) => string {
  return (check) => {
    const known = inspection?.checks.find((one) => one.id === check);
    return known ? say(known.name) : check;
  };
}

/** Checks that may be passed together: no photo proves them and none of them stops use. */
function canPassTogether(check: Check): boolean {
  return check.kind === "pass" && check.severity !== 1 && !check.auto;
}

function Checks({ inspection, asset, onAnswer }: { inspection: InspectionView; asset: string; onAnswer: (check: string, result: CheckResult) => Promise<void> }) {
  const [running, setRunning] = useState(false);
  const { checks, report } = inspection;
  const rest = checks.filter((check) => report.unanswered.includes(check.id) && canPassTogether(check));
  const shots = Object.values(inspection.machine.shots);
  const passRest = async () => {
    setRunning(true);
    for (const check of rest) await onAnswer(check.id, "pass");
    setRunning(false);
  };
  if (checks.length === 0) return <Empty icon="task" title={m.no_checks()} />;
  return (
    <Section
      title={m.checks()}
      aside={
        <span className="tabular">
          {m.checks_count({ done: checks.length - report.unanswered.length, all: checks.length })}
        </span>
      }
    >
      <ol className="panel divide-y-(length:--border) divide-hair overflow-hidden">
        {checks.map((check) => (
          <CheckCard
            key={check.id}
            check={check}
            asset={asset}
            answer={inspection.answers.find((one) => one.check === check.id)?.result}
            finding={report.findings.some((finding) => finding.check === check.id)}
            taken={shots.filter((shot) => shot === (check.photo ?? check.id)).length}
            onAnswer={(result) => void onAnswer(check.id, result)}
          />
        ))}
      </ol>
      {rest.length > 1 && (
        <div>
          <Button main icon="check" isPending={running} onPress={() => void passRest()}>
            {m.pass_rest({ count: rest.length })}
          </Button>
        </div>
      )}
    </Section>
  );
}

/** What was found, the most serious first, with what each is based on. */
export function Findings({ inspection }: { inspection: InspectionView }) {
  const names = useNames();
  const { findings, missing_photos } = inspection.report;
  return (
    <>
      {findings.length > 0 && (
        <Section title={m.findings({ count: findings.length })}>
          <ul className="panel divide-y-(length:--border) divide-hair">
            {findings.map((finding) => (
              <li key={finding.check} className="flex items-start gap-3 px-4 py-3">
                <span className={finding.severity === 1 ? "text-danger" : "text-warn"}>
                  <Icon name={finding.severity === 1 ? "danger" : "alert"} />
                </span>
                <span className="min-w-0 flex-1">
                  {say(finding.words)}
                  <span className="block text-small text-ink-2">{m.basis({ source: finding.basis })}</span>
                </span>
                {finding.severity === 1 && <Chip tone="danger">{m.severity_stop()}</Chip>}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {missing_photos.length > 0 && (
        <Note icon="camera">
          {m.photos_missing({ shots: [...new Set(missing_photos.map((photo) => names.shot(photo.shot)))].join(" · ") })}
        </Note>
      )}
      {inspection.report.sample && <p className="mt-4 text-small text-ink-2">{m.sample_checks({ version: inspection.report.version })}</p>}
    </>
  );
}

/** An alarm leaves one thing on the screen: air, out, call. No price, no form. */
function Alarm({ inspection, asset }: { inspection: InspectionView; asset: string }) {
  return (
    <div className="flex flex-col gap-6">
      <div role="alert" className="flex flex-col items-center gap-6 rounded-card bg-danger p-8 text-center text-on-primary">
        <Icon name="danger" size={64} />
        <p className="text-total font-bold">{m.alarm_words()}</p>
        <ul className="text-body">
          {inspection.report.findings.filter((finding) => finding.severity === 1).map((finding) => (
            <li key={finding.check}>{say(finding.words)}</li>
          ))}
        </ul>
        <Button main icon="phone" onPress={() => void openAddress("tel:119")}>
          {m.alarm_call()}
        </Button>
      </div>
      <Settle asset={asset} />
    </div>
  );
}

function StopUse({ inspection, asset }: { inspection: InspectionView; asset: string }) {
  return (
    <Section title={m.stop_use()}>
      {inspection.settled === null ? (
        <>
          <Note tone="danger" icon="danger">{m.stop_use_lead()}</Note>
          <Settle asset={asset} />
        </>
      ) : (
        <Note tone="good" icon="check">{m.stop_use_settled({ measure: inspection.settled })}</Note>
      )}
    </Section>
  );
}

/** What was done to make it safe, with the tag photographed. */
function Settle({ asset }: { asset: string }) {
  const names = useNames();
  const settle = useAct("stop_use_settled");
  const [measure, setMeasure] = useHeld(`settle.${asset}`, "");
  return (
    <div className="panel flex flex-col gap-4 p-4">
      <Field label={m.stop_use_measure()} help={m.stop_use_measure_help()} value={measure} onChange={setMeasure} lines={2} />
      <PhotoButton subject={asset} kind="asset" shot="tag" name={names.shot("tag")} />
      <ErrorNote error={settle.error} />
      <Button main look="primary" isDisabled={measure.trim() === ""} isPending={settle.isPending} onPress={() => settle.mutate({ asset, measure: measure.trim() })}>
        {m.stop_use_done()}
      </Button>
    </div>
  );
}
