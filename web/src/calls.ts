// SPDX-License-Identifier: GPL-2.0-only
// What an event's call means: its verb (bpf/syscalls.h, by way of the head block) and how bad its outcome is.
import { field, textOf, type Document } from "./document";

/** The worst of many is what a merged pixel shows. */
export const FINE = 0;
export const LATER = 1; // not now: the program is to try or to ask again
export const FAILED = 2;
export const BROKEN = 3; // the connection or the way to the peer is
export const severityNames = ["fine", "not now", "failed", "connection trouble"];

const severities: Record<string, number> = {
  EAGAIN: LATER,
  EINPROGRESS: LATER,
  EALREADY: LATER,
  EINTR: LATER,
  ERESTARTSYS: LATER,
  ERESTARTNOINTR: LATER,
  ERESTARTNOHAND: LATER,
  ERESTART_RESTARTBLOCK: LATER,
  ECONNRESET: BROKEN,
  ECONNREFUSED: BROKEN,
  ECONNABORTED: BROKEN,
  EPIPE: BROKEN,
  ETIMEDOUT: BROKEN,
  EHOSTUNREACH: BROKEN,
  EHOSTDOWN: BROKEN,
  ENETUNREACH: BROKEN,
  ENETDOWN: BROKEN,
  ENETRESET: BROKEN,
};

export function errorSeverity(error: unknown): number {
  return error === undefined || error === null ? FINE : (severities[String(error)] ?? FAILED);
}

export function severityOf(doc: Document, event: number): number {
  return errorSeverity(field(doc, "events", event, "error"));
}

/** create, pair, bind, listen, accept, connect, send, recv, shutdown, close, dup, fcntl, control; "" where not known. */
export function verbOf(doc: Document, event: number): string {
  return doc.calls[textOf(doc, "events", event, "call")] ?? "";
}
