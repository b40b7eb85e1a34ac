// SPDX-License-Identifier: GPL-2.0-only
// What hands can do, whichever of mouse, keys, buttons and links does it.
import { field, numberOf, rowOf } from "./document";
import { LANE } from "./geometry";
import { HEADER, laneKey, laneOfEvent, placesOfSocket, type Place } from "./layout";
import { sums } from "./pick";
import { socketOfCall } from "./related";
import { area, helpOpen, loaded, selection, tab, theme, themes, unseen, view, type Loaded, type Selection, type Tab } from "./state";
import { clampView, fitView, panView, wholeView, zoomView } from "./view";

export function select(what: Selection | null) {
  selection.value = what;
  unseen.value = true;
}

function selectRow(kind: Selection["kind"], table: "events" | "sockets" | "processes", row: number) {
  if (loaded.value && row >= 0) select({ kind, id: numberOf(loaded.value.doc, table, row, "id") });
}

export const selectEvent = (row: number) => selectRow("event", "events", row);
export const selectSocket = (row: number) => selectRow("socket", "sockets", row);
export const selectProcess = (row: number) => selectRow("process", "processes", row);

export function show(what: Tab) {
  tab.value = what;
}

const traceEnd = () => loaded.value?.doc.trace.duration ?? 1;

export function zoom(factor: number, at = (view.value.from + view.value.to) / 2) {
  view.value = zoomView(view.value, factor, at, traceEnd());
}

export function pan(fraction: number) {
  view.value = panView(view.value, fraction, traceEnd());
}

/** Moves the window so that t is in its middle. */
export function centre(t: number) {
  const { from, to } = view.value;
  pan((t - (from + to) / 2) / (to - from));
}

export function scrollLanes(rows: number) {
  view.value = clampView({ ...view.value, top: view.value.top + rows * LANE }, traceEnd());
}

export function scrollTo(top: number) {
  if (top !== view.value.top) view.value = clampView({ ...view.value, top }, traceEnd());
}

export function showAll() {
  view.value = wholeView(traceEnd(), view.value.top);
}

/** Where the selection stands: its first lane, and its time. */
function placeOf({ doc, layout }: Loaded, what: Selection): Place | null {
  if (what.kind === "process") {
    const row = rowOf(doc, "processes", what.id);
    const from = numberOf(doc, "processes", row, "start") || 0;
    const to = numberOf(doc, "processes", row, "end") || doc.trace.duration;
    return row < 0 ? null : { from, to, lane: layout.laneOf.get(laneKey(row, HEADER)) ?? 0 };
  }
  const row = rowOf(doc, what.kind === "event" ? "events" : "sockets", what.id);
  if (row < 0) return null;
  if (what.kind === "event") {
    const from = numberOf(doc, "events", row, "t");
    return { from, to: from + (numberOf(doc, "events", row, "dur") || 0), lane: laneOfEvent(doc, layout, row) };
  }
  const all = placesOfSocket(doc, layout, row);
  return all.length ? { ...all[0], to: all.reduce((last, { to }) => Math.max(last, to), all[0].to) } : null;
}

/** Scrolls as little as brings a lane into sight, and moves in time only if nothing of the place is seen. */
export function reveal(height: number) {
  unseen.value = false;
  const place = loaded.value && selection.value && placeOf(loaded.value, selection.value);
  if (!place) return;
  const { from, to, top } = view.value;
  const y = place.lane * LANE;
  const above = y < top ? y : y + LANE > top + height ? y + LANE - height : top;
  const seen = place.to >= from && place.from <= to;
  const middle = seen ? 0 : (place.from + place.to) / 2 - (from + to) / 2;
  if (middle || above !== top)
    view.value = clampView({ from: from + middle, to: to + middle, top: above }, traceEnd());
}

/** Centres the selection; once it is, fits it. */
export function fit() {
  const place = loaded.value && selection.value && placeOf(loaded.value, selection.value);
  if (place) view.value = fitView(view.value, place.from, place.to, traceEnd());
}

/** The first event of a socket in a lane, or its last; -1: it has none there. */
function eventOfSocket({ doc, layout }: Loaded, lane: number, id: number, step: 1 | -1): number {
  const { base } = layout.calls.levels[0];
  const [first, end] = step > 0 ? [base[lane], base[lane + 1]] : [base[lane + 1] - 1, base[lane] - 1];
  for (let at = first; at !== end; at += step)
    if (numberOf(doc, "events", layout.events[at], "socket") === id) return layout.events[at];
  return -1;
}

/** The event before or after the selected one in its lane; with a socket selected, its last or first; else the trace's. */
export function nextEvent(step: 1 | -1) {
  if (!loaded.value?.doc.tables.events.rows) return;
  const { doc, layout } = loaded.value;
  const what = selection.value;
  if (what?.kind !== "event") {
    const place = what && placeOf(loaded.value, what);
    const own = what?.kind === "socket" && place ? eventOfSocket(loaded.value, place.lane, what.id, step) : -1;
    return selectEvent(own >= 0 ? own : 0);
  }
  const row = rowOf(doc, "events", what.id);
  const lane = laneOfEvent(doc, layout, row);
  const { base } = layout.calls.levels[0];
  const at = layout.events.subarray(base[lane], base[lane + 1]).indexOf(row) + step;
  if (at >= 0 && at < base[lane + 1] - base[lane]) selectEvent(layout.events[base[lane] + at]);
}

/** The socket at the other end of the selected one. */
export function otherEnd() {
  const doc = loaded.value?.doc;
  const what = selection.value;
  if (!doc || !what || what.kind === "process") return;
  const socket = what.kind === "socket" ? rowOf(doc, "sockets", what.id) : socketOfCall(doc, rowOf(doc, "events", what.id));
  if (socket >= 0) selectSocket(rowOf(doc, "sockets", field(doc, "sockets", socket, "peer_socket")));
}

export function toggleTheme() {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length];
}

export function toggleHelp() {
  helpOpen.value = !helpOpen.value;
}

/** Takes an area for its sums. */
export function measure(from: number, to: number, first: number, last: number) {
  if (!loaded.value) return;
  const { doc, layout } = loaded.value;
  area.value = { from, to, first, last, lines: sums(doc, layout, first, last, from, to) };
}

export function escape() {
  if (helpOpen.value) helpOpen.value = false;
  else if (area.value) area.value = null;
  else select(null);
}
