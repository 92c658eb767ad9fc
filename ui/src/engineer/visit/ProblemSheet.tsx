import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { EndCode } from "@/generated/EndCode";
import type { Evidence } from "@/generated/Evidence";
import type { EndOption } from "@/generated/EndOption";
import { Button } from "@/kit/Button";
import { Choice } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { FormSheet } from "@/kit/FormSheet";
import { Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct } from "@/platform/query";
import { useHeld } from "@/shared/held";
import { say } from "@/shared/words";
import { PhotoButton } from "../scan/PhotoButton";
import { isPhoto, useEndCodes } from "./endCodes";
import { RescheduleSheet } from "./RescheduleSheet";

/** What ends a visit: which one, and the work order its evidence belongs to. */
export interface Ending {
  visit: string;
  order: string;
}

/** 有问题: how this visit ended, with what the code must be recorded with. */
export function ProblemSheet({ onClose, ending, initial = null, reschedules = true }: { onClose: () => void; ending: Ending; initial?: EndCode | null; reschedules?: boolean }) {
  const { visit, order } = ending;
  const navigate = useNavigate();
  const end = useAct("visit_end");
  const [code, setCode] = useState<EndCode | null>(initial);
  const [note, setNote] = useHeld(`problem.${visit}`, "");
  const [shots, setShots] = useState<readonly Evidence[]>([]);
  const [rescheduling, setRescheduling] = useState(false);
  const endCodes = useEndCodes();
  const chosen = endCodes.find((entry) => entry.code === code);
  const has = (evidence: Evidence) => (isPhoto(evidence) ? shots.includes(evidence) : note.trim() !== "");
  const missing = chosen?.evidence.filter((one) => !has(one.evidence)) ?? [];
  if (rescheduling) return <RescheduleSheet onClose={onClose} />;

  const finish = () => {
    if (!chosen) return;
    const recorded = chosen.evidence.map((one) => one.evidence).filter(has);
    if (note.trim() !== "" && !recorded.includes("note")) recorded.push("note");
    end.mutate(
      { visit, code: chosen.code, note: note.trim(), evidence: recorded },
      {
        onSuccess: () => {
          setNote(undefined);
          void navigate({ to: "/today" });
        },
      },
    );
  };
  return (
    <FormSheet
      title={m.problem_title()}
      onClose={onClose}
      go={m.problem_end()}
      onGo={finish}
      final
      ready={chosen !== undefined && missing.length === 0}
      pending={end.isPending}
      error={end.error}
      beside={
        reschedules && (
          <Button main onPress={() => setRescheduling(true)} icon="clock">
            {m.reschedule()}
          </Button>
        )
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
      {chosen && <EvidenceFields chosen={chosen} order={order} note={note} onNote={setNote} onShot={(shot) => setShots([...shots, shot])} />}
      {missing.length > 0 && (
        <Note icon="info">{m.problem_missing({ what: missing.map((one) => say(one.words)).join(" · ") })}</Note>
      )}
    </FormSheet>
  );
}

/** What a code must be recorded with: its photos, and words. */
function EvidenceFields({ chosen, order, note, onNote, onShot }: { chosen: EndOption; order: string; note: string; onNote: (note: string) => void; onShot: (shot: Evidence) => void }) {
  const written = chosen.evidence.filter((one) => !isPhoto(one.evidence));
  return (
    <>
      {chosen.evidence.filter((one) => isPhoto(one.evidence)).map(({ evidence, words }) => (
        <PhotoButton
          key={evidence}
          subject={order}
          kind="work_order"
          shot={evidence === "photo_door" ? "door" : "problem"}
          name={say(words)}
          onTaken={() => onShot(evidence)}
        />
      ))}
      <Field
        label={written.map((one) => say(one.words)).join(" · ") || m.evidence_note()}
        {...(written.length > 0 ? {} : { optional: m.optional() })}
        value={note}
        onChange={onNote}
        lines={3}
      />
    </>
  );
}
