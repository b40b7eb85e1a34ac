// SPDX-License-Identifier: GPL-2.0-only
// Which receive took which message of one sender: a receive is joined with a send where order, times and
// lengths leave no other one. A queue keeps its order; what is dropped before it leaves gaps that only they
// tell of. Knows events, not who sent to whom.
import { textOf, type Document } from "./document";
import { argsOf, bytesOf, endOf, hasFlag, messageOf, messagesOf, none, startOf, type Joined } from "./join";

/** What is known of the queue that the messages went through. */
export interface Queue {
  until: number; // from when on calls may be missing
  reliable: boolean; // nothing is dropped
  found: number[]; // the calls that found it empty
  taken: Map<number, number>; // of a send: its messages whose receive is known
}

/** One message, of a call that may have moved more. */
interface Message {
  event: number;
  bytes: number; // NaN: not known
  start: number;
  end: number;
  sure: boolean; // it was sent, and to this receiver
  cut: boolean; // it may be the beginning of a longer one
}

/** A receive's possible sends, as indexes first to last. */
interface Range {
  first: number;
  last: number;
}

function isCut(doc: Document, event: number): boolean {
  const { len, count } = argsOf(doc, event);
  return bytesOf(doc, event) === (len ?? count) || hasFlag(doc, event, "MSG_TRUNC");
}

function messages(doc: Document, events: number[], taken?: Map<number, number>): Message[] {
  return events.flatMap((event) => {
    const end = endOf(doc, event);
    const several = textOf(doc, "events", event, "call").endsWith("mmsg");
    const all = end < Infinity ? messagesOf(doc, event) : 1;
    const count = Math.max(0, all - (taken?.get(event) ?? 0));
    const named = several && typeof messageOf(argsOf(doc, event))?.name === "string"; // for the first
    return Array.from({ length: count }, (_, i) => ({
      event,
      bytes: end < Infinity && all === 1 ? bytesOf(doc, event) : NaN,
      start: startOf(doc, event),
      end,
      sure: end < Infinity && (!named || (i === 0 && count === all)),
      cut: isCut(doc, event),
    }));
  });
}

/** A message is received whole, or cut to the buffer. */
function fits(sent: Message, received: Message): boolean {
  const known = !Number.isNaN(sent.bytes) && !Number.isNaN(received.bytes);
  return !known || sent.bytes === received.bytes || (received.cut && received.bytes < sent.bytes);
}

function overlaps(all: Message[]): boolean {
  return all.some((one, i) => i > 0 && one.event !== all[i - 1].event && one.start < all[i - 1].end);
}

/** The sends that began before a time, in order of their start: how many. */
function begunBefore(sends: Message[], t: number): number {
  let [low, high] = [0, sends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sends[middle].start < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many sends were over when a call found the queue empty: what came of it is known by then. */
function sentBefore(sends: Message[], t: number): number {
  let n = begunBefore(sends, t);
  while (n > 0 && sends[n - 1].end > t) n--;
  return n;
}

/** Where the order is kept: as early as those before allow, and as late as those after. Null: it can't be. */
function inOrder(doc: Document, sends: Message[], receives: Message[], found: number[]): Range[] | null {
  const ranges: Range[] = [];
  let at = 0;
  let next = 0;
  for (const receive of receives) {
    for (; next < found.length && endOf(doc, found[next]) <= receive.start; next++)
      at = Math.max(at, sentBefore(sends, startOf(doc, found[next])));
    while (at < sends.length && !fits(sends[at], receive)) at++;
    if (at >= sends.length || sends[at].start >= receive.end) return null;
    ranges.push({ first: at, last: at });
    at++;
  }
  at = sends.length;
  for (let i = receives.length - 1; i >= 0; i--) {
    at = Math.min(at, begunBefore(sends, receives[i].end)) - 1;
    while (at > ranges[i].first && !fits(sends[at], receives[i])) at--;
    ranges[i].last = at;
  }
  return ranges;
}

/** Where it is not: any that had begun. */
function inAnyOrder(sends: Message[], receives: Message[]): Range[] | null {
  const ranges = receives.map(({ end }) => ({ first: 0, last: begunBefore(sends, end) - 1 }));
  return ranges.some(({ last }) => last < 0) ? null : ranges;
}

/** One for one. */
function oneForOne(sends: Message[], receives: Message[]): Range[] | null {
  const isRight = (one: Message, i: number) =>
    i < sends.length && sends[i].start < one.end && fits(sends[i], one);
  return receives.every(isRight) ? receives.map((_, i) => ({ first: i, last: i })) : null;
}

/** The one call that can have sent what was received, -1: there are others. */
function onlyCall(sends: Message[], received: Message, { first, last }: Range): number {
  let only = -1;
  for (let i = first; i <= last; i++) {
    if (sends[i].event === only || !fits(sends[i], received)) continue;
    if (only >= 0) return -1;
    only = sends[i].event;
  }
  return only;
}

function linksOf(doc: Document, sends: Message[], receives: Message[], ranges: Range[]): Joined["links"] {
  const links: Joined["links"] = [];
  const left = new Map<number, number>();
  for (const { event } of sends) left.set(event, (left.get(event) ?? 0) + 1);
  receives.forEach((receive, i) => {
    const sent = onlyCall(sends, receive, ranges[i]);
    if (sent < 0) return;
    left.set(sent, left.get(sent)! - 1);
    const last = links[links.length - 1];
    if (last?.sent === sent && last.received === receive.event) last.messages++;
    else {
      const bytes = Math.min(bytesOf(doc, sent), bytesOf(doc, receive.event)) || 0;
      links.push({ sent, sends: 1, received: receive.event, receives: 1, bytes, messages: 1 });
    }
  });
  return links.filter((link) => left.get(link.sent)! >= 0); // else others must have sent some
}

/** The calls none of whose messages any receive can have taken: lost, or not received until now. */
function unreceived(
  doc: Document,
  sends: Message[],
  receives: Message[],
  ranges: Range[],
  queue: Queue,
): Pick<Joined, "lost" | "unread"> {
  const edges = new Int32Array(sends.length + 1);
  for (const { first, last } of ranges) {
    edges[first]++;
    edges[last + 1]--;
  }
  const anyLength = receives.some((one) => one.cut || Number.isNaN(one.bytes));
  const lengths = new Set(receives.map((one) => one.bytes));
  const later = [...queue.found, ...queue.taken.keys()]; // what was sent before them is out of the queue
  const emptyAt = later.reduce((last, event) => Math.max(last, startOf(doc, event)), -Infinity);
  const passed = ranges.reduce((most, { first }) => Math.max(most, first), -1);
  const found = { lost: new Set<number>(), unread: new Set<number>() };
  const open = new Set<number>();
  let possible = 0;
  sends.forEach((one, i) => {
    possible += edges[i];
    const isOther = !anyLength && !Number.isNaN(one.bytes) && !lengths.has(one.bytes);
    if (!one.sure || (possible && !isOther)) open.add(one.event);
    else (i < passed || one.end <= emptyAt ? found.lost : found.unread).add(one.event);
  });
  const certain = (events: Set<number>) => [...events].filter((event) => !open.has(event));
  return { lost: certain(found.lost), unread: certain(found.unread) };
}

function whyNot(sends: Message[], receives: Message[], links: Joined["links"], mixed: boolean): string {
  const joined = links.reduce((sum, link) => sum + link.messages, 0);
  const missing = receives.length - joined;
  if (missing && mixed)
    return "calls were at it at the same time: only what one call alone can have sent is joined";
  if (missing)
    return "messages may have been dropped: a receive that can have taken any of several is not joined";
  const unsure = sends.filter((one) => !one.sure && one.end < Infinity).length;
  const all = sends.filter((one) => one.end < Infinity).length;
  return unsure && joined < all ? "sendmmsg() tells only whom its first message goes to" : "";
}

/** The messages of one sender to one receiver. */
export function joinMessages(doc: Document, sent: number[], received: number[], queue: Queue): Joined {
  const sends = messages(doc, sent, queue.taken);
  const receives = messages(doc, received).filter((one) => one.end <= queue.until);
  const mixed = overlaps(sends) || overlaps(receives);
  const strict = queue.reliable && sends.every((one) => one.sure);
  const ranges = mixed
    ? inAnyOrder(sends, receives)
    : strict
      ? oneForOne(sends, receives)
      : inOrder(doc, sends, receives, queue.found);
  if (!ranges) return none("a message was received that no traced call can have sent");
  const links = linksOf(doc, sends, receives, ranges);
  const why = whyNot(sends, receives, links, mixed);
  if (queue.until < Infinity) return { links, lost: [], unread: [], why };
  const { lost, unread } = unreceived(doc, sends, receives, ranges, queue);
  return queue.reliable
    ? { links, lost: [], unread: [...lost, ...unread], why }
    : { links, lost, unread, why };
}
