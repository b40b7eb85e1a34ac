// SPDX-License-Identifier: GPL-2.0-only
// The sequence of what is selected: picks the socket, scrolls, folds, and shares the selection. What is drawn
// is in sequence_draw.tsx, what stands in it in sequence_ladder.ts.
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { selectEvent, selectSocket } from "./actions";
import { socketName } from "./describe";
import { rowOf, type Document } from "./document";
import { usePaper } from "./facts";
import { count, plural } from "./format";
import { columnsFor, lifelinesOf, Sheets, Window, type Columns, type Figure } from "./sequence_draw";
import { OUTSIDE, socketOfFigure, type End } from "./sequence_ends";
import { ladderOf } from "./sequence_ladder";
import type { Ladder } from "./sequence_types";
import { mailOf, partyOfCall, type Partner, type Party } from "./sequence_mail";
import { barsOf, ROW, rowsIn, rowsOf, runsOf, type Rows } from "./sequence_rows";
import { selection, type Selection } from "./state";

const MARGIN = 300; // px drawn beyond the window

/** The socket that a selection is of. */
function socketOf(doc: Document, what: Selection | null): number {
  if (!what || what.kind === "process") return -1;
  if (what.kind === "socket") return rowOf(doc, "sockets", what.id);
  const event = rowOf(doc, "events", what.id);
  return event < 0 ? -1 : socketOfFigure(doc, event);
}

/** The ladder stays while what is selected is one of its calls; else it is the one that the selection is of. */
function useLadder(doc: Document): { ladder: Ladder | null; choose: (party: Party) => void } {
  const shown = useRef<{ doc: Document; ladder: Ladder } | null>(null);
  const [asked, setAsked] = useState<{ socket: number; party: Party } | null>(null);
  const what = selection.value;
  const event = what?.kind === "event" ? rowOf(doc, "events", what.id) : -1;
  const before = shown.current?.doc === doc ? shown.current.ladder : null;
  const stays = before?.call.has(event) ?? false;
  const socket = stays ? before!.socket : socketOf(doc, what);
  const chosen = asked?.socket === socket ? asked.party : undefined;
  const party = stays ? (before!.party ?? undefined) : (partyOfCall(doc, event) ?? chosen);
  const ladder = useMemo(() => (socket < 0 ? null : ladderOf(doc, socket, party)), [doc, socket, party]);
  shown.current = ladder && { doc, ladder };
  const choose = (to: Party) => {
    setAsked({ socket, party: to });
    selectSocket(socket);
  };
  return { ladder, choose };
}

interface HeadProps {
  end: End;
  from: number;
  to: number;
  chosen: boolean;
}

function Head({ end, from, to, chosen }: HeadProps) {
  const style = { left: `${from}px`, width: `${to - from}px` };
  const name = [end.role, end.fd].filter(Boolean).join(", ");
  const title = `${name}: ${end.who}, ${end.address}`;
  const lines = (
    <>
      <strong>{name}</strong>
      <span>{end.who}</span>
      <span class="mono">{end.address}</span>
    </>
  );
  if (end.socket === OUTSIDE)
    return (
      <div class="head outside" style={style} title={title}>
        {lines}
      </div>
    );
  const pick = () => selectSocket(end.socket);
  return (
    <button type="button" class="head" style={style} title={title} aria-pressed={chosen} onClick={pick}>
      {lines}
    </button>
  );
}

function Heads({ figure }: { figure: Figure }) {
  const { doc, ladder, columns } = figure;
  const edge = (i: number) =>
    i === ladder.ends.length ? columns.width : i ? (columns.x[i - 1] + columns.x[i]) / 2 : 8;
  const isChosen = ({ socket }: End) =>
    selection.value?.kind === "socket" && rowOf(doc, "sockets", selection.value.id) === socket;
  return (
    <div class="heads" style={{ width: `${columns.width}px` }}>
      {ladder.ends.map((end, i) => (
        <Head key={i} end={end} from={edge(i) + 4} to={edge(i + 1) - 4} chosen={isChosen(end)} />
      ))}
    </div>
  );
}

function partyName(doc: Document, party: Party): string {
  return party >= 0 ? socketName(doc, party) : mailOf(doc).outside[~party] || "an unknown sender";
}

interface BarProps {
  doc: Document;
  ladder: Ladder;
  toScale: boolean;
  choose: (party: Party) => void;
  onScale: () => void;
}

const PARTNERS = 200;

/** The busiest, and the one that is shown. */
function partnersShown({ partners, party }: Ladder): Partner[] {
  const busiest = partners.slice(0, PARTNERS);
  const chosen = partners.slice(PARTNERS).filter((one) => one.party === party);
  return [...busiest, ...chosen];
}

function Bar({ doc, ladder, toScale, choose, onScale }: BarProps) {
  return (
    <div class="top">
      <h2>{socketName(doc, ladder.socket)}</h2>
      {ladder.partners.length > 1 && (
        <label>
          with{" "}
          <select
            value={String(ladder.party)}
            onChange={(event) => choose(Number(event.currentTarget.value))}
          >
            {partnersShown(ladder).map(({ party, messages }) => (
              <option key={party} value={String(party)}>
                {`${partyName(doc, party)} (${plural(messages, "message")})`}
              </option>
            ))}
          </select>
        </label>
      )}
      {ladder.partners.length > PARTNERS && (
        <span class="dim">and {count(ladder.partners.length - PARTNERS)} more: select their sockets</span>
      )}
      <button
        type="button"
        aria-pressed={toScale}
        title="Gaps as high as the logarithm of their time"
        onClick={onScale}
      >
        to scale (log)
      </button>
      {ladder.notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {ladder.accepted.length > 0 && <Accepted doc={doc} sockets={ladder.accepted} />}
    </div>
  );
}

const MOST = 200;

function Accepted({ doc, sockets }: { doc: Document; sockets: number[] }) {
  return (
    <details>
      <summary>{plural(sockets.length, "accepted connection")}</summary>
      <ul>
        {sockets.slice(0, MOST).map((socket) => (
          <li key={socket}>
            <button type="button" class="link" onClick={() => selectSocket(socket)}>
              {socketName(doc, socket)}
            </button>
          </li>
        ))}
        {sockets.length > MOST && (
          <li>{plural(sockets.length - MOST, "more connection")}, in the table of sockets</li>
        )}
      </ul>
    </details>
  );
}

/** What is seen of a scrolling box. */
interface Seen {
  top: number;
  height: number;
  width: number;
}

function useSeen(): { box: { current: HTMLDivElement | null }; seen: Seen } {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<Seen>({ top: 0, height: 600, width: 900 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () =>
      setSeen({ top: element.scrollTop, height: element.clientHeight, width: element.clientWidth });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  return { box, seen };
}

/** The row that keys start from: an item's, or ~first item of a run's head. */
function rowOfCursor(figure: Figure, cursor: number): number {
  const { rows, open } = figure;
  if (cursor >= 0) return rows.rowOf[cursor] ?? -1;
  return rows.rowOf[~cursor] - (open.has(~cursor) ? 1 : 0);
}

const steps: Record<string, number> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -12,
  PageDown: 12,
  Home: -Infinity,
  End: Infinity,
};

function useFigure(
  doc: Document,
  ladder: Ladder,
  columns: Columns,
  open: Set<number>,
  toScale: boolean,
): Figure {
  const runs = useMemo(() => runsOf(doc, ladder), [ladder]);
  const bars = useMemo(() => barsOf(doc, ladder), [ladder]);
  const rows = useMemo(() => rowsOf(ladder, runs, open, toScale), [ladder, open, toScale]);
  return { doc, ladder, runs, rows, bars, open, columns };
}

/** The item that the selection and the last key press agree on. */
function useCursor(doc: Document, ladder: Ladder): [number | null, (cursor: number) => void] {
  const [cursor, setCursor] = useState<number | null>(null);
  const what = selection.value;
  const event = what?.kind === "event" ? rowOf(doc, "events", what.id) : -1;
  const item = ladder.call.get(event);
  useEffect(() => {
    if (item === undefined) return setCursor(null);
    setCursor((now) => (now !== null && ladder.items[now]?.event === event ? now : item));
  }, [ladder, event]);
  return [cursor, setCursor];
}

/** Scrolls the chosen row into sight. */
function useFollow(box: RefObject<HTMLDivElement | null>, { y }: Rows, chosen: number) {
  useEffect(() => {
    const element = box.current;
    if (!element || chosen < 0) return;
    const room = element.clientHeight - (element.firstElementChild?.clientHeight ?? 0);
    if (y[chosen] < element.scrollTop || y[chosen] + ROW > element.scrollTop + room)
      element.scrollTop = y[chosen] - room / 2;
  }, [chosen, y]);
}

/** What a click on a row does, and the keys of the list. */
function hands(figure: Figure, chosen: number, setCursor: (at: number) => void, toggle: (run: number) => void) {
  const { ladder, rows, runs } = figure;
  const go = (row: number) => {
    const index = rows.items[row];
    if (index < 0) return setCursor(~runs[~index].first);
    setCursor(index);
    if (ladder.items[index].event >= 0) selectEvent(ladder.items[index].event);
  };
  const pick = (row: number) => {
    go(row);
    if (rows.items[row] < 0) toggle(runs[~rows.items[row]].first);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = steps[event.key];
    const enters = event.key === "Enter" || event.key === " ";
    if ((step === undefined && !enters) || !rows.items.length) return;
    event.preventDefault();
    if (enters) return chosen >= 0 ? pick(chosen) : undefined;
    go(Math.max(0, Math.min(rows.items.length - 1, chosen < 0 ? 0 : chosen + step)));
  };
  return { pick, onKey };
}

function Ladders({ doc, ladder, toScale }: { doc: Document; ladder: Ladder; toScale: boolean }) {
  const { box, seen } = useSeen();
  const [open, setOpen] = useState(new Set<number>());
  const [cursor, setCursor] = useCursor(doc, ladder);
  const paper = usePaper();
  const columns = columnsFor(paper ? 0 : seen.width, ladder.ends.length);
  const figure = useFigure(doc, ladder, columns, open, toScale);
  const { rows } = figure;
  const lifelines = useMemo(() => lifelinesOf(figure), [rows]);
  const chosen = cursor === null || !rows.items.length ? -1 : rowOfCursor(figure, cursor);
  const height = rows.y[rows.items.length];
  const [first, last] = rowsIn(rows, seen.top - MARGIN, seen.height + 2 * MARGIN);
  useFollow(box, rows, chosen);

  const toggle = (run: number) => {
    const next = new Set(open);
    if (!next.delete(run)) next.add(run);
    setOpen(next);
  };
  const { pick, onKey } = hands(figure, chosen, setCursor, toggle);

  return (
    <div class="scroll" ref={box}>
      <Heads figure={figure} />
      {rows.items.length === 0 ? (
        <p class="empty">No call of it is in the trace.</p>
      ) : (
        <div
          class="body"
          role="listbox"
          tabIndex={0}
          aria-label={`Calls of ${socketName(doc, ladder.socket)} and its other end, in order of time`}
          aria-activedescendant={chosen >= first && chosen <= last ? `sequence-${chosen}` : undefined}
          style={{ height: paper ? "auto" : `${height}px`, width: `${columns.width}px` }}
          onKeyDown={onKey}
        >
          {paper ? (
            <Sheets figure={figure} lifelines={lifelines} first={first} />
          ) : (
            <Window
              figure={figure}
              lifelines={lifelines}
              first={first}
              last={last}
              chosen={chosen}
              onPick={pick}
            />
          )}
        </div>
      )}
    </div>
  );
}

export function Sequence({ doc }: { doc: Document }) {
  const { ladder, choose } = useLadder(doc);
  const [toScale, setToScale] = useState(false);
  if (!ladder)
    return (
      <p class="empty">
        Select a socket, or one of its calls: its connection is drawn here, call by call, from both ends.
      </p>
    );
  return (
    <section class="sequence" aria-label="Sequence">
      <Bar doc={doc} ladder={ladder} toScale={toScale} choose={choose} onScale={() => setToScale(!toScale)} />
      <Ladders key={`${ladder.socket} ${ladder.party}`} doc={doc} ladder={ladder} toScale={toScale} />
    </section>
  );
}
