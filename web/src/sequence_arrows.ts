// SPDX-License-Identifier: GPL-2.0-only
// The arrows of a ladder: connect to accept, data, end of file, reset. Only what is certain is drawn; a note
// says what was in the way of the rest. An end outside the trace gets arrows without a claim which of its
// calls they meet.
import { verbOf } from "./calls";
import { field, numberOf, partsOf, textOf, type Document, type Row } from "./document";
import { duration, time } from "./format";
import {
  argsOf,
  birthOf,
  bytesOf,
  endOf,
  gives,
  joinBytes,
  lossFrom,
  messagesOf,
  none,
  readsEnd,
  startOf,
  takes,
  type Joined,
} from "./join";
import { joinMessages } from "./join_messages";
import { acceptOf } from "./related";
import { LOUD, type Arrow, type ArrowKind, type Ladder } from "./sequence_types";
import { OUTSIDE } from "./sequence_ends";
import { closeOf, isConnection, isSame } from "./sequence_addresses";
import { deliveryTo, mailOf, type Delivery } from "./sequence_mail";

const LISTENER = 2;

function add(
  ladder: Ladder,
  kind: ArrowKind,
  items: [number, number],
  ends: [number, number],
  more?: Partial<Arrow>,
) {
  const [from, to] = items;
  const [fromEnd, toEnd] = ends;
  ladder.arrows.push({ kind, from, to, fromEnd, toEnd, bytes: 0, messages: 0, text: "", ...more });
}

/** A message that no receive has taken: "lost" where none can, else without a claim where it ended. */
function addUnreceived(
  doc: Document,
  ladder: Ladder,
  kind: "lost" | "outside",
  event: number,
  ends: [number, number],
  text: string,
) {
  const item = ladder.call.get(event)!;
  if (kind === "lost") ladder.items[item].sort = LOUD;
  add(ladder, kind, [item, item], ends, {
    bytes: bytesOf(doc, event),
    messages: messagesOf(doc, event) || 1,
    text,
  });
}

function addJoined(doc: Document, ladder: Ladder, joined: Joined, from: number, to: number) {
  for (const link of joined.links) {
    const items: [number, number] = [ladder.call.get(link.sent)!, ladder.result.get(link.received)!];
    const text = link.sends > 1 || link.receives > 1 ? `${link.sends} to ${link.receives} calls at once` : "";
    add(ladder, "data", items, [from, to], { bytes: link.bytes, messages: link.messages, text });
  }
  const socket = ladder.ends[to].socket;
  const close = closeOf(doc, socket) < Infinity ? "its close" : "the end of the trace";
  for (const event of joined.lost) addUnreceived(doc, ladder, "lost", event, [from, to], "not received");
  for (const event of joined.unread)
    addUnreceived(doc, ladder, "outside", event, [from, to], `not received before ${close}`);
  if (joined.why)
    ladder.notes.push(
      `Not all from ${ladder.ends[from].role} to ${ladder.ends[to].role} is joined: ${joined.why}`,
    );
}

/** Calls and an end outside the trace. */
function addOutside(doc: Document, ladder: Ladder, events: number[], here: number, there: number) {
  for (const event of events) {
    const messages = isConnection(doc, ladder.socket) ? 0 : messagesOf(doc, event);
    const more = { bytes: bytesOf(doc, event), messages };
    const sent = gives(doc, event);
    if (!sent && !takes(doc, event)) continue;
    const item = (sent ? ladder.call : ladder.result).get(event)!;
    const end = isConnection(doc, ladder.socket) && readsEnd(doc, event);
    if (end) add(ladder, "outside", [item, item], [there, here], { text: "end of file" });
    else if (more.bytes || messages)
      add(ladder, "outside", [item, item], sent ? [here, there] : [there, here], more);
  }
}

/** What keeps a stream's bytes from being counted from the first one on. */
function notFromStart(doc: Document, socket: number): string {
  const origin = textOf(doc, "sockets", socket, "origin");
  if (origin === "snapshot" || origin === "received")
    return "the connection was there before the trace saw it";
  return partsOf(doc, "peers", socket).length > 1 ? "a socket had several peers in turn" : "";
}

/** Bytes that the socket moved without a call of the trace. */
function uncounted(doc: Document, socket: number, way: "sent" | "received", calls: number[]): string {
  const told = Number((field(doc, "sockets", socket, "bytes") as Row | undefined)?.[way] ?? 0);
  const known = calls.reduce((sum, event) => sum + bytesOf(doc, event), 0);
  return known < told ? `the trace has the calls of only a part of the bytes ${way}` : "";
}

/** When a socket was closed with nothing left unread, as the other end read the end of file: a reset else. */
function emptiedAt(doc: Document, ladder: Ladder, events: number[][], end: number, other: number): number {
  if (ownShutdown(doc, events[end], ["SHUT_RD", "SHUT_WR", "SHUT_RDWR"]) < Infinity) return NaN;
  return endOfFile(doc, ladder, events, end, other) ? closeOf(doc, ladder.ends[end].socket) : NaN;
}

function joinStream(doc: Document, ladder: Ladder, events: number[][], from: number, to: number): Joined {
  const [sender, receiver] = [ladder.ends[from].socket, ladder.ends[to].socket];
  const sent = events[from].filter((event) => gives(doc, event));
  const received = events[to].filter((event) => takes(doc, event) && !readsEnd(doc, event));
  const until = lossFrom(doc, Math.min(birthOf(doc, sender), birthOf(doc, receiver)));
  const why =
    notFromStart(doc, sender) ||
    notFromStart(doc, receiver) ||
    (until === Infinity &&
      (uncounted(doc, sender, "sent", sent) || uncounted(doc, receiver, "received", received)));
  if (why) return none(why);
  const ended = endOfFile(doc, ladder, events, from, to) !== null;
  const emptyAt = emptiedAt(doc, ladder, events, to, from);
  const joined =
    textOf(doc, "sockets", sender, "type") === "SOCK_SEQPACKET"
      ? joinMessages(doc, sent, received, { until, reliable: true, found: [], taken: new Map() })
      : joinBytes(doc, sent, received, { events: events[to], until, ended, emptyAt });
  const lost = until === Infinity ? "" : `calls were lost at ${time(until, 1e3)}, arrows end there`;
  return { ...joined, why: joined.why || lost, lost: [], unread: [] };
}

function breaks(doc: Document, event: number): boolean {
  return ["ECONNRESET", "EPIPE", "ECONNABORTED"].includes(textOf(doc, "events", event, "error"));
}

/**
 * Up to when a socket itself did not give up a way: its shutdown() ends reading or sending without the peer.
 */
function ownShutdown(doc: Document, events: number[], hows: string[]): number {
  const own = events.find(
    (event) =>
      verbOf(doc, event) === "shutdown" &&
      numberOf(doc, "events", event, "ret") === 0 &&
      hows.includes(String(argsOf(doc, event).how)),
  );
  return own === undefined ? Infinity : startOf(doc, own);
}

/** The items at which an end ended sending: a shutdown() or what closed the socket; null: it did not. */
function endOfSending(doc: Document, ladder: Ladder, events: number[], end: number): number | null {
  const shut = ownShutdown(doc, events, ["SHUT_WR", "SHUT_RDWR"]);
  const item = ladder.items.findIndex(
    (one) =>
      one.end === end &&
      (one.marks?.some((mark) => mark.state === "closed" && mark.end === end) ||
        (one.event >= 0 && one.t === shut && verbOf(doc, one.event) === "shutdown")),
  );
  return item < 0 ? null : item;
}

/** From the end of sending to the receive that found it. */
function endOfFile(
  doc: Document,
  ladder: Ladder,
  events: number[][],
  from: number,
  to: number,
): [number, number] | null {
  const ended = endOfSending(doc, ladder, events[from], from);
  const found = events[to].find((event) => readsEnd(doc, event) || breaks(doc, event));
  if (ended === null || found === undefined || breaks(doc, found)) return null;
  if (startOf(doc, found) >= ownShutdown(doc, events[to], ["SHUT_RD", "SHUT_RDWR"])) return null;
  return ladder.items[ended].t <= endOf(doc, found) ? [ended, ladder.result.get(found)!] : null;
}

/** From the close() to the first call that it broke. */
function brokenBy(doc: Document, ladder: Ladder, events: number[][], from: number, to: number): number[] {
  const closed = ladder.items.findIndex((one) =>
    one.marks?.some((mark) => mark.state === "closed" && mark.end === from),
  );
  const found = events[to].find((event) => breaks(doc, event));
  if (closed < 0 || found === undefined || endOf(doc, found) < ladder.items[closed].t) return [];
  const own = ownShutdown(doc, events[to], ["SHUT_WR", "SHUT_RDWR"]);
  if (textOf(doc, "events", found, "error") === "EPIPE" && own <= startOf(doc, found)) return [];
  return [closed, ladder.result.get(found)!];
}

function addEnding(doc: Document, ladder: Ladder, events: number[][], from: number, to: number) {
  if (ladder.ends.some(({ socket }) => partsOf(doc, "peers", socket).length > 1)) return; // of which one?
  const until = lossFrom(doc, birthOf(doc, ladder.ends[from].socket));
  const end = endOfFile(doc, ladder, events, from, to);
  if (end && ladder.items[end[1]].t < until) add(ladder, "end", end, [from, to], { text: "end of file" });
  const [closed, broken] = brokenBy(doc, ladder, events, from, to);
  if (broken === undefined || ladder.items[broken].t >= until) return;
  const text =
    textOf(doc, "events", ladder.items[broken].event, "error") === "ECONNRESET" ? "reset" : "closed";
  add(ladder, "reset", [closed, broken], [from, to], { text });
}

interface Attempt {
  item: number;
  outcome: string;
}

/** The connect() calls to the server's address that its accept() can have answered, and what came of them. */
function attemptsOf(doc: Document, ladder: Ladder, events: number[], accepted: number): Attempt[] {
  const [client, server] = ladder.ends;
  const attempts = partsOf(doc, "attempts", client.socket);
  return attempts.flatMap((attempt) => {
    const from = numberOf(doc, "attempts", attempt, "from");
    const isOther = attempts.length > 1 && !isSame(textOf(doc, "attempts", attempt, "peer"), server.address);
    if (isOther || from > accepted) return [];
    const call = events.find((event) => verbOf(doc, event) === "connect" && startOf(doc, event) === from);
    const outcome = textOf(doc, "attempts", attempt, "outcome");
    return call === undefined ? [] : [{ item: ladder.call.get(call)!, outcome }];
  });
}

/** Of several connections to one listener an accept() is of the last if it tells the address it kept. */
function answeredBy(doc: Document, ladder: Ladder, attempts: Attempt[]): Attempt | undefined {
  const made = attempts.filter(({ outcome }) => outcome === "connected");
  const [client, server] = ladder.ends;
  const states = partsOf(doc, "states", client.socket).map((state) => textOf(doc, "states", state, "state"));
  const kept =
    isSame(textOf(doc, "sockets", server.socket, "peer"), client.address) && !states.includes("bound");
  return made.length > 1 && !kept ? undefined : made[made.length - 1];
}

/** "in the queue for 5 µs", where the trace has it; else how long it took from connect() to accept(). */
function pendingText(doc: Document, ladder: Ladder, connect: number, accept: number): string {
  const queued = field(doc, "sockets", ladder.ends[1].socket, "queued") as Row | undefined;
  if (typeof queued?.from === "number" && typeof queued.to === "number")
    return `pending for ${duration(queued.to - queued.from)}`;
  const accepted = endOf(doc, ladder.items[accept].event);
  return `accepted after ${duration(accepted - ladder.items[connect].t)}`;
}

function addConnecting(doc: Document, ladder: Ladder, events: number[][]) {
  const [client, server] = ladder.ends;
  const accepted = server.socket === OUTSIDE ? -1 : acceptOf(doc, server.socket);
  const accept = ladder.result.get(accepted);
  if (accept !== undefined) add(ladder, "branch", [accept, accept], [LISTENER, 1]);
  if (client.socket === OUTSIDE) {
    if (accept !== undefined) add(ladder, "outside", [accept, accept], [0, LISTENER], { text: "connection" });
    return;
  }
  const attempts = attemptsOf(doc, ladder, events[0], accept === undefined ? Infinity : endOf(doc, accepted));
  for (const { item, outcome } of attempts) {
    const failed = /^E[A-Z]/.test(outcome);
    if (failed) add(ladder, "lost", [item, item], [0, 1], { text: outcome });
    else if (server.socket === OUTSIDE) add(ladder, "outside", [item, item], [0, 1], { text: "connect" });
  }
  if (server.socket === OUTSIDE || accept === undefined) return;
  const item = answeredBy(doc, ladder, attempts)?.item;
  if (item !== undefined)
    add(ladder, "connect", [item, accept], [0, LISTENER], { text: pendingText(doc, ladder, item, accept) });
}

/** The calls between two sockets out of all that were delivered to one of them. */
function between(delivery: Delivery, ladder: Ladder): Delivery {
  const here = (event: number) => ladder.call.has(event);
  return {
    ...delivery,
    links: delivery.links.filter((link) => here(link.sent) && here(link.received)),
    lost: delivery.lost.filter(here),
    unread: delivery.unread.filter(here),
    late: delivery.late.filter(here),
  };
}

/** Messages to an address after its socket was closed: the next call may tell that nobody was there. */
function addLate(doc: Document, ladder: Ladder, late: number[], events: number[], from: number, to: number) {
  const isLate = new Set(late);
  let next = "";
  for (const event of [...events].reverse()) {
    if (isLate.has(event)) {
      const [kind, text] =
        next === "ECONNREFUSED"
          ? (["lost", "nobody there"] as const)
          : (["outside", "after its close"] as const);
      addUnreceived(doc, ladder, kind, event, [from, to], text);
    }
    if (["send", "recv"].includes(verbOf(doc, event))) next = textOf(doc, "events", event, "error");
  }
}

function addMessages(doc: Document, ladder: Ladder, events: number[][]) {
  const mail = mailOf(doc);
  const outside = ladder.ends.findIndex((end) => end.socket === OUTSIDE);
  if (outside >= 0) {
    const here = 1 - outside;
    const known = events[here].filter((event) => {
      const { from } = deliveryTo(doc, mail, ladder.socket);
      return (from.get(event) ?? mail.to.get(event)) === ladder.party;
    });
    addOutside(doc, ladder, known, here, outside);
    return;
  }
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ]) {
    const delivery = between(deliveryTo(doc, mail, ladder.ends[to].socket), ladder);
    addJoined(doc, ladder, delivery, from, to);
    addLate(doc, ladder, delivery.late, events[from], from, to);
  }
}

export function arrowsOf(doc: Document, ladder: Ladder, events: number[][]) {
  if (ladder.ends.length < 2) return;
  const pair = ladder.items.findIndex((item) => item.event >= 0 && verbOf(doc, item.event) === "pair");
  if (pair >= 0) add(ladder, "branch", [pair, pair], ladder.items[pair].end ? [1, 0] : [0, 1]);
  if (!isConnection(doc, ladder.socket)) return addMessages(doc, ladder, events);
  addConnecting(doc, ladder, events);
  const outside = ladder.ends.findIndex((end) => end.socket === OUTSIDE);
  if (outside >= 0) return addOutside(doc, ladder, events[1 - outside], 1 - outside, outside);
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ]) {
    addJoined(doc, ladder, joinStream(doc, ladder, events, from, to), from, to);
    addEnding(doc, ladder, events, from, to);
  }
}
