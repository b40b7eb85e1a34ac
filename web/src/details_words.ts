// SPDX-License-Identifier: GPL-2.0-only
// The document's words for how sockets and descriptors come and go, said in full. An unknown word stands for
// itself.

const origins: Record<string, string> = {
  socket: "socket()",
  accept: "accept()",
  socketpair: "socketpair()",
  snapshot: "there before the trace",
  received: "received from another process",
};

const hows: Record<string, string> = {
  socket: "socket()",
  accept: "accept()",
  socketpair: "socketpair()",
  dup: "dup()",
  fork: "inherited by fork()",
  scm_rights: "received (SCM_RIGHTS)",
  pidfd_getfd: "pidfd_getfd()",
  snapshot: "there before the trace",
};

const ends: Record<string, string> = {
  close: "close()",
  dup2: "replaced by dup2()",
  cloexec: "closed by execve()",
  exit: "the process ended",
  close_range: "close_range()",
  open: "still open",
};

const learned: Record<string, string> = {
  return: "by its return",
  SO_ERROR: "by SO_ERROR",
  connect: "by another connect()",
  poll: "by poll",
  io: "by reading or writing",
};

const lookUp = (words: Record<string, string>, name: string) =>
  Object.hasOwn(words, name) ? words[name] : name;

export const originText = (origin: string) => lookUp(origins, origin);
export const howText = (how: string) => lookUp(hows, how);
export const endText = (end: string) => lookUp(ends, end);
export const learnedText = (how: string) => lookUp(learned, how);

/** Of a state that no call brought about. */
export function factText(fact: string): string {
  return fact === "snapshot" ? "found so when the trace began" : endText(fact);
}

/** A value as text; words stand for null and for what is not there. */
export function cellText(value: unknown, none: string): string {
  return value === null || value === undefined ? none : String(value);
}
