// SPDX-License-Identifier: GPL-2.0-only
// Who sent messages to whom, of all sockets that are not connections: where the trace tells, else by addresses. An
// address is a socket's where just one was bound to it at that time; any other is an address and no more. Knows nothing
// of what is drawn.
import { numberOf, partsOf, rowOf, textOf, type Document } from "./document";
import { socketOfCall } from "./related";
import {
  argsOf,
  birthOf,
  bytesOf,
  endOf,
  foundEmpty,
  gives,
  lossFrom,
  messageOf,
  messagesOf,
  none,
  startOf,
  takes,
  type Joined,
} from "./join";
import { joinMessages, type Queue } from "./join_messages";
import { holderOf, isConnection, isSame, lastHolderOf, peerAt, plain } from "./sequence_addresses";

/** Whom a message is from or to: a socket's row, or ~index of an address outside the trace. */
export type Party = number;

interface Mail {
  sent: Map<number, number[]>; // a socket's row: the calls
  received: Map<number, number[]>;
  to: Map<number, Party>; // a call: to whom, or from whom
  met: Map<number, Set<Party>>; // a socket's row: its partners
  assumed: Set<number>; // receives that don't say from whom: the peer, or who sent before it was the peer
  inbox: Map<number, number[]>; // a socket's row: the calls that sent to it
  sentBy: Map<number, number>; // a receive: the call that sent, where the trace tells
  sentTo: Map<number, number>; // the same, from the sending call to a socket's row that received
  late: Set<number>; // calls that sent to it when it was closed
  empty: Map<number, number[]>; // a socket's row: the calls that found nothing
  outside: string[]; // addresses; the first is the one that no call told
  delivered: Map<number, Delivery>;
}

export interface Delivery extends Joined {
  from: Map<number, Party>; // a receiving call: its sender
  late: number[]; // sends after its close
}

export interface Partner {
  party: Party;
  messages: number;
}

const UNKNOWN: Party = ~0;

function push<K>(map: Map<K, number[]>, key: K, value: number) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** When a call's message was on one side: a receive may have waited long for it. */
function timeOf(doc: Document, event: number): number {
  return takes(doc, event) ? endOf(doc, event) : startOf(doc, event);
}

function namedBy(doc: Document, event: number): string {
  const args = argsOf(doc, event);
  const named = args.addr ?? messageOf(args)?.name;
  return typeof named === "string" ? plain(named) : "";
}

/** Nobody but its one peer could ever send to it: it had no address before. */
function hasOnlyPeer(doc: Document, socket: number): boolean {
  const states = partsOf(doc, "states", socket).map((state) => textOf(doc, "states", state, "state"));
  return partsOf(doc, "peers", socket).length === 1 && !states.includes("bound");
}

function collect(doc: Document): Mail {
  const mail: Mail = {
    sent: new Map(),
    received: new Map(),
    to: new Map(),
    met: new Map(),
    assumed: new Set(),
    inbox: new Map(),
    sentBy: new Map(),
    sentTo: new Map(),
    late: new Set(),
    empty: new Map(),
    outside: [""],
    delivered: new Map(),
  };
  const letters = new Uint8Array(doc.tables.sockets.rows);
  for (let socket = 0; socket < letters.length; socket++) letters[socket] = isConnection(doc, socket) ? 0 : 1;
  for (let event = 0; event < doc.tables.events.rows; event++) {
    const socket = socketOfCall(doc, event);
    if (socket < 0 || !letters[socket]) continue;
    if (gives(doc, event)) push(mail.sent, socket, event);
    else if (takes(doc, event)) {
      push(mail.received, socket, event);
      const sent = rowOf(doc, "events", numberOf(doc, "events", event, "sent"));
      if (sent < 0 || socketOfCall(doc, sent) < 0) continue;
      mail.sentBy.set(event, sent);
      mail.sentTo.set(sent, socket);
    }
    else if (foundEmpty(doc, event)) push(mail.empty, socket, event);
  }
  return mail;
}

/** Whom a call's message went to or came from: as the trace tells, else by the address that it names, or its peer's. */
function address(
  doc: Document,
  mail: Mail,
  indexes: Map<string, number>,
  socket: number,
  event: number,
): Party {
  const [t, received] = [timeOf(doc, event), takes(doc, event)];
  const sent = mail.sentBy.get(event);
  const told = sent === undefined ? mail.sentTo.get(event) : socketOfCall(doc, sent);
  if (told !== undefined) return told;
  const named = namedBy(doc, event);
  const at = named || peerAt(doc, socket, t);
  if (!named && received && !hasOnlyPeer(doc, socket)) mail.assumed.add(event);
  const peer = rowOf(doc, "sockets", numberOf(doc, "sockets", socket, "peer_socket"));
  if (peer >= 0 && at === plain(textOf(doc, "sockets", socket, "peer"))) return peer;
  const holder = at ? holderOf(doc, socket, at, t, received) : -1;
  if (holder >= 0) return holder;
  const last = at && !received ? lastHolderOf(doc, socket, at, t) : -1;
  if (last >= 0 && mail.met.get(socket)?.has(last)) {
    mail.late.add(event);
    return last;
  }
  let index = indexes.get(at);
  if (index === undefined) indexes.set(at, (index = mail.outside.push(at) - 1));
  return ~index;
}

const mails = new WeakMap<Document, Mail>();

/** All messages of a document, addressed once. */
export function mailOf(doc: Document): Mail {
  const known = mails.get(doc);
  if (known) return known;
  const mail = collect(doc);
  const indexes = new Map<string, number>([["", 0]]);
  for (const calls of [mail.received, mail.sent])
    for (const [socket, events] of calls) {
      const met = mail.met.get(socket) ?? new Set();
      mail.met.set(socket, met);
      for (const event of events) {
        const party = address(doc, mail, indexes, socket, event);
        mail.to.set(event, party);
        met.add(party);
      }
    }
  for (const events of mail.sent.values())
    for (const event of events) if (mail.to.get(event)! >= 0) push(mail.inbox, mail.to.get(event)!, event);
  for (const events of mail.inbox.values()) events.sort((a, b) => a - b);
  mails.set(doc, mail);
  return mail;
}

/** Whether a socket took nothing of a sender while a call sent: it was connected to another one. */
function refuses(doc: Document, socket: number, sender: number, event: number): boolean {
  const peer = peerAt(doc, socket, startOf(doc, event));
  const local = textOf(doc, "sockets", sender, "local");
  if (!peer || !local || peer !== peerAt(doc, socket, endOf(doc, event))) return false;
  return !isSame(local, peer);
}
/** The senders of what a socket received: for a call that did not ask the only one, or UNKNOWN. */
function sendersOf(mail: Mail, receives: number[], known: Iterable<Party>): Map<number, Party> {
  const isOpen = (event: number) => mail.assumed.has(event) || mail.to.get(event) === UNKNOWN;
  const senders = new Set(known);
  for (const event of receives) {
    const party = mail.to.get(event)!;
    if (party !== UNKNOWN && (party < 0 || !isOpen(event))) senders.add(party);
  }
  const only = senders.size === 1 ? [...senders][0] : UNKNOWN;
  return new Map(receives.map((event) => [event, isOpen(event) ? only : mail.to.get(event)!]));
}

function queueOf(doc: Document, mail: Mail, socket: number, taken: Map<number, number>): Queue {
  const isUnix = textOf(doc, "sockets", socket, "family") === "AF_UNIX";
  return {
    until: lossFrom(doc, birthOf(doc, socket)),
    reliable: isUnix && partsOf(doc, "peers", socket).length < 2, // a new peer empties it
    found: mail.empty.get(socket) ?? [],
    taken,
  };
}

/** The receives whose messages the trace tells of become links: how many messages of which sends. */
function linkTold(doc: Document, mail: Mail, receives: number[], delivery: Delivery): Map<number, number> {
  const taken = new Map<number, number>();
  for (const received of receives) {
    const sent = mail.sentBy.get(received);
    if (sent === undefined) continue;
    const messages = messagesOf(doc, received);
    const bytes = bytesOf(doc, received);
    taken.set(sent, (taken.get(sent) ?? 0) + messages);
    delivery.links.push({ sent, sends: 1, received, receives: 1, bytes, messages });
    delivery.from.set(received, socketOfCall(doc, sent));
  }
  return taken;
}

function deliver(doc: Document, mail: Mail, socket: number): Delivery {
  const all = mail.received.get(socket) ?? [];
  const delivery: Delivery = { ...none(""), from: new Map(), late: [] };
  const taken = linkTold(doc, mail, all, delivery);
  const receives = all.filter((event) => !mail.sentBy.has(event));
  const sends = new Map<Party, number[]>();
  for (const event of mail.inbox.get(socket) ?? []) {
    const sender = socketOfCall(doc, event);
    if (taken.has(event)) push(sends, sender, event);
    else if (mail.late.has(event)) delivery.late.push(event);
    else if (refuses(doc, socket, sender, event)) delivery.lost.push(event);
    else push(sends, sender, event);
  }
  const flows = new Map<Party, number[]>();
  for (const [event, party] of sendersOf(mail, receives, sends.keys())) {
    delivery.from.set(event, party);
    push(flows, party, event);
  }
  const unknown = flows.get(UNKNOWN)?.length ?? 0;
  if (unknown && sends.size) {
    delivery.why = "calls that did not ask from whom received messages: whose is not known";
    return delivery;
  }
  const unclaimed = new Set([...flows.keys()].map((party) => (party < 0 ? mail.outside[~party] : "")));
  const queue = queueOf(doc, mail, socket, taken);
  for (const [sender, events] of sends) {
    const joined = joinMessages(doc, events, flows.get(sender) ?? [], queue);
    delivery.links.push(...joined.links);
    if (unclaimed.has(plain(textOf(doc, "sockets", sender, "local"))))
      delivery.why ||= "an address was of several sockets in turn: whose messages were received is not known";
    else {
      delivery.lost.push(...joined.lost);
      delivery.unread.push(...joined.unread);
    }
    delivery.why ||= joined.why;
  }
  return delivery;
}

/** What a socket received of whom. */
export function deliveryTo(doc: Document, mail: Mail, socket: number): Delivery {
  const delivery = mail.delivered.get(socket) ?? deliver(doc, mail, socket);
  mail.delivered.set(socket, delivery);
  return delivery;
}

/** With whom a call exchanged messages; undefined: with nobody. */
export function partyOfCall(doc: Document, event: number): Party | undefined {
  const socket = event < 0 ? -1 : socketOfCall(doc, event);
  if (socket < 0 || isConnection(doc, socket)) return undefined;
  const mail = mailOf(doc);
  return deliveryTo(doc, mail, socket).from.get(event) ?? mail.to.get(event);
}

/** With whom a socket exchanged messages, the busiest first. */
export function partnersOf(doc: Document, socket: number): Partner[] {
  const mail = mailOf(doc);
  const messages = new Map<Party, number>();
  const add = (party: Party, event: number) =>
    messages.set(party, (messages.get(party) ?? 0) + (messagesOf(doc, event) || 0));
  for (const event of mail.sent.get(socket) ?? []) add(mail.to.get(event)!, event);
  for (const [event, party] of deliveryTo(doc, mail, socket).from) add(party, event);
  const { lost, unread, late } = deliveryTo(doc, mail, socket);
  for (const event of [...lost, ...unread, ...late]) add(socketOfCall(doc, event), event);
  return [...messages].map(([party, n]) => ({ party, messages: n })).sort((a, b) => b.messages - a.messages);
}
