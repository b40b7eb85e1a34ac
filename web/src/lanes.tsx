// SPDX-License-Identifier: GPL-2.0-only
// The lanes view: a canvas, the scroller over it, and the mouse. Draws at most once a frame, and only when what it shows
// has changed.
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { measure, pan, reveal, scrollTo, select, selectEvent, selectProcess, selectSocket, zoom } from "./actions";
import { watchCanvas, type Surface } from "./canvas";
import { plural } from "./format";
import { LANE, laneAt, plotOf, RULER, timeAt, xOf, yOf, type Plot } from "./geometry";
import { Minimap } from "./minimap";
import { paint } from "./paint";
import { makeRowsImage } from "./paint_rows";
import { describePick, isProcessLane, pick } from "./pick";
import { area, selection, unseen, view, type Loaded } from "./state";

const REACH = 3; // pixels around the pointer
const WHEEL = 1 / 400;

interface Tip {
  x: number;
  y: number;
  lines: string[];
}

interface Place {
  scroller: HTMLDivElement;
  plot: Plot;
}

function pickAt({ layout }: Loaded, plot: Plot, x: number, y: number) {
  const [from, to] = [timeAt(plot, view.value, x - REACH), timeAt(plot, view.value, x + REACH)];
  return pick(layout, laneAt(view.value, y), from, to);
}

/** A name stands for the process, or for the first socket that had the number. */
function clickName({ layout }: Loaded, lane: number) {
  if (lane < 0 || lane >= layout.lanes.length) return select(null);
  if (isProcessLane(layout, lane)) return selectProcess(layout.lanes[lane].process);
  const { base } = layout.states.levels[0];
  if (base[lane] < base[lane + 1]) selectSocket(layout.spans.socket[base[lane]]);
}

function click(all: Loaded, plot: Plot, x: number, y: number) {
  const lane = laneAt(view.value, y);
  if (x < plot.left) return clickName(all, lane);
  const { event, socket } = pickAt(all, plot, x, y);
  if (event >= 0) return selectEvent(event);
  if (socket >= 0) return selectSocket(socket);
  if (isProcessLane(all.layout, lane)) return clickName(all, lane);
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

/** Drag: with shift or the middle button the time moves along, otherwise an area is taken for its sums. A finger scrolls. */
function drag(all: Loaded, place: Place, start: PointerEvent) {
  const moves = start.shiftKey || start.button === 1;
  const until = new AbortController();
  let last = start.offsetX;
  let moved = false;
  const move = (event: PointerEvent) => {
    moved ||= Math.abs(event.offsetX - start.offsetX) + Math.abs(event.offsetY - start.offsetY) > 4;
    if (!moved || event.pointerType === "touch") return;
    if (moves) {
      pan((last - event.offsetX) / place.plot.width);
      last = event.offsetX;
      return;
    }
    const [left, right] = [start.offsetX, event.offsetX].sort((a, b) => a - b);
    const [top, bottom] = [start.offsetY, event.offsetY].sort((a, b) => a - b);
    const at = (x: number) => timeAt(place.plot, view.value, Math.max(place.plot.left, x));
    const lane = (y: number) => laneAt(view.value, Math.max(RULER, y));
    measure(at(left), at(right), lane(top), lane(bottom));
  };
  const up = (event: PointerEvent) => {
    until.abort();
    if (!moved) click(all, place.plot, event.offsetX, event.offsetY);
  };
  area.value = null;
  place.scroller.setPointerCapture(start.pointerId);
  place.scroller.addEventListener("pointermove", move, { signal: until.signal });
  place.scroller.addEventListener("pointerup", up, { signal: until.signal });
  place.scroller.addEventListener("pointercancel", () => until.abort(), { signal: until.signal });
}

export function Lanes(all: Loaded) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef<Place | null>(null);
  const tip = useMemo(() => signal<Tip | null>(null), []);
  const { doc, layout } = all;

  useEffect(() => {
    const plot = plotOf(scroller.current!.clientWidth, scroller.current!.clientHeight);
    place.current = { scroller: scroller.current!, plot };
    const roll = (event: WheelEvent) => wheel(event, place.current!.plot);
    scroller.current!.addEventListener("wheel", roll, { passive: false });
    return watchLanes(place.current, canvas.current!, all);
  }, [doc]);

  const over = (event: PointerEvent) => {
    const { offsetX: x, offsetY: y } = event;
    const { plot } = place.current!;
    const lines = event.buttons || x < plot.left ? [] : describePick(doc, layout, pickAt(all, plot, x, y));
    tip.value = lines.length ? { x, y, lines } : null;
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
              drag(all, place.current!, event);
          }}
        >
          <div class="spacer" style={{ height: `${RULER + layout.lanes.length * LANE + LANE}px` }} />
        </div>
        {!layout.lanes.length && <p class="empty">No socket and no call was recorded in this trace.</p>}
        <Sums place={place} />
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

function Sums({ place }: { place: { current: Place | null } }) {
  const taken = area.value;
  if (!taken || !place.current) return null;
  const { plot } = place.current;
  const left = Math.max(plot.left, xOf(plot, view.value, taken.from));
  const right = Math.min(plot.left + plot.width, xOf(plot, view.value, taken.to));
  const top = Math.max(RULER, yOf(view.value, taken.first));
  const bottom = Math.min(plot.height, yOf(view.value, taken.last + 1));
  if (left > right || top > bottom) return null;
  const style = { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` };
  return (
    <div class="area" style={style}>
      <div class="sums" role="status">
        {taken.lines.map((line) => (
          <div>{line}</div>
        ))}
      </div>
    </div>
  );
}
