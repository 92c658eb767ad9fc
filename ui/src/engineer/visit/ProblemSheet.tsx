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
import { endCodes, evidenceName, isPhoto } from "./endCodes";
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
  const chosen = endCodes.find((entry) => entry.code === code);
  const written = chosen?.wants.some((evidence) => !isPhoto(evidence)) ?? false;
  const has = (evidence: Evidence) => (isPhoto(evidence) ? shots.includes(evidence) : note.trim() !== "");
  const missing = chosen?.wants.filter((evidence) => !has(evidence)) ?? [];

  const finish = () => {
    if (!chosen) return;
    const recorded: Evidence[] = chosen.wants.filter(has);
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
            label: entry.name(),
            detail: entry.wants.map((evidence) => evidenceName[evidence]()).join(" · ") || undefined,
          }))}
        />
        {chosen && (
          <>
            {chosen.wants.filter(isPhoto).map((evidence) => (
              <PhotoButton
                key={evidence}
                subject={order.id}
                kind="work_order"
                shot={evidence === "photo_door" ? "door" : "problem"}
                name={evidenceName[evidence]()}
                onTaken={() => setShots([...shots, evidence])}
              />
            ))}
            <Field
              label={
                chosen.wants.filter((evidence) => !isPhoto(evidence)).map((evidence) => evidenceName[evidence]()).join(" · ") ||
                m.evidence_note()
              }
              {...(written ? {} : { optional: m.optional() })}
              value={note}
              onChange={setNote}
              lines={3}
            />
            {missing.length > 0 && (
              <Note icon="info">{m.problem_missing({ what: missing.map((evidence) => evidenceName[evidence]()).join(" · ") })}</Note>
            )}
          </>
        )}
        <ErrorNote error={end.error} />
      </Sheet>
      <RescheduleSheet open={reschedule} onClose={() => setReschedule(false)} onSent={onClose} />
    </>
  );
}
