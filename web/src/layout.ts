// SPDX-License-Identifier: GPL-2.0-only
// What stands where: a lane for each process and each of its descriptor numbers, the events and the states of sockets in
// them. Knows times and lanes, no pixels.
import { numberAt, type Column } from "./columns";
import { errorSeverity, FAILED, FINE, verbOf } from "./calls";
import { field, numberOf, partsOf, rowOf, textOf, type Document } from "./document";
import { buildPyramid, type Pyramid } from "./pyramid";
import { states } from "./describe";

export const NO_FD = -1; // the lane of a process's calls that neither have nor make a descriptor
export const HEADER = -2; // the lane of the process itself
export const DIRECT = 2 ** 31; // from here on: the slots of io_uring's direct descriptors
const NUMBERS = 2 ** 32 + 2; // of a process's lanes

export interface Lane {
  process: number; // row
  fd: number; // or one of the above
  depth: number; // of the process among its ancestors
}

export interface Layout {
  lanes: Lane[];
  laneOf: Map<number, number>; // by laneKey()
  events: Uint32Array; // rows of events in order of lanes, then of time; calls.levels[0].base says whose
  calls: Pyramid; // weights are severities
  spans: Spans;
  states: Pyramid; // weights are states
  sockets: Uint32Array; // by lane: how many had its number
}

/** Parallel to the states' intervals. */
export interface Spans {
  socket: Uint32Array; // row
  descriptor: Uint32Array; // row
}

export function laneKey(process: number, fd: number): number {
  return process * NUMBERS + fd + 2;
}

/** The number of a lane; NaN where there is no descriptor. */
function fdAt(doc: Document, table: "events" | "descriptors", row: number): number {
  const fd = field(doc, table, row, "fd");
  if (typeof fd === "number") return fd;
  return typeof fd === "string" ? DIRECT + Number(fd.replace(/^direct:/, "")) : NaN;
}

export function fdText(fd: number): string {
  return fd < DIRECT ? String(fd) : `direct:${fd - DIRECT}`;
}

/** The slot of the socket that an io_uring request made, NaN: it made a descriptor. */
function slotMade(doc: Document, event: number): number {
  const socket = rowOf(doc, "sockets", field(doc, "events", event, "socket"));
  const [first] = socket < 0 ? [] : partsOf(doc, "descriptors", socket);
  const fd = first === undefined ? NaN : fdAt(doc, "descriptors", first);
  return fd >= DIRECT && textOf(doc, "descriptors", first, "how") === "socket" ? fd : NaN;
}

/** A sum of calls (--io summary) tells its socket only: the number by which its process had that then, or ever; NO_FD: by none. */
function fdOfSocket(doc: Document, event: number): number {
  const socket = rowOf(doc, "sockets", field(doc, "events", event, "socket"));
  const process = numberOf(doc, "events", event, "process");
  const t = numberOf(doc, "events", event, "t");
  let fd = NO_FD;
  if (socket < 0) return fd;
  for (const row of partsOf(doc, "descriptors", socket)) {
    if (numberOf(doc, "descriptors", row, "process") !== process) continue;
    fd = fdAt(doc, "descriptors", row);
    if (!(numberOf(doc, "descriptors", row, "to") < t)) break;
  }
  return fd;
}

const SUMS = new Set(["sends", "receives"]);

/** Where an event stands: its descriptor's number, be it that it made it. */
function fdOf(doc: Document, event: number): number {
  const fd = fdAt(doc, "events", event);
  if (fd >= 0) return fd;
  if (SUMS.has(textOf(doc, "events", event, "call"))) return fdOfSocket(doc, event);
  const ret = numberOf(doc, "events", event, "ret");
  if (!(ret >= 0)) return NO_FD;
  const verb = verbOf(doc, event);
  const slot = verb === "create" ? slotMade(doc, event) : NaN;
  if (slot >= 0) return slot;
  if (verb === "create" || verb === "getfd") return ret;
  const pair = verb === "pair" ? (field(doc, "events", event, "args") as { sv?: number[] }).sv : undefined;
  return pair?.[0] ?? NO_FD;
}

/** The lane's index, -1 where there is none. */
export function laneOfEvent(doc: Document, layout: Layout, event: number): number {
  const process = rowOf(doc, "processes", field(doc, "events", event, "process"));
  return layout.laneOf.get(laneKey(process, fdOf(doc, event))) ?? -1;
}

export function laneOfDescriptor(doc: Document, { laneOf }: Pick<Layout, "laneOf">, descriptor: number): number {
  const process = rowOf(doc, "processes", field(doc, "descriptors", descriptor, "process"));
  return laneOf.get(laneKey(process, fdAt(doc, "descriptors", descriptor))) ?? -1;
}

export interface Place {
  lane: number;
  from: number;
  to: number; // the trace's end, where it is open
}

/** Where a socket's descriptors stand. */
export function placesOfSocket(doc: Document, layout: Layout, socket: number): Place[] {
  return partsOf(doc, "descriptors", socket).map((row) => {
    const from = numberOf(doc, "descriptors", row, "from") || 0;
    const to = numberOf(doc, "descriptors", row, "to");
    return { lane: laneOfDescriptor(doc, layout, row), from, to: Number.isNaN(to) ? doc.trace.duration : to };
  });
}

/** The keys of all lanes that something stands in, and each event's. */
function collect(doc: Document): { keys: Set<number>; ofEvent: Float64Array } {
  const keys = new Set<number>();
  const events = doc.tables.events;
  const ofEvent = new Float64Array(events.rows);
  const process = events.columns.get("process");
  const fds = events.columns.get("fd");
  let last = NaN;
  for (let event = 0; event < events.rows; event++) {
    const row = rowOf(doc, "processes", numberAt(process!, event));
    const fd = fds ? numberAt(fds, event) : NaN;
    const key = laneKey(row, fd >= 0 ? fd : fdOf(doc, event));
    ofEvent[event] = key;
    if (key !== last) keys.add((last = key));
  }
  for (let row = 0; row < doc.tables.descriptors.rows; row++) {
    const owner = rowOf(doc, "processes", field(doc, "descriptors", row, "process"));
    keys.add(laneKey(owner, fdAt(doc, "descriptors", row)));
  }
  return { keys, ofEvent };
}

/** Processes as a tree, children after their parent in order of id; -1 stands for one that is not known. */
function processOrder(doc: Document): { process: number; depth: number }[] {
  const children = new Map<number, number[]>();
  for (let row = 0; row < doc.tables.processes.rows; row++) {
    const parent = rowOf(doc, "processes", field(doc, "processes", row, "parent"));
    const siblings = children.get(parent);
    if (siblings) siblings.push(row);
    else children.set(parent, [row]);
  }
  const order = [{ process: -1, depth: 0 }];
  const left = (children.get(-1) ?? []).map((process) => ({ process, depth: 0 })).reverse();
  for (let one = left.pop(); one; one = left.pop()) {
    order.push(one);
    for (const child of (children.get(one.process) ?? []).reverse()) left.push({ process: child, depth: one.depth + 1 });
  }
  return order;
}

function makeLanes(doc: Document, keys: Set<number>): { lanes: Lane[]; laneOf: Map<number, number> } {
  const fds = new Map<number, number[]>();
  for (const key of keys) {
    const process = Math.floor(key / NUMBERS);
    const fd = key - process * NUMBERS - 2;
    const all = fds.get(process);
    if (all) all.push(fd);
    else fds.set(process, [fd]);
  }
  const lanes: Lane[] = [];
  const laneOf = new Map<number, number>();
  for (const { process, depth } of processOrder(doc)) {
    const all = fds.get(process);
    if (!all) continue;
    for (const fd of [HEADER, ...all.sort((a, b) => a - b)]) {
      laneOf.set(laneKey(process, fd), lanes.length);
      lanes.push({ process, fd, depth });
    }
  }
  return { lanes, laneOf };
}

/** Turns lanes of items, in order, into where each lane's begin (CSR) and the items in order of lanes. */
function byLane(laneOfItem: Uint32Array, lanes: number): { base: Uint32Array; items: Uint32Array } {
  const base = new Uint32Array(lanes + 1);
  for (const lane of laneOfItem) base[lane + 1]++;
  for (let lane = 0; lane < lanes; lane++) base[lane + 1] += base[lane];
  const next = base.slice();
  const items = new Uint32Array(laneOfItem.length);
  for (let item = 0; item < laneOfItem.length; item++) items[next[laneOfItem[item]]++] = item;
  return { base, items };
}

function severities(doc: Document, error: Column | undefined): (event: number) => number {
  const of = doc.values.map((value) => (typeof value === "string" && value[0] === "E" ? errorSeverity(value) : FAILED));
  return (event) => {
    const value = error ? numberAt(error, event) : NaN;
    return value >= 0 ? of[value] : FINE;
  };
}

function layCalls(doc: Document, ofEvent: Float64Array, laneOf: Map<number, number>, lanes: number) {
  const events = doc.tables.events;
  const laneOfItem = new Uint32Array(events.rows);
  let key = NaN;
  let lane = 0;
  for (let event = 0; event < events.rows; event++) {
    if (ofEvent[event] !== key) lane = laneOf.get((key = ofEvent[event]))!;
    laneOfItem[event] = lane;
  }
  const { base, items } = byLane(laneOfItem, lanes);
  const start = new Float64Array(items.length);
  const end = new Float64Array(items.length);
  const worst = new Uint8Array(items.length);
  const t = events.columns.get("t");
  const dur = events.columns.get("dur");
  const severity = severities(doc, events.columns.get("error"));
  for (let i = 0; i < items.length; i++) {
    const took = numberAt(dur!, items[i]);
    start[i] = numberAt(t!, items[i]);
    end[i] = took >= 0 ? start[i] + took : Math.max(doc.trace.duration, start[i]);
    worst[i] = severity(items[i]);
  }
  return { events: items, calls: buildPyramid(start, end, worst, base) };
}

interface Piece {
  lane: number;
  from: number;
  to: number;
  state: number;
  socket: number;
  descriptor: number;
}

/** A descriptor's life cut into the states that its socket had meanwhile. */
function piecesOf(doc: Document, layout: Pick<Layout, "laneOf">, socket: number, out: Piece[]) {
  const stateRows = partsOf(doc, "states", socket);
  for (const descriptor of partsOf(doc, "descriptors", socket)) {
    const lane = laneOfDescriptor(doc, layout, descriptor);
    if (lane < 0) continue;
    const until = (value: number) => (Number.isNaN(value) ? doc.trace.duration : value);
    const from = numberOf(doc, "descriptors", descriptor, "from") || 0;
    const to = until(numberOf(doc, "descriptors", descriptor, "to"));
    for (const row of stateRows) {
      const state = states.indexOf(textOf(doc, "states", row, "state"));
      const begins = Math.max(from, numberOf(doc, "states", row, "from") || 0);
      const ends = Math.min(to, until(numberOf(doc, "states", row, "to")));
      if (state < states.length - 1 && ends >= begins && (ends > begins || to === from))
        out.push({ lane, from: begins, to: ends, state, socket, descriptor });
    }
  }
}

/** Of each lane. */
function socketsIn(spans: Spans, base: Uint32Array): Uint32Array {
  const sockets = new Uint32Array(base.length - 1);
  for (let lane = 0; lane < sockets.length; lane++)
    for (let i = base[lane]; i < base[lane + 1]; i++)
      if (i === base[lane] || spans.socket[i] !== spans.socket[i - 1]) sockets[lane]++;
  return sockets;
}

function layStates(doc: Document, laneOf: Map<number, number>, lanes: number) {
  const pieces: Piece[] = [];
  for (let socket = 0; socket < doc.tables.sockets.rows; socket++)
    piecesOf(doc, { laneOf }, socket, pieces);
  pieces.sort((a, b) => a.from - b.from);
  const { base, items } = byLane(Uint32Array.from(pieces, (p) => p.lane), lanes);
  const ordered = Array.from(items, (item) => pieces[item]);
  const pyramid = buildPyramid(
    Float64Array.from(ordered, (p) => p.from),
    Float64Array.from(ordered, (p) => p.to),
    Uint8Array.from(ordered, (p) => p.state),
    base,
  );
  const spans = {
    socket: Uint32Array.from(ordered, (p) => p.socket),
    descriptor: Uint32Array.from(ordered, (p) => p.descriptor),
  };
  return { spans, states: pyramid, sockets: socketsIn(spans, base) };
}

export function buildLayout(doc: Document): Layout {
  const { keys, ofEvent } = collect(doc);
  const { lanes, laneOf } = makeLanes(doc, keys);
  return {
    lanes,
    laneOf,
    ...layCalls(doc, ofEvent, laneOf, lanes.length),
    ...layStates(doc, laneOf, lanes.length),
  };
}

/** When the first thing happens, and when the last is over; null where nothing does. */
export function extent({ calls, states }: Layout): [number, number] | null {
  let from = Infinity;
  let to = -Infinity;
  for (const { levels } of [calls, states]) {
    const top = levels[levels.length - 1]; // a node a lane
    for (const t of top.start) if (t < from) from = t;
    for (const t of top.end) if (t > to) to = t;
  }
  return from <= to ? [from, to] : null;
}
