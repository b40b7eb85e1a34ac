// SPDX-License-Identifier: GPL-2.0-only
// What an event's call means: its verb (bpf/syscalls.h, by way of the head block) and how bad its outcome is.
import { field, textOf, type Document, type Row } from "./document";

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

/** What is odd about a call: any note but that it is one of several that a request brought. */
export function oddityOf(doc: Document, event: number): string {
  return textOf(doc, "events", event, "note").replace(/^multishot$/, "");
}

/**
 * create, pair, bind, listen, accept, connect, send, recv, shutdown, close, close-range, dup, getfd, fcntl, ioctl,
 * register, control; "" where not known.
 */
export function verbOf(doc: Document, event: number): string {
  const verb = doc.calls[textOf(doc, "events", event, "call")] ?? "";
  if (verb !== "splice") return verb;
  const { fd_out } = (field(doc, "events", event, "args") ?? {}) as Row;
  return fd_out === field(doc, "events", event, "fd") ? "send" : "recv"; // one of the two is a pipe
}
