// SPDX-License-Identifier: GPL-2.0-only
// Columns of cells as the page's data block codes them (user/columns.h), kept in typed arrays as narrow as their numbers.
// Knows no table and no field.

/** A number (an index, in a column of values), null, false where the key is absent; a string stands for itself. */
export type Cell = number | null | false | string;

/** How a column is written: each cell; or what most rows have, or another column has, and the exceptions. */
export interface Coded {
  of: "int" | "value";
  steps?: true;
  each?: Cell[];
  most?: Cell;
  like?: string;
  at?: number[];
  is?: Cell[];
}

export interface CodedRows {
  rows: number;
  columns: Record<string, Coded>;
}

type Cells = Int8Array | Int16Array | Int32Array | Float64Array;

interface Segment {
  cells: Cells;
  mask: number; // 0: one cell for all rows
  none: number; // what null is written as
  absent: number;
}

/** Rows in segments of 65,536. */
export interface Column {
  of: "int" | "value";
  segments: Segment[];
  strings: Map<number, string>;
}

const NONE = -Infinity;
const ABSENT = Infinity;
const SHIFT = 16;
const SIZE = 1 << SHIFT;

/** The number in a row; NaN where there is none. */
export function numberAt(c: Column, row: number): number {
  const s = c.segments[row >> SHIFT];
  const cell = s.cells[row & s.mask];
  return cell === s.none || cell === s.absent ? NaN : cell;
}

/** The cell in a row; undefined where the key is absent. */
export function cellAt(c: Column, row: number): number | string | null | undefined {
  const string = c.strings.size ? c.strings.get(row) : undefined;
  if (string !== undefined) return string;
  const s = c.segments[row >> SHIFT];
  const cell = s.cells[row & s.mask];
  return cell === s.none ? null : cell === s.absent ? undefined : cell;
}

function narrowest(cells: Float64Array): Segment {
  let low = 0;
  let high = 0;
  let same = true;
  for (const cell of cells) {
    if (cell !== cells[0]) same = false;
    if (cell === NONE || cell === ABSENT) continue;
    if (cell < low) low = cell;
    if (cell > high) high = cell;
  }
  const mask = same ? 0 : SIZE - 1;
  const used = same ? cells.subarray(0, 1) : cells;
  for (const array of [Int8Array, Int16Array, Int32Array]) {
    const lowest = -(2 ** (8 * array.BYTES_PER_ELEMENT - 1));
    if (low < lowest + 2 || high >= -lowest) continue;
    const narrow = new array(used.length);
    for (let i = 0; i < used.length; i++)
      narrow[i] = used[i] === ABSENT ? lowest : used[i] === NONE ? lowest + 1 : used[i];
    return { cells: narrow, mask, none: lowest + 1, absent: lowest };
  }
  return { cells: used.slice(), mask, none: NONE, absent: ABSENT };
}

interface Decoded {
  cells: Float64Array;
  strings: Map<number, string>;
}

/** The rows of a coded column. */
function decode(coded: Coded, rows: number, like: Decoded | undefined): Decoded {
  const cells = like ? like.cells.slice() : new Float64Array(rows);
  const strings = new Map(like?.strings);
  const put = (row: number, cell: Cell) => {
    if (typeof cell === "string") strings.set(row, cell);
    else if (strings.size) strings.delete(row);
    cells[row] = typeof cell === "number" ? cell : cell === false ? ABSENT : NONE;
  };
  if (coded.each) coded.each.forEach((cell, row) => put(row, cell));
  else {
    const most = coded.most;
    if (most !== undefined) for (let row = 0; row < rows; row++) put(row, most);
    let row = 0;
    for (let i = 0; i < coded.at!.length; i++) put((row += coded.at![i]), coded.is![i]);
  }
  if (coded.steps) for (let row = 1; row < cells.length; row++) cells[row] += cells[row - 1];
  return { cells, strings };
}

/** Appends coded rows to columns that hold `before` rows, a multiple of 65,536. */
export function append(columns: Map<string, Column>, before: number, coded: CodedRows) {
  const decoded = new Map<string, Decoded>();
  for (const [name, one] of Object.entries(coded.columns)) {
    let c = columns.get(name);
    if (!c) columns.set(name, (c = { of: one.of, segments: [], strings: new Map() }));
    const { cells, strings } = decode(one, coded.rows, one.like === undefined ? undefined : decoded.get(one.like));
    decoded.set(name, { cells, strings });
    for (const [row, string] of strings) c.strings.set(before + row, string);
    for (let at = 0; at < coded.rows; at += SIZE) c.segments.push(narrowest(cells.subarray(at, at + SIZE)));
  }
}
