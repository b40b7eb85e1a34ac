// SPDX-License-Identifier: GPL-2.0-only
// Draws what is selected over the lanes: its outline, and curves to the other end and to where it came from.
import { field, numberOf, rowOf } from "./document";
import { LANE, RULER, xOf, yOf } from "./geometry";
import { HEADER, laneKey, laneOfEvent, placesOfSocket, type Place } from "./layout";
import type { Picture } from "./picture";
import { acceptOf, socketOfCall } from "./related";

function boxOfEvent({ doc, layout }: Picture, event: number): Place {
  const from = numberOf(doc, "events", event, "t");
  const took = numberOf(doc, "events", event, "dur");
  return { lane: laneOfEvent(doc, layout, event), from, to: took >= 0 ? from + took : doc.trace.duration };
}

function boxesOf(p: Picture): Place[] {
  const { doc, layout, selection } = p;
  if (!selection) return [];
  if (selection.kind === "process") {
    const process = rowOf(doc, "processes", selection.id);
    const lane = layout.laneOf.get(laneKey(process, HEADER));
    return lane === undefined ? [] : [{ lane, from: 0, to: doc.trace.duration }];
  }
  const row = rowOf(doc, selection.kind === "event" ? "events" : "sockets", selection.id);
  if (row < 0) return [];
  return selection.kind === "event" ? [boxOfEvent(p, row)] : placesOfSocket(doc, layout, row);
}

/** The boxes that the selected socket, or the selected event's socket, is linked with, and when. */
function linksOf(p: Picture): { from: Place; to: Place; t: number }[] {
  const { doc, layout, selection } = p;
  if (!selection || selection.kind === "process") return [];
  const of = rowOf(doc, selection.kind === "event" ? "events" : "sockets", selection.id);
  const socket = selection.kind === "event" ? socketOfCall(doc, of) : of;
  if (socket < 0) return [];
  const [own] = placesOfSocket(doc, layout, socket);
  const links = [];
  const [peer] = placesOfSocket(doc, layout, rowOf(doc, "sockets", field(doc, "sockets", socket, "peer_socket")));
  if (own && peer) links.push({ from: own, to: peer, t: Math.max(own.from, peer.from) });
  const accept = acceptOf(doc, socket);
  if (own && accept >= 0) links.push({ from: boxOfEvent(p, accept), to: own, t: own.from });
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
