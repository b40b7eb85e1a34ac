// SPDX-License-Identifier: GPL-2.0-only
// What the ladder must not claim: messages that may have been dropped, connections that may be another's,
// ends that may be in the trace, bytes that untraced calls may have sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberOf, type Document, type Row } from "../../web/src/document";
import { ladderOf } from "../../web/src/sequence_ladder";
import { partnersOf } from "../../web/src/sequence_mail";
import type { Ladder } from "../../web/src/sequence_types";
import { captured, documentOf } from "./document";

type Call = [socket: number, call: string, ret: number, more?: Row];

/** Calls in order of time, 10 ns from one to the next, each of 8 ns unless said. */
function eventsOf(calls: Call[]): Row[] {
  return calls.map(([socket, call, ret, more], i) => ({
    id: i + 1,
    t: 10 * i,
    dur: 8,
    process: 1,
    tid: 1,
    call,
    via: "syscall",
    fd: socket + 2,
    socket,
    args: {},
    ret,
    ...(/^(send|recv|read|write)/.test(call) && ret >= 0 ? { bytes: ret } : {}),
    ...more,
  }));
}

/** A socket bound or connected from the start on, closed by an event or not at all. */
function socketOf(id: number, local: string, close: number, more: Row = {}): Row {
  const { state = "bound", peer, ...rest } = more;
  const to = close ? 10 * (close - 1) : null;
  const closed = close ? [{ state: "closed", from: to, to: null, cause: close }] : [];
  return {
    id,
    family: "AF_INET",
    type: "SOCK_DGRAM",
    netns: 1,
    origin: "socket",
    local,
    ...(peer ? { peer } : {}),
    states: [{ state, from: 0, to, cause: null }, ...closed],
    peers: peer ? [{ peer, from: 0, to }] : [],
    attempts: [],
    descriptors: [{ process: 1, fd: id + 2, from: 0, to, how: "socket", end: close ? "close" : "open" }],
    bytes: { sent: 0, received: 0 },
    ...rest,
  };
}

const documentWith = (sockets: Row[], calls: Call[]) =>
  documentOf({ processes: [{ id: 1, pid: 7, comm: "x" }], sockets, events: eventsOf(calls) });

/** "data 3 > 5 text": from event to event. */
function arrows(doc: Document, of: Ladder): string[] {
  const id = (item: number) => numberOf(doc, "events", of.items[item].event, "id");
  return of.arrows.map(({ kind, from, to, text }) => `${kind} ${id(from)} > ${id(to)} ${text}`.trim());
}

const A = "127.0.0.1:1111";
const B = "127.0.0.1:2222";
const from: Row = { args: { addr: A, len: 64 } };
const nothing: Row = { error: "EAGAIN", args: { len: 64 } };

/** A sends to B over sockets of a family. */
async function datagrams(calls: Call[], { closed = 0, family = "AF_INET" } = {}) {
  const sender = socketOf(1, A, 0, { state: "connected", peer: B, family });
  const doc = await documentWith([sender, socketOf(2, B, closed, { family })], calls);
  const of = ladderOf(doc, 0);
  return { of, drawn: arrows(doc, of) };
}

const send: Call = [1, "sendto", 4];
const receive: Call = [2, "recvfrom", 4, from];

test("which of several datagrams of a length were dropped is not claimed", async () => {
  const { of, drawn } = await datagrams([send, send, send, send, receive, receive]);
  assert.deepEqual(drawn, []);
  assert.match(of.notes.join(), /may have been dropped/);
});

test("a queue found empty tells what was dropped, and whose message comes next", async () => {
  const empty: Call = [2, "recvfrom", -1, nothing];
  const some = await datagrams([send, send, receive, empty, send, receive]);
  assert.deepEqual(some.drawn, ["data 5 > 6"]);
  const none = await datagrams([send, send, empty, send, receive]);
  assert.deepEqual(none.drawn, ["data 4 > 5", "lost 1 > 1 not received", "lost 2 > 2 not received"]);
});

test("a receive whose send the trace tells of is joined with that one, and what was before it is lost", async () => {
  const { of, drawn } = await datagrams([send, send, send, [2, "recvfrom", 4, { ...from, sent: 2 }]]);
  assert.deepEqual(drawn, [
    "data 2 > 4",
    "lost 1 > 1 not received",
    "outside 3 > 3 not received before the end of the trace",
  ]);
  assert.deepEqual(of.notes, []);
});

test("what the trace tells stands beside what order and lengths tell", async () => {
  const several: Call[] = [[1, "sendmmsg", 2, { bytes: 8 }], [2, "recvfrom", 4, { ...from, sent: 1 }], receive];
  assert.deepEqual((await datagrams(several)).drawn, ["data 1 > 2", "data 1 > 3"]);
  const untold: Call = [2, "read", 4, { sent: 1 }]; // nobody asked from whom
  assert.deepEqual((await datagrams([send, untold])).drawn, ["data 1 > 2"]);
});

test("a message that the trace tells of needs no address to find its receiver", async () => {
  const unbound = socketOf(2, "", 0);
  const doc = await documentWith([socketOf(1, A, 0), unbound], [send, [2, "read", 4, { sent: 1 }]]);
  assert.deepEqual(arrows(doc, ladderOf(doc, 1)), ["data 1 > 2"]);
  assert.deepEqual(partnersOf(doc, 0), [{ party: 1, messages: 1 }]);
});

test("a message left when the receiver closes, or the trace ends, has no cross", async () => {
  const calls: Call[] = [send, receive, send];
  const open = await datagrams(calls);
  assert.deepEqual(open.drawn, ["data 1 > 2", "outside 3 > 3 not received before the end of the trace"]);
  const closed = await datagrams([...calls, [2, "close", 0]], { closed: 4 });
  assert.deepEqual(closed.drawn, ["data 1 > 2", "outside 3 > 3 not received before its close"]);
});

test("unix datagrams are not dropped: first in, first out", async () => {
  const { of, drawn } = await datagrams([send, send, send, receive, receive], { family: "AF_UNIX" });
  assert.deepEqual(drawn, [
    "data 1 > 4",
    "data 2 > 5",
    "outside 3 > 3 not received before the end of the trace",
  ]);
  assert.deepEqual(of.notes, []);
});

const refused: Call = [1, "recvfrom", -1, { error: "ECONNREFUSED" }];

test("a datagram to a closed socket stays in its ladder; the next call tells of nobody there", async () => {
  const until: Call[] = [send, receive, [2, "close", 0], send];
  const told = await datagrams([...until, refused], { closed: 3 });
  assert.deepEqual(told.drawn, ["data 1 > 2", "lost 4 > 4 nobody there"]);
  assert.equal(told.of.partners.length, 1);
  assert.equal(told.of.items.length, 5);
  const untold = await datagrams([...until, [1, "recvfrom", -1, nothing]], { closed: 3 });
  assert.deepEqual(untold.drawn, ["data 1 > 2", "outside 4 > 4 after its close"]);
});

test("a new socket at a closed one's address is a partner of its own", async () => {
  const sender = socketOf(1, A, 0, { state: "connected", peer: B });
  const later = socketOf(3, B, 0);
  Object.assign((later.states as Row[])[0], { from: 30, cause: 4 });
  const calls: Call[] = [send, receive, [2, "close", 0], [3, "bind", 0], send, [3, "recvfrom", 4, from]];
  const doc = await documentWith([sender, socketOf(2, B, 3), later], calls);
  assert.deepEqual(partnersOf(doc, 0), [
    { party: 1, messages: 1 },
    { party: 2, messages: 1 },
  ]);
  assert.deepEqual(arrows(doc, ladderOf(doc, 0, 1)), ["data 1 > 2"]);
  assert.deepEqual(arrows(doc, ladderOf(doc, 0, 2)), ["data 5 > 6"]);
});

const L1 = "127.0.0.1:8001";
const L2 = "127.0.0.1:8002";
const stream = { type: "SOCK_STREAM" };
const listening = { ...stream, state: "listening", role: "passive" };

const attempt = (peer: string, event: number) => {
  const [t, to] = [10 * (event - 1), 10 * (event - 1) + 8];
  return { from: t, to, peer, returned: 0, outcome: "connected", learned: { t: to, how: "return" } };
};

const accepted = (id: number, local: string, peer: string, accept: number, more: Row): Row =>
  socketOf(id, local, 0, {
    ...stream,
    origin: "accept",
    peer,
    states: [{ state: "connected", from: 10 * (accept - 1) + 8, to: null, cause: accept }],
    ...more,
  });

test("of a socket that connects again only this server's connect() is drawn to its accept()", async () => {
  const peers = [
    { peer: L1, from: 8, to: 28 },
    { peer: L2, from: 38, to: null },
  ];
  const attempts = [attempt(L1, 1), attempt(L2, 4)];
  const doc = await documentWith(
    [
      socketOf(1, A, 0, {
        ...stream,
        state: "connected",
        role: "active",
        peer: L2,
        peer_socket: 5,
        peers,
        attempts,
      }),
      socketOf(2, L1, 0, listening),
      socketOf(3, L2, 0, listening),
      accepted(4, L1, B, 2, { listener: 2, peer_socket: 1 }),
      accepted(5, L2, A, 5, { listener: 3, peer_socket: 1 }),
    ],
    [
      [1, "connect", 0],
      [2, "accept", 6],
      [1, "connect", 0],
      [1, "connect", 0],
      [3, "accept", 7],
      [1, "read", 0, { args: { count: 9 } }],
    ],
  );
  const connects = (row: number) => ladderOf(doc, row).arrows.filter(({ kind }) => kind === "connect");
  assert.deepEqual(arrows(doc, ladderOf(doc, 3)), ["branch 2 > 2", "connect 1 > 2 accepted after 18 ns"]);
  assert.deepEqual(arrows(doc, ladderOf(doc, 4)), ["branch 5 > 5", "connect 4 > 5 accepted after 18 ns"]);
  assert.equal(connects(0).length, 1);
});

test("of two connections to one listener the accept() is of the one whose address it tells", async () => {
  const attempts = [attempt(L1, 1), attempt(L1, 3)];
  const client = socketOf(1, A, 0, { ...stream, state: "connected", role: "active", peer: L1, attempts });
  const calls: Call[] = [
    [1, "connect", 0],
    [1, "connect", 0],
    [1, "connect", 0],
    [2, "accept", 6],
  ];
  for (const [peer, expected] of [
    [A, ["branch 4 > 4", "connect 3 > 4 accepted after 18 ns"]],
    [B, ["branch 4 > 4"]],
  ] as const) {
    const server = accepted(3, L1, peer, 4, { listener: 2, peer_socket: 1 });
    const doc = await documentWith([client, socketOf(2, L1, 0, listening), server], calls);
    assert.deepEqual(arrows(doc, ladderOf(doc, 2)), expected);
  }
});

/** What is said of the server that the first socket is connected to, without being joined with it. */
async function server(peer: string, others: Row[], local = A): Promise<string> {
  const client = socketOf(1, local, 0, {
    ...stream,
    state: "connected",
    role: "active",
    peer,
    attempts: [attempt(peer, 1)],
  });
  const doc = await documentWith([client, ...others], [[1, "connect", 0]]);
  return ladderOf(doc, 0).ends[1].who;
}

test("a server that is in the trace, or may be, is not said to be missing", async () => {
  const open = "not known for certain";
  const listener = socketOf(2, L1, 0, listening);
  assert.equal(await server(L1, [listener]), "no accept() of it in the trace");
  assert.equal(await server(L1, [listener, accepted(3, L1, A, 1, {})]), open);
  assert.equal(await server(L1, [listener, accepted(3, L1, B, 1, {})]), "no accept() of it in the trace");
  assert.equal(
    await server("10.0.0.2:80", [accepted(2, "10.0.0.2:80", "10.0.0.1:9", 1, { netns: 2 })]),
    open,
  );
});

test("a wildcard address is this machine's, in its network namespace, and of one protocol", async () => {
  const wildcard = (more: Row) => socketOf(2, "0.0.0.0:8001", 0, { ...listening, ...more });
  assert.equal(await server(L1, [wildcard({})]), "no accept() of it in the trace");
  assert.equal(await server(L1, [wildcard({ netns: 2 })]), "outside the trace");
  assert.equal(await server("192.0.2.1:8001", [wildcard({})]), "outside the trace");
  assert.equal(await server(L1, [socketOf(2, L1, 0)]), "outside the trace");
});

/** A stream from 1 to 2; the reader closes by an event. */
async function streamOf(calls: Call[], close: number) {
  const pair = { ...stream, state: "connected", origin: "socketpair", family: "AF_UNIX" };
  const doc = await documentWith(
    [
      socketOf(1, "unix:", 0, { ...pair, peer: "unix:", peer_socket: 2 }),
      socketOf(2, "unix:", close, { ...pair, peer: "unix:", peer_socket: 1 }),
    ],
    calls,
  );
  const of = ladderOf(doc, 0);
  return { of, data: of.arrows.filter(({ kind }) => kind === "data").length };
}

test("bytes that io_uring may have sent before are not drawn as the write()'s", async () => {
  const calls: Call[] = [
    [1, "write", 100],
    [2, "read", 100, { args: { count: 100 } }],
    [2, "close", 0],
  ];
  const { of, data } = await streamOf(calls, 3);
  assert.equal(data, 0);
  assert.match(of.notes.join(), /io_uring, may have sent some/);
  const reset: Call = [1, "read", -1, { error: "ECONNRESET" }];
  assert.equal((await streamOf([...calls, reset], 3)).data, 0);
});

test("an end of file for the sender tells that the reader left nothing", async () => {
  const { of, data } = await streamOf(
    [
      [1, "write", 100],
      [2, "read", 100, { args: { count: 100 } }],
      [2, "close", 0],
      [1, "read", 0, { args: { count: 64 } }],
    ],
    3,
  );
  assert.equal(data, 1);
  assert.deepEqual(of.notes, []);
});

test("the captured ones still have all their arrows", async () => {
  for (const [name, socket, data] of [
    ["tcp-half-close", 2, 2],
    ["unix-path", 2, 1],
    ["udp-sendto-recvfrom", 1, 2],
    ["socketpair-stream", 1, 1],
  ] as const) {
    const of = ladderOf(await captured(name), socket - 1);
    assert.equal(of.arrows.filter(({ kind }) => kind === "data").length, data, name);
  }
});
