// SPDX-License-Identifier: GPL-2.0-only
// The strip over the lanes: all of the trace, its trouble, its losses, and what part of it is seen. Dragging moves that.
import { useEffect, useRef } from "preact/hooks";
import { centre } from "./actions";
import { FAILED, FINE } from "./calls";
import { watchCanvas, type Surface } from "./canvas";
import { plotOf, xOf } from "./geometry";
import { makeOverview, type Overview } from "./overview";
import { view, type Loaded } from "./state";

const BINS = 1024;
const HEIGHT = 30;
const TROUBLE = 5; // the height of what tells of trouble

function css(pixel: number): string {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

function paintBins({ context, colours, width }: Surface, overview: Overview) {
  const plot = plotOf(width, HEIGHT);
  const bin = plot.width / BINS;
  for (let i = 0; i < BINS; i++) {
    if (!overview.calls[i]) continue;
    const share = Math.log1p(overview.calls[i]) / Math.log1p(overview.most);
    const height = Math.max(1, share * (HEIGHT - TROUBLE - 3));
    context.fillStyle = css(colours.bars[FINE]);
    context.fillRect(plot.left + i * bin, HEIGHT - height, Math.max(1, bin), height);
    if (overview.worst[i] < FAILED) continue;
    context.fillStyle = css(colours.calls[overview.worst[i]]);
    context.fillRect(plot.left + i * bin - 1, 0, 3, TROUBLE);
  }
}

function paintStrip(surface: Surface, overview: Overview, { doc }: Loaded) {
  const { context, colours, width } = surface;
  const plot = plotOf(width, HEIGHT);
  const whole = { from: 0, to: Math.max(1, doc.trace.duration), top: 0 };
  const x = (t: number) => xOf(plot, whole, Math.min(Math.max(t, 0), whole.to));
  context.fillStyle = colours.text.bg;
  context.fillRect(0, 0, width, HEIGHT);
  paintBins(surface, overview);
  context.fillStyle = colours.text.lost;
  for (const loss of doc.trace.lost.intervals) {
    const from = x(loss.from);
    context.fillRect(from, 0, Math.max(2, x(loss.to) - from), TROUBLE);
  }
  const from = x(view.value.from);
  context.strokeStyle = colours.text.accent;
  context.lineWidth = 2;
  context.strokeRect(from, 1, Math.max(3, x(view.value.to) - from), HEIGHT - 2);
}

export function Minimap(all: Loaded) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const overview = makeOverview(all.layout, all.doc.trace.duration, BINS);
    const draw = (surface: Surface) => paintStrip(surface, overview, all);
    return watchCanvas(canvas.current!, canvas.current!.parentElement!, () => view.value, draw);
  }, [all.doc]);
  const move = (event: PointerEvent) => {
    const { left, width } = plotOf(canvas.current!.clientWidth, HEIGHT);
    if (event.buttons) centre(((event.offsetX - left) / width) * all.doc.trace.duration);
  };
  return (
    <div class="minimap" aria-hidden="true">
      <canvas
        ref={canvas}
        onPointerMove={move}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(event);
        }}
      />
    </div>
  );
}
