// SPDX-License-Identifier: GPL-2.0-only
// Which receive took what which send gave: by byte ranges where the kernel keeps a stream, by message where
// it keeps their boundaries. What is not certain is not joined, and `why` says what was in the way. Knows
// events, not who sent to whom (sequence_mail.ts), and nothing of what is drawn.
import { verbOf } from "./calls";
import { field, numberOf, partsOf, textOf, type Document, type Row } from "./document";

/**
 * Calls are rows of events. Several sends or receives: they overlapped, so that their order among themselves
 * is open.
 */
export interface Link {
  sent: number;
  sends: number;
  received: number;
  receives: number;
  bytes: number;
  messages: number; // 0: of a stream
}

export interface Joined {
  links: Link[];
  unreceived: number[]; // sends none of whose messages was received
  why: string; // empty where all is certain
}

export function startOf(doc: Document, event: number): number {
  return numberOf(doc, "events", event, "t");
}

/** When it returned; Infinity: never. */
export function endOf(doc: Document, event: number): number {
  const end = startOf(doc, event) + numberOf(doc, "events", event, "dur");
  return Number.isNaN(end) ? Infinity : end;
}

export function argsOf(doc: Document, event: number): Row {
  return (field(doc, "events", event, "args") ?? {}) as Row;
}

export function messageOf(args: Row): Row | null {
  return (args.msg ?? args.msgvec ?? null) as Row | null;
}

function hasFlag(doc: Document, event: number, flag: string): boolean {
  const args = argsOf(doc, event);
  return [args.flags, messageOf(args)?.flags].some(
    (flags) => typeof flags === "string" && flags.split("|").includes(flag),
  );
}

/** A call that gave bytes or messages to the other end; one that never returned may have. */
export function gives(doc: Document, event: number): boolean {
  return verbOf(doc, event) === "send" && !field(doc, "events", event, "error");
}

/** A call that took bytes or messages out of the socket's queue. */
export function takes(doc: Document, event: number): boolean {
  if (verbOf(doc, event) !== "recv" || !(numberOf(doc, "events", event, "ret") >= 0)) return false;
  return !hasFlag(doc, event, "MSG_PEEK") && !hasFlag(doc, event, "MSG_ERRQUEUE");
}

export function bytesOf(doc: Document, event: number): number {
  const bytes = numberOf(doc, "events", event, "bytes");
  return Number.isNaN(bytes) ? 0 : bytes;
}

/** How many messages a call moved: sendmmsg() and recvmmsg() several. */
export function messagesOf(doc: Document, event: number): number {
  return textOf(doc, "events", event, "call").endsWith("mmsg") ? numberOf(doc, "events", event, "ret") : 1;
}

/** A read of a stream that found its end: 0 although it asked for more. */
export function readsEnd(doc: Document, event: number): boolean {
  if (verbOf(doc, event) !== "recv" || numberOf(doc, "events", event, "ret") !== 0) return false;
  const { len, count } = argsOf(doc, event);
  return len !== 0 && count !== 0 && !hasFlag(doc, event, "MSG_ERRQUEUE");
}

/** When a socket came to be; NaN: before the trace. */
export function birthOf(doc: Document, socket: number): number {
  const [first] = partsOf(doc, "states", socket);
  return first === undefined ? NaN : numberOf(doc, "states", first, "from");
}

/** From when on calls after a time may be missing; Infinity: all are there. */
export function lossFrom(doc: Document, t: number): number {
  let from = Infinity;
  for (const lost of doc.trace.lost.intervals)
    if (!((lost.to ?? Infinity) < t)) from = Math.min(from, lost.from ?? 0);
  return from;
}

/** Calls of one end and one direction that overlapped in time: the order of their bytes is not known. */
interface Clump {
  first: number;
  last: number; // the last to return
  calls: number;
  bytes: number;
  start: number;
  end: number;
}

function clumps(doc: Document, events: number[]): Clump[] {
  const found: Clump[] = [];
  for (const event of events) {
    const end = endOf(doc, event);
    const bytes = end === Infinity ? Infinity : bytesOf(doc, event);
    if (!bytes) continue;
    const start = startOf(doc, event);
    const before = found[found.length - 1];
    if (!before || start >= before.end) {
      found.push({ first: event, last: event, calls: 1, bytes, start, end });
      continue;
    }
    before.calls++;
    before.bytes += bytes;
    if (end >= before.end) Object.assign(before, { last: event, end });
  }
  return found;
}

const none = (why: string): Joined => ({ links: [], unreceived: [], why });

/**
 * One direction of a stream up to a time: the n-th byte received is the n-th byte sent. `ended`: the
 * receiver read its end.
 */
export function joinBytes(
  doc: Document,
  sent: number[],
  received: number[],
  until: number,
  ended: boolean,
): Joined {
  if ([...sent, ...received].some((event) => hasFlag(doc, event, "MSG_OOB")))
    return none("out-of-band bytes are not in the stream's order");
  const sends = clumps(doc, sent);
  const links: Link[] = [];
  let at = 0; // the send that the next byte is of
  let left = sends.length ? sends[0].bytes : 0;
  for (const receive of clumps(doc, received)) {
    if (receive.end > until) break;
    for (let need = receive.bytes; need > 0;) {
      while (!left && ++at < sends.length) left = sends[at].bytes;
      if (at >= sends.length || sends[at].start >= receive.end)
        return none("more bytes were received than the traced calls had sent");
      const bytes = Math.min(need, left);
      links.push({
        sent: sends[at].first,
        sends: sends[at].calls,
        received: receive.last,
        receives: receive.calls,
        bytes,
        messages: 0,
      });
      need -= bytes;
      left -= bytes;
    }
  }
  if (
    ended &&
    until === Infinity &&
    (left || at + 1 < sends.length) &&
    sends.every((one) => one.end < Infinity)
  )
    return none("the end of file came before all bytes that were sent: other calls have taken some");
  return { links, unreceived: [], why: "" };
}

/** Messages of one call on their way. */
interface Parcel {
  event: number;
  messages: number;
  bytes: number;
  start: number;
  end: number;
}

function parcels(doc: Document, events: number[]): Parcel[] {
  return events.map((event) => ({
    event,
    messages: messagesOf(doc, event),
    bytes: bytesOf(doc, event),
    start: startOf(doc, event),
    end: endOf(doc, event),
  }));
}

function link(sent: Parcel, received: Parcel, messages: number): Link {
  const bytes = Math.min(sent.bytes, received.bytes);
  return { sent: sent.event, sends: 1, received: received.event, receives: 1, bytes, messages };
}

/** A message is received whole, or cut to the buffer. */
function fits(doc: Document, sent: Parcel, received: Parcel): boolean {
  if (sent.messages > 1 || received.messages > 1 || sent.bytes === received.bytes) return true;
  if (received.bytes > sent.bytes) return false;
  const { len, count } = argsOf(doc, received.event);
  return received.bytes === (len ?? count) || hasFlag(doc, received.event, "MSG_TRUNC");
}

function overlaps(calls: Parcel[]): boolean {
  return calls.some((one, i) => i > 0 && one.start < calls[i - 1].end);
}

/** Where the order says nothing: a message of a length that no other one has. */
function joinByLength(sends: Parcel[], receives: Parcel[]): Joined {
  const lengths = (calls: Parcel[]) => {
    const by = new Map<number, Parcel[]>();
    for (const one of calls) by.set(one.bytes, [...(by.get(one.bytes) ?? []), one].slice(0, 2));
    return by;
  };
  const received = lengths(receives);
  const links: Link[] = [];
  for (const [bytes, [one, other]] of lengths(sends)) {
    const [taken, another] = received.get(bytes) ?? [];
    if (!other && taken && !another && one.start < taken.end) links.push(link(one, taken, 1));
  }
  const why =
    "messages were lost, or taken by calls at the same time: only those of a length of their own are joined";
  return { links, unreceived: [], why };
}

/** Whether the receivers of a sendmmsg()'s later messages are known: it tells only the first one's. */
function namesOnlyFirst(doc: Document, sent: Parcel): boolean {
  return sent.messages > 1 && typeof messageOf(argsOf(doc, sent.event))?.name === "string";
}

/**
 * The messages of one sender to one receiver up to a time, first in first out. `lost`: some did not arrive,
 * which is open.
 */
export function joinMessages(
  doc: Document,
  sent: number[],
  received: number[],
  until: number,
  lost: boolean,
): Joined {
  const sends = parcels(doc, sent).filter((one) => one.end < Infinity);
  const receives = parcels(doc, received).filter((one) => one.end <= until);
  if (lost || overlaps(sends) || overlaps(receives)) return joinByLength(sends, receives);
  const links: Link[] = [];
  let why = "";
  let at = 0;
  let left = sends.length ? sends[0].messages : 0;
  for (const receive of receives) {
    for (let need = receive.messages; need > 0;) {
      while (!left && ++at < sends.length) left = sends[at].messages;
      const one = sends[at];
      if (!one || one.start >= receive.end)
        return none("a message was received that no traced call had sent");
      if (!fits(doc, one, receive)) return joinByLength(sends, receives);
      let messages = Math.min(need, left);
      if (namesOnlyFirst(doc, one) && (need !== one.messages || receive.bytes !== one.bytes)) {
        why = "sendmmsg() tells only whom its first message goes to";
        messages = left = 1;
      }
      links.push(link(one, receive, messages));
      need -= messages;
      left -= messages;
    }
  }
  const rest = sends.slice(left === sends[at]?.messages ? at : at + 1);
  return { links, unreceived: until < Infinity ? [] : rest.map((one) => one.event), why };
}
