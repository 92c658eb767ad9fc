import { useEffect, useState } from "react";
import { Button } from "@/kit/Button";
import { Sheet } from "@/kit/Sheet";
import { m } from "@/paraglide/messages.js";
import { useDraft } from "@/shared/draft";
import { countdown } from "@/shared/time";

/** Minutes of the trade's waits: pumping down, evacuating, a trial run, a refrigerator at rest. */
const WAITS = [3, 15, 20, 120] as const;

/** The instant by the device's clock at which a visit's wait is over: it survives a restart, and other
 * steps stay open meanwhile. Nothing is recorded by it. */
function useWait(visit: string): [number | null, (ends: number | null) => void, number] {
  const [ends, setEnds] = useDraft<number | null>(`timer.${visit}`, null);
  const [now, setNow] = useState(() => Date.now());
  const running = ends !== null && ends > now;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  const begin = (next: number | null) => {
    setNow(Date.now());
    setEnds(next);
  };
  return [ends, begin, Math.max(0, (ends ?? 0) - now)];
}

/** 计时: in the head of the visit, so that it runs in view while other things are done. */
export function TimerButton({ visit }: { visit: string }) {
  const [ends, begin, left] = useWait(visit);
  const [open, setOpen] = useState(false);
  const over = ends !== null && left === 0;
  useEffect(() => {
    if (over) navigator.vibrate?.([200, 100, 200]);
  }, [over]);
  return (
    <>
      {ends === null ? (
        <Button look="quiet" icon="clock" label={m.timer()} onPress={() => setOpen(true)} />
      ) : (
        <Button look={over ? "primary" : "plain"} icon="clock" onPress={() => (over ? begin(null) : setOpen(true))}>
          <span className="tabular">{over ? m.timer_over() : countdown(left)}</span>
        </Button>
      )}
      <Sheet
        title={m.timer()}
        open={open}
        onClose={() => setOpen(false)}
        foot={
          ends !== null && (
            <Button main onPress={() => { begin(null); setOpen(false); }}>
              {m.timer_stop()}
            </Button>
          )
        }
      >
        <p className="text-label text-ink-2">{m.timer_lead()}</p>
        <div className="grid grid-cols-2 gap-3">
          {WAITS.map((minutes) => (
            <Button key={minutes} main onPress={() => { begin(Date.now() + minutes * 60_000); setOpen(false); }}>
              {m.minutes({ count: minutes })}
            </Button>
          ))}
        </div>
      </Sheet>
    </>
  );
}
