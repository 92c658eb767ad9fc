import { useState } from "react";
import type { Check } from "@/generated/Check";
import type { CheckResult } from "@/generated/CheckResult";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Chip } from "@/kit/Chip";
import { Field } from "@/kit/Field";
import { m } from "@/paraglide/messages.js";
import { useNames } from "@/shared/names";
import { say } from "@/shared/words";
import { PhotoButton } from "../scan/PhotoButton";

interface Props {
  check: Check;
  asset: string;
  answer: CheckResult | undefined;
  /** The answer is a finding. */
  finding: boolean;
  /** Shots of this kind taken so far. */
  taken: number;
  onAnswer: (result: CheckResult) => void;
}

/** One check: how it is answered depends on its kind; why it cannot be made may always be said. */
export function CheckCard({ check, asset, answer, finding, taken, onAnswer }: Props) {
  const [excuse, setExcuse] = useState<string | null>(null);
  const names = useNames();
  const skipped = typeof answer === "object" && "not_checked" in answer ? answer.not_checked : null;
  return (
    <li
      className={`flex flex-col gap-3 px-4 py-4 ${finding ? "bg-warn-soft outdoor:border-l-8 outdoor:border-warn" : ""}`}
      aria-label={say(check.name)}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="min-w-0 flex-1 font-semibold">{say(check.name)}</span>
        {check.severity === 1 && <Chip tone="danger" icon="danger">{m.severity_stop()}</Chip>}
        {finding && <Chip tone="warn" icon="alert">{m.finding()}</Chip>}
        {skipped !== null && <Chip icon="close">{m.not_checked({ why: skipped })}</Chip>}
      </div>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        {check.auto ? (
          <p className="text-label text-ink-2">{m.check_auto()}</p>
        ) : check.kind === "pass" ? (
          <Segments
            label={say(check.name)}
            hideLabel
            value={answer === "pass" || answer === "fail" ? answer : null}
            options={[
              { value: "pass", label: m.pass() },
              { value: "fail", label: m.fail() },
            ]}
            onChange={onAnswer}
          />
        ) : check.kind === "choice" ? (
          <Segments
            label={say(check.name)}
            hideLabel
            value={typeof answer === "object" && "choice" in answer ? answer.choice : null}
            options={check.choices.map((choice) => ({ value: choice.code, label: say(choice.name) }))}
            onChange={(choice) => onAnswer({ choice })}
          />
        ) : check.kind === "reading" ? (
          <Reading check={check} answer={answer} onAnswer={onAnswer} />
        ) : (
          <p className="text-label text-ink-2">{taken > 0 ? m.photographed() : m.photo_needed()}</p>
        )}
        {(check.photo || check.kind === "photo") && (
          <PhotoButton
            subject={asset}
            kind="asset"
            shot={check.photo ?? check.id}
            name={names.shot(check.photo ?? check.id)}
            taken={taken}
            onTaken={() => {
              if (check.kind === "photo") onAnswer("photographed");
            }}
          />
        )}
        {!check.auto && excuse === null && (
          <span className="sm:ml-auto">
            <Button look="quiet" onPress={() => setExcuse(skipped ?? "")}>
              {m.cannot_check()}
            </Button>
          </span>
        )}
      </div>
      {excuse !== null && (
        <div className="flex items-end gap-3">
          <div className="min-w-0 flex-1">
            <Field label={m.cannot_check_why()} value={excuse} onChange={setExcuse} autoFocus />
          </div>
          <Button
            isDisabled={excuse.trim() === ""}
            onPress={() => {
              onAnswer({ not_checked: excuse.trim() });
              setExcuse(null);
            }}
          >
            {m.save()}
          </Button>
          <Button look="quiet" icon="close" label={m.cancel()} onPress={() => setExcuse(null)} />
        </div>
      )}
    </li>
  );
}

/** A measured value: kept when the field is left or Enter is pressed. */
function Reading({ check, answer, onAnswer }: Pick<Props, "check" | "answer" | "onAnswer">) {
  const held = typeof answer === "object" && "reading" in answer ? String(answer.reading) : "";
  const [text, setText] = useState(held);
  const whole = /^-?\d{1,7}$/.test(text.normalize("NFKC").trim());
  const keep = () => {
    if (whole && text !== held) onAnswer({ reading: Number(text.normalize("NFKC").trim()) });
  };
  const limit =
    check.warn === undefined
      ? undefined
      : check.low_is_bad
        ? m.limit_least({ value: check.warn, unit: check.unit ?? "" })
        : m.limit_most({ value: check.warn, unit: check.unit ?? "" });
  return (
    <div className="w-56">
      <Field
        label={`${say(check.name)} ${m.reading()}`}
        hideLabel
        value={text}
        onChange={setText}
        onBlur={keep}
        onEnter={keep}
        inputMode="numeric"
        unit={check.unit}
        help={limit}
        error={text !== "" && !whole ? m.whole_number() : undefined}
      />
    </div>
  );
}
