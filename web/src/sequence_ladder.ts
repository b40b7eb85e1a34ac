// SPDX-License-Identifier: GPL-2.0-only
// The ladder of a connection, or of the messages between two sockets: its lifelines, their calls in order of
// time, and the arrows between them as far as they are certain. Knows rows of the document, not how a row is
// drawn or folded (sequence_rows.ts).
import { FINE, LATER, oddityOf, severityOf, verbOf } from "./calls";
import { field, numberOf, partsOf, textOf, type Document, type Row, type Trace } from "./document";
import { plural, time } from "./format";
import { birthOf, endOf, readsEnd, startOf, takes } from "./join";
import { arrowsOf } from "./sequence_arrows";
import { acceptOf, causeOf } from "./related";
import { endsOf, OUTSIDE, type End } from "./sequence_ends";
import { isConnection } from "./sequence_addresses";
import { deliveryTo, mailOf, partnersOf, type Party } from "./sequence_mail";
import { CALL, DATA, FACT, LOSS, LOUD, QUIET, RETURN, type Item, type Ladder } from "./sequence_types";

/** The calls of a lifeline that a ladder shows. */
interface Chosen {
  end: number;
  events: number[];
}

/** The events of some sockets, in order of time. */
function eventsOf(doc: Document, sockets: number[]): number[][] {
  const found: number[][] = sockets.map(() => []);
  const index = new Int32Array(doc.rowOf.sockets.length).fill(-1);
  sockets.forEach((socket, i) => socket >= 0 && (index[numberOf(doc, "sockets", socket, "id")] = i));
  for (let event = 0; event < doc.tables.events.rows; event++) {
    const i = index[numberOf(doc, "events", event, "socket")];
    if (i >= 0) found[i].push(event);
  }
  return found;
}

/** A listener's calls but those that accept others. */
function withoutOtherAccepts(doc: Document, events: number[], own: number[], notes: string[]): number[] {
  const kept = events.filter((event) => verbOf(doc, event) !== "accept" || own.includes(event));
  const left = events.length - kept.length;
  if (left) notes.push(`${plural(left, "other accept")} of the listener not shown`);
  return kept;
}

/** Of a socket that sends messages, those from and to the partner and what is neither. */
function withPartner(
  doc: Document,
  socket: number,
  events: number[],
  party: Party,
  notes: string[],
): number[] {
  const mail = mailOf(doc);
  const { from } = deliveryTo(doc, mail, socket);
  const causes = new Set(partsOf(doc, "states", socket).map((state) => causeOf(doc, state)));
  const partyOf = (event: number) => (takes(doc, event) ? from.get(event) : mail.to.get(event));
  const kept = events.filter((event) => [undefined, party].includes(partyOf(event)) || causes.has(event));
  const left = events.length - kept.length;
  const name = textOf(doc, "sockets", socket, "local") || "this end";
  if (left) notes.push(`${plural(left, "call")} of ${name} with others not shown`);
  return kept;
}

function sortOf(doc: Document, event: number, stream: boolean): number {
  if (oddityOf(doc, event)) return LOUD;
  const severity = severityOf(doc, event);
  const verb = verbOf(doc, event);
  if (verb === "send" || verb === "recv") {
    const plain = severity <= LATER && endOf(doc, event) < Infinity && !(stream && readsEnd(doc, event));
    return plain ? DATA : LOUD;
  }
  const asks = ["control", "fcntl", "ioctl", "dup", "register", ""].includes(verb);
  return asks && severity === FINE ? QUIET : LOUD;
}

function itemOf(doc: Document, event: number, end: number, stream: boolean): Item {
  return {
    kind: CALL,
    event,
    end,
    t: startOf(doc, event),
    sort: sortOf(doc, event, stream),
    text: "",
    marks: null,
  };
}

/** Changes of state that no shown call made. */
function factsOf(doc: Document, ends: End[], shown: Set<number>): Item[] {
  const facts: Item[] = [];
  ends.forEach(({ socket }, end) => {
    if (socket === OUTSIDE) return;
    for (const state of partsOf(doc, "states", socket)) {
      const from = field(doc, "states", state, "from");
      const cause = field(doc, "states", state, "cause");
      if (typeof from !== "number" || shown.has(causeOf(doc, state)) || cause === null) continue;
      const of = causeOf(doc, state);
      const text = of >= 0 ? textOf(doc, "events", of, "call") : String(cause);
      const marks = [{ end, state: textOf(doc, "states", state, "state") }];
      facts.push({ kind: FACT, event: -1, end, t: from, sort: LOUD, text, marks });
    }
  });
  return facts;
}

type Lost = Trace["lost"]["intervals"];

/** From the birth of the first end to the close of the last. */
function lifeOf(doc: Document, ends: End[]): [from: number, to: number] {
  const here = ends.map((end) => end.socket).filter((socket) => socket !== OUTSIDE);
  const closedAt = (socket: number) => (field(doc, "sockets", socket, "closed") as Row | null)?.t ?? Infinity;
  return [
    Math.min(...here.map((socket) => birthOf(doc, socket) || 0)),
    Math.max(...here.map((socket) => Number(closedAt(socket)))),
  ];
}

function lossText(lost: Lost): string {
  const records = lost.reduce((sum, { events }) => sum + events, 0);
  const until = time(Math.max(...lost.map(({ to }) => to ?? Infinity)), 1e3);
  const reasons = [...new Set(lost.map(({ reason }) => reason))];
  return `${plural(records, "record")} lost until ${until}: ${reasons.join(", ")}`;
}

/** What was lost while an end was there; one of all that begin between two items. */
function lossesOf(doc: Document, ends: End[], items: Item[]): Item[] {
  const [begin, end] = lifeOf(doc, ends);
  const found: Lost[] = [];
  let next = -1;
  for (const lost of [...doc.trace.lost.intervals].sort((a, b) => (a.from ?? 0) - (b.from ?? 0))) {
    const from = lost.from ?? 0;
    if (from > end || (lost.to ?? Infinity) < begin) continue;
    if (next < 0 || items[next]?.t < from) {
      next = Math.max(0, next);
      while (next < items.length && items[next].t < from) next++;
      found.push([]);
    }
    found[found.length - 1].push(lost);
  }
  return found.map((lost) => ({
    kind: LOSS,
    event: -1,
    end: 0,
    t: lost[0].from ?? 0,
    sort: LOUD,
    text: lossText(lost),
    marks: null,
  }));
}

/** What waits for somebody else; of the rest only what took long. */
function mayWait(doc: Document, event: number): boolean {
  return (
    ["accept", "connect", "recv"].includes(verbOf(doc, event)) ||
    endOf(doc, event) - startOf(doc, event) >= 1e6
  );
}

/** Calls that were still running when the next one began get a row for their return. */
function withReturns(doc: Document, calls: Item[]): Item[] {
  const items = calls.slice();
  calls.forEach((item, i) => {
    if (item.kind !== CALL || i + 1 === calls.length) return;
    const end = endOf(doc, item.event);
    if (end === Infinity || end <= calls[i + 1].t || !mayWait(doc, item.event)) return;
    items.push({ ...item, kind: RETURN, t: end, marks: null });
  });
  const first = (item: Item) => (item.kind === RETURN ? 0 : 1);
  return items.sort((a, b) => a.t - b.t || first(a) - first(b) || a.event - b.event);
}

function markStates(doc: Document, ladder: Ladder) {
  ladder.ends.forEach(({ socket }, end) => {
    if (socket === OUTSIDE) return;
    for (const state of partsOf(doc, "states", socket)) {
      const cause = causeOf(doc, state);
      const call = ladder.call.get(cause);
      if (call === undefined) continue;
      const result = ladder.items[ladder.result.get(cause)!];
      const item = numberOf(doc, "states", state, "from") >= result.t ? result : ladder.items[call];
      (item.marks ??= []).push({ end, state: textOf(doc, "states", state, "state") });
      ladder.items[call].sort = result.sort = LOUD;
    }
  });
}

function chosenOf(doc: Document, ladder: Ladder): Chosen[] {
  const { ends, notes, party } = ladder;
  const all = eventsOf(
    doc,
    ends.map((end) => end.socket),
  );
  const accepts = ends.map(({ socket }) => (socket === OUTSIDE ? -1 : acceptOf(doc, socket)));
  return ends.map(({ socket, role }, end) => {
    let events = all[end];
    if (role === "listener" && ends.length > 1) events = withoutOtherAccepts(doc, events, accepts, notes);
    if (party !== null && socket !== OUTSIDE)
      events = withPartner(doc, socket, events, socket === ladder.socket ? party : ladder.socket, notes);
    return { end, events };
  });
}

/**
 * The ladder of a socket's row; of one that sends messages with the partner that is asked for, or its
 * busiest.
 */
export function ladderOf(doc: Document, socket: number, asked?: Party): Ladder {
  const partners = isConnection(doc, socket) ? [] : partnersOf(doc, socket);
  const party = (partners.find((one) => one.party === asked) ?? partners[0])?.party ?? null;
  const { ends, accepted } = endsOf(doc, socket, party);
  const ladder: Ladder = {
    socket,
    ends,
    items: [],
    arrows: [],
    notes: [],
    partners,
    party,
    accepted,
    call: new Map(),
    result: new Map(),
  };
  const stream = isConnection(doc, socket);
  const chosen = chosenOf(doc, ladder);
  const shown = new Set(chosen.flatMap((one) => one.events));
  const calls = chosen.flatMap(({ end, events }) => events.map((event) => itemOf(doc, event, end, stream)));
  const inOrder = (items: Item[]) => items.sort((a, b) => a.t - b.t || a.event - b.event);
  const items = inOrder([...calls, ...factsOf(doc, ends, shown)]);
  ladder.items = withReturns(doc, inOrder([...items, ...lossesOf(doc, ends, items)]));
  ladder.items.forEach((item, i) => {
    if (item.event < 0) return;
    if (item.kind === CALL) ladder.call.set(item.event, i);
    ladder.result.set(item.event, i);
  });
  markStates(doc, ladder);
  arrowsOf(
    doc,
    ladder,
    chosen.map((one) => one.events),
  );
  return ladder;
}
