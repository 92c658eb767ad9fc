import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { StepView } from "@/generated/StepView";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { stepName, stepProgress } from "./steps";

/** On a phone the rail scrolls sideways; the step in work stays in view, after a rotation too. */
function useCurrentInView(current: string) {
  const rail = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = rail.current;
    if (!element) return;
    const show = () => element.querySelector('[aria-current]')?.scrollIntoView({ block: "nearest", inline: "center" });
    const watch = new ResizeObserver(show);
    watch.observe(element);
    return () => watch.disconnect();
  }, [current]);
  return rail;
}

interface Props {
  visit: string;
  steps: readonly StepView[];
  current: StepView;
  gatesOf: (step: StepView) => readonly string[];
}

/** The visit's steps as the core has them: any can be opened; a shut one says why. */
export function StepRail({ visit, steps, current, gatesOf }: Props) {
  const rail = useCurrentInView(current.id);
  return (
    <nav
      ref={rail}
      aria-label={m.steps()}
      className="rule relative flex w-52 shrink-0 overflow-y-auto flex-col border-r-(length:--border) bg-card py-2 max-lg:w-44 portrait:h-16 portrait:w-full portrait:flex-row portrait:overflow-x-auto portrait:border-r-0 portrait:border-b-(length:--border) portrait:py-0"
    >
      {steps.map((step, index) => {
        const here = step === current;
        const gates = gatesOf(step);
        const progress = stepProgress(step);
        return (
          <Link
            key={step.id}
            to="/visit/$visit/$step"
            params={{ visit, step: step.id }}
            replace
            aria-current={here ? "step" : undefined}
            className={`flex min-h-14 shrink-0 items-center gap-3 px-4 py-1 -outline-offset-4 portrait:justify-center portrait:gap-2 portrait:px-4 sm:portrait:flex-1 sm:portrait:px-2 ${
              here ? "bg-primary-soft font-semibold text-primary outdoor:bg-primary outdoor:text-on-primary" : gates.length > 0 ? "text-ink-2" : ""
            }`}
          >
            <span
              className={`flex size-7 shrink-0 items-center justify-center rounded-pill border-2 text-label ${
                step.done ? "border-good bg-good-soft text-good" : here ? "border-current" : "border-line"
              }`}
            >
              {step.done ? <Icon name="check" size={18} /> : gates.length > 0 ? <Icon name="lock" size={16} /> : index + 1}
            </span>
            <span className="flex min-w-0 flex-col leading-tight portrait:whitespace-nowrap">
              <span>{stepName(step)}</span>
              {progress && <span className={`tabular text-small font-normal ${here ? "" : "text-ink-2"}`}>{progress}</span>}
            </span>
            {step.done && <span className="sr-only">{m.done()}</span>}
            {gates.length > 0 && <span className="sr-only">{gates.join(" · ")}</span>}
          </Link>
        );
      })}
    </nav>
  );
}
