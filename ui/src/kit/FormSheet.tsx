import { type ReactNode } from "react";
import type { Refused } from "@/platform";
import { m } from "@/paraglide/messages.js";
import { Button } from "./Button";
import { Sheet } from "./Sheet";
import { ErrorNote } from "./States";

interface Props {
  title: string;
  onClose: () => void;
  /** What the button at the foot does, in words. */
  go: string;
  onGo: () => void;
  /** All that is needed stands there. */
  ready: boolean;
  pending: boolean;
  /** Why it was refused, the latest. */
  error: Refused | null;
  /** It cannot be taken back. */
  final?: boolean;
  /** What was kept, in words: the form has done its work and leaves a way out. */
  done?: ReactNode;
  /** Another way on, beside the button. */
  beside?: ReactNode;
  children: ReactNode;
}

/** A question to the person over the screen: fields, one button, and why it was refused. It stands
 * as long as it is drawn, so its fields begin anew each time it is opened. */
export function FormSheet({ title, onClose, go, onGo, ready, pending, error, final = false, done, beside, children }: Props) {
  return (
    <Sheet
      title={title}
      open
      onClose={onClose}
      foot={
        done ? (
          <Button main look="primary" onPress={onClose}>
            {m.close()}
          </Button>
        ) : (
          <>
            {beside}
            <Button main look={final ? "danger" : "primary"} isDisabled={!ready} isPending={pending} onPress={onGo}>
              {go}
            </Button>
          </>
        )
      }
    >
      {done || children}
      <ErrorNote error={error} />
    </Sheet>
  );
}
