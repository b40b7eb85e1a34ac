// SPDX-License-Identifier: GPL-2.0-only
// Columns of cells as the page's data block codes them (user/columns.h), kept in typed arrays as narrow as their numbers.
// Knows no table and no field.

/** A number (an index, in a column of values), null, false where the key is absent; a string stands for itself. */
export type Cell = number | null | false | string;

/** How a column is written: each cell, or what all rows have but the exceptions. */
export interface Coded {
  of: "int" | "value";
  steps?: true; // the differences to the row before
  each?: Cell[];
  most?: Cell;
  like?: string; // what another column has, which stands before
  after?: string; // what this has in the last row before with the same value there; absent where none is
  at?: number[]; // rows, as distances
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

// While a column is decoded every cell is a number; a string is TEXT + 2 * its place.
const NONE = -Infinity;
const ABSENT = Infinity;
const TEXT = 2 ** 53;

// Two numbers of each stand for null and absent.
const WIDTHS = [
  { array: Int8Array, absent: -(2 ** 7), none: 1 - 2 ** 7, end: 2 ** 7 },
  { array: Int16Array, absent: -(2 ** 15), none: 1 - 2 ** 15, end: 2 ** 15 },
  { array: Int32Array, absent: -(2 ** 31), none: 1 - 2 ** 31, end: 2 ** 31 },
  { array: Float64Array, absent: ABSENT, none: NONE, end: TEXT },
];

function narrowest(cells: Float64Array): Segment {
  const first = cells[0];
  let low = 0;
  let high = 0;
  let same = true;
  let numbers = true;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (cell !== first) same = false;
    if (cell === NONE || cell >= TEXT) numbers = false;
    else if (cell < low) low = cell;
    else if (cell > high) high = cell;
  }
  const used = same ? cells.subarray(0, 1) : cells;
  const { array, absent, none } = WIDTHS.find((width) => low > width.none && high < width.end)!;
  const narrow = new array(used);
  for (let i = 0; i < used.length && !numbers; i++) {
    const cell = used[i];
    if (cell === ABSENT) narrow[i] = absent;
    else if (cell === NONE || cell >= TEXT) narrow[i] = none;
  }
  return { cells: narrow, mask: same ? 0 : SIZE - 1, none, absent };
}

interface Decoded {
  cells: Float64Array;
  before?: Int32Array; // by row: the last one before with the same cell; -1: none
}

/** For a column of values, whose numbers are small. */
function rowsBefore(cells: Float64Array): Int32Array {
  const place = (cell: number) => (cell === NONE ? 0 : cell === ABSENT ? 1 : cell + 2);
  let places = 2;
  for (let row = 0; row < cells.length; row++) places = Math.max(places, place(cells[row]) + 1);
  const last = new Int32Array(places).fill(-1);
  const before = new Int32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const at = place(cells[row]);
    before[row] = last[at];
    last[at] = row;
  }
  return before;
}

/** The rows of a coded column; other: the column that it is like or after. */
function decode(coded: Coded, rows: number, other: Decoded | undefined, texts: string[]): Float64Array {
  const number = (cell: Cell) => {
    if (typeof cell === "number") return cell;
    if (typeof cell === "string") return TEXT + 2 * (texts.push(cell) - 1);
    return cell === null ? NONE : ABSENT;
  };
  const { each, most, at = [], is = [] } = coded;
  const cells = coded.like ? other!.cells.slice() : new Float64Array(rows);
  if (each) for (let row = 0; row < rows; row++) cells[row] = number(each[row]);
  else if (!coded.like) cells.fill(most === undefined ? NaN : number(most));
  for (let i = 0, row = 0; i < at.length; i++) cells[(row += at[i])] = number(is[i]);
  if (coded.after) {
    const before = (other!.before ??= rowsBefore(other!.cells));
    for (let row = 0; row < rows; row++)
      if (Number.isNaN(cells[row])) cells[row] = before[row] < 0 ? ABSENT : cells[before[row]];
  }
  if (coded.steps) for (let row = 1; row < rows; row++) cells[row] += cells[row - 1];
  return cells;
}

/** Appends coded rows to columns that hold `before` rows, a multiple of 65,536. */
export function append(columns: Map<string, Column>, before: number, coded: CodedRows) {
  const decoded = new Map<string, Decoded>();
  const texts: string[] = [];
  for (const [name, one] of Object.entries(coded.columns)) {
    let c = columns.get(name);
    if (!c) columns.set(name, (c = { of: one.of, segments: [], strings: new Map() }));
    const cells = decode(one, coded.rows, decoded.get(one.like ?? one.after ?? ""), texts);
    decoded.set(name, { cells });
    for (let row = 0; row < coded.rows && texts.length; row++)
      if (cells[row] >= TEXT && cells[row] < ABSENT)
        c.strings.set(before + row, texts[(cells[row] - TEXT) / 2]);
    for (let at = 0; at < coded.rows; at += SIZE) c.segments.push(narrowest(cells.subarray(at, at + SIZE)));
  }
}
