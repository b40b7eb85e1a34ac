// SPDX-License-Identifier: GPL-2.0-only
// What calls gave and took, and which receive of a stream took which send's bytes: by byte ranges, as far as
// nothing but the traced calls can have moved any. What is not certain is not joined, and `why` says what was
// in the way. Knows events, neither messages (join_messages.ts) nor what is drawn.
import { verbOf } from "./calls";
import { field, numberOf, partsOf, textOf, type Document, type Row } from "./document";
import { plural, time } from "./format";

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
  lost: number[]; // sends none of whose messages was or will be received
  unread: number[]; // none was received until the receiver's close, or the end of the trace
  why: string; // empty where all is certain
}

export const none = (why: string): Joined => ({ links: [], lost: [], unread: [], why });

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

export function hasFlag(doc: Document, event: number, flag: string): boolean {
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

/** An io_uring request may have the kernel take a buffer, and then it has none of its own. */
function asksData(doc: Document, event: number): boolean {
  const { len, count } = argsOf(doc, event);
  return (len !== 0 && count !== 0) || textOf(doc, "events", event, "via") === "io_uring";
}

/** A read of a stream that found its end: no bytes although it asked for some. */
export function readsEnd(doc: Document, event: number): boolean {
  if (verbOf(doc, event) !== "recv") return false;
  const moved = textOf(doc, "events", event, "call").endsWith("mmsg") ? "ret" : "bytes";
  const nothing = ["ret", moved].some((name) => numberOf(doc, "events", event, name) === 0);
  return nothing && asksData(doc, event) && !hasFlag(doc, event, "MSG_ERRQUEUE");
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

/** A call that would have taken what there was. */
function looks(doc: Document, event: number): boolean {
  if (verbOf(doc, event) !== "recv") return false;
  if (hasFlag(doc, event, "MSG_PEEK") || hasFlag(doc, event, "MSG_ERRQUEUE")) return false;
  const never = endOf(doc, event) === Infinity;
  return (never || !(numberOf(doc, "events", event, "ret") < 0) || foundEmpty(doc, event)) && asksData(doc, event);
}

/** A call that found nothing to take. */
export function foundEmpty(doc: Document, event: number): boolean {
  return (
    verbOf(doc, event) === "recv" &&
    textOf(doc, "events", event, "error") === "EAGAIN" &&
    !hasFlag(doc, event, "MSG_PEEK") &&
    !hasFlag(doc, event, "MSG_ERRQUEUE")
  );
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

/** The receiving end of a stream. */
export interface Reader {
  events: number[];
  until: number; // from when on calls may be missing
  ended: boolean; // it read the end
  emptyAt: number; // its close, where nothing was left unread; else NaN
}

/** Clumps counted while time goes on. */
interface Count {
  list: Clump[];
  over: number; // how many
  bytes: number; // theirs
  begun: number; // how many
  most: number; // bytes of those that had begun
}

const countOf = (list: Clump[]): Count => ({ list, over: 0, bytes: 0, begun: 0, most: 0 });

/** What had been moved at a time; NaN: a call was at it. */
function movedAt(count: Count, t: number): number {
  const { list } = count;
  while (count.over < list.length && list[count.over].end <= t) count.bytes += list[count.over++].bytes;
  return count.over < list.length && list[count.over].start < t ? NaN : count.bytes;
}

function mostAt(count: Count, t: number): number {
  const { list } = count;
  while (count.begun < list.length && list[count.begun].start < t) count.most += list[count.begun++].bytes;
  return count.most;
}

/** A call that would have taken more than it did; a splice() may have found its pipe full. */
function isShort(doc: Document, event: number): boolean {
  if (textOf(doc, "events", event, "call") === "splice") return false;
  const { len, count } = argsOf(doc, event);
  return bytesOf(doc, event) < Number(len ?? count);
}

/**
 * Until when all that was received is what these calls sent. io_uring is not traced: it had no part where calls had
 * received all that calls had sent, and the last had room for more, or the next one found no more.
 */
function certainUntil(doc: Document, sends: Clump[], receives: Clump[], reader: Reader): number {
  let [certain, last, taken] = [-Infinity, -Infinity, 0];
  const [sent, received] = [countOf(sends), countOf(receives)];
  const isEven = (t: number) => movedAt(sent, t) === movedAt(received, t);
  for (const event of reader.events) {
    if (!looks(doc, event)) continue;
    const [start, end] = [startOf(doc, event), endOf(doc, event)];
    const took = end < Infinity ? bytesOf(doc, event) : 0;
    if (start > reader.until || (took && end > reader.until)) return certain;
    taken += took;
    const most = mostAt(sent, end < Infinity ? end : start);
    if (taken > most) return certain;
    if (start < last) continue;
    if (isEven(start)) certain = start;
    if (!took) continue;
    last = end;
    if (taken === most && isShort(doc, event)) certain = end;
  }
  return reader.emptyAt >= last && reader.emptyAt <= reader.until && isEven(reader.emptyAt)
    ? reader.emptyAt
    : certain;
}

const totalOf = (list: Clump[]) => list.reduce((sum, one) => sum + one.bytes, 0);

function whyNotAll(sends: Clump[], receives: Clump[], certain: number, reader: Reader): string {
  if (receives.every((one) => one.end <= certain)) return "";
  const [sent, received] = [totalOf(sends), totalOf(receives)];
  if (reader.until === Infinity && received > sent)
    return `${plural(received - sent, "byte")} more were received than the traced calls sent`;
  if (reader.until === Infinity && reader.ended && sent < Infinity && sent > received)
    return `the end of file came ${plural(sent - received, "byte")} early: untraced calls took some`;
  const after = certain > -Infinity ? ` after ${time(certain, 1e3)}` : "";
  return `what is not traced, io_uring, may have sent some${after}`;
}

/**
 * One direction of a stream: the n-th byte received is the n-th byte sent. Where its end was read all were.
 */
export function joinBytes(doc: Document, sent: number[], received: number[], reader: Reader): Joined {
  if ([...sent, ...received].some((event) => hasFlag(doc, event, "MSG_OOB")))
    return none("out-of-band bytes are not in the stream's order");
  const sends = clumps(doc, sent);
  const receives = clumps(doc, received).filter((one) => one.end <= reader.until);
  const whole = reader.ended && reader.until === Infinity && totalOf(sends) === totalOf(receives);
  const certain = whole ? Infinity : certainUntil(doc, sends, receives, reader);
  const links: Link[] = [];
  let at = 0; // the send that the next byte is of
  let left = sends.length ? sends[0].bytes : 0;
  for (const receive of receives) {
    if (receive.end > certain) break;
    for (let need = receive.bytes; need > 0;) {
      while (!left && ++at < sends.length) left = sends[at].bytes;
      if (at >= sends.length || sends[at].start >= receive.end)
        return none("bytes were received before the traced calls sent them");
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
  return { links, lost: [], unread: [], why: whyNotAll(sends, receives, certain, reader) };
}
