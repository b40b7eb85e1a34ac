// SPDX-License-Identifier: GPL-2.0-only
// describe.ts against `socklife show` over all captures, and by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { verbOf } from "../../web/src/calls";
import * as describe from "../../web/src/describe";
import { field, textOf, type Document } from "../../web/src/document";
import { errorText } from "../../web/src/errors";
import { captured, capturedLines, captures, documentOf } from "./document";

/** What show says more than the arguments tell: which pointer was null, an argument that is never shown. */
function comparable(line: string): string {
  return line.replaceAll("NULL", "...").replace(/^(recvmmsg\(.*), \.\.\.(\) = )/, "$1$2");
}

function shown(doc: Document, event: number): string {
  const error = errorText(textOf(doc, "events", event, "error"));
  const open = field(doc, "events", event, "dur") === null;
  const silent = textOf(doc, "events", event, "note").includes("IOSQE_CQE_SKIP_SUCCESS");
  const unfinished = silent ? "" : " <unfinished ...>";
  const result = describe.resultText(doc, event) + (open ? unfinished : error && ` (${error})`);
  return `${describe.callText(doc, event)} = ${result}${describe.viaText(doc, event)}`;
}

for (const name of captures)
  test(`${name}: the calls are spelled as show spells them`, async () => {
    const doc = await captured(name);
    const calls: string[] = [];
    for (let row = 0; row < doc.tables.events.rows; row++) calls.push(comparable(shown(doc, row)));
    const lines = capturedLines(name)
      .filter((line) => /^-?\d\S* \[/.test(line) && !/\] (execve\(|\+\+\+ )/.test(line))
      .map((line) => comparable(line.replace(/^\S+ \[.*?\] /, "")))
      .map((line) => line.replace(/( <\d+\.\d+>| = \?( <unfinished ...>)?)( \(.*\))?( via \w+)?$/, (_, end, _open, _note, via) =>
        `${end.startsWith(" =") ? end : ""}${via ?? ""}`,
      ));
    assert.deepEqual(calls.sort(), lines.sort());
  });

test("a NULL is said where the call's success tells of it", async () => {
  const event = { process: 1, tid: 1, call: "accept", via: "syscall", fd: 3, t: 0, dur: 1 };
  const args = { fd: 3, addr: null, addrlen: null };
  const doc = await documentOf({
    events: [
      { ...event, id: 1, args, ret: 4 },
      { ...event, id: 2, args, ret: -1, error: "EBADF" },
      { ...event, id: 3, args: { ...args, addrlen: 16, addrlen_returned: 0 }, ret: 4 },
    ],
  });
  assert.equal(describe.callText(doc, 0), "accept(3, NULL, NULL)");
  assert.equal(describe.callText(doc, 1), "accept(3, ..., ...)");
  assert.equal(describe.callText(doc, 2), "accept(3, ..., [16 => 0])");
});

test("what was counted of many calls is named, and told where there was any", async () => {
  const args = { calls: 300, blocked: 1366324, errors: 0, largest: 512, messages: 0 };
  const event = { id: 1, process: 1, tid: 1, call: "sends", via: "syscall", t: 0, dur: 1, args, ret: 600, bytes: 600 };
  const doc = await documentOf({ events: [event] });
  assert.equal(describe.callText(doc, 0), "sends(calls=300, blocked=0.001366, largest=512)");
});

test("a splice is a send or a receive, by which of its descriptors is the socket", async () => {
  const args = { fd_in: 3, fd_out: 4, len: 100, flags: 0 };
  const event = { process: 1, tid: 1, call: "splice", via: "syscall", t: 0, dur: 1, args, ret: 100 };
  const doc = await documentOf({ events: [{ ...event, id: 1, fd: 3 }, { ...event, id: 2, fd: 4 }] });
  assert.deepEqual([verbOf(doc, 0), verbOf(doc, 1)], ["recv", "send"]);
  assert.equal(describe.callText(doc, 0), "splice(3, ..., 4, ..., 100, 0)");
});

test("pointers stand where the call has them, and in brackets what an ioctl's points to", async () => {
  const event = { process: 1, tid: 1, via: "syscall", fd: 3, t: 0, dur: 1, ret: 0 };
  const doc = await documentOf({
    events: [
      { ...event, id: 1, call: "preadv2", args: { fd: 3, iovcnt: 1, pos: -1, flags: "RWF_NOWAIT" } },
      { ...event, id: 2, call: "sendfile", args: { out_fd: 3, in_fd: 4, count: 9 } },
      { ...event, id: 3, call: "ioctl", args: { fd: 3, op: "FIONREAD", arg: 7 } },
      { ...event, id: 4, call: "ioctl", args: { fd: 3, op: "SIOCGIFCONF" } },
      { ...event, id: 5, call: "ioctl", args: { fd: 3, op: "FIOCLEX" } },
      { ...event, id: 6, call: "fcntl", args: { fd: 3, cmd: "F_DUPFD", arg: 7 } },
    ],
  });
  assert.equal(describe.callText(doc, 0), "preadv2(3, ..., 1, -1, RWF_NOWAIT)");
  assert.equal(describe.callText(doc, 1), "sendfile(3, 4, ..., 9)");
  assert.equal(describe.callText(doc, 2), "ioctl(3, FIONREAD, [7])");
  assert.equal(describe.callText(doc, 3), "ioctl(3, SIOCGIFCONF, ...)");
  assert.equal(describe.callText(doc, 4), "ioctl(3, FIOCLEX)");
  assert.equal(describe.callText(doc, 5), "fcntl(3, F_DUPFD, 7)");
});

test("calls of other ways say so, and registrations and unknown socketcalls are spelled", async () => {
  const event = { process: 1, tid: 1, t: 0, dur: 1, ret: 0 };
  const register = { fd: 4, opcode: "IORING_REGISTER_FILES", nr_args: 2 };
  const doc = await documentOf({
    events: [
      { ...event, id: 1, call: "io_uring_register", via: "syscall", args: register },
      { ...event, id: 2, call: "socketcall", via: "socketcall", args: { call: 21 }, ret: -1, error: "EINVAL" },
      { ...event, id: 3, call: "close", via: "io_uring", fd: "direct:3", args: { fd: "direct:3" } },
    ],
  });
  assert.equal(describe.callText(doc, 0) + describe.viaText(doc, 0), "io_uring_register(4, IORING_REGISTER_FILES, ..., 2)");
  assert.equal(describe.callText(doc, 1) + describe.viaText(doc, 1), "socketcall(21, ...) via socketcall");
  assert.equal(describe.callText(doc, 2) + describe.viaText(doc, 2), "close(direct:3) via io_uring");
  assert.equal(verbOf(doc, 0), "register");
});

test("an event without arguments still has a name", async () => {
  const doc = await documentOf({
    events: [{ id: 1, t: 0, dur: null, tid: 1, call: "socketcall", ret: null }],
  });
  assert.equal(describe.callText(doc, 0), "socketcall()");
  assert.equal(describe.resultText(doc, 0), "?");
});

test("kinds and names of sockets", async () => {
  const kinds = [
    [
      { family: "AF_INET", type: "SOCK_STREAM", protocol: "IPPROTO_TCP", local: "a:1", peer: "b:2" },
      "TCP a:1 → b:2",
    ],
    [{ family: "AF_INET6", type: "SOCK_DGRAM", protocol: "IPPROTO_UDP", local: "a:1" }, "UDP a:1"],
    [{ family: "AF_INET", type: "SOCK_STREAM", protocol: "IPPROTO_MPTCP", peer: "b:2" }, "MPTCP ? → b:2"],
    [{ family: "AF_INET", type: "SOCK_RAW", protocol: "IPPROTO_ICMP" }, "raw ICMP, no address"],
    [{ family: "AF_UNIX", type: "SOCK_STREAM", protocol: 0, local: "unix:" }, "unix stream unix:"],
    [{ family: "AF_UNIX", type: "SOCK_SEQPACKET", protocol: 0 }, "unix seqpacket, no address"],
    [{ family: "AF_NETLINK", type: "SOCK_RAW", protocol: "NETLINK_ROUTE" }, "netlink, no address"],
    [{ family: 45, type: "SOCK_DGRAM", protocol: 0 }, "45, no address"],
    [{ family: null, type: null, protocol: null }, "socket of unknown kind, no address"],
  ] as const;
  const doc = await documentOf({ sockets: kinds.map(([socket], i) => ({ id: i + 1, ...socket })) });
  kinds.forEach(([, name], row) => assert.equal(describe.socketName(doc, row), name));
});

test("a process's name; one that is not known", async () => {
  const doc = await documentOf({ processes: [{ id: 1, pid: 17145, comm: "curl" }] });
  assert.equal(describe.processName(doc, 0), "curl [17145]");
  assert.equal(describe.processName(doc, -1), "unknown process");
});

test("every state has a class and a letter of its own", () => {
  assert.equal(describe.states.length, describe.stateLetters.length);
  assert.equal(
    new Set(describe.stateLetters.map((letter) => letter.toLowerCase())).size,
    describe.states.length,
  );
  assert.equal(describe.stateClass("created"), 0);
  assert.equal(describe.stateClass("closed"), describe.states.length - 1);
});
