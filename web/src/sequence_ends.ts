// SPDX-License-Identifier: GPL-2.0-only
// The lifelines of a ladder: which sockets stand left and right, and what is outside the trace. Knows no
// call.
import { processName } from "./describe";
import { numberOf, partsOf, rowOf, textOf, type Document } from "./document";
import { acceptedOf } from "./related";
import { isConnection, mailOf, type Party } from "./sequence_mail";

export const OUTSIDE = -1;

export interface End {
  socket: number; // its row, or OUTSIDE
  role: string; // "client", "server", "listener", "end A", "end B"
  process: number; // the first to hold it, by id
  who: string;
  fd: string; // its first descriptor, and how many more there were
  address: string;
}

export interface Ends {
  ends: End[];
  accepted: number[];
}

/** Named for the process that held it first. */
function endOfSocket(doc: Document, socket: number, role: string): End {
  const address = textOf(doc, "sockets", socket, "local") || "no address";
  const held = partsOf(doc, "descriptors", socket);
  if (!held.length) return { socket, role, process: NaN, who: "no process", fd: "", address };
  const process = numberOf(doc, "descriptors", held[0], "process");
  const more = held.length > 1 ? `, +${held.length - 1}` : "";
  const fd = `fd ${textOf(doc, "descriptors", held[0], "fd")}${more}`;
  return { socket, role, process, who: processName(doc, rowOf(doc, "processes", process)), fd, address };
}

function outside(address: string, role: string, who: string): End {
  return { socket: OUTSIDE, role, process: NaN, who, fd: "", address: address || "unknown address" };
}

/** The other end of a connection, where the trace has it; the model may have told only one of them. */
function peerOf(doc: Document, socket: number): number {
  const peer = rowOf(doc, "sockets", numberOf(doc, "sockets", socket, "peer_socket"));
  if (peer >= 0) return peer;
  const id = numberOf(doc, "sockets", socket, "id");
  for (let other = 0; other < doc.tables.sockets.rows; other++)
    if (numberOf(doc, "sockets", other, "peer_socket") === id) return other;
  return OUTSIDE;
}

/** Whether a socket of the trace has an address, on any host of its own. */
function isHeld(doc: Document, address: string): boolean {
  const port = /:[0-9]+$/.exec(address)?.[0];
  for (let socket = 0; socket < doc.tables.sockets.rows; socket++) {
    const local = textOf(doc, "sockets", socket, "local");
    if (local && (local === address || local === `0.0.0.0${port}` || local === `[::]${port}`)) return true;
  }
  return false;
}

const whoIs = (doc: Document, address: string) =>
  isHeld(doc, address) ? "no socket for certain" : "outside the trace";

/** The address it is, was or was to be connected to, and why no socket stands for it. */
function peerAddress(doc: Document, socket: number): { address: string; who: string } {
  const attempt = partsOf(doc, "attempts", socket).pop();
  const asked = attempt === undefined ? "" : textOf(doc, "attempts", attempt, "peer");
  const address = textOf(doc, "sockets", socket, "peer") || asked;
  const failed = attempt !== undefined && /^E[A-Z]/.test(textOf(doc, "attempts", attempt, "outcome"));
  if (failed) return { address, who: "did not connect" };
  const pending = attempt !== undefined && isHeld(doc, address);
  return { address, who: pending ? "no accept() of it in the trace" : whoIs(doc, address) };
}

function isServer(doc: Document, socket: number): boolean {
  return textOf(doc, "sockets", socket, "origin") === "accept" || listenerOf(doc, socket) >= 0;
}

function listenerOf(doc: Document, socket: number): number {
  return socket < 0 ? OUTSIDE : rowOf(doc, "sockets", numberOf(doc, "sockets", socket, "listener"));
}

function connectionEnds(doc: Document, socket: number): End[] {
  const peer = peerOf(doc, socket);
  const { address, who } = peerAddress(doc, socket);
  const active = (one: number) => one >= 0 && textOf(doc, "sockets", one, "role") === "active";
  if (peer < 0 && !address) return [endOfSocket(doc, socket, "socket")];
  const right = isServer(doc, socket) || active(peer);
  const told = right || active(socket) || (peer >= 0 && isServer(doc, peer));
  if (!told && peer >= 0) {
    const [a, b] = [socket, peer].sort((x, y) => x - y);
    return [endOfSocket(doc, a, "end A"), endOfSocket(doc, b, "end B")];
  }
  const other = (role: string) => (peer >= 0 ? endOfSocket(doc, peer, role) : outside(address, role, who));
  if (!told) return [endOfSocket(doc, socket, "this end"), other("other end")];
  const ends = right
    ? [other("client"), endOfSocket(doc, socket, "server")]
    : [endOfSocket(doc, socket, "client"), other("server")];
  const listener = listenerOf(doc, ends[1].socket);
  return listener >= 0 ? [...ends, endOfSocket(doc, listener, "listener")] : ends;
}

/** Of two that send each other messages the one that began stands left. */
function messageEnds(doc: Document, socket: number, party: Party): End[] {
  const mail = mailOf(doc);
  if (party < 0) {
    const address = mail.outside[~party];
    return [endOfSocket(doc, socket, "end A"), outside(address, "end B", whoIs(doc, address))];
  }
  if (party === socket) return [endOfSocket(doc, socket, "socket")];
  const first = (from: number, to: Party) =>
    mail.sent.get(from)?.find((event) => mail.to.get(event) === to) ?? Infinity;
  const [a, b] = first(party, socket) < first(socket, party) ? [party, socket] : [socket, party];
  return [endOfSocket(doc, a, "end A"), endOfSocket(doc, b, "end B")];
}

/** The lifelines from left to right, of a listener also whom it accepted. */
export function endsOf(doc: Document, socket: number, party: Party | null): Ends {
  if (textOf(doc, "sockets", socket, "role") === "passive")
    return {
      ends: [endOfSocket(doc, socket, "listener")],
      accepted: acceptedOf(doc, numberOf(doc, "sockets", socket, "id")),
    };
  if (isConnection(doc, socket)) return { ends: connectionEnds(doc, socket), accepted: [] };
  const ends = party === null ? [endOfSocket(doc, socket, "socket")] : messageEnds(doc, socket, party);
  return { ends, accepted: [] };
}
