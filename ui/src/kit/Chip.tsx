import { type ReactNode } from "react";
import type { RecordState } from "@/generated/RecordState";
import type { Standing } from "@/generated/Standing";
import { say } from "@/shared/words";
import { m } from "@/paraglide/messages.js";
import { Icon, type IconName } from "./Icon";

export type Tone = "plain" | "good" | "warn" | "danger" | "wait" | "primary";

const tones: Record<Tone, string> = {
  plain: "bg-sunken text-ink-2 outdoor:border-ink",
  good: "bg-good-soft text-good outdoor:border-good",
  warn: "bg-warn-soft text-warn outdoor:border-warn",
  danger: "bg-danger-soft text-danger outdoor:border-danger",
  wait: "bg-wait-soft text-wait outdoor:border-wait",
  primary: "bg-primary-soft text-primary outdoor:border-primary",
};

/** A state or fact in a word; never colour alone. */
export function Chip({ tone = "plain", icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={`inline-flex max-w-full items-center gap-1.5 rounded-field px-2 py-0.5 text-label outdoor:border-2 ${tones[tone]}`}
    >
      {icon && <Icon name={icon} size={18} />}
      <span className="min-w-0">{children}</span>
    </span>
  );
}

const standings: Record<Standing, { tone: Tone; icon: IconName }> = {
  on_device: { tone: "plain", icon: "device" },
  sending: { tone: "wait", icon: "sending" },
  received: { tone: "good", icon: "received" },
  needs_action: { tone: "warn", icon: "alert" },
};

/** Where a record stands between this device and HQ, photos counted apart. */
export function StateChip({ record, photos = false }: { record: RecordState; photos?: boolean }) {
  const { tone, icon } = standings[record.state];
  return (
    <Chip tone={tone} icon={icon}>
      {say(record.words)}
      {photos && record.media > 0 && (
        <span className="tabular ml-2">
          {m.photos_count({ received: record.media_received, all: record.media })}
        </span>
      )}
    </Chip>
  );
}

export function StandingChip({ state, children }: { state: Standing; children: ReactNode }) {
  const { tone, icon } = standings[state];
  return (
    <Chip tone={tone} icon={icon}>
      {children}
    </Chip>
  );
}
