import { useState } from "react";
import type { AppStatus } from "@/generated/AppStatus";
import { Button } from "@/kit/Button";
import { Field } from "@/kit/Field";
import { ErrorNote, Note } from "@/kit/States";
import { PinPad } from "@/kit/PinPad";
import { m } from "@/paraglide/messages.js";
import { ScanPanel } from "@/engineer/scan/ScanPanel";
import { rpc } from "@/platform";
import { useAct } from "@/platform/query";
import { useScanner } from "@/shared/useScanner";
import { Frame } from "./Frame";

const TICKET = "doorstep://enrol?";

type Step = { at: "ticket" } | { at: "pin" } | { at: "repeat"; pin: string };

/** A first start: ticket, PIN twice, and the device is at work. */
export function Enrol({ status }: { status: AppStatus }) {
  const enrol = useAct("enrol");
  const [ticket, setTicket] = useState("");
  const [name, setName] = useState<string>(() => m.enrol_device_default());
  const [step, setStep] = useState<Step>({ at: "ticket" });
  const [differs, setDiffers] = useState(false);
  const [scanning, setScanning] = useState(false);
  const known = ticket.trim().startsWith(TICKET);
  // A device whose ticket failed keeps its PIN: it is typed once, not chosen again.
  const hasPin = status.stage === "not_enrolled";
  useScanner(setTicket, step.at === "ticket" && !scanning);

  const send = (pin: string) =>
    enrol.mutate(
      { ticket: ticket.trim(), pin, device_name: name.trim() },
      { onError: (error) => setStep(error.api.code === "pin_weak" ? { at: "pin" } : { at: "ticket" }) },
    );

  const onPin = (pin: string) => {
    setDiffers(false);
    if (hasPin) send(pin);
    else if (step.at === "pin") setStep({ at: "repeat", pin });
    else if (step.at === "repeat" && step.pin === pin) send(pin);
    else {
      setDiffers(true);
      setStep({ at: "pin" });
    }
  };

  if (step.at === "ticket") {
    return (
      <Frame title={m.enrol_title()} lead={m.enrol_lead()}>
        <ErrorNote error={enrol.error} />
        {scanning && (
          <div className="w-full">
            <ScanPanel
              look={(input) => rpc("ticket_scan", input)}
              lookUp={(text) => Promise.resolve({ ticket: text })}
              onSeen={(seen) => {
                setTicket(seen.ticket);
                setScanning(false);
              }}
            />
          </div>
        )}
        <div className="flex w-full flex-col gap-4">
          {!scanning && (
            <Button main wide icon="scan" look={known ? "plain" : "primary"} onPress={() => setScanning(true)}>
              {m.enrol_scan()}
            </Button>
          )}
          <Field
            label={m.enrol_ticket()}
            value={ticket}
            onChange={setTicket}
            lines={3}
            help={m.enrol_paste_help()}
            error={ticket.trim() !== "" && !known ? m.enrol_ticket_bad() : undefined}
          />
          <Field label={m.enrol_device_name()} value={name} onChange={setName} />
          <Button main look="primary" wide isDisabled={!known || name.trim() === ""} onPress={() => setStep({ at: "pin" })}>
            {m.enrol_next()}
          </Button>
        </div>
      </Frame>
    );
  }
  const title = hasPin ? m.unlock_title() : step.at === "pin" ? m.enrol_pin_step() : m.enrol_pin_repeat();
  return (
    <Frame title={title} lead={m.enrol_pin_lead()}>
      {differs && <Note>{m.enrol_pin_differs()}</Note>}
      <ErrorNote error={enrol.error} />
      {enrol.isPending && <Note tone="wait" icon="sending">{m.enrol_running()}</Note>}
      <PinPad key={step.at} label={title} go={m.pin_enter()} pending={enrol.isPending} onPin={onPin} />
      <Button look="quiet" icon="back" isDisabled={enrol.isPending} onPress={() => setStep({ at: "ticket" })}>
        {m.back()}
      </Button>
    </Frame>
  );
}
