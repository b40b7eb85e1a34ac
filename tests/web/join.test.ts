// SPDX-License-Identifier: GPL-2.0-only
// Sends and receives are joined by byte ranges or by message, and not at all where the trace can't tell.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../web/src/document";
import { foundEmpty, joinBytes, readsEnd, takes, type Joined, type Reader } from "../../web/src/join";
import { joinMessages, type Queue } from "../../web/src/join_messages";
import { documentOf } from "./document";

/** Calls in order of time, 10 ns each unless said: [call, bytes, more fields]. */
async function calls(list: [string, number | null, Row?][]) {
  const events = list.map(([call, bytes, more], i) => ({
    id: i + 1,
    t: i * 10,
    dur: bytes === null ? null : 10,
    process: 1,
    tid: 1,
    call,
    via: "syscall",
    fd: 3,
    args: {},
    ret: bytes,
    ...(bytes === null ? {} : { bytes }),
    ...more,
  }));
  const doc = await documentOf({ events });
  const where = (names: string[]) => events.flatMap((event, i) => (names.includes(event.call) ? [i] : []));
  return {
    doc,
    sent: where(["write", "sendto", "sendmmsg"]),
    received: where(["read", "splice", "recvfrom", "recvmmsg", "recvmsg"]),
  };
}

const short = ({ links }: Joined) => links.map((link) => [link.sent, link.received, link.bytes]);

/** Ended, unless said. */
async function streamOf(list: [string, number | null, Row?][], more: Partial<Reader> = {}) {
  const { doc, sent, received } = await calls(list);
  const reader = { events: received, until: Infinity, ended: true, emptyAt: NaN, ...more };
  return joinBytes(
    doc,
    sent,
    received.filter((event) => takes(doc, event)),
    reader,
  );
}

async function messagesOf(list: [string, number | null, Row?][], more: Partial<Queue> = {}) {
  const { doc, sent, received } = await calls(list);
  const found = received.filter((event) => foundEmpty(doc, event));
  const taken = received.filter((event) => !found.includes(event));
  return joinMessages(doc, sent, taken, { until: Infinity, reliable: false, found, taken: new Map(), ...more });
}

const EMPTY: [string, number, Row] = ["recvfrom", -1, { bytes: undefined, error: "EAGAIN" }];

test("a read takes the bytes of the writes before it, whatever their number", async () => {
  const joined = await streamOf([
    ["write", 3],
    ["write", 4],
    ["read", 5],
    ["write", 2],
    ["read", 1],
    ["read", 3],
  ]);
  assert.deepEqual(short(joined), [
    [0, 2, 3],
    [1, 2, 2],
    [1, 4, 1],
    [1, 5, 1],
    [3, 5, 2],
  ]);
  assert.equal(joined.why, "");
});

test("what was sent and not read is not joined, and is no contradiction", async () => {
  const joined = await streamOf(
    [
      ["write", 3],
      ["read", 3],
      ["read", null],
      ["write", 9],
    ],
    { ended: false },
  );
  assert.deepEqual(short(joined), [[0, 1, 3]]);
  assert.equal(joined.why, "");
});

test("a request without a buffer of its own asks for bytes, and its heads are none", async () => {
  const { doc } = await calls([
    ["recvfrom", 0, { args: { len: 0 } }],
    ["recvfrom", 0, { args: { len: 0 }, via: "io_uring" }],
    ["recvmsg", 16, { bytes: 0, via: "io_uring" }],
    ["recvmsg", 17, { bytes: 1, via: "io_uring" }],
    ["recvmmsg", 2, { bytes: 0 }],
  ]);
  assert.deepEqual([0, 1, 2, 3, 4].map((row) => readsEnd(doc, row)), [false, true, true, false, false]);
});

test("a splice() that took less than it was to does not tell that there was no more", async () => {
  const more = { ended: false };
  const taken = (call: string) => streamOf([["write", 3], [call, 3, { args: { fd_in: 3, len: 9, count: 9 } }]], more);
  assert.deepEqual(short(await taken("read")), [[0, 1, 3]]);
  assert.deepEqual(short(await taken("splice")), []);
});

test("more received than was sent until then: nothing is joined", async () => {
  const joined = await streamOf([
    ["write", 3],
    ["read", 4],
    ["write", 5],
    ["read", 4],
  ]);
  assert.deepEqual(joined.links, []);
  assert.match(joined.why, /before the traced calls sent them/);
});

test("an end of file before all bytes were read, or after more: nothing is joined", async () => {
  const early = await streamOf([
    ["write", 3],
    ["write", 3],
    ["read", 3],
  ]);
  assert.deepEqual(early.links, []);
  assert.match(early.why, /came 3 bytes early/);
  const late = await streamOf([
    ["write", 3],
    ["read", 3],
    ["read", 1],
  ]);
  assert.deepEqual(late.links, []);
  assert.match(late.why, /1 byte more/);
});

test("bytes that other calls may have sent are not joined: a file before what was written", async () => {
  const list: [string, number, Row?][] = [
    ["write", 100],
    ["read", 100, { args: { count: 100 } }],
  ];
  const closed = await streamOf(list, { ended: false });
  assert.deepEqual(closed.links, []);
  assert.match(closed.why, /what is not traced, io_uring, may have sent some$/);
  assert.deepEqual(short(await streamOf(list, { ended: false, emptyAt: 20 })), [[0, 1, 100]]);
});

test("who looked for more, or had room for it, and found nothing has all that was sent", async () => {
  const write: [string, number] = ["write", 5];
  const full: [string, number, Row] = ["read", 5, { args: { count: 5 } }];
  const room: [string, number, Row] = ["read", 5, { args: { count: 64 } }];
  const of = async (...list: [string, number | null, Row?][]) =>
    (await streamOf(list, { ended: false })).links.length;
  assert.equal(await of(write, full), 0);
  assert.equal(await of(write, room), 1);
  assert.equal(await of(write, full, EMPTY), 1);
  assert.equal(await of(write, full, ["read", null]), 1);
  assert.equal(await of(write, full, ["read", 5, { dur: 25 }], write), 1);
  assert.equal(await of(write, full, write, full), 0);
  assert.equal(await of(write, ["recvfrom", 5, { args: { flags: "MSG_PEEK" } }]), 0);
});

test("what was certain stays so when bytes come that nobody is known to have sent", async () => {
  const joined = await streamOf(
    [["write", 5], ["read", 5], EMPTY, ["read", 9], ["read", 1], ["write", 10], EMPTY],
    { ended: false },
  );
  assert.deepEqual(short(joined), [[0, 1, 5]]);
});

test("arrows end where calls were lost", async () => {
  const joined = await streamOf(
    [
      ["write", 3],
      ["read", 3],
      ["read", 0],
      ["write", 3],
      ["read", 3],
    ],
    { until: 35 },
  );
  assert.deepEqual(short(joined), [[0, 1, 3]]);
});

test("writes that overlap are one: whose byte comes first is not known", async () => {
  const joined = await streamOf([
    ["write", 3, { dur: 25 }],
    ["write", 4],
    ["read", 7],
  ]);
  assert.deepEqual(joined.links, [{ sent: 0, sends: 2, received: 2, receives: 1, bytes: 7, messages: 0 }]);
});

test("a write that never returned gave an unknown number of bytes", async () => {
  const joined = await streamOf([["write", 3], ["read", 3], EMPTY, ["write", null], ["read", 1000]]);
  assert.deepEqual(short(joined), [[0, 1, 3]]);
});

test("out-of-band bytes are not in order", async () => {
  const joined = await streamOf([
    ["sendto", 3, { args: { flags: "MSG_OOB|MSG_NOSIGNAL" } }],
    ["read", 2],
  ]);
  assert.deepEqual(joined.links, []);
  assert.match(joined.why, /out-of-band/);
});

test("messages go first in, first out, also those without a byte", async () => {
  const list: [string, number][] = [
    ["sendto", 0],
    ["sendto", 5],
    ["recvfrom", 0],
    ["recvfrom", 5],
    ["sendto", 7],
  ];
  for (const reliable of [false, true]) {
    const joined = await messagesOf(list, { reliable });
    assert.deepEqual(short(joined), [
      [0, 2, 0],
      [1, 3, 5],
    ]);
    assert.deepEqual([joined.lost, joined.unread], [[], [4]]);
  }
});

test("a message that was cut to the buffer is the same message", async () => {
  const joined = await messagesOf([
    ["sendto", 9],
    ["recvfrom", 4, { args: { len: 4 } }],
    ["sendto", 8],
    ["recvmsg", 6, { args: { msg: { flags: "MSG_TRUNC" } } }],
  ]);
  assert.deepEqual(short(joined), [
    [0, 1, 4],
    [2, 3, 6],
  ]);
});

test("where messages may be dropped, a receive that several can be of is not joined", async () => {
  const list: [string, number][] = [
    ["sendto", 4],
    ["sendto", 4],
    ["sendto", 4],
    ["recvfrom", 4],
    ["recvfrom", 4],
  ];
  const joined = await messagesOf(list);
  assert.deepEqual(joined.links, []);
  assert.deepEqual([joined.lost, joined.unread], [[], []]);
  assert.match(joined.why, /may have been dropped/);
  assert.deepEqual(short(await messagesOf(list, { reliable: true })), [
    [0, 3, 4],
    [1, 4, 4],
  ]);
});

test("a queue that was found empty has lost what was not received", async () => {
  const joined = await messagesOf([
    ["sendto", 4],
    ["sendto", 4],
    EMPTY,
    ["sendto", 4],
    ["recvfrom", 4],
    ["sendto", 4],
    ["recvfrom", 4],
    ["sendto", 4],
  ]);
  assert.deepEqual(short(joined), [
    [3, 4, 4],
    [5, 6, 4],
  ]);
  assert.deepEqual([joined.lost, joined.unread], [[0, 1], [7]]);
});

test("a length tells which one arrived, and that one before it was dropped", async () => {
  const joined = await messagesOf([
    ["sendto", 5],
    ["sendto", 6],
    ["sendto", 7],
    ["recvfrom", 7, { args: { len: 64 } }],
  ]);
  assert.deepEqual(short(joined), [[2, 3, 7]]);
  assert.deepEqual(joined.lost, [0, 1]);
});

test("what may be the beginning of a longer one is not joined by its length", async () => {
  const received: [string, number, Row] = ["recvfrom", 4, { args: { len: 4 } }];
  const joined = await messagesOf([["sendto", 4], ["sendto", 9], received]);
  assert.deepEqual(joined.links, []);
  assert.deepEqual(joined.lost, []);
});

test("calls at the same time are joined where only one can have sent it", async () => {
  const joined = await messagesOf([
    ["sendto", 5, { dur: 15 }],
    ["sendto", 5],
    ["sendto", 7],
    ["recvfrom", 5, { args: { len: 64 } }],
    ["recvfrom", 7, { args: { len: 64 } }],
  ]);
  assert.deepEqual(short(joined), [[2, 4, 7]]);
  assert.match(joined.why, /at the same time/);
  assert.deepEqual(joined.lost, []);
});

test("a receive without a send: nothing is joined", async () => {
  const joined = await messagesOf([
    ["recvfrom", 5],
    ["sendto", 5],
  ]);
  assert.deepEqual(joined.links, []);
  assert.match(joined.why, /no traced call can have sent/);
});

test("a call of several messages is joined whole, or with the one receiver that it tells", async () => {
  const args = { msgvec: { name: "127.0.0.1:9", flags: 0 } };
  const sent: [string, number, Row] = ["sendmmsg", 2, { bytes: 8, args }];
  const whole = await messagesOf([sent, ["recvmmsg", 2, { bytes: 8 }]]);
  assert.deepEqual(whole.links, [{ sent: 0, sends: 1, received: 1, receives: 1, bytes: 8, messages: 2 }]);
  assert.equal(whole.why, "");
  const first = await messagesOf([sent, ["recvfrom", 3]]);
  assert.equal(first.links[0].messages, 1);
  assert.match(first.why, /only whom its first/);
});
