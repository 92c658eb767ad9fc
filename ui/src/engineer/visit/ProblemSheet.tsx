import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { EndCode } from "@/generated/EndCode";
import type { Evidence } from "@/generated/Evidence";
import { Button } from "@/kit/Button";
import { Choice } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { PhotoButton } from "../scan/PhotoButton";
import { RescheduleSheet } from "./RescheduleSheet";
import { say } from "@/shared/words";
import { isPhoto, useEndCodes } from "./endCodes";
import { useWork } from "./work";

/** 有问题: how this visit ended, with what the code must be recorded with. */
export function ProblemSheet({ open, onClose, initial = null }: { open: boolean; onClose: () => void; initial?: EndCode | null }) {
  const { visit, order } = useWork();
  const navigate = useNavigate();
  const end = useAct("visit_end");
  const [code, setCode] = useState<EndCode | null>(initial);
  const [note, setNote] = useState("");
  const [shots, setShots] = useState<readonly Evidence[]>([]);
  const [reschedule, setReschedule] = useState(false);
  const endCodes = useEndCodes();
  const chosen = endCodes.find((entry) => entry.code === code);
  const written = chosen?.evidence.some((one) => !isPhoto(one.evidence)) ?? false;
  const has = (evidence: Evidence) => (isPhoto(evidence) ? shots.includes(evidence) : note.trim() !== "");
  const missing = chosen?.evidence.filter((one) => !has(one.evidence)) ?? [];

  const finish = () => {
    if (!chosen) return;
    const recorded = chosen.evidence.map((one) => one.evidence).filter(has);
    if (note.trim() !== "" && !recorded.includes("note")) recorded.push("note");
    end.mutate(
      { visit: visit.row.visit, code: chosen.code, note: note.trim(), evidence: recorded },
      { onSuccess: () => void navigate({ to: "/today" }) },
    );
  };

  return (
    <>
      <Sheet
        title={m.problem_title()}
        open={open && !reschedule}
        onClose={onClose}
        foot={
          <>
            <Button main onPress={() => setReschedule(true)} icon="clock">
              {m.reschedule()}
            </Button>
            <Button
              main
              look="danger"
              isDisabled={!chosen || missing.length > 0}
              isPending={end.isPending}
              onPress={finish}
            >
              {m.problem_end()}
            </Button>
          </>
        }
      >
        <p className="text-label text-ink-2">{m.problem_lead()}</p>
        <Choice
          label={m.problem_code()}
          hideLabel
          value={code}
          onChange={setCode}
          options={endCodes.map((entry) => ({
            value: entry.code,
            label: say(entry.words),
            detail: entry.evidence.map((one) => say(one.words)).join(" · ") || undefined,
          }))}
        />
        {chosen && (
          <>
            {chosen.evidence.filter((one) => isPhoto(one.evidence)).map(({ evidence, words }) => (
              <PhotoButton
                key={evidence}
                subject={order.id}
                kind="work_order"
                shot={evidence === "photo_door" ? "door" : "problem"}
                name={say(words)}
                onTaken={() => setShots([...shots, evidence])}
              />
            ))}
            <Field
              label={
                chosen.evidence.filter((one) => !isPhoto(one.evidence)).map((one) => say(one.words)).join(" · ") ||
                m.evidence_note()
              }
              {...(written ? {} : { optional: m.optional() })}
              value={note}
              onChange={setNote}
              lines={3}
            />
            {missing.length > 0 && (
              <Note icon="info">{m.problem_missing({ what: missing.map((one) => say(one.words)).join(" · ") })}</Note>
            )}
          </>
        )}
        <ErrorNote error={end.error} />
      </Sheet>
      <RescheduleSheet open={reschedule} onClose={() => setReschedule(false)} onSent={onClose} />
    </>
  );
}
