import { useState } from "react";
import type { ScanView } from "@/generated/ScanView";
import { Button } from "@/kit/Button";
import { Chip } from "@/kit/Chip";
import { Section } from "@/kit/Page";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { Refused, rpc } from "@/platform";
import { useAct, useRead } from "@/platform/query";
import { useScanner } from "@/shared/useScanner";
import { useNow } from "@/shared/useNow";
import { SafeLifeClock } from "../card/Clocks";
import { CardFace } from "../card/CardFace";
import { MachineRow, ScanResult } from "../scan/ScanResult";
import { LabelScan } from "../scan/LabelScan";
import { gtinOf, serialOf } from "../scan/labelKinds";
import { MachineForm } from "./MachineForm";
import { NextStep, StepFrame } from "./StepFrame";
import { useWork } from "./work";

/** 认机: the machine in front of the engineer is the one on paper, or becomes known now. */
export function IdentifyStep() {
  const { order, asset, draft, patch } = useWork();
  const [seen, setSeen] = useState<ScanView | null>(null);
  const [scanning, setScanning] = useState(false);
  const [form, setForm] = useState<"new" | "edit" | null>(null);
  const scanned = seen?.card?.card.asset ?? seen?.matches.find((match) => match.kind === "asset")?.id;

  const take = (view: ScanView) => {
    setSeen(view);
    setScanning(false);
    const found = view.card?.card.asset ?? view.matches.find((match) => match.kind === "asset")?.id;
    if (found && found === asset) patch({ identified: true });
  };
  const [refused, setRefused] = useState<Refused | null>(null);
  // A USB scanner needs no camera view opened first.
  useScanner((text) => {
    setRefused(null);
    rpc("code_typed", { text }).then(take, (error: unknown) => {
      if (error instanceof Refused) setRefused(error);
      else throw error;
    });
  }, !scanning && form === null);
  const met = useAct("machine_set");
  const use = (id: string) => {
    if (!order.assets.includes(id)) met.mutate({ asset: id, work_order: order.id, identity: {}, serials: {} });
    patch({ asset: id, identified: true });
    setSeen(null);
    setForm(null);
  };

  return (
    <StepFrame primary={scanning || form !== null ? null : <NextStep look={draft.identified ? "primary" : "plain"} />}
      secondary={
        scanning ? (
          <Button main onPress={() => setScanning(false)}>{m.cancel()}</Button>
        ) : form !== null ? null : (
          <Button main icon="scan" look={draft.identified ? "plain" : "primary"} onPress={() => { setSeen(null); setScanning(true); }}>
            {m.scan_label()}
          </Button>
        )
      }
    >
      {scanning ? (
        <LabelScan onSeen={take} />
      ) : (
        <>
          <ErrorNote error={refused ?? met.error} />
          {seen && (
            <Section title={m.scanned()}>
              {scanned && scanned === asset && (
                <Note tone="good" icon="check">{m.same_machine()}</Note>
              )}
              {scanned && scanned !== asset && (
                <Note tone="warn" icon="alert" action={<Button onPress={() => use(scanned)}>{m.use_this_machine()}</Button>}>
                  {m.other_machine()}
                </Note>
              )}
              <ScanResult
                seen={seen}
                onMachine={use}
                action={
                  !scanned && <Button icon="plus" onPress={() => setForm("new")}>{m.machine_new()}</Button>
                }
              />
            </Section>
          )}
          {form === "new" ? (
            <MachineForm
              gtin={seen?.labels.map(gtinOf).find(Boolean) ?? null}
              serial={seen?.labels.map(serialOf).find(Boolean) ?? null}
              onDone={use}
              onCancel={() => setForm(null)}
            />
          ) : form === "edit" && asset ? (
            <MachineForm asset={asset} onDone={() => setForm(null)} onCancel={() => setForm(null)} />
          ) : (
            asset && !(seen && scanned === asset) && <KnownMachine asset={asset} identified={draft.identified === true} onEdit={() => setForm("edit")} />
          )}
          {form === null && (
            <Section title={m.machines_of_order()}>
              <ul className="panel divide-y-(length:--border) divide-hair">
                {[...new Set([...order.assets, ...(asset ? [asset] : [])])].map((id) => (
                  <li key={id}>
                    <MachineRow asset={id} onOpen={() => patch({ asset: id, identified: id === asset && draft.identified === true })} aside={id === asset && <Chip tone="primary" icon="check">{m.this_machine()}</Chip>} />
                  </li>
                ))}
                <li className="p-3">
                  <Button look="quiet" icon="plus" onPress={() => setForm("new")}>{m.machine_new()}</Button>
                </li>
              </ul>
            </Section>
          )}
        </>
      )}
    </StepFrame>
  );
}

function KnownMachine({ asset, identified, onEdit }: { asset: string; identified: boolean; onEdit: () => void }) {
  const machine = useRead("machine_view", { asset });
  const card = machine.data?.cards[0];
  const view = useRead("card_view", { card: card ?? "" }, { enabled: card !== undefined });
  const now = useNow();
  if (!machine.data) return null;
  return (
    <Section
      title={m.machine_on_paper()}
      aside={identified ? <Chip tone="good" icon="check">{m.identified()}</Chip> : <Chip tone="warn" icon="scan">{m.not_identified()}</Chip>}
    >
      {view.data ? (
        <CardFace view={view.data} now={now} />
      ) : (
        <div className="panel flex flex-col gap-3 p-4">
          <h2 className="text-key font-semibold">
            {machine.data.asset.brand} {machine.data.asset.model}
          </h2>
          <p className="tabular break-all">{machine.data.asset.components.map((part) => part.serial).filter(Boolean).join(" / ")}</p>
          <p className="text-label text-ink-2">{m.no_card()}</p>
          {machine.data.safe_life && <SafeLifeClock life={machine.data.safe_life} now={now} />}
        </div>
      )}
      <div>
        <Button look="quiet" icon="pen" onPress={onEdit}>{m.machine_edit()}</Button>
      </div>
    </Section>
  );
}
