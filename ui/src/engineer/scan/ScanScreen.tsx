import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ScanView } from "@/generated/ScanView";
import { Button } from "@/kit/Button";
import { Page } from "@/kit/Page";
import { m } from "@/paraglide/messages.js";
import { LabelScan } from "./LabelScan";
import { ScanResult } from "./ScanResult";

/** 扫码: any label, at any time, outside a visit too. */
export function ScanScreen() {
  const [seen, setSeen] = useState<ScanView | null>(null);
  const navigate = useNavigate();
  return (
    <Page
      title={m.nav_scan()}
      narrow
      actions={
        seen && (
          <Button icon="scan" look="primary" onPress={() => setSeen(null)}>
            {m.scan_again()}
          </Button>
        )
      }
    >
      {seen ? (
        <ScanResult seen={seen} onMachine={(asset) => void navigate({ to: "/machine/$asset", params: { asset } })} />
      ) : (
        <LabelScan onSeen={setSeen} />
      )}
    </Page>
  );
}
