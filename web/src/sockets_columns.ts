// SPDX-License-Identifier: GPL-2.0-only
// The columns of the table of sockets: what each shows of a row and what it is sorted by. Pure.
import { processName, socketKind } from "./describe";
import { endText } from "./details_words";
import { field, numberOf, rowOf, textOf, type Document, type Row } from "./document";
import { bytes, duration, time } from "./format";

interface SocketColumn {
  name: string;
  width: number; // in % of the table
  numeric?: true;
  of: (doc: Document, row: number) => number | string; // to sort by; NaN and "" stand last
  text?: (doc: Document, row: number) => string; // where it is not the same
}

const first = (doc: Document, part: "states" | "descriptors", row: number) =>
  doc.first[part][row] < doc.first[part][row + 1] ? doc.first[part][row] : -1;

function processOf(doc: Document, row: number): string {
  const descriptor = first(doc, "descriptors", row);
  return descriptor < 0
    ? ""
    : processName(doc, rowOf(doc, "processes", field(doc, "descriptors", descriptor, "process")));
}

/** The last one before it was closed. */
function lastState(doc: Document, row: number): string {
  let last = doc.first.states[row + 1] - 1;
  if (last > doc.first.states[row] && textOf(doc, "states", last, "state") === "closed") last--;
  return last < doc.first.states[row] ? "" : textOf(doc, "states", last, "state");
}

function from(doc: Document, row: number): number {
  const state = first(doc, "states", row);
  return state < 0 ? NaN : numberOf(doc, "states", state, "from");
}

const closed = (doc: Document, row: number) => field(doc, "sockets", row, "closed") as Row | null;

/** Of a socket that was there before the trace, as far as it was seen. */
function lasted(doc: Document, row: number): number {
  const end = closed(doc, row)?.t;
  return typeof end === "number" ? end - (from(doc, row) || 0) : NaN;
}

function lastedText(doc: Document, row: number): string {
  if (!closed(doc, row)) return "open";
  return `${Number.isNaN(from(doc, row)) ? "over " : ""}${duration(lasted(doc, row))}`;
}

function moved(doc: Document, row: number, way: "sent" | "received"): number {
  const n = (field(doc, "sockets", row, "bytes") as Row | undefined)?.[way];
  return typeof n === "number" ? n : NaN;
}

const ended = (doc: Document, row: number) => endText(String(closed(doc, row)?.by ?? "open"));

export const socketColumns: SocketColumn[] = [
  { name: "id", width: 5, numeric: true, of: (doc, row) => numberOf(doc, "sockets", row, "id") },
  { name: "process", width: 11, of: processOf },
  { name: "kind", width: 7, of: socketKind },
  { name: "local", width: 13, of: (doc, row) => textOf(doc, "sockets", row, "local") },
  { name: "peer", width: 13, of: (doc, row) => textOf(doc, "sockets", row, "peer") },
  { name: "last state", width: 12, of: lastState },
  {
    name: "from",
    width: 10,
    numeric: true,
    of: from,
    text: (doc, row) => (Number.isNaN(from(doc, row)) ? "before" : time(from(doc, row), 1e3)),
  },
  {
    name: "lasted",
    width: 7,
    numeric: true,
    of: lasted,
    text: lastedText,
  },
  {
    name: "sent",
    width: 6,
    numeric: true,
    of: (doc, row) => moved(doc, row, "sent"),
    text: (doc, row) => bytes(moved(doc, row, "sent")),
  },
  {
    name: "received",
    width: 8,
    numeric: true,
    of: (doc, row) => moved(doc, row, "received"),
    text: (doc, row) => bytes(moved(doc, row, "received")),
  },
  { name: "ended by", width: 8, of: ended },
];

const isNone = (key: number | string) => key === "" || Number.isNaN(key);

/** Rows in the order of a column, ties by id; those without a value are last either way. */
export function sortSockets(doc: Document, column: SocketColumn, down: boolean): Uint32Array {
  const rows = doc.tables.sockets.rows;
  const keys = Array.from({ length: rows }, (_, row) => column.of(doc, row));
  const sign = down ? -1 : 1;
  return Uint32Array.from(keys.keys()).sort((a, b) => {
    const [x, y] = [keys[a], keys[b]];
    if (x === y) return a - b;
    if (isNone(x) || isNone(y)) return Number(isNone(x)) - Number(isNone(y)) || a - b;
    return x < y ? -sign : sign;
  });
}
