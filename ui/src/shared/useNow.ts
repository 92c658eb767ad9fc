import { useEffect, useState } from "react";
import { estimatedNow, useRead } from "@/platform/query";

/** HQ's time as the core estimates it; the device's own clock is not asked. */
export function useNow(): number {
  const sync = useRead("sync_status", {});
  return sync.data?.time.at ?? 0;
}

/** The same, moved on every second: for what is counted down in front of a person. */
export function useTick(): number {
  const seen = useNow();
  const [now, setNow] = useState(estimatedNow);
  useEffect(() => {
    setNow(estimatedNow());
    const timer = setInterval(() => setNow(estimatedNow()), 1_000);
    return () => clearInterval(timer);
  }, [seen]);
  return now;
}
