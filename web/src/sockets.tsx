// SPDX-License-Identifier: GPL-2.0-only
// All sockets in a table: what the canvas shows, for those who do not see it. Only the rows in sight are in
// the page.
import { Fragment, type RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { selectSocket } from "./actions";
import { numberOf, rowOf, type Document } from "./document";
import { NotPrinted, paperRows, usePaper } from "./facts";
import { plural } from "./format";
import { socketColumns, sortSockets } from "./sockets_columns";
import { selection } from "./state";

const ROW = 24; // pixels, as panels.css has it
const SPARE = 10; // rows beyond what is seen
const PAPER = 1000; // rows that are printed

interface Order {
  column: number;
  down: boolean;
}

function Head({ order, sortBy }: { order: Order; sortBy: (column: number) => void }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {socketColumns.map(({ name, numeric }, i) => {
          const sorted = order.column === i;
          return (
            <th
              scope="col"
              class={numeric && "number"}
              aria-sort={!sorted ? "none" : order.down ? "descending" : "ascending"}
            >
              <button type="button" onClick={() => sortBy(i)}>
                {name}
                <span aria-hidden="true">{!sorted ? "" : order.down ? " ▼" : " ▲"}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface Line {
  doc: Document;
  row: number;
  place: number; // among the sorted
  chosen: boolean;
  reached: boolean; // by Tab
}

function SocketRow({ doc, row, place, chosen, reached }: Line) {
  return (
    <tr aria-rowindex={place + 2} aria-current={chosen || undefined} onClick={() => selectSocket(row)}>
      {socketColumns.map(({ name, numeric, of, text }, i) => {
        const shown = text ? text(doc, row) : String(of(doc, row)) || "–";
        return (
          <td key={name} class={numeric && "number"} title={shown.length > 12 ? shown : undefined}>
            {i === 0 ? (
              <button type="button" class="link" data-place={place} tabIndex={reached ? 0 : -1}>
                {shown}
              </button>
            ) : (
              shown
            )}
          </td>
        );
      })}
    </tr>
  );
}

/** Rows that are not in the page keep their place. */
function Gap({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={socketColumns.length} style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}

interface Lines {
  doc: Document;
  rows: Uint32Array; // sorted
  places: number[]; // that are in the page
  gaps: boolean; // where the others are
  chosen: number;
  reached: number;
}

function Rows({ doc, rows, places, gaps, chosen, reached }: Lines) {
  const last = places[places.length - 1] ?? -1;
  return (
    <tbody>
      {places.map((place, i) => (
        <Fragment key={numberOf(doc, "sockets", rows[place], "id")}>
          {gaps && <Gap rows={place - (i ? places[i - 1] + 1 : 0)} />}
          <SocketRow
            doc={doc}
            row={rows[place]}
            place={place}
            chosen={rows[place] === chosen}
            reached={place === reached}
          />
        </Fragment>
      ))}
      {gaps && <Gap rows={rows.length - last - 1} />}
    </tbody>
  );
}

/** Which rows the scroller shows: a state that follows its scrolling and its size. */
function useWindow(scroller: { current: HTMLDivElement | null }): {
  top: number;
  height: number;
  read: () => void;
} {
  const [at, setAt] = useState({ top: 0, height: 600 });
  const read = () => {
    if (!scroller.current) return; // the last news of a view that is gone
    const { scrollTop, clientHeight } = scroller.current;
    const top = Math.floor(scrollTop / ROW);
    setAt((was) => (was.top === top && was.height === clientHeight ? was : { top, height: clientHeight }));
  };
  useEffect(() => {
    const observer = new ResizeObserver(read);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  return { ...at, read };
}

/** Places from one to before another, and one that may be elsewhere. */
function placesOf(from: number, to: number, extra: number): number[] {
  const places = Array.from({ length: to - from }, (_, i) => from + i);
  if (extra < from) return [extra, ...places];
  return extra >= to && extra > from ? [...places, extra] : places;
}

const steps: Record<string, (place: number, page: number, last: number) => number> = {
  ArrowUp: (place) => place - 1,
  ArrowDown: (place) => place + 1,
  PageUp: (place, page) => place - page,
  PageDown: (place, page) => place + page,
  Home: () => 0,
  End: (_place, _page, last) => last,
};

/** Brings a row into sight below the head. */
function reveal(scroller: HTMLDivElement, place: number) {
  const top = place * ROW;
  const room = scroller.clientHeight - 2 * ROW; // the head, and a scroll bar
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room - ROW) scroller.scrollTop = top - room + ROW;
}

function chosenRow(doc: Document): number {
  return selection.value?.kind === "socket" ? rowOf(doc, "sockets", selection.value.id) : -1;
}

function rowsSeen(rows: number, top: number, height: number): [number, number] {
  return [Math.max(0, top - SPARE), Math.min(rows, top + Math.ceil(height / ROW) + SPARE)];
}

function Widths() {
  return (
    <colgroup>
      {socketColumns.map(({ width }) => (
        <col style={{ width: `${width}%` }} />
      ))}
    </colgroup>
  );
}

/** Moves the focus to a place, once it is drawn. */
function useFocus(scroller: RefObject<HTMLDivElement | null>, place: number) {
  const moving = useRef(false);
  useEffect(() => {
    if (moving.current) scroller.current!.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus();
    moving.current = false;
  }, [place]);
  return moving;
}

export function Sockets({ doc }: { doc: Document }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState<Order>({ column: 0, down: false });
  const [place, setPlace] = useState(0); // of the row that Tab reaches
  const [held, setHeld] = useState(false); // it has the focus, and keeps it where it is out of sight
  const moving = useFocus(scroller, place);
  const paper = usePaper();
  const { top, height, read } = useWindow(scroller);
  const rows = useMemo(() => sortSockets(doc, socketColumns[order.column], order.down), [doc, order]);
  const chosen = chosenRow(doc);
  const [from, to] = paper ? paperRows(rows.length, PAPER, top) : rowsSeen(rows.length, top, height);
  const reached = held || (place >= from && place < to) ? place : top;
  const places = placesOf(from, to, held && !paper ? place : from);

  useEffect(() => {
    const at = rows.indexOf(chosen);
    if (at < 0) return;
    moving.current = held;
    setPlace(at);
    reveal(scroller.current!, at);
  }, [chosen, rows]);

  const sortBy = (column: number) => setOrder((was) => ({ column, down: was.column === column && !was.down }));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step || !(event.target as Element).closest("tbody")) return;
    event.preventDefault();
    const last = rows.length - 1;
    const next = Math.min(last, Math.max(0, step(reached, Math.max(1, Math.floor(height / ROW) - 2), last)));
    reveal(scroller.current!, next);
    read();
    setPlace(next);
    moving.current = next !== place;
  };
  const onFocusIn = (event: FocusEvent) => {
    const at = (event.target as HTMLElement).dataset.place;
    setHeld(at !== undefined);
    setPlace((was) => Number(at ?? was));
  };
  return (
    <div
      class="sockets"
      ref={scroller}
      onScroll={read}
      onKeyDown={onKeyDown}
      onFocusIn={onFocusIn}
      onFocusOut={() => setHeld(false)}
    >
      <table aria-rowcount={rows.length + 1}>
        <caption class="spoken">{plural(rows.length, "socket")}; Enter selects one, arrows go on</caption>
        <Widths />
        <Head order={order} sortBy={sortBy} />
        <Rows doc={doc} rows={rows} places={places} gaps={!paper} chosen={chosen} reached={reached} />
      </table>
      {paper && <NotPrinted from={from} to={to} of={rows.length} />}
      {!rows.length && <p class="empty">No socket was seen in this trace.</p>}
    </div>
  );
}
