// SPDX-License-Identifier: GPL-2.0-only
// What a ladder is made of: lifelines, what stands on them in order of time, and arrows between.
import type { End } from "./sequence_ends";
import type { Partner, Party } from "./sequence_mail";

export const CALL = 0;
export const RETURN = 1; // of a call that others began in the meantime
export const FACT = 2; // a change of state that no call here made
export const LOSS = 3; // records are missing, of whichever lifeline

export const LOUD = 0; // stands for itself
export const QUIET = 1; // asks or sets, and nothing came of it
export const DATA = 2; // one of many that move data

export interface Mark {
  end: number;
  state: string;
}

export interface Item {
  kind: number;
  event: number; // -1: a fact or a loss
  end: number; // the lifeline, an index of ends
  t: number;
  sort: number; // LOUD, QUIET, DATA: what runs are made of
  text: string; // a fact's, a loss's
  marks: Mark[] | null; // states entered
}

export type ArrowKind = "connect" | "data" | "end" | "reset" | "branch" | "lost" | "outside";

/** From an item to an item; of an end outside the trace only the one item is known, and is both. */
export interface Arrow {
  kind: ArrowKind;
  from: number;
  to: number;
  fromEnd: number;
  toEnd: number;
  bytes: number;
  messages: number; // 0: a stream's
  text: string;
}

export interface Ladder {
  socket: number;
  ends: End[];
  items: Item[];
  arrows: Arrow[];
  notes: string[];
  partners: Partner[]; // of a socket that sends messages
  party: Party | null; // the one that is shown
  accepted: number[]; // sockets of a listener
  call: Map<number, number>; // event -> its item
  result: Map<number, number>; // event -> the item that has its result
}
