// SPDX-License-Identifier: GPL-2.0-only
// What a call, a process, a socket and a state are called in one line. Rows are the document's. Knows nothing
// of what is drawn.
import { verbOf } from "./calls";
import { field, textOf, type Document, type Row } from "./document";

/** The contract's states in the order of a life: a state's class is its index here. */
export const states = [
  "created",
  "bound",
  "listening",
  "connecting",
  "connected",
  "half-closed-local",
  "half-closed-remote",
  "disconnected",
  "failed",
  "closed",
];

/** Beside the colour: S as in SYN sent, E as in ESTABLISHED; the way that ended: W, R as in SHUT_WR, SHUT_RD. */
export const stateLetters = ["C", "B", "L", "S", "E", "W", "R", "D", "F", "X"];

export function stateClass(state: string): number {
  return states.indexOf(state);
}

function messageText(message: Row): string {
  const { name, iovlen, controllen, flags } = message;
  const sizes = `msg_iovlen=${iovlen}, msg_controllen=${controllen}`;
  return `{msg_name=${name ?? "NULL"}, ${sizes}, msg_flags=${flags}}`;
}

/** One argument as far as it is known: what a pointer points to stands in brackets, as strace has it. */
function argText(name: string, args: Row, pointed: boolean): string {
  const value = args[name];
  if (value === null) return "...";
  if (name === "msg" || name === "msgvec") return messageText(value as Row);
  if (name === "sv") return `[${(value as number[]).join(", ")}]`;
  if (name === "optval" && typeof value === "object") {
    const fields = Object.entries(value as Row).map(([key, one]) => `${key}=${one}`);
    return `[{${fields.join(", ")}}]`;
  }
  if (name === "optval") return `[${value}]`;
  if (["flags", "op"].includes(name) && typeof value === "number" && value) return `0x${value.toString(16)}`;
  if (!["addrlen", "optlen", "arg"].includes(name)) return String(value);
  const returned = args[`${name}_returned`];
  const text = returned === undefined ? String(value) : `${value} => ${returned}`;
  return pointed ? `[${text}]` : text;
}

/** A pointer is not among the arguments, what comes after it is: mostly a buffer's length. */
const afterPointer = ["len", "count", "iovcnt", "nr_args"];

function pointerBefore(call: string, name: string): boolean {
  return afterPointer.includes(name) || (call === "splice" && name === "fd_out");
}

/** ioctl_tty(2), ioctl(2): a request whose argument is a pointer that was not followed; socketcall(2). */
function pointerLast(call: string, { op, arg, call: number }: Row): boolean {
  return number !== undefined || (call === "ioctl" && arg === undefined && op !== "FIOCLEX" && op !== "FIONCLEX");
}

/** What was counted of many calls (record --io) instead of telling of each. */
export function isSum(call: string): boolean {
  return call === "sends" || call === "receives";
}

/** `sends(calls=300, blocked=0.001366, largest=512)`: what there was of it. */
function sumText(call: string, args: Row): string {
  const there = Object.entries(args).filter(([, value]) => value);
  const texts = there.map(([name, value]) => `${name}=${name === "blocked" ? (Number(value) / 1e9).toFixed(6) : value}`);
  return `${call}(${texts.join(", ")})`;
}

/** `connect(4, 127.0.0.1:49393, 16)` */
export function callText(doc: Document, event: number): string {
  const call = textOf(doc, "events", event, "call");
  const args = (field(doc, "events", event, "args") ?? {}) as Row;
  if (isSum(call)) return sumText(call, args);
  const pointed = ["accept", "recv", "ioctl"].includes(verbOf(doc, event)) || call.startsWith("get");
  const failed = textOf(doc, "events", event, "error") !== "";
  const noAddress = !args.addrlen && !failed; // that the call did without
  const texts: string[] = [];
  for (const name of Object.keys(args)) {
    if (name.endsWith("_returned")) continue;
    if (pointerBefore(call, name)) texts.push("...");
    const isNull = args[name] === null && name.startsWith("addr") && noAddress;
    texts.push(isNull ? "NULL" : argText(name, args, pointed));
  }
  if (pointerLast(call, args)) texts.push("...");
  return `${call}(${texts.join(", ")})`;
}

/** " via io_uring"; empty where it is the call itself. */
export function viaText(doc: Document, event: number): string {
  const via = textOf(doc, "events", event, "via");
  return via && via !== "syscall" ? ` via ${via}` : "";
}

export function neverText(doc: Document, event: number): string {
  return textOf(doc, "events", event, "via") === "io_uring" ? "no completion was seen" : "never returned";
}

/** "0", "-1 EAGAIN", "? ERESTARTSYS" (the kernel runs it again), "?" when it never returned. */
export function resultText(doc: Document, event: number): string {
  const ret = field(doc, "events", event, "ret");
  if (ret === null || ret === undefined) return "?";
  const error = textOf(doc, "events", event, "error");
  if (!error) return String(ret);
  return `${error.startsWith("ERESTART") ? "?" : "-1"} ${error}`;
}

/** "curl [17145]" */
export function processName(doc: Document, process: number): string {
  if (process < 0) return "unknown process";
  return `${textOf(doc, "processes", process, "comm") || "?"} [${textOf(doc, "processes", process, "pid")}]`;
}

const unixTypes: Record<string, string> = {
  SOCK_STREAM: "unix stream",
  SOCK_DGRAM: "unix datagram",
  SOCK_SEQPACKET: "unix seqpacket",
};

function inetKind(type: string, protocol: string): string {
  const name = protocol.replace(/^IPPROTO_/, "");
  if (type === "SOCK_RAW") return `raw ${name}`;
  if (name && name !== "IP") return name;
  return type === "SOCK_STREAM" ? "TCP" : type === "SOCK_DGRAM" ? "UDP" : type;
}

/** "TCP", "UDP", "unix stream", "netlink" */
export function socketKind(doc: Document, socket: number): string {
  const [family, type, protocol] = ["family", "type", "protocol"].map((name) =>
    textOf(doc, "sockets", socket, name),
  );
  if (!family) return "socket of unknown kind";
  if (family === "AF_INET" || family === "AF_INET6") return inetKind(type, protocol);
  if (family === "AF_UNIX") return unixTypes[type] ?? `unix ${type}`;
  return family.replace(/^AF_/, "").toLowerCase();
}

/** "TCP 127.0.0.1:52376 → 127.0.0.1:80" */
export function socketName(doc: Document, socket: number): string {
  const kind = socketKind(doc, socket);
  const local = textOf(doc, "sockets", socket, "local");
  const peer = textOf(doc, "sockets", socket, "peer");
  if (peer === "unix:" && !local) return `${kind}, unnamed`;
  if (peer) return `${kind} ${local || "?"} → ${peer}`;
  return local ? `${kind} ${local}` : `${kind}, no address`;
}
