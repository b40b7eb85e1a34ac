// SPDX-License-Identifier: GPL-2.0-only
// Documents for the page's tests: the json format, coded as the page's data blocks are (all columns with
// "each") and read back. Run from the top of the source tree. Knows nothing of what is tested.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Cell, Coded, CodedRows } from "../../web/src/columns";
import { field, partsOf, readDocument, type Document, type Row, type TableName } from "../../web/src/document";

const CHUNK = 65536;
const PARTS = ["states", "peers", "attempts", "descriptors"] as const;

/** Columns whose cells are numbers; all others hold indexes of values. */
const INTS: Record<string, string[]> = {
  processes: ["id", "pid", "parent", "start", "end"],
  sockets: ["id", "peer_socket", "listener", "retransmits"],
  states: ["socket", "from", "to", "cause"],
  peers: ["socket", "from", "to"],
  attempts: ["socket", "from", "to"],
  descriptors: ["socket", "process", "fd", "from", "to"],
  events: ["id", "t", "dur", "process", "fd", "socket", "ret", "bytes", "sent"],
};

/** The json format's document, as far as it is not taken apart here. */
export interface Json {
  tool?: unknown;
  trace?: unknown;
  processes?: Row[];
  sockets?: Row[];
  events?: Row[];
}

interface Pool {
  values: unknown[];
  index: Map<string, number>;
}

function indexOf(pool: Pool, value: unknown): number {
  const key = JSON.stringify(value);
  let index = pool.index.get(key);
  if (index === undefined) {
    pool.index.set(key, (index = pool.values.length));
    pool.values.push(value);
  }
  return index;
}

function cellOf(pool: Pool, int: boolean, value: unknown): Cell {
  if (value === undefined) return false;
  if (value === null) return null;
  return int ? (value as number | string) : indexOf(pool, value);
}

const namesOf = (rows: Row[]) => new Set(rows.flatMap((row) => Object.keys(row)));

/** A chunk has the columns of all chunks. */
function codeRows(table: string, rows: Row[], pool: Pool, names = namesOf(rows)): CodedRows {
  const columns: Record<string, Coded> = {};
  for (const name of names) {
    const int = INTS[table].includes(name);
    columns[name] = { of: int ? "int" : "value", each: rows.map((row) => cellOf(pool, int, row[name])) };
  }
  return { rows: rows.length, columns };
}

function partRows(sockets: Row[], part: string): Row[] {
  return sockets.flatMap((socket) =>
    ((socket[part] as Row[]) ?? []).map((row) => ({ socket: socket.id, ...row })),
  );
}

function withoutParts(socket: Row): Row {
  return Object.fromEntries(Object.entries(socket).filter(([name]) => !(PARTS as readonly string[]).includes(name)));
}

/** call -> verb, as in the source's table of calls. */
function verbs(): Record<string, string> {
  const table = readFileSync("bpf/syscalls.h", "utf8").matchAll(/^CALL\((\w+), +(\w+),/gm);
  return Object.fromEntries(
    [...table].map(([, call, verb]) => [call, verb.toLowerCase().replaceAll("_", "-")]),
  );
}

/** The texts of the blocks, the head first. */
export function blocksOf(json: Json): string[] {
  const pool: Pool = { values: [], index: new Map() };
  const { processes = [], sockets = [], events = [] } = json;
  const tables: Record<string, CodedRows> = {
    processes: codeRows("processes", processes, pool),
    sockets: codeRows("sockets", sockets.map(withoutParts), pool),
  };
  for (const part of PARTS) tables[part] = codeRows(part, partRows(sockets, part), pool);
  const head = {
    format: "socklife-timeline",
    version: 1,
    tool: json.tool ?? "test",
    trace: json.trace ?? traceOf(events),
    calls: verbs(),
    values: pool.values.slice(),
    tables,
    events: events.length,
  };
  const blocks = [JSON.stringify(head)];
  const names = namesOf(events);
  for (let at = 0; at < events.length; at += CHUNK) {
    const before = pool.values.length;
    const coded = codeRows("events", events.slice(at, at + CHUNK), pool, names);
    blocks.push(JSON.stringify({ values: pool.values.slice(before), ...coded }));
  }
  return blocks;
}

/** A trace without trouble that ends with its last event. */
function traceOf(events: Row[]): Row {
  return {
    start: "2026-01-02T03:04:05.000000000Z",
    duration: events.reduce((end, e) => Math.max(end, Number(e.t) + Number(e.dur ?? 0)), 1),
    host: "host",
    kernel: "6.1.0",
    arch: "x86_64",
    command: ["./program"],
    complete: true,
    lost: { events: 0, intervals: [] },
    blind: [],
  };
}

export function documentOf(json: Json): Promise<Document> {
  return readDocument(blocksOf(json));
}

function socklife(...args: string[]): string {
  const program = `${process.env.BUILD ?? "build"}/socklife`;
  return execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 30 });
}

/** The scenarios' files. They are recorded anew now and then: nothing here depends on what is in one. */
export const captures = readdirSync("tests/captures").map((file) => `tests/captures/${file}`);

/** A capture's file, or the name of one of the page's own, whose times and ports the tests may tell. */
export function captureFile(capture: string): string {
  return capture.includes("/") ? capture : `tests/web/captures/${capture}.slt`;
}

export function capturedJson(capture: string): Json {
  return JSON.parse(socklife("export", captureFile(capture), "-f", "json"));
}

/** The texts of the blocks in the page that socklife writes. */
export function capturedBlocks(capture: string): string[] {
  const page = socklife("export", captureFile(capture), "-f", "html");
  const blocks = page.matchAll(/<script type="application\/json" class="(?:head|chunk)">(.*)<\/script>/g);
  return [...blocks].map(([, text]) => text);
}

/** The lines of `socklife show`. */
export function capturedLines(capture: string): string[] {
  return socklife("show", captureFile(capture)).trimEnd().split("\n");
}

export function captured(capture: string): Promise<Document> {
  return documentOf(capturedJson(capture));
}

/** The object of the json format; a socket with its parts. */
export function objectAt(doc: Document, table: TableName, row: number): Row {
  const object: Row = {};
  for (const name of doc.tables[table].columns.keys()) {
    const value = field(doc, table, row, name);
    if (value !== undefined) object[name] = value;
  }
  if (table === "sockets")
    for (const part of PARTS) {
      object[part] = partsOf(doc, part, row).map((one) => {
        const { socket: _, ...rest } = objectAt(doc, part, one);
        return rest;
      });
    }
  return object;
}
