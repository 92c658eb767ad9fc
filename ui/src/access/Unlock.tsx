import { useEffect, useState } from "react";
import type { AppStatus } from "@/generated/AppStatus";
import { ErrorNote, Note } from "@/kit/States";
import { PinPad } from "@/kit/PinPad";
import { m } from "@/paraglide/messages.js";
import { drop, useAct } from "@/platform/query";
import { Frame } from "./Frame";

/** The PIN. Sync goes on behind a locked screen; a wrong PIN says how many tries are left. */
export function Unlock({ status }: { status: AppStatus }) {
  const unlock = useAct("unlock");
  const wait = useWait(status.wait_ms);
  const failed = unlock.error?.api;
  return (
    <Frame title={m.unlock_title()}>
      {wait > 0 ? (
        <Note tone="warn" icon="clock">
          {m.unlock_wait({ seconds: wait })}
        </Note>
      ) : failed ? (
        <ErrorNote error={failed} />
      ) : null}
      {failed?.code === "wrong_pin" && status.attempts_left > 0 && (
        <p className="text-label text-ink-2">{m.unlock_left({ count: status.attempts_left })}</p>
      )}
      {status.salvaged && (
        <Note tone="wait" icon="info">
          {m.unlock_salvaged({ edits: status.salvaged.edits, claims: status.salvaged.claims })}
        </Note>
      )}
      <PinPad
        label={m.unlock_title()}
        go={m.unlock_go()}
        pending={unlock.isPending}
        disabled={wait > 0}
        onPin={(pin) => unlock.mutate({ pin }, { onError: () => void drop(["status"]) })}
      />
    </Frame>
  );
}

/** Seconds still to wait, counted down. */
function useWait(waitMs: number): number {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => setUntil(waitMs > 0 ? Date.now() + waitMs : 0), [waitMs]);
  useEffect(() => {
    if (until <= now) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until, now]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
