// SPDX-License-Identifier: GPL-2.0-only
// Draws the lanes view: names, ruler, rows, labels, losses, open edges, the selection. Reads what it is given; decides
// nothing about what is seen or selected.
import { processName, socketKind, stateLetters, states } from "./describe";
import { field, numberOf, partsOf, rowOf, textOf, type Document } from "./document";
import { count, time } from "./format";
import { CALLS_TOP, BAND, paintRows, STATES_TOP, type Mark } from "./paint_rows";
import { LANE, lanesSeen, RULER, xOf, yOf } from "./geometry";
import { fdText, HEADER, NO_FD, type Layout } from "./layout";
import { paintSelection } from "./paint_selection";
import type { Picture } from "./picture";
import { viewTicks } from "./view";

const FONT = "11px ui-monospace, monospace";
const SMALL = "10px ui-monospace, monospace";
const CHAR = 6.1; // its width, as near as a label needs
const LABEL = 14; // pixels, the narrowest
const OWNER = 20;
const UNKNOWN = "unknown process";

export function paint(p: Picture) {
  const { context, plot, colours, view, layout } = p;
  const lanes = lanesSeen(plot, view, layout.lanes.length);
  context.fillStyle = colours.text.bg;
  context.fillRect(0, 0, plot.left + plot.width, plot.height);
  paintGrid(p, lanes);
  const least = LABEL * p.ratio;
  const width = Math.max(1, Math.round(plot.width * p.ratio));
  const marks = paintRows(p.rows, { layout, view, colours, width, least }, lanes);
  if (lanes[1] > lanes[0]) {
    context.imageSmoothingEnabled = false;
    const height = (lanes[1] - lanes[0]) * LANE;
    context.drawImage(p.rows.canvas, plot.left, yOf(view, lanes[0]), plot.width, height);
  }
  paintOpenEdges(p, lanes);
  paintLabels(p, marks.states, stateLabel, STATES_TOP, colours.text.ink);
  paintLabels(p, marks.calls, callLabel, CALLS_TOP, colours.text.fg);
  paintLosses(p);
  paintSelection(p, lanes);
  paintNames(p, lanes);
  paintOwner(p, lanes);
  paintRuler(p);
}

function paintGrid({ context, plot, colours, view, layout }: Picture, lanes: [number, number]) {
  context.fillStyle = colours.text.line;
  for (const t of viewTicks(view, plot.width).times) context.fillRect(Math.round(xOf(plot, view, t)), RULER, 1, plot.height);
  for (let lane = lanes[0]; lane < lanes[1]; lane++)
    if (layout.lanes[lane].fd === HEADER) context.fillRect(0, yOf(view, lane), plot.left + plot.width, 1);
}

function stateLabel(p: Picture, mark: Mark): string {
  const state = p.layout.states.levels[0].worst[mark.index];
  const room = mark.width / p.ratio;
  if (mark.count > 1) return timesLabel(p, mark);
  const kind = socketKind(p.doc, p.layout.spans.socket[mark.index]);
  const name = `${stateLetters[state]} ${states[state]}`;
  if (room > (name.length + kind.length + 4) * CHAR) return `${name} · ${kind}`;
  return room > (name.length + 1) * CHAR ? name : stateLetters[state];
}

function timesLabel(p: Picture, mark: Mark): string {
  const label = `×${count(mark.count)}`;
  return label.length < mark.width / p.ratio / CHAR - 1 ? label : "";
}

function callLabel(p: Picture, mark: Mark): string {
  const room = mark.width / p.ratio / CHAR - 1;
  if (mark.count > 1) return timesLabel(p, mark);
  const event = p.layout.events[mark.index];
  const call = textOf(p.doc, "events", event, "call");
  const error = textOf(p.doc, "events", event, "error");
  const both = error ? `${call} ${error}` : call;
  return both.length < room ? both : call.length < room ? call : "";
}

type Label = (p: Picture, mark: Mark) => string;

function paintLabels(p: Picture, marks: Mark[], label: Label, top: number, colour: string) {
  const { context, plot } = p;
  context.font = SMALL;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const mark of marks) {
    const text = label(p, mark);
    if (!text) continue;
    const x = plot.left + mark.x / p.ratio + 3;
    const y = yOf(p.view, mark.lane) + top + BAND / 2;
    if (mark.count > 1) {
      context.fillStyle = p.colours.text.bg;
      context.fillRect(x - 1, y - BAND / 2 + 1, text.length * CHAR + 2, BAND - 2);
    }
    context.fillStyle = mark.count > 1 ? p.colours.text.fg : colour;
    context.fillText(text, x, y + 0.5);
  }
}

/** A descriptor that was there before the trace, or still is after it, fades out. */
function paintOpenEdges(p: Picture, lanes: [number, number]) {
  const { doc, layout, view } = p;
  const { base, start, end } = layout.states.levels[0];
  for (let lane = lanes[0]; lane < lanes[1]; lane++) {
    const [first, last] = [base[lane], base[lane + 1] - 1];
    if (last < first) continue;
    if (textOf(doc, "descriptors", layout.spans.descriptor[first], "how") === "snapshot")
      fade(p, lane, xOf(p.plot, view, start[first]), 1);
    if (Number.isNaN(numberOf(doc, "descriptors", layout.spans.descriptor[last], "to")))
      fade(p, lane, xOf(p.plot, view, end[last]), -1);
  }
}

function fade({ context, plot, colours, view }: Picture, lane: number, x: number, inwards: 1 | -1) {
  const y = yOf(view, lane) + STATES_TOP;
  if (x < plot.left - 24 || x > plot.left + plot.width + 24) return;
  for (let i = 0; i < 4; i++) {
    context.globalAlpha = 0.9 - i * 0.22;
    context.fillStyle = colours.text.bg;
    context.fillRect(inwards > 0 ? x + i * 5 : x - (i + 1) * 5, y, 5, BAND);
  }
  context.globalAlpha = 1;
  context.fillStyle = colours.text.dim;
  for (let i = 0; i < 3; i++) context.fillRect(inwards > 0 ? x - 2 - i * 4 : x + i * 4, y + BAND / 2 - 1, 2, 2);
}

function paintLosses({ context, plot, colours, doc, view }: Picture) {
  for (const loss of doc.trace.lost.intervals) {
    const from = Math.max(plot.left, xOf(plot, view, loss.from));
    const to = Math.min(plot.left + plot.width, Math.max(from + 3, xOf(plot, view, loss.to)));
    if (to <= from) continue;
    context.save();
    context.beginPath();
    context.rect(from, RULER, to - from, plot.height);
    context.clip();
    context.strokeStyle = colours.text.lost;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = from - plot.height; x < to; x += 8) {
      context.moveTo(x, plot.height);
      context.lineTo(x + plot.height, 0);
    }
    context.stroke();
    context.strokeRect(from + 0.5, RULER, to - from - 1, plot.height);
    context.restore();
    context.font = SMALL;
    context.fillStyle = colours.text.lost;
    const text = `lost ${count(loss.events)}`;
    if (to - from > text.length * CHAR + 8) context.fillText(text, from + 4, RULER + 8);
  }
}

/** The end of a socket that tells it from its neighbours. */
function endName(doc: Document, socket: number): string {
  const peer = textOf(doc, "sockets", socket, "peer");
  const other = rowOf(doc, "sockets", field(doc, "sockets", socket, "peer_socket"));
  if (peer === "unix:" && other >= 0 && doc.first.descriptors[other] < doc.first.descriptors[other + 1])
    return `↔ fd ${textOf(doc, "descriptors", doc.first.descriptors[other], "fd")}`;
  const attempt = partsOf(doc, "attempts", socket).at(-1);
  if (!peer && attempt !== undefined) return `→ ${textOf(doc, "attempts", attempt, "peer")}`;
  if (!peer) return textOf(doc, "sockets", socket, "local");
  return `${textOf(doc, "sockets", socket, "origin") === "accept" ? "←" : "→"} ${peer}`;
}

function cut(name: string, width: number): string {
  const room = Math.floor(width / (CHAR * 1.09));
  return name.length > room ? `${name.slice(0, room - 1)}…` : name;
}

function laneName(doc: Document, layout: Layout, lane: number): string {
  const { process, fd } = layout.lanes[lane];
  if (fd === HEADER) return process < 0 ? UNKNOWN : processName(doc, process);
  if (fd === NO_FD) return "no descriptor";
  const { base } = layout.states.levels[0];
  if (base[lane] === base[lane + 1]) return `${fdText(fd)}  not a socket`;
  const socket = layout.spans.socket[base[lane]];
  const more = layout.sockets[lane] - 1;
  return `${fdText(fd)}  ${more ? `+${count(more)} ` : ""}${socketKind(doc, socket)} ${endName(doc, socket)}`;
}

function paintNames({ context, plot, colours, doc, layout, view }: Picture, lanes: [number, number]) {
  context.fillStyle = colours.text.bg;
  context.fillRect(0, RULER, plot.left - 1, plot.height);
  context.fillStyle = colours.text.line;
  context.fillRect(plot.left - 1, 0, 1, plot.height);
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (let lane = lanes[0]; lane < lanes[1]; lane++) {
    const { fd, depth } = layout.lanes[lane];
    const x = 8 + Math.min(depth, 6) * 10 + (fd === HEADER ? 0 : 12);
    const name = cut(laneName(doc, layout, lane), plot.left - x - 6);
    context.font = fd === HEADER ? `bold ${FONT}` : FONT;
    context.fillStyle = fd === HEADER ? colours.text.fg : colours.text.dim;
    context.fillText(name, x, yOf(view, lane) + LANE / 2);
  }
}

/** The process whose lanes are seen first, where its own is out of sight. */
function paintOwner({ context, plot, colours, doc, layout, view }: Picture, [first, last]: [number, number]) {
  if (first === last || layout.lanes[first].fd === HEADER) return;
  const next = first + 1 < last && layout.lanes[first + 1].fd === HEADER ? yOf(view, first + 1) : Infinity;
  const y = Math.min(RULER, next - OWNER);
  const { process } = layout.lanes[first];
  context.fillStyle = colours.text.bg;
  context.fillRect(0, y, plot.left - 1, OWNER);
  context.fillStyle = colours.text.line;
  context.fillRect(0, y + OWNER - 1, plot.left - 1, 1);
  context.font = `bold ${FONT}`;
  context.fillStyle = colours.text.fg;
  const name = process < 0 ? UNKNOWN : processName(doc, process);
  context.fillText(cut(name, plot.left - 14), 8, y + OWNER / 2);
}

function paintRuler({ context, plot, colours, view }: Picture) {
  context.fillStyle = colours.text.bg;
  context.fillRect(0, 0, plot.left + plot.width, RULER - 1);
  context.fillStyle = colours.text.line;
  context.fillRect(0, RULER - 1, plot.left + plot.width, 1);
  context.font = SMALL;
  context.textBaseline = "middle";
  context.fillStyle = colours.text.dim;
  const { times, step } = viewTicks(view, plot.width);
  for (const t of times) {
    const x = Math.round(xOf(plot, view, t)) + 3;
    const text = time(t, step);
    if (x >= plot.left && x + text.length * CHAR < plot.left + plot.width) context.fillText(text, x, RULER / 2);
  }
}
