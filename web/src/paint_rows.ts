// SPDX-License-Identifier: GPL-2.0-only
// The lanes as one image, a stripe of pixels each, stretched onto the canvas: its cost is that of its pixels, however
// many calls there are. Tells which of them are wide enough for a label. Knows no text.
import { FINE } from "./calls";
import type { Colours } from "./colours";
import { LANE, STRIPE } from "./geometry";
import type { Layout } from "./layout";
import { visitLane } from "./pyramid";
import type { View } from "./view";

const STRIPES = LANE / STRIPE;
const STATES = [1, 6]; // stripes of the states, and of the calls
const CALLS = [7, 12];
const FOLDS = [8, 10]; // where merged ones show their layers
const STATE_FOLDS = [2, 4];
export const STATES_TOP = STATES[0] * STRIPE;
export const CALLS_TOP = CALLS[0] * STRIPE;
export const BAND = (STATES[1] - STATES[0] + 1) * STRIPE;

/** A call or state, or several merged ones (count), in device pixels of the plot. */
export interface Mark {
  lane: number;
  x: number;
  width: number;
  index: number; // in layout.events or layout.spans
  count: number;
}

interface Marks {
  calls: Mark[];
  states: Mark[];
}

export interface RowsImage {
  canvas: OffscreenCanvas;
  context: OffscreenCanvasRenderingContext2D;
  image: ImageData;
  pixels: Uint32Array;
}

// What a pixel of the calls' row shows: 4 * severity + one of these; the highest wins.
const BAR = 1;
const CALL = 2;
const MERGED = 3;

export function makeRowsImage(): RowsImage {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(1, 1);
  return { canvas, context, image, pixels: new Uint32Array(image.data.buffer) };
}

function resize(rows: RowsImage, width: number, height: number) {
  if (rows.image.width === width && rows.image.height === height) return rows.pixels.fill(0);
  rows.canvas.width = width;
  rows.canvas.height = height;
  rows.image = rows.context.createImageData(width, height);
  rows.pixels = new Uint32Array(rows.image.data.buffer);
  return rows.pixels;
}

/** What one painting is of. */
interface Frame {
  layout: Layout;
  view: View;
  colours: Colours;
  width: number; // device pixels of the plot
  least: number; // device pixels that are worth a label
}

/** Paints lanes [first, last). */
export function paintRows(rows: RowsImage, frame: Frame, lanes: [number, number]): Marks {
  const pixels = resize(rows, frame.width, Math.max(1, (lanes[1] - lanes[0]) * STRIPES));
  const marks: Marks = { calls: [], states: [] };
  const kinds = new Uint8Array(frame.width);
  for (let lane = lanes[0]; lane < lanes[1]; lane++) {
    const at = (lane - lanes[0]) * STRIPES * frame.width;
    paintStates(pixels, at, frame, lane, marks.states);
    kinds.fill(0);
    layCalls(kinds, frame, lane, marks.calls);
    paintCalls(pixels, at, kinds, frame.colours);
  }
  rows.context.putImageData(rows.image, 0, 0);
  return marks;
}

/** visit(x, end, ...) in device pixels, cut to the plot but for x, which is -1 where the start is left of it. */
function visitPixels(
  frame: Frame,
  lane: number,
  what: "states" | "calls",
  visit: (x: number, end: number, worst: number, index: number, count: number) => void,
) {
  const { view, width } = frame;
  const perNs = width / (view.to - view.from);
  visitLane(frame.layout[what], lane, view.from, view.to, 1 / perNs, (start, end, worst, index, count) => {
    const x = Math.max(-1, Math.floor((start - view.from) * perNs));
    visit(x, Math.min(width, Math.max(x + 1, Math.round((end - view.from) * perNs))), worst, index, count);
  });
}

/** Collects the marks of a lane: what is wide enough by itself; short ones in a row are counted together. */
function marker(lane: number, least: number, marks: Mark[]) {
  let run: Mark = { lane, x: 0, width: 0, index: 0, count: 0 };
  const end = () => {
    if (run.width >= least && run.count > 1) marks.push(run);
  };
  const add = (x: number, width: number, index: number, count: number) => {
    if (width >= least) marks.push({ lane, x, width, index, count });
    else if (run.count && x <= run.x + run.width + 1) {
      run.width = Math.max(run.width, x + 1 - run.x);
      run.count += count;
    } else {
      end();
      run = { lane, x, width: 1, index, count };
    }
  };
  return { add, end };
}

function paintStates(pixels: Uint32Array, at: number, frame: Frame, lane: number, marks: Mark[]) {
  const { width, least, colours } = frame;
  const row = at + STATES[0] * width;
  const mark = marker(lane, least, marks);
  const merged: number[] = [];
  visitPixels(frame, lane, "states", (start, end, state, index, count) => {
    const x = Math.max(0, start);
    pixels.fill(colours.states[state], row + x, row + end);
    if (end - x > 2 && start >= 0) pixels[row + x] = colours.calls[FINE]; // one begins, be it of the same colour
    if (count > 1) merged.push(x);
    mark.add(x, end - x, index, count);
  });
  mark.end();
  for (let stripe = STATES[0] + 1; stripe <= STATES[1]; stripe++)
    pixels.copyWithin(at + stripe * width, row, row + width);
  for (const stripe of STATE_FOLDS) for (const x of merged) pixels[at + stripe * width + x] = colours.folds[FINE];
}

/** The calls of a lane as kinds of pixels. */
function layCalls(kinds: Uint8Array, frame: Frame, lane: number, marks: Mark[]) {
  const mark = marker(lane, frame.least, marks);
  visitPixels(frame, lane, "calls", (start, end, severity, index, count) => {
    const x = Math.max(0, start);
    if (start >= 0 && start < kinds.length) {
      const merged = count > 1 || kinds[start] % 4 >= CALL;
      kinds[start] = 4 * Math.max(severity, kinds[start] >> 2) + (merged ? MERGED : CALL);
    }
    for (let i = start + 1; i < end; i++) if (kinds[i] < 4 * severity + BAR) kinds[i] = 4 * severity + BAR;
    mark.add(x, end - x, index, count);
  });
  mark.end();
}

function paintCalls(pixels: Uint32Array, at: number, kinds: Uint8Array, colours: Colours) {
  const width = kinds.length;
  const row = at + CALLS[0] * width;
  for (let x = 0; x < width; x++) {
    const kind = kinds[x];
    if (kind) pixels[row + x] = kind % 4 === BAR ? colours.bars[kind >> 2] : colours.calls[kind >> 2];
  }
  for (let stripe = CALLS[0] + 1; stripe <= CALLS[1]; stripe++)
    pixels.copyWithin(at + stripe * width, row, row + width);
  for (const stripe of FOLDS)
    for (let x = 0; x < width; x++)
      if (kinds[x] % 4 === MERGED) pixels[at + stripe * width + x] = colours.folds[kinds[x] >> 2];
}
