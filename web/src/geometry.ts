// SPDX-License-Identifier: GPL-2.0-only
// Where lanes and times stand on the canvas, in CSS pixels. Pure.
import type { View } from "./view";

export const STRIPE = 2; // a lane is painted in stripes of this height
export const LANE = 28;
export const RULER = 24;

export interface Plot {
  left: number; // of the time axis; names stand beside it
  width: number;
  height: number; // with the ruler
}

export function plotOf(width: number, height: number): Plot {
  const left = Math.round(Math.min(240, width * 0.3));
  return { left, width: Math.max(1, width - left), height };
}

export function xOf(plot: Plot, view: View, t: number): number {
  return plot.left + ((t - view.from) / (view.to - view.from)) * plot.width;
}

export function timeAt(plot: Plot, view: View, x: number): number {
  return view.from + ((x - plot.left) / plot.width) * (view.to - view.from);
}

export function yOf(view: View, lane: number): number {
  return RULER + lane * LANE - view.top;
}

export function laneAt(view: View, y: number): number {
  return y < RULER ? -1 : Math.floor((y - RULER + view.top) / LANE);
}

/** Lanes [first, last) are seen, in part or whole. */
export function lanesSeen(plot: Plot, view: View, lanes: number): [number, number] {
  const first = Math.floor(view.top / LANE);
  return [Math.min(first, lanes), Math.min(lanes, first + Math.ceil((plot.height - RULER) / LANE) + 1)];
}
