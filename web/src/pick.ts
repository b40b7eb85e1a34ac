// SPDX-License-Identifier: GPL-2.0-only
// What is under the pointer, and what lies in an area. Pure.
import { callText, neverText, processName, resultText, socketName, states, viaText } from "./describe";
import { numberOf, textOf, type Document } from "./document";
import { severityNames } from "./calls";
import { bytes, count, duration, plural } from "./format";
import { HEADER, NO_FD, type Layout } from "./layout";
import { firstAfter, visitLane } from "./pyramid";

interface Picked {
  lane: number;
  event: number; // row, -1: none; the worst where several are merged
  merged: number; // how many calls are there
  socket: number; // row, -1: none
  state: number;
}

/** What a lane shows from `from` to `to`, a few pixels of it. */
export function pick(layout: Layout, lane: number, from: number, to: number): Picked {
  const picked: Picked = { lane, event: -1, merged: 0, socket: -1, state: -1 };
  if (lane < 0 || lane >= layout.lanes.length) return picked;
  let worst = -1;
  let shortest = Infinity;
  visitLane(layout.calls, lane, from, to, to - from, (start, end, severity, index, merged) => {
    picked.merged += merged;
    if (severity < worst || (severity === worst && end - start > shortest)) return;
    picked.event = layout.events[merged > 1 ? worstOf(layout, index, merged, severity) : index];
    worst = severity;
    shortest = end - start;
  });
  visitLane(layout.states, lane, (from + to) / 2, (from + to) / 2, 0, (_start, _end, state, index) => {
    picked.socket = layout.spans.socket[index];
    picked.state = state;
  });
  return picked;
}

function worstOf(layout: Layout, first: number, merged: number, severity: number): number {
  const { worst } = layout.calls.levels[0];
  for (let i = first; i < first + merged; i++) if (worst[i] === severity) return i;
  return first;
}

/** The lines of a tooltip. */
export function describePick(doc: Document, layout: Layout, { lane, event, merged, socket, state }: Picked): string[] {
  const lines: string[] = [];
  if (merged > 1) lines.push(`${plural(merged, "call")} here; the worst of them:`);
  if (event >= 0) {
    lines.push(`${callText(doc, event)} = ${resultText(doc, event)}${viaText(doc, event)}`);
    const took = numberOf(doc, "events", event, "dur");
    const note = textOf(doc, "events", event, "note");
    lines.push(Number.isNaN(took) ? neverText(doc, event) : `took ${duration(took)}`);
    if (note) lines.push(note);
  }
  if (socket >= 0) lines.push(`${states[state]}: ${socketName(doc, socket)}`);
  const one = layout.lanes[lane];
  if (one?.fd === HEADER && one.process >= 0) lines.push(processName(doc, one.process));
  return lines;
}

/** The sums of what lies between two times in lanes [first, last]. */
export function sums(doc: Document, layout: Layout, first: number, last: number, from: number, to: number): string[] {
  let calls = 0;
  let moved = 0;
  let blocked = 0;
  const bad = severityNames.map(() => 0);
  const { start, end, worst, base } = layout.calls.levels[0];
  for (let lane = Math.max(0, first); lane <= Math.min(last, layout.lanes.length - 1); lane++) {
    const after = firstAfter(layout.calls, lane, to);
    for (let i = base[lane]; i < after; i++) {
      if (end[i] < from) continue;
      calls++;
      moved += numberOf(doc, "events", layout.events[i], "bytes") || 0;
      blocked += Math.min(to, end[i]) - Math.max(from, start[i]);
      bad[worst[i]]++;
    }
  }
  const troubles = severityNames.slice(1).map((name, i) => `${count(bad[i + 1])} ${name}`);
  return [
    `${duration(to - from)}: ${plural(calls, "call")}, ${bytes(moved)}`,
    `${duration(blocked)} inside calls`,
    troubles.filter((text) => !text.startsWith("0 ")).join(", "),
  ].filter(Boolean);
}

/** Lanes that can be selected as a process. */
export function isProcessLane(layout: Layout, lane: number): boolean {
  const fd = layout.lanes[lane]?.fd;
  return fd === HEADER || fd === NO_FD;
}
