// SPDX-License-Identifier: GPL-2.0-only
// The window on the trace that is seen: times in ns, lanes in pixels. Pure.
import { tickStep, ticks } from "d3-array";

export interface View {
  from: number; // ns since the trace's start
  to: number;
  top: number; // of the lanes, in pixels
}

const NARROWEST = 20; // ns
const MARGIN = 0.02; // of the trace, seen on both sides

function bounds(duration: number): [number, number] {
  const margin = Math.max(duration * MARGIN, 1);
  return [-margin, duration + margin];
}

/** The nearest view that stays inside the trace; top is the scroller's to limit. */
export function clampView(view: View, duration: number): View {
  const [low, high] = bounds(duration);
  const width = Math.min(Math.max(view.to - view.from, NARROWEST), high - low);
  const from = Math.min(Math.max(view.from, low), high - width);
  return { from, to: from + width, top: Math.max(0, view.top) };
}

export function wholeView(duration: number, top = 0): View {
  const [from, to] = bounds(duration);
  return clampView({ from, to, top }, duration);
}

/** factor < 1 shows less of the time; `at` stays where it is. */
export function zoomView(view: View, factor: number, at: number, duration: number): View {
  const width = Math.max((view.to - view.from) * factor, NARROWEST);
  const share = (at - view.from) / (view.to - view.from);
  const from = at - share * width;
  return clampView({ from, to: from + width, top: view.top }, duration);
}

export function panView(view: View, fraction: number, duration: number): View {
  const by = (view.to - view.from) * fraction;
  return clampView({ from: view.from + by, to: view.to + by, top: view.top }, duration);
}

/** All of a span, with a little around it. */
export function spanView({ from, to, top }: View, duration: number): View {
  const margin = Math.max((to - from) * 0.05, NARROWEST);
  return clampView({ from: from - margin, to: to + margin, top }, duration);
}

/** Centres on [from, to]; where it is in the middle already, or does not fit, zooms to it. */
export function fitView(view: View, from: number, to: number, duration: number): View {
  const width = view.to - view.from;
  const middle = (from + to) / 2;
  const centred = clampView({ from: middle - width / 2, to: middle + width / 2, top: view.top }, duration);
  const there = Math.abs(centred.from - view.from) < width / 1000;
  if (!there && to - from <= width) return centred;
  return spanView({ from, to, top: view.top }, duration);
}

/** Round times to mark, some 100 pixels apart, and how far. */
export function viewTicks(view: View, width: number): { times: number[]; step: number } {
  const count = Math.max(1, Math.floor(width / 100));
  const times = ticks(view.from, view.to, count).filter((t) => t >= 0);
  return { times, step: tickStep(view.from, view.to, count) };
}
