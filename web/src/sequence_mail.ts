// SPDX-License-Identifier: GPL-2.0-only
// Who sent messages to whom, by addresses: of all sockets that are not connections. An address is a socket's
// where just one was bound to it at that time; any other is an address and no more. Knows nothing of what is
// drawn.
import { field, numberOf, partsOf, rowOf, textOf, type Document, type Row } from "./document";
import {
  argsOf,
  birthOf,
  endOf,
  gives,
  joinMessages,
  lossFrom,
  messageOf,
  messagesOf,
  startOf,
  takes,
  type Joined,
} from "./join";

/** Whom a message is from or to: a socket's row, or ~index of an address outside the trace. */
export type Party = number;

export interface Mail {
  sent: Map<number, number[]>; // a socket's row: the calls
  received: Map<number, number[]>;
  to: Map<number, Party>; // a call: to whom, or from whom
  assumed: Set<number>; // receives that don't say from whom: the peer, or who sent before it was the peer
  inbox: Map<number, number[]>; // a socket's row: the calls that sent to it
  outside: string[]; // addresses; the first is the one that no call told
  delivered: Map<number, Delivery>;
}

export interface Delivery extends Joined {
  from: Map<number, Party>; // a receiving call: its sender
}

export interface Partner {
  party: Party;
  messages: number;
}

const UNKNOWN: Party = ~0;

interface Directory {
  exact: Map<string, number[]>;
  anyHost: Map<string, number[]>;
  hosts: Set<string>; // that are this machine's, as a socket was bound to them
}

export function isConnection(doc: Document, socket: number): boolean {
  const type = textOf(doc, "sockets", socket, "type");
  return type === "SOCK_STREAM" || type === "SOCK_SEQPACKET";
}

/** An IPv4 address is the same one where IPv6 maps it. */
function plain(address: string): string {
  return address.replace(/^\[::ffff:([0-9.]+)\]/, "$1");
}

function parsed(address: string): { host: string; port: string } | null {
  const found = /^(\[[^\]]*\]|[0-9.]+):([0-9]+)$/.exec(plain(address));
  return found && { host: found[1], port: found[2] };
}

/** Where an address means the same: in a network namespace; a path of the file system in all of them. */
function scopeOf(doc: Document, socket: number, address: string): string {
  const anywhere = address.startsWith("unix:") && !address.startsWith("unix:@");
  return anywhere ? "" : textOf(doc, "sockets", socket, "netns");
}

function keyOf(doc: Document, socket: number, address: string): string {
  return `${scopeOf(doc, socket, address)} ${address}`;
}

function push<K>(map: Map<K, number[]>, key: K, value: number) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function directoryOf(doc: Document): Directory {
  const directory: Directory = { exact: new Map(), anyHost: new Map(), hosts: new Set() };
  for (let socket = 0; socket < doc.tables.sockets.rows; socket++) {
    const local = plain(textOf(doc, "sockets", socket, "local"));
    if (!local || local === "unix:") continue;
    const address = parsed(local);
    if (address) directory.hosts.add(keyOf(doc, socket, address.host));
    if (isConnection(doc, socket)) continue;
    if (address && ["0.0.0.0", "[::]"].includes(address.host))
      push(directory.anyHost, keyOf(doc, socket, address.port), socket);
    else push(directory.exact, keyOf(doc, socket, local), socket);
  }
  return directory;
}

/**
 * It had its address and a descriptor, or has had them before; it has it from the start of the call that bound it, a
 * first send perhaps.
 */
function isBound(doc: Document, socket: number, t: number, orWas: boolean): boolean {
  let bound = false;
  for (const state of partsOf(doc, "states", socket)) {
    const name = textOf(doc, "states", state, "state");
    const cause = rowOf(doc, "events", field(doc, "states", state, "cause"));
    const from = cause >= 0 ? startOf(doc, cause) : numberOf(doc, "states", state, "from");
    if (name === "closed" && from <= t) return bound && orWas;
    if ((name === "bound" || name === "connected") && !(from > t)) bound = true;
  }
  return bound;
}

export function peerAt(doc: Document, socket: number, t: number): string {
  for (const peer of partsOf(doc, "peers", socket)) {
    const from = numberOf(doc, "peers", peer, "from");
    const to = numberOf(doc, "peers", peer, "to");
    if (!(from > t) && !(to <= t)) return plain(textOf(doc, "peers", peer, "peer"));
  }
  return "";
}

/**
 * The one socket that an address was of at a time, as seen by another socket; -1: none, or it is not
 * certain. orWas: it may have been closed by then, as who sent a message may be when it is received.
 */
function holderOf(
  doc: Document,
  directory: Directory,
  seenBy: number,
  address: string,
  t: number,
  orWas: boolean,
): number {
  const exact = directory.exact.get(keyOf(doc, seenBy, address));
  let found = exact?.filter((socket) => isBound(doc, socket, t, orWas)) ?? [];
  const ip = parsed(address);
  if (!found.length && ip) {
    const ours = /^127\.|^\[::1\]/.test(ip.host) || directory.hosts.has(keyOf(doc, seenBy, ip.host));
    const any = ours ? directory.anyHost.get(keyOf(doc, seenBy, ip.port)) : undefined;
    found = any?.filter((socket) => isBound(doc, socket, t, orWas)) ?? [];
  }
  const own = plain(textOf(doc, "sockets", seenBy, "local"));
  const open = found.filter((socket) => ["", own].includes(peerAt(doc, socket, t))); // others take nothing of ours
  const best = open.length > 1 && own ? open.filter((socket) => peerAt(doc, socket, t) === own) : open;
  if (found.length === 1) return found[0];
  return best.length === 1 ? best[0] : -1;
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
    assumed: new Set(),
    inbox: new Map(),
    outside: [""],
    delivered: new Map(),
  };
  const letters = new Uint8Array(doc.tables.sockets.rows);
  for (let socket = 0; socket < letters.length; socket++) letters[socket] = isConnection(doc, socket) ? 0 : 1;
  for (let event = 0; event < doc.tables.events.rows; event++) {
    const socket = rowOf(doc, "sockets", numberOf(doc, "events", event, "socket"));
    if (socket < 0 || !letters[socket]) continue;
    if (gives(doc, event)) push(mail.sent, socket, event);
    else if (takes(doc, event)) push(mail.received, socket, event);
  }
  return mail;
}

const mails = new WeakMap<Document, Mail>();

/** All messages of a document, addressed once. */
export function mailOf(doc: Document): Mail {
  const known = mails.get(doc);
  if (known) return known;
  const mail = collect(doc);
  const directory = directoryOf(doc);
  const indexes = new Map<string, number>([["", 0]]);
  const partyOf = (socket: number, event: number): Party => {
    const named = namedBy(doc, event);
    const address = named || peerAt(doc, socket, timeOf(doc, event));
    if (!named && takes(doc, event) && !hasOnlyPeer(doc, socket)) mail.assumed.add(event);
    const peer = rowOf(doc, "sockets", numberOf(doc, "sockets", socket, "peer_socket"));
    if (peer >= 0 && address === plain(textOf(doc, "sockets", socket, "peer"))) return peer;
    const holder = address ? holderOf(doc, directory, socket, address, timeOf(doc, event), takes(doc, event)) : -1;
    if (holder >= 0) return holder;
    let index = indexes.get(address);
    if (index === undefined) indexes.set(address, (index = mail.outside.push(address) - 1));
    return ~index;
  };
  for (const calls of [mail.sent, mail.received])
    for (const [socket, events] of calls)
      for (const event of events) mail.to.set(event, partyOf(socket, event));
  for (const events of mail.sent.values())
    for (const event of events) if (mail.to.get(event)! >= 0) push(mail.inbox, mail.to.get(event)!, event);
  for (const events of mail.inbox.values()) events.sort((a, b) => a - b);
  mails.set(doc, mail);
  return mail;
}

function socketOfCall(doc: Document, event: number): number {
  return rowOf(doc, "sockets", numberOf(doc, "events", event, "socket"));
}

/** What a socket received of whom. */
export function deliveryTo(doc: Document, mail: Mail, socket: number): Delivery {
  const known = mail.delivered.get(socket);
  if (known) return known;
  const delivery: Delivery = { links: [], unreceived: [], why: "", from: new Map() };
  mail.delivered.set(socket, delivery);
  const sends = new Map<Party, number[]>();
  for (const event of mail.inbox.get(socket) ?? []) push(sends, socketOfCall(doc, event), event);
  const receives = mail.received.get(socket) ?? [];
  const isOpen = (event: number) => mail.assumed.has(event) || mail.to.get(event) === UNKNOWN;
  const senders = new Set<Party>(sends.keys());
  for (const event of receives) {
    const party = mail.to.get(event)!;
    if (party !== UNKNOWN && (party < 0 || !isOpen(event))) senders.add(party);
  }
  const only = senders.size === 1 ? [...senders][0] : UNKNOWN;
  const flows = new Map<Party, number[]>();
  for (const event of receives) {
    const from = isOpen(event) ? only : mail.to.get(event)!;
    delivery.from.set(event, from);
    push(flows, from, event);
  }
  if (receives.some(isOpen) && only === UNKNOWN && sends.size) {
    delivery.why =
      "calls that did not ask from whom received messages of several senders: which ones is not known";
    return delivery;
  }
  const unclaimed = new Set([...flows.keys()].map((party) => (party < 0 ? mail.outside[~party] : "")));
  const dropped = Number((field(doc, "sockets", socket, "messages") as Row | undefined)?.dropped ?? 0);
  const until = lossFrom(doc, birthOf(doc, socket));
  for (const [sender, events] of sends) {
    const joined = joinMessages(doc, events, flows.get(sender) ?? [], until, dropped > 0);
    delivery.links.push(...joined.links);
    if (unclaimed.has(plain(textOf(doc, "sockets", sender, "local"))))
      delivery.why ||= "an address was of several sockets in turn: whose messages were received is not known";
    else delivery.unreceived.push(...joined.unreceived);
    delivery.why ||= joined.why;
  }
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
  const lost = new Set(deliveryTo(doc, mail, socket).unreceived);
  for (const event of mail.inbox.get(socket) ?? []) if (lost.has(event)) add(socketOfCall(doc, event), event);
  return [...messages].map(([party, n]) => ({ party, messages: n })).sort((a, b) => b.messages - a.messages);
}
