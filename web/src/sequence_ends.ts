// SPDX-License-Identifier: GPL-2.0-only
// The lifelines of a ladder: which sockets stand left and right, and what is outside the trace. Knows no
// call but the accept() that a socket came from.
import { verbOf } from "./calls";
import { processName } from "./describe";
import { field, numberOf, partsOf, rowOf, textOf, type Document, type Row } from "./document";
import { acceptedOf, socketOfCall, statesCausedBy } from "./related";
import { lossFrom } from "./join";
import { isConnection, isSame, mayHold } from "./sequence_addresses";
import { mailOf, type Party } from "./sequence_mail";

export const OUTSIDE = -1;

export interface End {
  socket: number; // its row, or OUTSIDE
  role: string; // "client", "server", "listener", "end A", "end B"
  process: number; // the first to hold it, by id
  who: string;
  fd: string; // its first descriptor, and how many more there were
  address: string;
}

interface Ends {
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

/** The sockets of the trace that may be the one at an address. */
function mayBe(doc: Document, socket: number, address: string): number[] {
  const all = Array.from({ length: doc.tables.sockets.rows }, (_, other) => other);
  return all.filter((other) => mayHold(doc, other, socket, address));
}

const OPEN = "not known for certain";

const whoIs = (doc: Document, socket: number, address: string) =>
  !address || mayBe(doc, socket, address).length ? OPEN : "outside the trace";

/** Who is to accept a connection: a listener of the trace that has not, or one that is not told apart. */
function whoAccepts(doc: Document, socket: number, attempt: number, address: string): string {
  const local = textOf(doc, "sockets", socket, "local");
  const others = mayBe(doc, socket, address);
  const listens = (other: number) => textOf(doc, "sockets", other, "role") === "passive";
  const isOther = (other: number) => {
    const peer = textOf(doc, "sockets", other, "peer").replace(/^unix:$/, ""); // unnamed: any
    return listens(other) || (peer && !isSame(peer, local)) || peerOf(doc, other) !== OUTSIDE;
  };
  const all = lossFrom(doc, numberOf(doc, "attempts", attempt, "from")) === Infinity;
  if (!others.length) return "outside the trace";
  return all && others.some(listens) && others.every(isOther) ? "no accept() of it in the trace" : OPEN;
}

/** The address it is, was or was to be connected to, and why no socket stands for it. */
function peerAddress(doc: Document, socket: number): { address: string; who: string } {
  const attempt = partsOf(doc, "attempts", socket).pop();
  const asked = attempt === undefined ? "" : textOf(doc, "attempts", attempt, "peer");
  const address = textOf(doc, "sockets", socket, "peer") || asked;
  if (attempt === undefined) return { address, who: whoIs(doc, socket, address) };
  const failed = /^E[A-Z]/.test(textOf(doc, "attempts", attempt, "outcome"));
  return { address, who: failed ? "did not connect" : whoAccepts(doc, socket, attempt, address) };
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
    return [endOfSocket(doc, socket, "end A"), outside(address, "end B", whoIs(doc, socket, address))];
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

/** The socket whose figure a call stands in, -1: none; an accept() stands for the connection it made. */
export function socketOfFigure(doc: Document, event: number): number {
  if (verbOf(doc, event) === "accept") {
    const [state] = statesCausedBy(doc, numberOf(doc, "events", event, "id"));
    if (state !== undefined) return rowOf(doc, "sockets", numberOf(doc, "states", state, "socket"));
  }
  return socketOfCall(doc, event);
}

/** Whether a socket's figure has two ends, mostly by what is told of the socket alone. */
export function hasOtherEnd(doc: Document, socket: number): boolean {
  if (socket < 0 || textOf(doc, "sockets", socket, "role") === "passive") return false;
  const messages = field(doc, "sockets", socket, "messages") as Row | undefined;
  if (messages && !isConnection(doc, socket)) {
    const { met, inbox } = mailOf(doc);
    return Number(messages.sent) + Number(messages.received) > 0 || met.has(socket) || inbox.has(socket);
  }
  const known = ["peer", "peer_socket"].some((name) => field(doc, "sockets", socket, name) !== undefined);
  const last = partsOf(doc, "attempts", socket).at(-1);
  return known || (last !== undefined && textOf(doc, "attempts", last, "peer") !== "");
}
