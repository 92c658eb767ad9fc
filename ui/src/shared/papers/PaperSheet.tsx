import { useEffect, useRef, useState } from "react";
import type { PhotoView } from "@/generated/PhotoView";
import { Button } from "@/kit/Button";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Note, Skeleton } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { saveFile } from "@/platform";
import { useRead } from "@/platform/query";
import { fromBase64 } from "../bytes";
import { paperName } from "./paperName";

/** A paper as it will be printed; saved or printed from here, without a network. */
export function PaperSheet({ paper, onClose }: { paper: PhotoView | null; onClose: () => void }) {
  return (
    <Sheet title={paper ? paperName(paper.shot) : ""} open={paper !== null} onClose={onClose} wide>
      {paper && <Paper paper={paper} />}
    </Sheet>
  );
}

type Work = "saving" | "printing" | null;

function Paper({ paper }: { paper: PhotoView }) {
  const read = useRead("paper_bytes", { hash: paper.hash });
  const [bytes, setBytes] = useState<Uint8Array<ArrayBuffer> | null>(null);
  const [work, setWork] = useState<Work>(null);
  const [told, setTold] = useState<"saved" | "failed" | null>(null);
  useEffect(() => {
    if (read.data) setBytes(fromBase64(read.data.base64));
  }, [read.data]);
  const run = async (what: Exclude<Work, null>, act: (bytes: Uint8Array<ArrayBuffer>) => Promise<"saved" | null>) => {
    if (!bytes) return;
    setWork(what);
    setTold(null);
    try {
      setTold(await act(bytes));
    } catch {
      setTold("failed");
    } finally {
      setWork(null);
    }
  };
  const save = () => run("saving", async (data) => ((await saveFile(`${paper.shot}.pdf`, "application/pdf", data)) ? "saved" : null));
  const print = () =>
    run("printing", async (data) => {
      const { printPaper } = await import("./printPaper");
      await printPaper(data, paperName(paper.shot));
      return null;
    });
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon="save" isDisabled={!bytes} isPending={work === "saving"} onPress={() => void save()}>
          {m.paper_save()}
        </Button>
        <Button icon="print" isDisabled={!bytes} isPending={work === "printing"} onPress={() => void print()}>
          {m.paper_print()}
        </Button>
        <span role="status" className="text-label text-ink-2">
          {work === "printing" ? m.paper_printing() : told === "saved" ? m.paper_saved() : null}
        </span>
      </div>
      {told === "failed" && <Note tone="danger" icon="alert">{m.paper_failed()}</Note>}
      <ErrorNote error={read.error} onRetry={() => void read.refetch()} />
      {bytes ? <Pages bytes={bytes} /> : read.error ? null : <Skeleton rows={1} height="30rem" />}
    </>
  );
}

/** Widest a page is shown, in CSS pixels. */
const WIDEST = 860;

/** Pages drawn by pdf.js, because not every engine shows PDF by itself. */
function Pages({ bytes }: { bytes: Uint8Array<ArrayBuffer> }) {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"drawing" | "drawn" | "failed">("drawing");
  useEffect(() => {
    let over = false;
    const draw = async () => {
      const { pagesOf } = await import("./pdf");
      const width = Math.min(host.current?.clientWidth ?? WIDEST, WIDEST) * Math.min(2, devicePixelRatio);
      let number = 0;
      for await (const { canvas } of pagesOf(bytes, width)) {
        if (over) return;
        number += 1;
        canvas.className = "mx-auto mb-4 w-full max-w-215 rounded-field border border-hair bg-white";
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", m.paper_page({ page: number }));
        host.current?.append(canvas);
        setState("drawn");
      }
    };
    host.current?.replaceChildren();
    draw().catch(() => !over && setState("failed"));
    return () => {
      over = true;
    };
  }, [bytes]);
  return (
    <>
      {state === "failed" && <Note tone="danger" icon="alert">{m.paper_unreadable()}</Note>}
      {state === "drawing" && <Skeleton rows={1} height="30rem" />}
      <div ref={host} />
    </>
  );
}
