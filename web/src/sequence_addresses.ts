// SPDX-License-Identifier: GPL-2.0-only
// Whose an address was: which socket was bound to it at a time, as another one saw it, and whether any of the
// trace may have been. Knows no message.
import { field, numberOf, partsOf, rowOf, textOf, type Document } from "./document";
import { startOf } from "./join";

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
export function plain(address: string): string {
  return address.replace(/^\[::ffff:([0-9.]+)\]/, "$1");
}

function parsed(address: string): { host: string; port: string } | null {
  const found = /^(\[[^\]]*\]|[0-9.]+):([0-9]+)$/.exec(plain(address));
  return found && { host: found[1], port: found[2] };
}

const isAnyHost = (host: string) => host === "0.0.0.0" || host === "[::]";
const isLoopback = (host: string) => /^127\.|^\[::1\]/.test(host);

/** Whether an address means one that another address is, which may say any host. */
export function isSame(asked: string, address: string): boolean {
  const [one, other] = [parsed(asked), parsed(address)];
  if (!one || !other) return plain(asked) === plain(address);
  return one.port === other.port && (one.host === other.host || isAnyHost(one.host));
}

/** Where an address means the same: in a network namespace; a path of the file system in all of them. */
function scopeOf(doc: Document, socket: number, address: string): string {
  const anywhere = address.startsWith("unix:") && !address.startsWith("unix:@");
  return anywhere ? "" : textOf(doc, "sockets", socket, "netns");
}

function keyOf(doc: Document, socket: number, address: string): string {
  return `${scopeOf(doc, socket, address)} ${address}`;
}

function enter(map: Map<string, number[]>, key: string, socket: number) {
  const list = map.get(key);
  if (list) list.push(socket);
  else map.set(key, [socket]);
}

function read(doc: Document): Directory {
  const directory: Directory = { exact: new Map(), anyHost: new Map(), hosts: new Set() };
  for (let socket = 0; socket < doc.tables.sockets.rows; socket++) {
    const local = plain(textOf(doc, "sockets", socket, "local"));
    if (!local || local === "unix:") continue;
    const address = parsed(local);
    if (address) directory.hosts.add(keyOf(doc, socket, address.host));
    if (isConnection(doc, socket)) continue;
    if (address && isAnyHost(address.host))
      enter(directory.anyHost, keyOf(doc, socket, address.port), socket);
    else enter(directory.exact, keyOf(doc, socket, local), socket);
  }
  return directory;
}

const directories = new WeakMap<Document, Directory>();

function directoryOf(doc: Document): Directory {
  const directory = directories.get(doc) ?? read(doc);
  directories.set(doc, directory);
  return directory;
}

/**
 * It had its address and a descriptor, or has had them before; it has it from the start of the call that
 * bound it, a first send perhaps.
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

/** When it was closed, Infinity: not in the trace. */
export function closeOf(doc: Document, socket: number): number {
  const last = partsOf(doc, "states", socket).pop();
  const closed = last !== undefined && textOf(doc, "states", last, "state") === "closed";
  return closed ? numberOf(doc, "states", last, "from") : Infinity;
}

export function peerAt(doc: Document, socket: number, t: number): string {
  for (const peer of partsOf(doc, "peers", socket)) {
    const from = numberOf(doc, "peers", peer, "from");
    const to = numberOf(doc, "peers", peer, "to");
    if (!(from > t) && !(to <= t)) return plain(textOf(doc, "peers", peer, "peer"));
  }
  return "";
}

/** Sockets of messages that had an address at a time, as seen by another socket. */
function holdersOf(doc: Document, seenBy: number, address: string, t: number, orWas: boolean): number[] {
  const directory = directoryOf(doc);
  const holds = (socket: number) => isBound(doc, socket, t, orWas);
  const exact = directory.exact.get(keyOf(doc, seenBy, address))?.filter(holds) ?? [];
  const ip = parsed(address);
  if (exact.length || !ip) return exact;
  const ours = isLoopback(ip.host) || directory.hosts.has(keyOf(doc, seenBy, ip.host));
  return (ours && directory.anyHost.get(keyOf(doc, seenBy, ip.port))?.filter(holds)) || [];
}

/**
 * The one socket that an address was of at a time, as seen by another socket; -1: none, or it is not
 * certain. orWas: it may have been closed by then, as who sent a message may be when it is received.
 */
export function holderOf(doc: Document, seenBy: number, address: string, t: number, orWas: boolean): number {
  const found = holdersOf(doc, seenBy, address, t, orWas);
  const own = plain(textOf(doc, "sockets", seenBy, "local"));
  // One with another peer takes nothing of ours.
  const open = found.filter((socket) => ["", own].includes(peerAt(doc, socket, t)));
  const best = open.length > 1 && own ? open.filter((socket) => peerAt(doc, socket, t) === own) : open;
  if (found.length === 1) return found[0];
  return best.length === 1 ? best[0] : -1;
}

/** The last socket to have had an address that nobody of the trace has any more; -1: none. */
export function lastHolderOf(doc: Document, seenBy: number, address: string, t: number): number {
  if (holdersOf(doc, seenBy, address, t, false).length) return -1;
  const were = holdersOf(doc, seenBy, address, t, true);
  return were.reduce((last, one) => (last < 0 || closeOf(doc, one) > closeOf(doc, last) ? one : last), -1);
}

/**
 * Whether a socket of the trace, of the same kind, may be the one at an address: in whichever network
 * namespace, unless the address means another one in each.
 */
export function mayHold(doc: Document, other: number, seenBy: number, address: string): boolean {
  if (other === seenBy || isConnection(doc, other) !== isConnection(doc, seenBy)) return false;
  const local = plain(textOf(doc, "sockets", other, "local"));
  if (!local || local === "unix:") return false;
  const ip = parsed(address);
  const netns = textOf(doc, "sockets", other, "netns");
  const isNear = netns === textOf(doc, "sockets", seenBy, "netns");
  if (!ip) return local === address && (isNear || !scopeOf(doc, other, address));
  if (isLoopback(ip.host) && !isNear) return false;
  if (local === plain(address)) return true;
  if (isAnyHost(ip.host)) return isNear && parsed(local)?.port === ip.port;
  const ours = isLoopback(ip.host) || directoryOf(doc).hosts.has(`${netns} ${ip.host}`);
  return ours && isSame(local, address);
}
