import { useRead } from "@/platform/query";

/** HQ's time as the core estimates it; the device's own clock is not asked. */
export function useNow(): number {
  const sync = useRead("sync_status", {});
  return sync.data?.time.at ?? 0;
}
