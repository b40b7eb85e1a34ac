// SPDX-License-Identifier: GPL-2.0-only
// A window of a ladder as SVG: lifelines coloured by state, calls beside them, arrows between. Draws what it
// is given; knows neither scrolling nor selection.
import { Fragment } from "preact";
import { stateClass, stateLetters } from "./describe";
import { partsOf, textOf, numberOf, type Document } from "./document";
import { NotPrinted, paperRows } from "./facts";
import { time } from "./format";
import { LOSS, QUIET, type Ladder } from "./sequence_types";
import { ROW, arrowsIn, type Bar, type RowArrow, type Rows, type Run } from "./sequence_rows";
import { arrowText, cut, labelOf, statesOf, wordsOf } from "./sequence_words";

const CHAR = 7.3; // px of a letter in the calls' font
const SMALL = 6.65; // and in the smaller one
const MIDDLE = 15; // of a row's first line
const TIME = 96;

/** Where the lifelines stand. */
export interface Columns {
  width: number;
  x: number[];
}

export function columnsFor(width: number, ends: number): Columns {
  const wide = Math.max(width, ends > 2 ? 760 : ends > 1 ? 620 : 420);
  const room = wide - TIME;
  const parts = ends > 2 ? [0.28, 0.46, 0.71] : ends > 1 ? [0.37, 0.63] : [0.06];
  return { width: wide, x: parts.map((part) => Math.round(TIME + part * room)) };
}

export interface Figure {
  doc: Document;
  ladder: Ladder;
  runs: Run[];
  rows: Rows;
  bars: Bar[];
  open: Set<number>;
  columns: Columns;
}

/** Text of the first lifeline stands left of it, of the others right. */
function isLeft(figure: Figure, end: number): boolean {
  return end === 0 && figure.ladder.ends.length > 1;
}

interface Segment {
  from: number; // y
  to: number;
  state: string;
}

/** The stretches of a lifeline between its changes of state. */
function segmentsOf({ doc, ladder, rows }: Figure, end: number): Segment[] {
  const segments: Segment[] = [];
  const bottom = rows.y[rows.items.length];
  const { socket } = ladder.ends[end];
  const [first] = partsOf(doc, "states", socket);
  if (first !== undefined && !(numberOf(doc, "states", first, "from") > 0))
    segments.push({ from: 0, to: bottom, state: textOf(doc, "states", first, "state") });
  ladder.items.forEach((item, i) => {
    const state = item.marks?.filter((mark) => mark.end === end).pop()?.state;
    if (!state) return;
    const y = rows.y[rows.rowOf[i]] + MIDDLE;
    if (segments.length) segments[segments.length - 1].to = y;
    if (state !== "closed") segments.push({ from: y, to: bottom, state });
  });
  return segments;
}

/** Computed once for a ladder's rows, drawn in every window. */
export function lifelinesOf(figure: Figure): Segment[][] {
  return figure.ladder.ends.map((end, i) => (end.socket < 0 ? [] : segmentsOf(figure, i)));
}

interface WindowProps {
  figure: Figure;
  lifelines: Segment[][];
  first: number;
  last: number;
}

function Lifelines({ figure, lifelines, first, last }: WindowProps) {
  const { rows, columns, ladder } = figure;
  const [top, bottom] = [rows.y[first], rows.y[last + 1]];
  return (
    <>
      {ladder.ends.map((end, i) => {
        const x = columns.x[i];
        if (end.socket < 0) return <line key={i} class="outside" x1={x} x2={x} y1={top} y2={bottom} />;
        return lifelines[i].map((one, n) => {
          if (one.to < top || one.from > bottom) return null;
          const [y1, y2] = [Math.max(one.from, top), Math.min(one.to, bottom)];
          return (
            <line
              key={`${i} ${n}`}
              class={`life state-${stateClass(one.state)}`}
              x1={x}
              x2={x}
              y1={y1}
              y2={y2}
            />
          );
        });
      })}
    </>
  );
}

function Bars({ figure, first, last }: WindowProps) {
  const { rows, columns, bars } = figure;
  const seen: { key: number; x: number; from: number; to: number; open: boolean }[] = [];
  for (const bar of bars) {
    const open = bar.to < 0;
    const from = rows.rowOf[bar.from];
    const to = open ? rows.items.length - 1 : rows.rowOf[bar.to];
    if ((from === to && !open) || to < first || from > last) continue;
    const end = open ? rows.y[to + 1] : rows.y[to] + MIDDLE;
    seen.push({
      key: bar.from,
      x: columns.x[bar.end] - 5,
      from: Math.max(rows.y[from] + MIDDLE, rows.y[first]),
      to: Math.min(end, rows.y[last + 1]),
      open,
    });
  }
  return (
    <>
      {seen.map(({ key, x, from, to, open }) => (
        <rect key={key} class={open ? "waits open" : "waits"} x={x} width={10} y={from} height={to - from} />
      ))}
    </>
  );
}

/** The head of an arrow that arrives at x, y from a direction. */
function headPath(x: number, y: number, dx: number, dy: number): string {
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const side = (way: number) => `${x - 10 * ux - way * 4 * uy} ${y - 10 * uy + way * 4 * ux}`;
  return `M${x} ${y}L${side(1)}L${side(-1)}Z`;
}

const CROSS = "M-5 -5L5 5M5 -5L-5 5";

function Arrow({ figure, one }: { figure: Figure; one: RowArrow }) {
  const { rows, columns } = figure;
  const { arrow } = one;
  const [x1, y1] = [columns.x[arrow.fromEnd], rows.y[one.from] + MIDDLE];
  const [xTo, y2] = [columns.x[arrow.toEnd], rows.y[one.to] + MIDDLE];
  const x2 = arrow.kind === "lost" ? x1 + (xTo - x1) * 0.82 : xTo - Math.sign(xTo - x1) * 6;
  const label = arrowText(one);
  const head = arrow.kind === "lost" ? null : headPath(x2, y2, x2 - x1, y2 - y1);
  const beside = x1 + 14 + (label.length * SMALL) / 2; // the letter of the client's state
  const place = arrow.kind === "connect" ? Math.max(beside, (x1 + columns.x[1]) / 2) : (x1 + x2) / 2;
  const slope = (y2 - y1) / (x2 - x1);
  const above = 5 + Math.min(20, Math.abs(slope) * label.length * 3.4);
  return (
    <g class={`arrow ${arrow.kind}`}>
      <line x1={x1} y1={y1} x2={x2} y2={y2} />
      {head ? (
        arrow.kind !== "branch" && <path d={head} />
      ) : (
        <path d={CROSS} transform={`translate(${x2} ${y2})`} />
      )}
      {label && (
        <text x={place} y={y1 + (place - x1) * slope - above} text-anchor="middle">
          {label}
        </text>
      )}
    </g>
  );
}

/**
 * The dot of a row's call, and the states it led to, with their letters: accept() and socketpair() lead to
 * another's.
 */
function Nodes({ figure, index, y }: { figure: Figure; index: number; y: number }) {
  const item = figure.ladder.items[index];
  const last = new Map(item.marks?.map((mark) => [mark.end, mark.state]));
  return (
    <>
      {!last.has(item.end) && (
        <circle class="dot" cx={figure.columns.x[item.end]} cy={y} r={item.sort === QUIET ? 2.5 : 4} />
      )}
      {[...last].map(([end, state]) => {
        const n = stateClass(state);
        const x = figure.columns.x[end];
        return (
          <Fragment key={end}>
            <circle class={`node state-${n}`} cx={x} cy={y} r={9} />
            <text class="letter" x={x} y={y + 4} text-anchor="middle">
              {stateLetters[n] ?? "?"}
            </text>
            {end !== item.end && (
              <text class="more" x={x + 15} y={y + 15}>
                {statesOf(item, end)}
              </text>
            )}
          </Fragment>
        );
      })}
    </>
  );
}

const severityClass = ["fine", "later", "failed", "broken"];

/** How long a text may be: up to the time's column, or to the next lifeline. */
function roomOf({ columns }: Figure, x: number, left: boolean): number {
  if (left) return x - TIME;
  const next = columns.x.find((one) => one > x);
  return (next === undefined ? columns.width - 8 : next - 14) - x;
}

function CallText({ figure, index, top }: { figure: Figure; index: number; top: number }) {
  const { doc, ladder, columns } = figure;
  const item = ladder.items[index];
  const words = wordsOf(doc, ladder, index);
  const left = isLeft(figure, item.end);
  const x = columns.x[item.end] + (left ? -15 : 15);
  const room = roomOf(figure, x, left);
  const anchor = left ? "end" : "start";
  return (
    <g class={item.sort === QUIET ? "quiet" : ""}>
      <text class="call" x={x} y={top + MIDDLE + 1} text-anchor={anchor}>
        {cut(words.call, Math.floor(room / CHAR) - words.result.length)}
        <tspan class={severityClass[words.severity]}>{words.result}</tspan>
      </text>
      <text class="more" x={x} y={top + MIDDLE + 15} text-anchor={anchor}>
        {cut(words.more, Math.floor(room / SMALL))}
      </text>
    </g>
  );
}

/** Over all lifelines. */
function LossText({ figure, index, top }: { figure: Figure; index: number; top: number }) {
  const width = figure.columns.width - TIME;
  return (
    <>
      <rect class="loss" x={TIME} y={top + 2} width={width} height={ROW - 6} fill="url(#sequence-loss)" />
      <text class="loss" x={TIME + width / 2} y={top + ROW / 2 + 3} text-anchor="middle">
        {cut(figure.ladder.items[index].text, Math.floor(width / CHAR))}
      </text>
    </>
  );
}

function RunText({ figure, run, top, open }: { figure: Figure; run: Run; top: number; open: boolean }) {
  const { ladder, columns } = figure;
  const text = `${open ? "▾" : "▸"} ${run.text}`;
  if (run.end >= 0 && ladder.ends[1 - run.end]?.socket !== -1) {
    const left = isLeft(figure, run.end);
    const x = columns.x[run.end] + (left ? -15 : 15);
    return (
      <text class="run quiet" x={x} y={top + MIDDLE + 4} text-anchor={left ? "end" : "start"}>
        {text}
      </text>
    );
  }
  const [a, b] = [columns.x[0], columns.x[1]];
  const width = Math.max(b - a - 24, text.length * CHAR + 20);
  const middle = (a + b) / 2;
  return (
    <>
      <rect class="run" x={middle - width / 2} width={width} y={top + 4} height={ROW - 12} rx={4} />
      <text class="run" x={middle} y={top + MIDDLE + 6} text-anchor="middle">
        {text}
      </text>
    </>
  );
}

function RowText({ figure, row }: { figure: Figure; row: number }) {
  const { ladder, rows, runs, open } = figure;
  const index = rows.items[row];
  const run = index < 0 ? runs[~index] : null;
  const top = rows.y[row];
  return (
    <>
      <text class="time" x={8} y={top + MIDDLE + 1}>
        {time(ladder.items[run ? run.first : index].t, 1e3)}
      </text>
      {run ? (
        <RunText figure={figure} run={run} top={top} open={open.has(run.first)} />
      ) : ladder.items[index].kind === LOSS ? (
        <LossText figure={figure} index={index} top={top} />
      ) : (
        <>
          <CallText figure={figure} index={index} top={top} />
          <Nodes figure={figure} index={index} y={top + MIDDLE} />
        </>
      )}
    </>
  );
}

interface RowProps {
  figure: Figure;
  row: number;
  chosen: boolean;
  arrows: RowArrow[];
  onPick: (row: number) => void;
}

/** What hands and readers get of a row; the rest of it is drawn over this. */
function RowHit({ figure, row, chosen, arrows, onPick }: RowProps) {
  const { doc, ladder, rows, runs, columns, open } = figure;
  const index = rows.items[row];
  const unfolded = index < 0 && open.has(runs[~index].first);
  const label = labelOf(doc, ladder, rows, runs, row, arrows, unfolded);
  return (
    <g
      id={`sequence-${row}`}
      role="option"
      class={chosen ? "row chosen" : "row"}
      aria-selected={chosen}
      aria-label={label}
      aria-setsize={rows.items.length}
      aria-posinset={row + 1}
      onClick={() => onPick(row)}
    >
      <rect x={0} y={rows.y[row]} width={columns.width} height={ROW - 2}>
        <title>{label}</title>
      </rect>
    </g>
  );
}

export function Window(props: WindowProps & { chosen: number; onPick: (row: number) => void }) {
  const { figure, first, last, chosen, onPick } = props;
  const { rows, columns } = figure;
  const height = rows.y[last + 1] - rows.y[first];
  const arrows = arrowsIn(rows, first, last);
  const shown = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return (
    <svg
      role="none"
      width={columns.width}
      height={height}
      viewBox={`0 ${rows.y[first]} ${columns.width} ${height}`}
      style={{ top: `${rows.y[first]}px` }}
    >
      <pattern id="sequence-loss" width={8} height={8} patternUnits="userSpaceOnUse">
        <path class="hatch" d="M-2 2L2 -2M0 8L8 0M6 10L10 6" />
      </pattern>
      {shown.map((row) => (
        <RowHit key={row} figure={figure} row={row} chosen={row === chosen} arrows={arrows} onPick={onPick} />
      ))}
      <g aria-hidden="true">
        <Lifelines {...props} />
        <Bars {...props} />
        {arrows.map((one, i) => (
          <Arrow key={i} figure={figure} one={one} />
        ))}
        {shown.map((row) => (
          <g key={row} class={row === chosen ? "chosen" : ""}>
            <RowText figure={figure} row={row} />
          </g>
        ))}
      </g>
    </svg>
  );
}

const PAPER = 400; // rows that are printed
const SHEET = 20; // rows that a page's end does not cut

/** All that is printed, in windows one below the other. */
export function Sheets({ figure, lifelines, first: seen }: Omit<WindowProps, "last">) {
  const rows = figure.rows.items.length;
  const [from, to] = paperRows(rows, PAPER, seen);
  return (
    <>
      {Array.from({ length: Math.ceil((to - from) / SHEET) }, (_, i) => from + i * SHEET).map((first) => (
        <Window
          key={first}
          figure={figure}
          lifelines={lifelines}
          first={first}
          last={Math.min(to, first + SHEET) - 1}
          chosen={-1}
          onPick={() => {}}
        />
      ))}
      <NotPrinted from={from} to={to} of={rows} />
    </>
  );
}
