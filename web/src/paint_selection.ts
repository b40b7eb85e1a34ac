// SPDX-License-Identifier: GPL-2.0-only
// Draws what is selected over the lanes: its outline, and curves to the other end and to where it came from.
import { field, numberOf, partsOf, rowOf, textOf } from "./document";
import { LANE, RULER, xOf, yOf } from "./geometry";
import { HEADER, laneKey, laneOfDescriptor, laneOfEvent } from "./layout";
import type { Picture } from "./picture";

interface Box {
  lane: number;
  from: number;
  to: number;
}

function boxOfEvent({ doc, layout }: Picture, event: number): Box {
  const from = numberOf(doc, "events", event, "t");
  const took = numberOf(doc, "events", event, "dur");
  return { lane: laneOfEvent(doc, layout, event), from, to: took >= 0 ? from + took : doc.trace.duration };
}

function boxesOfSocket({ doc, layout }: Picture, socket: number): Box[] {
  return partsOf(doc, "descriptors", socket).map((row) => {
    const to = numberOf(doc, "descriptors", row, "to");
    const from = numberOf(doc, "descriptors", row, "from") || 0;
    return { lane: laneOfDescriptor(doc, layout, row), from, to: Number.isNaN(to) ? doc.trace.duration : to };
  });
}

function boxesOf(p: Picture): Box[] {
  const { doc, layout, selection } = p;
  if (!selection) return [];
  if (selection.kind === "process") {
    const process = rowOf(doc, "processes", selection.id);
    const lane = layout.laneOf.get(laneKey(process, HEADER));
    return lane === undefined ? [] : [{ lane, from: 0, to: doc.trace.duration }];
  }
  const row = rowOf(doc, selection.kind === "event" ? "events" : "sockets", selection.id);
  if (row < 0) return [];
  return selection.kind === "event" ? [boxOfEvent(p, row)] : boxesOfSocket(p, row);
}

/** The boxes that the selected socket, or the selected event's socket, is linked with, and when. */
function linksOf(p: Picture): { from: Box; to: Box; t: number }[] {
  const { doc, selection } = p;
  if (!selection || selection.kind === "process") return [];
  const of = rowOf(doc, selection.kind === "event" ? "events" : "sockets", selection.id);
  const id = selection.kind === "event" ? field(doc, "events", of, "socket") : selection.id;
  const socket = rowOf(doc, "sockets", id);
  if (socket < 0) return [];
  const [own] = boxesOfSocket(p, socket);
  const links = [];
  const [peer] = boxesOfSocket(p, rowOf(doc, "sockets", field(doc, "sockets", socket, "peer_socket")));
  if (own && peer) links.push({ from: own, to: peer, t: Math.max(own.from, peer.from) });
  const born = partsOf(doc, "states", socket)[0];
  const cause = born === undefined ? -1 : rowOf(doc, "events", field(doc, "states", born, "cause"));
  if (own && cause >= 0 && textOf(doc, "sockets", socket, "origin") === "accept")
    links.push({ from: boxOfEvent(p, cause), to: own, t: own.from });
  return links;
}

export function paintSelection(p: Picture, lanes: [number, number]) {
  const { context, plot, colours, view } = p;
  context.save();
  context.beginPath();
  context.rect(plot.left, RULER, plot.width, plot.height);
  context.clip();
  context.strokeStyle = colours.text.accent;
  context.lineWidth = 2;
  for (const { lane, from, to } of boxesOf(p)) {
    if (lane < lanes[0] || lane >= lanes[1]) continue;
    const x = Math.max(plot.left - 4, xOf(plot, view, from));
    const width = Math.min(plot.left + plot.width + 4, xOf(plot, view, to)) - x;
    if (width > -8) context.strokeRect(x - 3, yOf(view, lane) + 1, Math.max(1, width) + 6, LANE - 3);
  }
  for (const { from, to, t } of linksOf(p)) {
    const [x, y] = [xOf(plot, view, t), yOf(view, from.lane) + LANE / 2];
    const end = yOf(view, to.lane) + LANE / 2;
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x - 30, y, x - 30, end, x, end);
    context.stroke();
  }
  context.restore();
}
