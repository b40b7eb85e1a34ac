// SPDX-License-Identifier: GPL-2.0-only
// The lanes view: a canvas, the scroller over it, and the mouse. Draws at most once a frame, and only when what it shows
// has changed.
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { pan, reveal, scrollTo, select, selectEvent, selectProcess, selectSocket, zoom } from "./actions";
import { watchCanvas, type Surface } from "./canvas";
import { plural } from "./format";
import { LANE, laneAt, plotOf, RULER, timeAt, type Plot } from "./geometry";
import { Minimap } from "./minimap";
import { paint } from "./paint";
import { makeRowsImage } from "./paint_rows";
import { describePick, isProcessLane, pick, sums } from "./pick";
import { selection, unseen, view, type Loaded } from "./state";

const REACH = 3; // pixels around the pointer
const WHEEL = 1 / 400;

interface Tip {
  x: number;
  y: number;
  lines: string[];
}

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
  lines: string[];
}

interface Place {
  scroller: HTMLDivElement;
  plot: Plot;
}

function pickAt({ doc, layout }: Loaded, plot: Plot, x: number, y: number) {
  if (x < plot.left) return { picked: pick(layout, laneAt(view.value, y), 0, 0), named: true };
  const [from, to] = [timeAt(plot, view.value, x - REACH), timeAt(plot, view.value, x + REACH)];
  const picked = pick(layout, laneAt(view.value, y), from, to);
  return { picked, named: false, lines: describePick(doc, layout, picked) };
}

function click(all: Loaded, plot: Plot, x: number, y: number) {
  const lane = laneAt(view.value, y);
  const { picked, named } = pickAt(all, plot, x, y);
  if (!named && picked.event >= 0) return selectEvent(picked.event);
  if (!named && picked.socket >= 0) return selectSocket(picked.socket);
  if (isProcessLane(all.layout, lane)) return selectProcess(all.layout.lanes[lane].process);
  const { base } = all.layout.states.levels[0];
  if (lane >= 0 && lane < all.layout.lanes.length && base[lane] < base[lane + 1])
    return selectSocket(all.layout.spans.socket[base[lane]]);
  return select(null);
}

function wheel(event: WheelEvent, plot: Plot) {
  const line = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
  if (event.ctrlKey || event.metaKey) {
    zoom(Math.exp(event.deltaY * line * WHEEL), timeAt(plot, view.value, event.offsetX));
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    pan(((event.deltaX || event.deltaY) * line) / plot.width);
  } else return;
  event.preventDefault();
}

function watchLanes(place: Place, canvas: HTMLCanvasElement, all: Loaded): () => void {
  const rows = makeRowsImage();
  const draw = ({ width, height, ...how }: Surface) => {
    const begun = performance.now();
    place.plot = plotOf(width, height);
    paint({ ...all, ...how, rows, plot: place.plot, view: view.value, selection: selection.value });
    performance.measure("paint", { start: begun, end: performance.now() });
    performance.clearMeasures("paint");
  };
  const changed = () => {
    place.scroller.scrollTop = view.value.top;
    selection.value;
  };
  const stopCanvas = watchCanvas(canvas, place.scroller, changed, draw);
  const stopReveal = effect(() => {
    if (unseen.value) queueMicrotask(() => reveal(place.plot.height - RULER));
  });
  return () => {
    stopReveal();
    stopCanvas();
  };
}

/** Drag: with shift or the middle button the time moves along, otherwise an area is taken for its sums. */
function drag(all: Loaded, place: Place, start: PointerEvent, area: { value: Area | null }) {
  const moves = start.shiftKey || start.button === 1;
  let last = start.offsetX;
  let moved = false;
  const move = (event: PointerEvent) => {
    moved ||= Math.abs(event.offsetX - start.offsetX) + Math.abs(event.offsetY - start.offsetY) > 4;
    if (!moved) return;
    if (moves) {
      pan((last - event.offsetX) / place.plot.width);
      last = event.offsetX;
      return;
    }
    const x = Math.max(place.plot.left, Math.min(start.offsetX, event.offsetX));
    const y = Math.max(RULER, Math.min(start.offsetY, event.offsetY));
    const width = Math.max(start.offsetX, event.offsetX) - x;
    const height = Math.max(start.offsetY, event.offsetY) - y;
    const at = (px: number) => timeAt(place.plot, view.value, px);
    const [first, end] = [laneAt(view.value, y), laneAt(view.value, y + height)];
    area.value = { x, y, width, height, lines: sums(all.doc, all.layout, first, end, at(x), at(x + width)) };
  };
  const up = (event: PointerEvent) => {
    place.scroller.removeEventListener("pointermove", move);
    if (!moved) click(all, place.plot, event.offsetX, event.offsetY);
  };
  area.value = null;
  place.scroller.setPointerCapture(start.pointerId);
  place.scroller.addEventListener("pointermove", move);
  place.scroller.addEventListener("pointerup", up, { once: true });
}

export function Lanes(all: Loaded) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef<Place | null>(null);
  const { tip, area } = useMemo(() => ({ tip: signal<Tip | null>(null), area: signal<Area | null>(null) }), []);
  const { doc, layout } = all;

  useEffect(() => {
    const plot = plotOf(scroller.current!.clientWidth, scroller.current!.clientHeight);
    place.current = { scroller: scroller.current!, plot };
    const roll = (event: WheelEvent) => wheel(event, place.current!.plot);
    scroller.current!.addEventListener("wheel", roll, { passive: false });
    return watchLanes(place.current, canvas.current!, all);
  }, [doc]);

  const over = (event: PointerEvent) => {
    const { lines } = event.buttons ? {} : pickAt(all, place.current!.plot, event.offsetX, event.offsetY);
    tip.value = lines?.length ? { x: event.offsetX, y: event.offsetY, lines } : null;
  };
  const what = `${plural(layout.lanes.length, "lane")} with ${plural(doc.tables.events.rows, "call")}`;
  return (
    <div class="timeline">
      <Minimap {...all} />
      <div class="lanes">
        <canvas ref={canvas} role="img" aria-label={`Timeline: ${what}. The sockets view has the same as a table.`} />
        <div
          class="scroller"
          ref={scroller}
          tabIndex={0}
          role="group"
          aria-label="Lanes of the timeline, scrollable"
          onScroll={(event) => {
            tip.value = null;
            scrollTo(event.currentTarget.scrollTop);
          }}
          onPointerMove={over}
          onPointerLeave={() => (tip.value = null)}
          onPointerDown={(event) => {
            if (event.button < 2 && event.offsetX < event.currentTarget.clientWidth)
              drag(all, place.current!, event, area);
          }}
        >
          <div class="spacer" style={{ height: `${RULER + layout.lanes.length * LANE + LANE}px` }} />
        </div>
        {!layout.lanes.length && <p class="empty">No socket and no call was recorded in this trace.</p>}
        <Areas area={area} />
        <Tips tip={tip} />
      </div>
    </div>
  );
}

function Tips({ tip }: { tip: { value: Tip | null } }) {
  const at = tip.value;
  if (!at) return null;
  const right = at.x > innerWidth / 2;
  const style = right ? { right: `calc(100% - ${at.x - 12}px)`, top: `${at.y + 14}px` } : { left: `${at.x + 12}px`, top: `${at.y + 14}px` };
  return (
    <div class="tip" style={style} aria-hidden="true">
      {at.lines.map((line) => (
        <div>{line}</div>
      ))}
    </div>
  );
}

function Areas({ area }: { area: { value: Area | null } }) {
  const at = area.value;
  if (!at) return null;
  const style = { left: `${at.x}px`, top: `${at.y}px`, width: `${at.width}px`, height: `${at.height}px` };
  return (
    <div class="area" style={style}>
      <div class="sums" role="status">
        {at.lines.map((line) => (
          <div>{line}</div>
        ))}
      </div>
    </div>
  );
}
