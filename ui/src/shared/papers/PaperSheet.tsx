import { useEffect, useRef, useState } from "react";
import type { PhotoView } from "@/generated/PhotoView";
import { Button } from "@/kit/Button";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Skeleton } from "@/kit/States";
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

function Paper({ paper }: { paper: PhotoView }) {
  const read = useRead("paper_bytes", { hash: paper.hash });
  const [bytes, setBytes] = useState<Uint8Array<ArrayBuffer> | null>(null);
  useEffect(() => {
    if (read.data) setBytes(fromBase64(read.data.base64));
  }, [read.data]);
  const file = `${paper.shot}.pdf`;
  return (
    <>
      <div className="flex flex-wrap gap-3 print:hidden">
        <Button icon="save" isDisabled={!bytes} onPress={() => bytes && void saveFile(file, "application/pdf", bytes)}>
          {m.paper_save()}
        </Button>
      </div>
      <ErrorNote error={read.error} onRetry={() => void read.refetch()} />
      {bytes ? <Pages bytes={bytes} /> : read.error ? null : <Skeleton rows={1} height="30rem" />}
    </>
  );
}

/** Pages drawn by pdf.js, because not every engine shows PDF by itself. */
function Pages({ bytes }: { bytes: Uint8Array<ArrayBuffer> }) {
  const host = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let over = false;
    const draw = async () => {
      const { open } = await import("./pdf");
      // pdf.js takes the buffer for itself.
      const document_ = await open(bytes.slice());
      const width = host.current?.clientWidth ?? 800;
      for (let number = 1; number <= document_.numPages && !over; number += 1) {
        const page = await document_.getPage(number);
        const unit = page.getViewport({ scale: 1 });
        const viewport = page.getViewport({ scale: (Math.min(width, 860) / unit.width) * Math.min(2, devicePixelRatio) });
        const canvas = document.createElement("canvas");
        canvas.width = viewport.width;
        canvas.height = viewport.height;
        canvas.className = "mx-auto mb-4 w-full max-w-215 rounded-field border border-hair bg-white";
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", m.paper_page({ page: number }));
        if (over) return;
        host.current?.append(canvas);
        await page.render({ canvas, viewport }).promise;
      }
    };
    host.current?.replaceChildren();
    draw().catch(() => !over && setFailed(true));
    return () => {
      over = true;
    };
  }, [bytes]);
  return (
    <>
      {failed && <p role="alert">{m.paper_unreadable()}</p>}
      <div ref={host} className="min-h-[30rem]" />
    </>
  );
}
