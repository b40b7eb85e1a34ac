// SPDX-License-Identifier: GPL-2.0-only
// The ladder of a connection: who stands where, what goes where, what folds, and that it claims nothing
// uncertain.
import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf, type Document, type Row } from "../../web/src/document";
import { ladderOf } from "../../web/src/sequence_ladder";
import { hasOtherEnd } from "../../web/src/sequence_ends";
import { FACT, LOSS, RETURN, type Ladder } from "../../web/src/sequence_types";
import { partnersOf } from "../../web/src/sequence_mail";
import { arrowsIn, rowsIn, rowsOf, runsOf, ROW } from "../../web/src/sequence_rows";
import { wordsOf } from "../../web/src/sequence_words";
import { captured, capturedJson, captures, documentOf, type Json } from "./document";

const roles = (ladder: Ladder) => ladder.ends.map((end) => end.role);

function nameOf(doc: Document, ladder: Ladder, item: number): string {
  const { event, text } = ladder.items[item];
  return event < 0 ? text : textOf(doc, "events", event, "call");
}

/** "write 0 > read 1: data 3" */
function arrows(doc: Document, ladder: Ladder): string[] {
  return ladder.arrows.map((arrow) => {
    const size = arrow.bytes ? ` ${arrow.bytes}` : "";
    const from = `${nameOf(doc, ladder, arrow.from)} ${arrow.fromEnd}`;
    return `${from} > ${nameOf(doc, ladder, arrow.to)} ${arrow.toEnd}: ${arrow.kind}${size}`;
  });
}

async function ladder(name: string, socket: number): Promise<{ doc: Document; of: Ladder; drawn: string[] }> {
  const doc = await captured(name);
  const of = ladderOf(doc, socket - 1);
  return { doc, of, drawn: arrows(doc, of) };
}

test("a connection has its client left, the accepted socket right, the listener beyond", async () => {
  for (const socket of [2, 3]) {
    const { of, drawn } = await ladder("tcp-half-close", socket);
    assert.deepEqual(roles(of), ["client", "server", "listener"]);
    assert.deepEqual(of.notes, []);
    assert.deepEqual(drawn.sort(), [
      "accept 2 > accept 1: branch",
      "close 1 > read 0: end",
      "connect 0 > accept 2: connect",
      "shutdown 0 > read 1: end",
      "write 0 > read 1: data 3",
      "write 1 > read 0: data 6",
    ]);
  }
});

test("a listener shows its own calls and whom it accepted", async () => {
  const { of } = await ladder("tcp-half-close", 1);
  assert.deepEqual(roles(of), ["listener"]);
  assert.deepEqual(of.accepted, [2]);
  assert.deepEqual(of.arrows, []);
});

test("whether there is another end is told without the ladder", async () => {
  for (const name of captures) {
    const doc = await captured(name);
    for (let socket = 0; socket < doc.tables.sockets.rows; socket++)
      assert.equal(
        hasOtherEnd(doc, socket),
        ladderOf(doc, socket).ends.length > 1,
        `${name}, socket ${socket + 1}`,
      );
  }
});

test("what was lost stands where it was lost, while an end was there", async () => {
  const json = capturedJson("tcp-half-close");
  const losses = async (...lost: [from: number, to: number, reason?: string][]) => {
    const intervals = lost.map(([from, to, reason = "full"]) => ({ from, to, events: 3, reason }));
    const trace = { ...(json.trace as object), lost: { events: 9, intervals } };
    const doc = await documentOf({ ...json, trace });
    const of = ladderOf(doc, 1);
    return of.items.flatMap(({ kind, text }, i) =>
      kind === LOSS ? [`${nameOf(doc, of, i - 1)}, ${text.replaceAll("\u202f", "")}`] : [],
    );
  };
  assert.deepEqual(await losses(), []);
  assert.deepEqual(await losses([0, 1e6], [5.2e6, 5.3e6]), [], "before the listener was there, after its close()");
  assert.deepEqual(await losses([5.07e6, 5.071e6], [5.075e6, 5.08e6, "slow"], [5.0855e6, 5.09e6]), [
    "shutdown, 6 records lost until 0.005080 s: full, slow",
    "read, 3 records lost until 0.005090 s: full",
  ]);
});

test("an accept() that others did not wait for has a row for its return", async () => {
  const { doc, of } = await ladder("tcp-accept-blocks", 2);
  const accept = of.items.findIndex((item) => item.kind === RETURN);
  assert.equal(nameOf(doc, of, accept), "accept");
  assert.deepEqual(of.items[accept].marks, [{ end: 1, state: "connected" }]);
  const connect = of.arrows.find((arrow) => arrow.kind === "connect")!;
  assert.ok(connect.from < connect.to);
  assert.equal(connect.to, accept);
});

test("a close() with unread data resets the peer", async () => {
  const { of, drawn } = await ladder("tcp-reset-on-unread", 2);
  assert.ok(drawn.includes("close 1 > read 0: reset"));
  assert.equal(of.arrows.filter((arrow) => arrow.kind === "data" || arrow.kind === "end").length, 0);
});

test("a refused connect() ends in a cross, and nobody stands for its server", async () => {
  const { of, drawn } = await ladder("tcp-connect-refused", 2);
  assert.deepEqual(drawn, ["connect 0 > connect 1: lost"]);
  assert.equal(of.ends[1].who, "did not connect");
});

test("a connection that nobody accepted says so", async () => {
  const { of } = await ladder("tcp-connect-pending", 2);
  assert.equal(of.ends[1].socket, -1);
  assert.match(of.ends[1].who, /no accept/);
});

test("a socket without a peer has one lifeline; a close of one of two descriptors ends nothing", async () => {
  const { of } = await ladder("fork-shares-socket", 1);
  assert.deepEqual(roles(of), ["socket"]);
  assert.equal(of.ends[0].fd, "fd 3, +1");
  assert.deepEqual(
    of.items.map((item) => item.marks?.map((mark) => mark.state)),
    [["created"], undefined, ["closed"]],
  );
});

test("the end of a process closes what no call closed", async () => {
  const { of } = await ladder("exit-closes-all", 1);
  const facts = of.items.filter((item) => item.kind === FACT);
  assert.deepEqual(
    facts.map((item) => [item.end, item.text, item.marks?.[0].state]),
    [
      [0, "exit", "closed"],
      [1, "exit", "closed"],
    ],
  );
});

test("a socketpair branches into two, MSG_PEEK takes nothing", async () => {
  const { of, drawn } = await ladder("peek", 2);
  assert.deepEqual(roles(of), ["end A", "end B"]);
  assert.deepEqual(drawn, [
    "socketpair 0 > socketpair 1: branch",
    "sendto 0 > recvfrom 1: data 5",
    "close 0 > recvfrom 1: end",
  ]);
  assert.equal(of.arrows[1].to, 3);
});

test("a unix connection is joined as a TCP one", async () => {
  const { drawn } = await ladder("unix-path", 2);
  assert.ok(drawn.includes("connect 0 > accept 2: connect"));
  assert.ok(drawn.includes("write 0 > read 1: data 5"));
});

test("datagrams find their receiver by address, and the sender stands left", async () => {
  for (const socket of [1, 2]) {
    const { of, drawn } = await ladder("udp-sendto-recvfrom", socket);
    assert.deepEqual(drawn, ["sendto 0 > recvfrom 1: data 3", "sendto 1 > recvfrom 0: data 4"]);
    assert.equal(of.ends[1].address.startsWith("127.0.0.1:"), true);
  }
  assert.deepEqual((await ladder("unix-datagram", 1)).drawn, [
    "sendto 0 > recvfrom 1: data 3",
    "sendto 1 > recvfrom 0: data 4",
  ]);
});

test("a sender may be closed when its message is received", async () => {
  const json = capturedJson("udp-sendto-recvfrom") as { sockets: Row[]; events: Row[] } & Json;
  const [close] = json.events.splice(9, 1);
  json.events.splice(7, 0, Object.assign(close, { t: 8291450, dur: 500 }));
  const states = json.sockets[0].states as Row[];
  states[1].to = states[2].from = 8291450;
  const doc = await documentOf(json);
  assert.deepEqual(arrows(doc, ladderOf(doc, 1)), [
    "sendto 0 > recvfrom 1: data 3",
    "sendto 1 > recvfrom 0: data 4",
  ]);
});

test("a truncated datagram is the one that was sent; several in one call say how many", async () => {
  const { of } = await ladder("datagram-truncated", 2);
  assert.deepEqual(
    of.arrows.map((arrow) => arrow.bytes),
    [4, 7, 4],
  );
  const several = await ladder("sendmmsg-recvmmsg", 2);
  assert.deepEqual(
    several.of.arrows.map((arrow) => [arrow.bytes, arrow.messages]),
    [[8, 2]],
  );
  assert.match(wordsOf(several.doc, several.of, several.of.arrows[0].from).more, /2 messages/);
});

test("a message that came before connect() is the stranger's, a later one of his is lost", async () => {
  const { drawn } = await ladder("udp-stranger-refused", 3);
  assert.deepEqual(drawn.sort(), ["sendto 0 > recvfrom 1: data 5", "sendto 0 > sendto 1: lost 4"]);
});

test("with several partners the busiest comes first, and another one can be asked for", async () => {
  const doc = await captured("udp-connected-peer-changes");
  assert.deepEqual(partnersOf(doc, 2), [
    { party: 0, messages: 2 },
    { party: 1, messages: 1 },
  ]);
  assert.deepEqual(arrows(doc, ladderOf(doc, 2)), [
    "write 0 > recvfrom 1: data 3",
    "sendto 0 > recvfrom 1: data 1",
  ]);
  const other = ladderOf(doc, 2, 1);
  assert.deepEqual(arrows(doc, other), ["sendto 0 > recvfrom 1: data 6"]);
  assert.match(other.notes[0], /2 calls of .* with others not shown/);
});

/** tcp-half-close with something changed. */
async function changed(
  change: (json: { sockets: Row[]; events: Row[]; trace: Row }) => void,
): Promise<Ladder> {
  const json = capturedJson("tcp-half-close") as { sockets: Row[]; events: Row[]; trace: Row } & Json;
  change(json);
  return ladderOf(await documentOf(json), 1);
}

const dataOf = (of: Ladder) => of.arrows.filter((arrow) => arrow.kind === "data").map((arrow) => arrow.bytes);

test("after a loss nothing is joined, and a line says why", async () => {
  const of = await changed(({ trace, events }) => {
    const from = Number(events[10].t);
    trace.lost = { events: 3, intervals: [{ from, to: from + 9, events: 3, reason: "buffer full" }] };
  });
  assert.deepEqual(dataOf(of), [3]);
  assert.match(of.notes.join(), /calls were lost/);
});

test("a loss before the connection was made changes nothing", async () => {
  const of = await changed(({ trace }) => {
    trace.lost = { events: 3, intervals: [{ from: 0, to: 10, events: 3, reason: "buffer full" }] };
  });
  assert.deepEqual(dataOf(of), [3, 6]);
});

test("a connection older than the trace is not joined", async () => {
  const of = await changed(({ sockets }) => (sockets[1].origin = "snapshot"));
  assert.deepEqual(dataOf(of), []);
  assert.match(of.notes.join(), /before the trace saw it/);
});

test("bytes without a call keep that way from being joined", async () => {
  const of = await changed(({ sockets }) => (sockets[1].bytes = { sent: 3, received: 9 }));
  assert.deepEqual(dataOf(of), [3]);
  assert.match(of.notes.join(), /only a part of the bytes received/);
});

test("an end outside the trace is there, and its arrows claim none of its calls", async () => {
  const json = capturedJson("tcp-half-close") as { sockets: Row[]; events: Row[] } & Json;
  json.sockets = json.sockets.slice(1, 2);
  delete json.sockets[0].peer_socket;
  json.events = json.events.filter((event) => event.socket === 2);
  const doc = await documentOf(json);
  const of = ladderOf(doc, 0);
  assert.deepEqual(of.ends.map((end) => [end.role, end.socket, end.who]).pop(), [
    "server",
    -1,
    "outside the trace",
  ]);
  assert.deepEqual(arrows(doc, of), [
    "connect 0 > connect 1: outside",
    "write 0 > write 1: outside 3",
    "read 1 > read 0: outside 6",
    "read 1 > read 0: outside",
  ]);
});

/** A client that asks and a server that answers, n times, as one thread each. */
function talk(n: number): Json {
  const events: Row[] = [];
  const add = (call: string, socket: number, fd: number, more: Row) =>
    events.push({
      id: events.length + 1,
      t: 10 * events.length,
      dur: 8,
      process: 1,
      tid: 1,
      call,
      via: "syscall",
      fd,
      socket,
      args: { fd },
      ...more,
    });
  add("socketpair", 1, 3, { ret: 0, args: { sv: [3, 4] } });
  for (let i = 0; i < n; i++) {
    add("write", 1, 3, { ret: 100, bytes: 100 });
    add("read", 2, 4, { ret: 60, bytes: 60 });
    add("read", 2, 4, { ret: 40, bytes: 40 });
    add("write", 2, 4, { ret: 7, bytes: 7 });
    add("read", 1, 3, { ret: 7, bytes: 7 });
  }
  const cause = add("close", 1, 3, { ret: 0 });
  add("read", 2, 4, { ret: 0, bytes: 0 });
  const end = 10 * (cause - 1);
  const socket = (id: number, sent: number, received: number) => ({
    id,
    family: "AF_UNIX",
    type: "SOCK_STREAM",
    origin: "socketpair",
    peer: "unix:",
    peer_socket: 3 - id,
    states: [
      { state: "connected", from: 8, to: id === 1 ? end : null, cause: 1 },
      ...(id === 1 ? [{ state: "closed", from: end, to: null, cause }] : []),
    ],
    peers: [{ peer: "unix:", from: 8, to: null }],
    attempts: [],
    descriptors: [{ process: 1, fd: 2 + id, from: 8, to: null, how: "socketpair", end: "open" }],
    bytes: { sent: sent * n, received: received * n },
  });
  return {
    processes: [{ id: 1, pid: 7, comm: "talk" }],
    sockets: [socket(1, 100, 7), socket(2, 7, 100)],
    events,
  };
}

test("a run folds into one row, and unfolds", async () => {
  const doc = await documentOf(talk(100));
  const of = ladderOf(doc, 0);
  const [run, ...more] = runsOf(doc, of);
  assert.deepEqual(more, []);
  assert.equal(run.text, "write/read × 500, → 10 kB, ← 700 B");
  const folded = rowsOf(of, [run], new Set(), false);
  assert.deepEqual([...folded.items], [0, ~0, 501, 502]);
  assert.deepEqual(
    folded.arrows.map((one) => one.arrow.kind),
    ["branch", "end"],
  );
  const open = rowsOf(of, [run], new Set([run.first]), false);
  assert.equal(open.items.length, 504);
  assert.equal(open.arrows.length, 302);
  assert.equal(open.y[504], 504 * ROW);
});

test("a call with a note is never folded", async () => {
  const json = talk(100);
  json.events![250].note = "truncated: 40 of 60 bytes";
  const doc = await documentOf(json);
  const runs = runsOf(doc, ladderOf(doc, 0)).map(({ first, last }) => `${first} to ${last}`);
  assert.deepEqual(runs, ["1 to 249", "251 to 500"]);
});

test("completions of a multishot request fold as other calls do", async () => {
  const json = talk(100);
  for (const event of json.events!) if (event.call === "read") event.note = "multishot";
  const doc = await documentOf(json);
  assert.equal(runsOf(doc, ladderOf(doc, 0)).length, 1);
});

test("a folded run tells how many messages were not received", async () => {
  const doc = await documentOf(talk(100));
  const of = ladderOf(doc, 0);
  const lost = { kind: "outside", fromEnd: 0, toEnd: 1, bytes: 1, text: "" } as const;
  of.arrows.push({ ...lost, from: 5, to: 5, messages: 2 }, { ...lost, from: 9, to: 9, messages: 1 });
  assert.equal(runsOf(doc, of)[0].text, "write/read × 500, → 10 kB, ← 700 B, 3 not received");
});

test("a window holds its rows, and the arrows that cross it", async () => {
  const doc = await documentOf(talk(100));
  const of = ladderOf(doc, 0);
  const rows = rowsOf(of, [], new Set(), false);
  assert.deepEqual(rowsIn(rows, 10 * ROW, 3 * ROW - 1), [10, 12]);
  of.arrows.push({ kind: "data", from: 1, to: 400, fromEnd: 0, toEnd: 1, bytes: 1, messages: 0, text: "" });
  const long = rowsOf(of, [], new Set(), false);
  assert.ok(arrowsIn(long, 200, 210).some((one) => one.from === 1 && one.to === 400));
  assert.ok(arrowsIn(long, 401, 420).every((one) => one.to >= 401));
});

test("to scale, a gap is as high as the logarithm of its time", async () => {
  const doc = await documentOf(talk(1));
  const of = ladderOf(doc, 0);
  of.items[3].t += 1e6;
  of.items.slice(4).forEach((item) => (item.t += 1e6));
  const { y } = rowsOf(of, [], new Set(), true);
  assert.equal(y[2] - y[1], ROW);
  assert.ok(y[3] - y[2] > 2 * ROW);
});

test("100,000 rows are laid out in well under a second", async () => {
  const doc = await documentOf(talk(20_000));
  const start = performance.now();
  const of = ladderOf(doc, 0);
  const runs = runsOf(doc, of);
  const rows = rowsOf(of, runs, new Set(runs.map((run) => run.first)), false);
  const took = performance.now() - start;
  assert.equal(rows.items.length, 100_003 + runs.length);
  assert.equal(of.arrows.filter((arrow) => arrow.kind === "data").length, 60_000);
  assert.ok(took < 1500, `${took} ms`);
});
