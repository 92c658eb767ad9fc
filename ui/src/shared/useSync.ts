import { useEffect, useRef } from "react";
import type { SyncView } from "@/generated/SyncView";
import { fromHq } from "@/platform/provides";
import { drop, useRead } from "@/platform/query";

/** How often the strip looks: the core syncs by itself, and its answer costs a millisecond. */
const LOOK_MS = 2_500;

/** The line to HQ. News that arrived behind the screen's back refreshes what is shown. */
export function useSync(): SyncView | undefined {
  const { data } = useRead("sync_status", {}, { refetchInterval: LOOK_MS, refetchIntervalInBackground: true });
  const seen = data && [data.last_success, data.waiting, data.media_waiting, data.refused].join();
  const before = useRef(seen);
  useEffect(() => {
    if (before.current !== undefined && seen !== undefined && before.current !== seen) void drop(fromHq);
    before.current = seen;
  }, [seen]);
  return data;
}
