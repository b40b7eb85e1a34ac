// SPDX-License-Identifier: GPL-2.0-only
// What is under the pointer, what an area sums up to, and how bad a call's outcome is.
import assert from "node:assert/strict";
import test from "node:test";
import { BROKEN, errorSeverity, FAILED, FINE, LATER, verbOf } from "../../web/src/calls";
import { states } from "../../web/src/describe";
import { numberOf, textOf, type Document } from "../../web/src/document";
import { buildLayout, HEADER, type Layout } from "../../web/src/layout";
import { describePick, isProcessLane, pick, sums } from "../../web/src/pick";
import { captured, documentOf } from "./document";

function eventOf(doc: Document, call: string): number {
  for (let row = 0; row < doc.tables.events.rows; row++)
    if (textOf(doc, "events", row, "call") === call) return row;
  throw new Error(`no ${call}`);
}

const laneOf = (layout: Layout, fd: number) => layout.lanes.findIndex((lane) => lane.fd === fd);

/** 1000 reads of 10 bytes in lane 1, every 100 ns, one of them reset. */
function reads(): Promise<Document> {
  return documentOf({
    processes: [{ id: 1, pid: 1, parent: null, comm: "reader", start: 0, end: null }],
    events: Array.from({ length: 1000 }, (_, i) => {
      const outcome = i === 700 ? { ret: -1, error: "ECONNRESET" } : { ret: 10, bytes: 10 };
      return {
        id: i + 1,
        t: i * 100,
        dur: 50,
        process: 1,
        tid: 1,
        call: "read",
        via: "syscall",
        fd: 3,
        args: {},
        ...outcome,
      };
    }),
  });
}

test("the call under the pointer is found, and the state it is in", async () => {
  const doc = await captured("tcp-half-close");
  const layout = buildLayout(doc);
  const connect = eventOf(doc, "connect");
  const t = numberOf(doc, "events", connect, "t") + numberOf(doc, "events", connect, "dur") / 2;
  const found = pick(layout, laneOf(layout, 4), t - 5, t + 5);
  assert.deepEqual([found.event, found.merged, states[found.state]], [connect, 1, "connecting"]);
  const text = describePick(doc, layout, found).join("\n");
  assert.match(text, /^connect\(4, 127\.0\.0\.1:49393, 16\) = 0\ntook 74\.9 µs\nconnecting: TCP/);
});

test("between two calls there is the state alone", async () => {
  const doc = await captured("tcp-half-close");
  const layout = buildLayout(doc);
  const listen = eventOf(doc, "listen");
  const t = numberOf(doc, "events", listen, "t") + numberOf(doc, "events", listen, "dur") + 20000;
  const found = pick(layout, laneOf(layout, 3), t, t);
  assert.deepEqual([found.event, states[found.state]], [-1, "listening"]);
});

test("of many calls under the pointer the worst is picked, and all are counted", async () => {
  const doc = await reads();
  const layout = buildLayout(doc);
  const found = pick(layout, 1, 0, 100000);
  assert.deepEqual([found.merged, found.event], [1000, 700]);
  assert.match(describePick(doc, layout, found)[0], /^1,000 calls here/);
  assert.match(describePick(doc, layout, found)[1], /= -1 ECONNRESET$/);
});

test("beside the lanes there is nothing", async () => {
  const doc = await reads();
  const layout = buildLayout(doc);
  for (const lane of [-1, 2, 99]) {
    const found = pick(layout, lane, 0, 1e9);
    assert.deepEqual([found.event, found.socket, found.merged], [-1, -1, 0]);
    assert.deepEqual(describePick(doc, layout, found), []);
  }
});

test("a process's lane is told by its name", async () => {
  const doc = await reads();
  const layout = buildLayout(doc);
  assert.ok(isProcessLane(layout, 0) && !isProcessLane(layout, 1) && !isProcessLane(layout, 7));
  assert.equal(layout.lanes[0].fd, HEADER);
  assert.deepEqual(describePick(doc, layout, pick(layout, 0, 0, 1)), ["reader [1]"]);
});

test("a call says by which way it came", async () => {
  const events = [0, 1].map((i) => ({
    id: i + 1,
    t: 100 * i,
    dur: i ? null : 50,
    process: 1,
    tid: 1,
    call: "recvfrom",
    via: "io_uring",
    fd: "direct:3",
    args: { fd: "direct:3", len: 9, flags: 0, addr: null, addrlen: null },
    ret: i ? null : 9,
    note: "multishot",
  }));
  const doc = await documentOf({ processes: [{ id: 1, pid: 1, parent: null, comm: "x" }], events });
  const layout = buildLayout(doc);
  const at = (t: number) => describePick(doc, layout, pick(layout, 1, t, t));
  assert.deepEqual(at(10), ["recvfrom(direct:3, ..., 9, 0, NULL, NULL) = 9 via io_uring", "took 50 ns", "multishot"]);
  assert.deepEqual(at(100)[1], "no completion was seen");
});

test("an area sums calls, bytes, the time inside of calls and the trouble", async () => {
  const doc = await reads();
  const layout = buildLayout(doc);
  assert.deepEqual(sums(doc, layout, 0, 1, 60000, 79990), [
    "20 µs: 200 calls, 2.0 kB",
    "10 µs inside calls",
    "1 connection trouble",
  ]);
  assert.deepEqual(sums(doc, layout, 1, 1, 75, 80), ["5 ns: 0 calls, 0 B", "0 s inside calls"]);
  assert.match(sums(doc, layout, -5, 99, -1, 1e9)[0], /1,000 calls/);
});

test("a call that only in part lies in an area adds that part", async () => {
  const doc = await reads();
  assert.match(sums(doc, buildLayout(doc), 1, 1, 25, 125).join(), /2 calls.*50 ns inside/);
});

test("an outcome is fine, not now, failed, or trouble with the connection", () => {
  assert.deepEqual(
    [undefined, null, "EAGAIN", "EINTR", "EBADF", "ENEWLYINVENTED", "ECONNRESET", "EPIPE"].map(errorSeverity),
    [FINE, FINE, LATER, LATER, FAILED, FAILED, BROKEN, BROKEN],
  );
  assert.ok(FINE < LATER && LATER < FAILED && FAILED < BROKEN);
});

test("a call's verb is what the table of calls says, nothing where it has none", async () => {
  const doc = await captured("tcp-half-close");
  assert.deepEqual(
    ["socket", "accept", "write", "read"].map((call) => verbOf(doc, eventOf(doc, call))),
    ["create", "accept", "send", "recv"],
  );
  const other = await documentOf({
    events: [{ id: 1, t: 0, dur: 1, process: 1, call: "newcall", ret: 0, args: {} }],
  });
  assert.equal(verbOf(other, 0), "");
});
