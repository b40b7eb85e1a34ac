// SPDX-License-Identifier: GPL-2.0-only
// The traced document as tables of columns, and its objects as the json format has them (socklife schema). Reads the
// data blocks' texts; knows neither where in the page they stand nor what is drawn of them.
import { append, cellAt, numberAt, type CodedRows, type Column } from "./columns";

export interface Trace {
  start: string;
  duration: number;
  host: string | null;
  kernel: string | null;
  arch: string | null;
  command: string[] | null;
  complete: boolean;
  lost: { events: number; intervals: { from: number; to: number; events: number; reason: string }[] };
  blind: { what: string; from: number; to: number | null }[];
}

export interface Table {
  rows: number;
  columns: Map<string, Column>;
}

export type TableName = "processes" | "sockets" | "states" | "peers" | "attempts" | "descriptors" | "events";

/** What belongs to a socket, in tables of their own: rows [first[socket], first[socket + 1]) are a socket row's. */
const PARTS = ["states", "peers", "attempts", "descriptors"] as const;
export type Part = (typeof PARTS)[number];

export interface Document {
  tool: string;
  trace: Trace;
  calls: Record<string, string>; // call -> verb
  values: unknown[];
  tables: Record<TableName, Table>;
  first: Record<Part, Uint32Array>;
  rowOf: Record<"processes" | "sockets" | "events", Int32Array>; // by id; -1: none
}

interface Head {
  format: string;
  version: number;
  tool: string;
  trace: Omit<Trace, "duration"> & { duration: number | null };
  calls: Record<string, string>;
  values: unknown[];
  tables: Record<Exclude<TableName, "events">, CodedRows>;
  events: number;
}

interface Chunk extends CodedRows {
  values: unknown[];
}

export type Row = Record<string, unknown>;

function rowsById(table: Table): Int32Array {
  const id = table.columns.get("id");
  let last = 0;
  if (id) for (let row = 0; row < table.rows; row++) last = Math.max(last, numberAt(id, row));
  const rows = new Int32Array(last + 1).fill(-1);
  if (id) for (let row = 0; row < table.rows; row++) rows[numberAt(id, row)] = row;
  return rows;
}

/** Rows of a part stand in order of their sockets. */
function firstRows(part: Table, sockets: Table, rowOf: Int32Array): Uint32Array {
  const first = new Uint32Array(sockets.rows + 1);
  const socket = part.columns.get("socket");
  for (let row = 0; row < part.rows; row++) first[rowOf[numberAt(socket!, row)] + 1]++;
  for (let row = 0; row < sockets.rows; row++) first[row + 1] += first[row];
  return first;
}

/** The texts of the blocks, the head first, become the document. */
export async function readDocument(blocks: AsyncIterable<string> | Iterable<string>): Promise<Document> {
  let doc: Document | undefined;
  for await (const text of blocks) {
    if (!doc) {
      doc = readHead(JSON.parse(text));
      continue;
    }
    const chunk: Chunk = JSON.parse(text);
    for (const value of chunk.values) doc.values.push(value);
    append(doc.tables.events.columns, doc.tables.events.rows, chunk);
    doc.tables.events.rows += chunk.rows;
  }
  if (!doc) throw new Error("This page holds no trace: socklife export FILE -f html writes one that does.");
  doc.rowOf.events = rowsById(doc.tables.events);
  return doc;
}

function readHead(head: Head): Document {
  if (head.format !== "socklife-timeline" || head.version !== 1)
    throw new Error(`This page reads socklife-timeline 1, not ${head.format} ${head.version}.`);
  const tables = { events: { rows: 0, columns: new Map() } } as unknown as Record<TableName, Table>;
  for (const [name, coded] of Object.entries(head.tables)) {
    const columns = new Map<string, Column>();
    append(columns, 0, coded);
    tables[name as TableName] = { rows: coded.rows, columns };
  }
  const rowOf = { processes: rowsById(tables.processes), sockets: rowsById(tables.sockets), events: new Int32Array(0) };
  const first = {} as Record<Part, Uint32Array>;
  for (const part of PARTS) first[part] = firstRows(tables[part], tables.sockets, rowOf.sockets);
  const trace = { ...head.trace, duration: head.trace.duration ?? 0 };
  return { tool: head.tool, trace, calls: head.calls, values: head.values, tables, first, rowOf };
}

/** A field of a row as the json format has it; undefined where it is left out. */
export function field(doc: Document, table: TableName, row: number, name: string): unknown {
  const c = doc.tables[table].columns.get(name);
  if (!c) return undefined;
  const cell = cellAt(c, row);
  return c.of === "value" && typeof cell === "number" ? doc.values[cell] : cell;
}

/** The same as text: empty where there is none. */
export function textOf(doc: Document, table: TableName, row: number, name: string): string {
  const value = field(doc, table, row, name);
  return value === undefined || value === null ? "" : String(value);
}

/** The same as a number: NaN where there is none. */
export function numberOf(doc: Document, table: TableName, row: number, name: string): number {
  const c = doc.tables[table].columns.get(name);
  return c ? numberAt(c, row) : NaN;
}

/** The rows of what belongs to a socket's row. */
export function partsOf(doc: Document, part: Part, socket: number): number[] {
  const rows: number[] = [];
  for (let row = doc.first[part][socket]; row < doc.first[part][socket + 1]; row++) rows.push(row);
  return rows;
}

/** The row of an id, -1 where there is none. */
export function rowOf(doc: Document, table: "processes" | "sockets" | "events", id: unknown): number {
  return typeof id === "number" && id >= 0 && id < doc.rowOf[table].length ? doc.rowOf[table][id] : -1;
}
