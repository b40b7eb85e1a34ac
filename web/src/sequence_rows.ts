// SPDX-License-Identifier: GPL-2.0-only
// The rows that a ladder is drawn in: long runs of calls folded into one, each row at its place, and which
// rows and arrows a window shows. Knows heights, nothing of colours or elements.
import { severityOf, verbOf, LATER } from "./calls";
import { numberOf, textOf, type Document } from "./document";
import { bytes, count, plural } from "./format";
import { bytesOf, gives, takes } from "./join";
import { OUTSIDE } from "./sequence_ends";
import { CALL, DATA, LOUD, RETURN, type Arrow, type Ladder } from "./sequence_types";

export const ROW = 38; // px
const DATA_RUN = 12; // calls, from which on a run is folded
const QUIET_RUN = 3;
const LONGEST = 50_000; // items: unfolded, a run must not outgrow what a browser can lay out
const DECADE = 26; // px, to scale: for each power of ten that a gap is longer than 1 µs

/** Items first to last that fold into one row. */
export interface Run {
  first: number;
  last: number;
  end: number; // the lifeline, -1: both
  text: string;
}

/** An arrow from row to row: all that go the same way between them. */
export interface RowArrow {
  arrow: Arrow;
  from: number;
  to: number;
  bytes: number;
  messages: number;
  joined: number;
}

export interface Rows {
  items: Int32Array; // a row's item, or ~index of the run that it heads
  rowOf: Int32Array; // an item's row; of a folded one its run's
  y: Float64Array; // of a row's upper edge, and where the last ends
  arrows: RowArrow[]; // in order of their first row
  reach: Int32Array; // the last row that the arrows up to here touch
}

/** Names in the order of their first use. */
function namesOf(names: Map<string, number>, each: boolean): string {
  const all = [...names].slice(0, 4).map(([name, n]) => (each && n > 1 ? `${name} × ${count(n)}` : name));
  return all.join(each ? ", " : "/") + (names.size > 4 ? "…" : "");
}

/** How many messages each item sent that an end in the trace did not receive. */
function unreceivedOf(ladder: Ladder): Map<number, number> {
  const isHere = (end: number) => ladder.ends[end].socket !== OUTSIDE;
  return new Map(
    ladder.arrows
      .filter(({ kind, fromEnd, toEnd }) => kind === "outside" && isHere(fromEnd) && isHere(toEnd))
      .map(({ from, messages }) => [from, messages]),
  );
}

function textOfRun(
  doc: Document,
  ladder: Ladder,
  unreceived: Map<number, number>,
  first: number,
  last: number,
): string {
  const names = new Map<string, number>();
  const moved = [0, 0]; // to the right, to the left
  let later = 0;
  let calls = 0;
  let missing = 0;
  for (let i = first; i <= last; i++) {
    const { event, end } = ladder.items[i];
    missing += unreceived.get(i) ?? 0;
    if (ladder.result.get(event) !== i) continue;
    const name = textOf(doc, "events", event, "call");
    names.set(name, (names.get(name) ?? 0) + 1);
    calls++;
    if (severityOf(doc, event) === LATER) later++;
    const left = end === 0;
    if (gives(doc, event)) moved[left ? 0 : 1] += bytesOf(doc, event);
    else if (takes(doc, event) && ladder.ends[1 - end]?.socket === -1)
      moved[left ? 1 : 0] += bytesOf(doc, event);
  }
  if (!calls) return "";
  const quiet = ladder.items[first].sort !== DATA && ![...names.keys()].some((name) => isData(doc, name));
  if (quiet) return `${plural(calls, "call")}: ${namesOf(names, true)}`;
  const ways = ["→", "←"].flatMap((arrow, i) => (moved[i] ? [`${arrow} ${bytes(moved[i])}`] : []));
  const more = later ? [`${count(later)} to be tried again`] : [];
  if (missing) more.push(`${count(missing)} not received`);
  return [`${namesOf(names, false)} × ${count(calls)}`, ...ways, ...more].join(", ");
}

function isData(doc: Document, call: string): boolean {
  return doc.calls[call] === "send" || doc.calls[call] === "recv";
}

/** Where a run may end: at what stands for itself, and at its greatest length. */
function foldable(
  doc: Document,
  ladder: Ladder,
  unreceived: Map<number, number>,
  first: number,
  last: number,
): Run | null {
  let data = 0;
  let all = 0;
  let end = ladder.items[first].end;
  for (let i = first; i <= last; i++) {
    const item = ladder.items[i];
    if (item.end !== end) end = -1;
    if (ladder.result.get(item.event) !== i) continue;
    all++;
    if (item.sort === DATA) data++;
  }
  if (data ? all < DATA_RUN : all < QUIET_RUN) return null;
  return { first, last, end, text: textOfRun(doc, ladder, unreceived, first, last) };
}

export function runsOf(doc: Document, ladder: Ladder): Run[] {
  const runs: Run[] = [];
  const { items } = ladder;
  const unreceived = unreceivedOf(ladder);
  for (let first = 0; first < items.length; first++) {
    if (items[first].sort === LOUD) continue;
    let last = first;
    while (last + 1 < items.length && items[last + 1].sort !== LOUD && last + 1 - first < LONGEST) last++;
    const run = foldable(doc, ladder, unreceived, first, last);
    if (run) runs.push(run);
    first = last;
  }
  return runs;
}

/** The height of the gap before a row, to scale: by the logarithm, as gaps differ a million times. */
function gapHeight(gap: number): number {
  return DECADE * Math.log10(Math.max(1, gap / 1e3));
}

function placeRows(ladder: Ladder, runs: Run[], open: Set<number>): Pick<Rows, "items" | "rowOf"> {
  const items: number[] = [];
  const rowOf = new Int32Array(ladder.items.length);
  let next = 0;
  for (let i = 0; i < ladder.items.length; i++) {
    const run = runs[next];
    if (run && i === run.first) {
      items.push(~next++);
      if (!open.has(run.first)) {
        rowOf.fill(items.length - 1, run.first, run.last + 1);
        i = run.last;
        continue;
      }
    }
    rowOf[i] = items.push(i) - 1;
  }
  return { items: Int32Array.from(items), rowOf };
}

function placeArrows(ladder: Ladder, rowOf: Int32Array): Pick<Rows, "arrows" | "reach"> {
  const found = new Map<string, RowArrow>();
  for (const arrow of ladder.arrows) {
    const [from, to] = [rowOf[arrow.from], rowOf[arrow.to]];
    if (from === to && (arrow.from !== arrow.to || isFolded(rowOf, arrow.from))) continue;
    const key = `${arrow.kind} ${from} ${to} ${arrow.fromEnd}`;
    const one = found.get(key);
    if (!one) found.set(key, { arrow, from, to, bytes: arrow.bytes, messages: arrow.messages, joined: 1 });
    else {
      one.bytes += arrow.bytes;
      one.messages += arrow.messages;
      one.joined++;
    }
  }
  const arrows = [...found.values()].sort((a, b) => a.from - b.from);
  const reach = new Int32Array(arrows.length);
  arrows.forEach((one, i) => (reach[i] = Math.max(one.from, one.to, i ? reach[i - 1] : 0)));
  return { arrows, reach };
}

/** Whether others share an item's row. */
function isFolded(rowOf: Int32Array, item: number): boolean {
  return rowOf[item - 1] === rowOf[item] || rowOf[item + 1] === rowOf[item];
}

/** The rows with some runs, by their first item, unfolded. */
export function rowsOf(ladder: Ladder, runs: Run[], open: Set<number>, toScale: boolean): Rows {
  const { items, rowOf } = placeRows(ladder, runs, open);
  const y = new Float64Array(items.length + 1);
  let before = NaN;
  let at = 0;
  for (let row = 0; row < items.length; row++) {
    const run = items[row] < 0 ? runs[~items[row]] : null;
    const { t } = ladder.items[run ? run.first : items[row]];
    if (toScale && t > before) at += gapHeight(t - before);
    y[row] = at;
    at += ROW;
    before = run && !open.has(run.first) ? ladder.items[run.last].t : t;
  }
  y[items.length] = at;
  return { items, rowOf, y, ...placeArrows(ladder, rowOf) };
}

/** The last index whose value is not above, 0 where all are. */
function lastAtMost(values: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Rows first to last that lie in a window. */
export function rowsIn(rows: Rows, top: number, height: number): [number, number] {
  const last = rows.items.length - 1;
  return [Math.min(last, lastAtMost(rows.y, top)), Math.min(last, lastAtMost(rows.y, top + height))];
}

/** The arrows that touch or cross rows first to last. */
export function arrowsIn(rows: Rows, first: number, last: number): RowArrow[] {
  const found: RowArrow[] = [];
  let i = 0;
  let high = rows.reach.length;
  while (i < high) {
    const middle = (i + high) >> 1;
    if (rows.reach[middle] < first) i = middle + 1;
    else high = middle;
  }
  for (; i < rows.arrows.length && rows.arrows[i].from <= last; i++)
    if (Math.max(rows.arrows[i].from, rows.arrows[i].to) >= first) found.push(rows.arrows[i]);
  return found;
}

/** A call that waited while others went on, as items from to. */
export interface Bar {
  end: number;
  from: number;
  to: number; // -1: never returned
}

export function barsOf(doc: Document, ladder: Ladder): Bar[] {
  const bars: Bar[] = [];
  ladder.items.forEach((item, i) => {
    if (item.kind === RETURN) bars.push({ end: item.end, from: ladder.call.get(item.event)!, to: i });
    else if (
      item.kind === CALL &&
      Number.isNaN(numberOf(doc, "events", item.event, "dur")) &&
      verbOf(doc, item.event)
    )
      bars.push({ end: item.end, from: i, to: -1 });
  });
  return bars.sort((a, b) => a.from - b.from);
}
