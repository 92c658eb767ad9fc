import type { ScanView } from "@/generated/ScanView";
import { rpc } from "@/platform";
import { ScanPanel } from "./ScanPanel";

/** A label of a machine or card, looked up on this device. */
export function LabelScan({ onSeen }: { onSeen: (seen: ScanView) => void }) {
  return (
    <ScanPanel
      look={(input) => rpc("label_scan", input)}
      lookUp={(text) => rpc("code_typed", { text })}
      onSeen={onSeen}
    />
  );
}
