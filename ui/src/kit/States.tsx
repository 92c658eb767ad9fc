import { type ReactNode } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ApiError } from "@/generated/ApiError";
import { Refused } from "@/platform";
import { m } from "@/paraglide/messages.js";
import { say } from "@/shared/words";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

/** Nothing to show, and what to do about it. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center justify-center gap-3 px-6 py-16 text-center text-ink-2">
      <Icon name={icon} size={40} />
      <p className="text-key font-semibold text-ink">{title}</p>
      {children && <div className="max-w-md text-label">{children}</div>}
    </div>
  );
}

/** What was refused and why, in the core's words. */
export function ErrorNote({ error, onRetry }: { error: Refused | ApiError | null | undefined; onRetry?: () => void }) {
  if (!error) return null;
  const api = error instanceof Refused ? error.api : error;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-card bg-danger-soft px-4 py-3 text-danger outdoor:border-2 outdoor:border-danger">
      <Icon name="alert" />
      <p className="min-w-0 flex-1 text-label">{say(api.words)}</p>
      {onRetry && (
        <Button look="danger" onPress={onRetry}>
          {m.retry()}
        </Button>
      )}
    </div>
  );
}

/** Something a person should know, not an error. */
export function Note({ tone = "warn", icon = "info", children, action }: { tone?: "warn" | "good" | "wait" | "danger" | "plain"; icon?: IconName; children: ReactNode; action?: ReactNode }) {
  const tones = {
    warn: "bg-warn-soft text-warn outdoor:border-warn",
    good: "bg-good-soft text-good outdoor:border-good",
    wait: "bg-wait-soft text-wait outdoor:border-wait",
    danger: "bg-danger-soft text-danger outdoor:border-danger",
    plain: "bg-sunken text-ink-2 outdoor:border-ink",
  };
  return (
    <div className={`flex items-start gap-3 rounded-card px-4 py-3 text-label outdoor:border-2 ${tones[tone]}`}>
      <Icon name={icon} />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}

/** Grey places of the size of what will stand there. */
export function Skeleton({ rows = 3, height = "5.5rem" }: { rows?: number; height?: string }) {
  return (
    <div role="status" aria-label={m.loading()} className="flex flex-col gap-2">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="pulse rounded-card bg-sunken outdoor:border-2" style={{ height }} />
      ))}
    </div>
  );
}

/** The three states of reading: waiting, refused, there. */
export function Loaded<T>({
  of,
  rows,
  height,
  children,
}: {
  of: UseQueryResult<T, Refused>;
  rows?: number;
  height?: string;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ErrorNote error={of.error} onRetry={() => void of.refetch()} />;
  return <Skeleton {...(rows === undefined ? {} : { rows })} {...(height === undefined ? {} : { height })} />;
}
