// SPDX-License-Identifier: GPL-2.0-only
// Sends and receives are joined by byte ranges or by message, and not at all where the trace can't tell.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../web/src/document";
import { joinBytes, joinMessages, type Joined } from "../../web/src/join";
import { documentOf } from "./document";

const ALL = Infinity;

interface Calls {
  sent?: number[];
  received?: number[];
}

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
    received: where(["read", "recvfrom", "recvmmsg", "recvmsg"]),
  };
}

const short = ({ links }: Joined) => links.map((link) => [link.sent, link.received, link.bytes]);

async function streamOf(list: [string, number | null, Row?][], { until = ALL, ended = false } = {}) {
  const { doc, sent, received } = await calls(list);
  return joinBytes(doc, sent, received, until, ended);
}

async function messagesOf(
  list: [string, number | null, Row?][],
  { until = ALL, lost = false } = {},
  only: Calls = {},
) {
  const { doc, sent, received } = await calls(list);
  return joinMessages(doc, only.sent ?? sent, only.received ?? received, until, lost);
}

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
  const joined = await streamOf([
    ["write", 3],
    ["read", 3],
    ["write", 9],
  ]);
  assert.deepEqual(short(joined), [[0, 1, 3]]);
  assert.equal(joined.why, "");
});

test("more received than was sent until then: nothing is joined", async () => {
  const joined = await streamOf([
    ["write", 3],
    ["read", 4],
    ["write", 5],
  ]);
  assert.deepEqual(joined.links, []);
  assert.match(joined.why, /more bytes were received/);
});

test("an end of file before all bytes were read: nothing is joined", async () => {
  const list: [string, number][] = [
    ["write", 3],
    ["write", 3],
    ["read", 3],
  ];
  assert.deepEqual((await streamOf(list, { ended: true })).links, []);
  assert.match((await streamOf(list, { ended: true })).why, /end of file/);
  assert.deepEqual(short(await streamOf(list)), [[0, 2, 3]]);
});

test("arrows end where calls were lost", async () => {
  const joined = await streamOf(
    [
      ["write", 3],
      ["read", 3],
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
  const joined = await streamOf([
    ["write", 3],
    ["write", null],
    ["read", 3],
    ["read", 1000],
  ]);
  assert.deepEqual(short(joined), [
    [0, 2, 3],
    [1, 3, 1000],
  ]);
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
  const joined = await messagesOf([
    ["sendto", 0],
    ["sendto", 5],
    ["recvfrom", 0],
    ["recvfrom", 5],
    ["sendto", 7],
  ]);
  assert.deepEqual(short(joined), [
    [0, 2, 0],
    [1, 3, 5],
  ]);
  assert.deepEqual(joined.unreceived, [4]);
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

test("where messages were lost only a length of its own tells which one arrived", async () => {
  const joined = await messagesOf([
    ["sendto", 5, { args: { len: 5 } }],
    ["sendto", 5, { args: { len: 5 } }],
    ["sendto", 7, { args: { len: 7 } }],
    ["recvfrom", 5, { args: { len: 64 } }],
    ["recvfrom", 7, { args: { len: 64 } }],
  ]);
  assert.deepEqual(short(joined), [[2, 4, 7]]);
  assert.match(joined.why, /length of their own/);
  assert.deepEqual(joined.unreceived, []);
});

test("a receive without a send: nothing is joined", async () => {
  const joined = await messagesOf([
    ["recvfrom", 5],
    ["sendto", 5],
  ]);
  assert.deepEqual(joined.links, []);
  assert.match(joined.why, /no traced call had sent/);
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
