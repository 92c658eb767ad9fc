import { useEffect, useRef, useState, type PointerEvent } from "react";
import type { Stroke } from "@/generated/Stroke";
import { m } from "@/paraglide/messages.js";
import { fitScale, strokePath, toInk } from "./ink";

interface Props {
  strokes: readonly Stroke[];
  /** The drawing is void: shown struck out until a new stroke takes its place. */
  struck?: boolean;
  disabled?: boolean;
  onStroke: (stroke: Stroke) => void;
}

/** Movements below this are a trembling finger, not ink. */
const LEAST_MOVE_PX = 1.2;

/** The pad. A finger's second touch or a resting palm draws nothing. */
export function Pad({ strokes, struck = false, disabled = false, onStroke }: Props) {
  const box = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState({ width: 720, height: 360 });
  const [drawing, setDrawing] = useState<Stroke | null>(null);
  const live = useRef<{ pointer: number; points: Stroke; from: number } | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const scale = struck && drawing ? 1 : fitScale(strokes, size.width, size.height);

  const pointOf = (event: { clientX: number; clientY: number; timeStamp: number }, from: number) => {
    const frame = box.current?.getBoundingClientRect();
    return {
      x: toInk((event.clientX - (frame?.left ?? 0)) / scale),
      y: toInk((event.clientY - (frame?.top ?? 0)) / scale),
      t: Math.max(0, Math.round(event.timeStamp - from)),
    };
  };
  const down = (event: PointerEvent<SVGSVGElement>) => {
    if (disabled || live.current || !event.isPrimary || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = event.timeStamp - (struck ? 0 : (strokes.at(-1)?.at(-1)?.t ?? 0));
    live.current = { pointer: event.pointerId, points: [pointOf(event, from)], from };
    setDrawing([...live.current.points]);
  };
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const pen = live.current;
    if (pen?.pointer !== event.pointerId) return;
    const native = event.nativeEvent;
    const events = native.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [native]) {
      const point = pointOf(one, pen.from);
      const last = pen.points.at(-1);
      if (!last || Math.hypot(point.x - last.x, point.y - last.y) >= toInk(LEAST_MOVE_PX)) pen.points.push(point);
    }
    setDrawing([...pen.points]);
  };
  const up = (event: PointerEvent<SVGSVGElement>) => {
    const pen = live.current;
    if (pen?.pointer !== event.pointerId) return;
    live.current = null;
    setDrawing(null);
    onStroke(pen.points);
  };

  return (
    <svg
      ref={box}
      role="img"
      aria-label={strokes.length > 0 ? m.pad_strokes({ count: strokes.length }) : m.pad_empty()}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      className="h-full w-full touch-none rounded-card border-2 border-line bg-white"
    >
      <line x1="4%" x2="96%" y1="78%" y2="78%" stroke="#6f7d79" strokeDasharray="6 8" strokeWidth="1.5" />
      <g transform={`scale(${scale})`} fill="none" stroke="#10243a" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" opacity={struck && !drawing ? 0.35 : 1}>
        {!(struck && drawing) && strokes.map((stroke, index) => (
          <path key={index} d={strokePath(stroke)} />
        ))}
        {drawing && <path d={strokePath(drawing)} />}
      </g>
      {struck && !drawing && <line x1="6%" x2="94%" y1="85%" y2="20%" stroke="#96131e" strokeWidth="4" />}
    </svg>
  );
}
