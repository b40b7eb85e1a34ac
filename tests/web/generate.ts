// SPDX-License-Identifier: GPL-2.0-only
// Pages of made-up traces of any size: the page without data, and data blocks coded as the exporter codes them. Holds one
// block at a time. Knows nothing of what the page does with them.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Cell, Coded } from "../../web/src/columns";
import type { Row } from "../../web/src/document";
import { blocksOf } from "./document";
import { makeTraffic, type Plan } from "./traffic";

const CHUNK = 65536;
const INTS = ["id", "t", "dur", "process", "fd", "socket", "ret", "bytes"];
const AFTER: Record<string, string> = { tid: "args", call: "args", fd: "args", socket: "args", ret: "args", process: "tid" };
const NAMES = ["id", "t", "dur", "args", "tid", "call", "via", "fd", "socket", "ret", "bytes", "process", "error"];

interface Pool {
  index: Map<string, number>;
  added: unknown[]; // in this chunk
}

function indexOf(pool: Pool, value: unknown): number {
  const key = JSON.stringify(value);
  let index = pool.index.get(key);
  if (index === undefined) {
    pool.index.set(key, (index = pool.index.size));
    pool.added.push(value);
  }
  return index;
}

function exceptions(
  cells: Cell[],
  isOne: (cell: Cell, row: number) => boolean,
): { at: number[]; is: Cell[] } {
  const at: number[] = [];
  const is: Cell[] = [];
  let last = 0;
  cells.forEach((cell, row) => {
    if (!isOne(cell, row)) return;
    at.push(row - last);
    is.push(cell);
    last = row;
  });
  return { at, is };
}

function mostOf(cells: Cell[]): Cell {
  const counts = new Map<Cell, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

/** What the column had in the row before with the same cell of another, but for the exceptions. */
function codeAfter(cells: Cell[], by: Cell[]): { at: number[]; is: Cell[] } {
  const last = new Map<Cell, Cell>();
  return exceptions(cells, (cell, row) => {
    const expected = last.get(by[row]) ?? false;
    last.set(by[row], cell);
    return cell !== expected;
  });
}

function codeColumn(name: string, columns: Record<string, Cell[]>): Coded {
  const cells = columns[name];
  const of = INTS.includes(name) ? "int" : "value";
  if (name === "id" || name === "t") {
    return {
      of,
      steps: true,
      each: cells.map((cell, row) => Number(cell) - (row ? Number(cells[row - 1]) : 0)),
    };
  }
  if (name === "bytes")
    return { of, like: "ret", ...exceptions(cells, (cell, row) => cell !== columns.ret[row]) };
  if (AFTER[name]) return { of, after: AFTER[name], ...codeAfter(cells, columns[AFTER[name]]) };
  const most = mostOf(cells);
  const { at, is } = exceptions(cells, (cell) => cell !== most);
  return at.length * 3 < cells.length ? { of, most, at, is } : { of, each: cells };
}

interface Writer {
  pool: Pool;
  rows: number;
  columns: Record<string, Cell[]>;
}

function emptyColumns(): Record<string, Cell[]> {
  return Object.fromEntries(NAMES.map((name) => [name, []]));
}

function add(writer: Writer, event: Row) {
  for (const name of NAMES) {
    const value = event[name];
    const cell = INTS.includes(name)
      ? (value as Cell)
      : value === undefined
        ? false
        : indexOf(writer.pool, value);
    writer.columns[name].push(value === undefined ? false : cell);
  }
  writer.rows++;
}

function takeChunk(writer: Writer): string {
  const columns = Object.fromEntries(NAMES.map((name) => [name, codeColumn(name, writer.columns)]));
  const chunk = { values: writer.pool.added, rows: writer.rows, columns };
  writer.pool.added = [];
  writer.rows = 0;
  writer.columns = emptyColumns();
  return JSON.stringify(chunk);
}

/** Gives write() the texts of the blocks, the head first. */
export function generateBlocks(plan: Plan, write: (block: string) => void) {
  const { duration, ...rest } = makeTraffic(plan, () => {});
  const trace = {
    start: "2026-01-02T03:04:05.000000000Z",
    duration,
    host: "generated",
    kernel: "6.1.0",
    arch: "x86_64",
    command: ["traffic", String(plan.events)],
    complete: true,
    lost: { events: 0, intervals: [] },
    blind: [],
  };
  const head = JSON.parse(blocksOf({ tool: "generated", trace, ...rest })[0]);
  write(JSON.stringify({ ...head, events: plan.events }));
  const index = new Map<string, number>(
    head.values.map((value: unknown, i: number) => [JSON.stringify(value), i]),
  );
  const writer: Writer = { pool: { index, added: [] }, rows: 0, columns: emptyColumns() };
  makeTraffic(plan, (event) => {
    add(writer, event);
    if (writer.rows === CHUNK) write(takeChunk(writer));
  });
  if (writer.rows) write(takeChunk(writer));
}

/** Writes the page without data, and then what fill() gives to its argument: the texts of the blocks. */
export function writePage(file: string, fill: (write: (block: string) => void) => void, compressed = false) {
  const out = openSync(file, "w");
  let type = "head";
  writeSync(out, readFileSync(`${process.env.BUILD ?? "build"}/web/page.html`));
  fill((block) => {
    const text = compressed ? gzipSync(block).toString("base64") : block.replaceAll("<", "\\u003c");
    writeSync(
      out,
      `<script type="application/${compressed ? "gzip" : "json"}" class="${type}">${text}</script>\n`,
    );
    type = "chunk";
  });
  writeSync(out, "</body></html>\n");
  closeSync(out);
}
