import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { Button } from "@/kit/Button";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { clockSeconds } from "@/shared/time";
import { ProblemSheet } from "./ProblemSheet";
import type { StepId } from "./steps";
import { useWork } from "./work";

/** A step: its content, when it was saved, and a bar with 有问题 and the one next thing. */
export function StepFrame({
  children,
  saved,
  primary,
  secondary,
  sum,
  wide = false,
}: {
  children: ReactNode;
  /** When the last edit of this step was made durable. */
  saved?: number | null | undefined;
  primary?: ReactNode;
  secondary?: ReactNode;
  /** What must stay in view where there is no room beside the content. */
  sum?: ReactNode;
  wide?: boolean;
}) {
  const [problem, setProblem] = useState(false);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <main className="scroll min-h-0 flex-1 px-6 py-5 max-sm:px-4">
        <div className={`mx-auto ${wide ? "max-w-280" : "max-w-180"}`}>{children}</div>
      </main>
      <footer className="rule rule-t flex min-h-20 flex-wrap items-center gap-3 bg-card px-6 py-2 max-sm:px-4">
        <Button icon="alert" main onPress={() => setProblem(true)}>
          {m.problem()}
        </Button>
        <p className="tabular flex min-w-0 flex-1 items-center gap-2 text-label text-ink-2 max-sm:hidden" aria-live="polite">
          {saved != null && (
            <>
              <Icon name="device" size={18} />
              {m.saved_here({ time: clockSeconds(saved) })}
            </>
          )}
        </p>
        {sum && <span className="lg:hidden">{sum}</span>}
        <span className="ml-auto flex flex-wrap gap-3">
          {secondary}
          {primary}
        </span>
      </footer>
      <ProblemSheet open={problem} onClose={() => setProblem(false)} />
    </div>
  );
}

/** The button to the next step, named for what it does. */
export function NextStep({ to, children, disabled = false, look = "primary" }: { to: StepId; children: ReactNode; disabled?: boolean; look?: "primary" | "plain" }) {
  const navigate = useNavigate();
  const { visit } = useWork();
  return (
    <Button
      main
      look={look}
      isDisabled={disabled}
      onPress={() => void navigate({ to: "/visit/$visit/$step", params: { visit: visit.row.visit, step: to }, replace: true })}
    >
      {children}
    </Button>
  );
}
