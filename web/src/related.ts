// SPDX-License-Identifier: GPL-2.0-only
// Who belongs to whom, read off the tables when somebody asks: each is one pass over one column. Answers in
// rows.
import { field, numberOf, partsOf, rowOf, textOf, type Document, type Row } from "./document";

function rowsWhere(
  doc: Document,
  table: "processes" | "sockets" | "states" | "events",
  name: string,
  value: number,
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < doc.tables[table].rows; row++)
    if (numberOf(doc, table, row, name) === value) rows.push(row);
  return rows;
}

/** The processes that a process, by id, forked. */
export function childrenOf(doc: Document, process: number): number[] {
  return rowsWhere(doc, "processes", "parent", process);
}

/** The sockets accepted from a listener, by id. */
export function acceptedOf(doc: Document, listener: number): number[] {
  return rowsWhere(doc, "sockets", "listener", listener);
}

/** The receives, by id of the event that sent it, of what is known for certain to be that message. */
export function receivesOf(doc: Document, sent: number): number[] {
  return doc.tables.events.columns.has("sent") ? rowsWhere(doc, "events", "sent", sent) : [];
}

/** The sockets whose descriptors a message carried that an event, by id, sent or received. */
export function passedBy(doc: Document, way: "sent" | "received", event: number): number[] {
  const sockets: number[] = [];
  if (!doc.tables.sockets.columns.has("in_flight")) return sockets;
  for (let row = 0; row < doc.tables.sockets.rows; row++) {
    const flights = (field(doc, "sockets", row, "in_flight") ?? []) as Row[];
    if (flights.some((one) => one[way] === event)) sockets.push(row);
  }
  return sockets;
}

/** The states that an event, by id, brought about. */
export function statesCausedBy(doc: Document, event: number): number[] {
  return rowsWhere(doc, "states", "cause", event);
}

/** The sockets that a process, by id, had a descriptor of. */
export function socketsOf(doc: Document, process: number): number[] {
  const sockets = new Set<number>();
  for (let row = 0; row < doc.tables.descriptors.rows; row++)
    if (numberOf(doc, "descriptors", row, "process") === process)
      sockets.add(rowOf(doc, "sockets", numberOf(doc, "descriptors", row, "socket")));
  return [...sockets].sort((a, b) => a - b);
}

/** A state's cause that is an event, -1 where it is a kernel fact. */
export function causeOf(doc: Document, state: number): number {
  return rowOf(doc, "events", field(doc, "states", state, "cause"));
}

/** The accept() that a socket came from. */
export function acceptOf(doc: Document, socket: number): number {
  const [first] = partsOf(doc, "states", socket);
  return first !== undefined && textOf(doc, "sockets", socket, "origin") === "accept"
    ? causeOf(doc, first)
    : -1;
}

/** The socket that a call was on, -1 where there is none. */
export function socketOfCall(doc: Document, event: number): number {
  return rowOf(doc, "sockets", numberOf(doc, "events", event, "socket"));
}
