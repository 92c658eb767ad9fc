import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { Button } from "@/kit/Button";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { useSaved } from "@/platform/saved";
import { clockSeconds } from "@/shared/time";
import { ProblemSheet } from "./ProblemSheet";
import { stepGo } from "./steps";
import { useWork } from "./work";

/** A step: its content, when work was last saved, and a bar with 有问题 and the one next thing. */
export function StepFrame({
  children,
  primary,
  secondary,
  sum,
  wide = false,
}: {
  children: ReactNode;
  primary?: ReactNode;
  secondary?: ReactNode;
  /** What must stay in view where there is no room beside the content. */
  sum?: ReactNode;
  wide?: boolean;
}) {
  const { visit, order } = useWork();
  const [problem, setProblem] = useState(false);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <main className="scroll min-h-0 flex-1 px-6 py-5 max-sm:px-4">
        <div className={`mx-auto ${wide ? "max-w-280" : "max-w-180"}`}>{children}</div>
      </main>
      <footer className="rule rule-t flex min-h-20 flex-wrap items-center gap-x-3 gap-y-1 bg-card px-6 py-2 max-sm:px-4">
        <span aria-hidden="true" className="-order-1 hidden basis-full max-sm:block" />
        <Button icon="alert" main onPress={() => setProblem(true)}>
          {m.problem()}
        </Button>
        <SavedLine />
        {sum && <span className="lg:hidden max-sm:-order-2 max-sm:ml-auto">{sum}</span>}
        <span className="ml-auto flex max-w-full min-w-0 flex-wrap gap-3">
          {secondary}
          {primary}
        </span>
      </footer>
      {problem && <ProblemSheet ending={{ visit: visit.row.visit, order: order.id }} onClose={() => setProblem(false)} />}
    </div>
  );
}

/** When the core last made work durable; on a phone in a line of its own. */
function SavedLine() {
  const saved = useSaved();
  return (
    <p className="tabular flex min-w-0 flex-1 items-center gap-2 text-label text-ink-2 max-sm:-order-2 max-sm:min-h-6 max-sm:basis-3/5" aria-live="polite">
      {saved !== null && (
        <>
          <Icon name="device" size={18} />
          {m.saved_here({ time: clockSeconds(saved) })}
        </>
      )}
    </p>
  );
}

/** The button to the step that follows in this job, named for what it does; or to the one named. */
export function NextStep({ to, children, disabled = false, look = "primary" }: { to?: string; children?: ReactNode; disabled?: boolean; look?: "primary" | "plain" }) {
  const navigate = useNavigate();
  const { visit, steps, current, gatesOf } = useWork();
  const next = to === undefined ? steps[steps.indexOf(current) + 1] : steps.find((step) => step.id === to);
  if (!next) return null;
  return (
    <Button
      main
      // What is still shut may be looked at, and says why.
      look={gatesOf(next).length > 0 ? "plain" : look}
      isDisabled={disabled}
      onPress={() => void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step: next.id }, replace: true })}
    >
      {children ?? stepGo(next)}
    </Button>
  );
}
