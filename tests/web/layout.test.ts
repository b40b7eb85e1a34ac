// SPDX-License-Identifier: GPL-2.0-only
// Every call and every state of a socket stands in the lane of its descriptor.
import assert from "node:assert/strict";
import test from "node:test";
import { states } from "../../web/src/describe";
import { numberOf, textOf, type Document, type Row } from "../../web/src/document";
import { buildLayout, DIRECT, fdText, HEADER, laneKey, laneOfDescriptor, laneOfEvent, NO_FD, type Layout } from "../../web/src/layout";
import { captured, captures, documentOf } from "./document";

function lanesOf(layout: Layout): [number, number, number][] {
  return layout.lanes.map(({ process, fd, depth }) => [process, fd, depth]);
}

function laneOfFd(layout: Layout, fd: number, process = 0): number {
  return layout.lanes.findIndex((lane) => lane.fd === fd && lane.process === process);
}

function callsOf(doc: Document, layout: Layout, lane: number): string[] {
  const { base } = layout.calls.levels[0];
  return Array.from(layout.events.subarray(base[lane], base[lane + 1]), (row) =>
    textOf(doc, "events", row, "call"),
  );
}

function statesOf(
  layout: Layout,
  lane: number,
): { state: string; from: number; to: number; socket: number }[] {
  const { base, start, end, worst } = layout.states.levels[0];
  return Array.from({ length: base[lane + 1] - base[lane] }, (_, i) => ({
    state: states[worst[base[lane] + i]],
    from: start[base[lane] + i],
    to: end[base[lane] + i],
    socket: layout.spans.socket[base[lane] + i],
  }));
}

function event(id: number, call: string, more: Row): Row {
  return { id, t: id * 10, dur: 5, process: 1, tid: 7, call, via: "syscall", ...more };
}

const process = (id: number, parent: number | null) => ({
  id,
  pid: 100 + id,
  parent,
  comm: `p${id}`,
  start: 0,
  end: null,
});

test("a process has a lane, and each of its descriptors one below it", async () => {
  const layout = buildLayout(await captured("tcp-half-close"));
  assert.deepEqual(lanesOf(layout), [
    [0, HEADER, 0],
    [0, 3, 0],
    [0, 4, 0],
    [0, 5, 0],
  ]);
});

test("a call stands in its descriptor's lane, the one that made it included", async () => {
  const doc = await captured("tcp-half-close");
  const layout = buildLayout(doc);
  assert.deepEqual(callsOf(doc, layout, laneOfFd(layout, 3)), [
    "socket",
    "bind",
    "getsockname",
    "listen",
    "accept",
    "close",
  ]);
  assert.deepEqual(callsOf(doc, layout, laneOfFd(layout, 5)), ["read", "read", "write", "close"]);
  assert.deepEqual(callsOf(doc, layout, laneOfFd(layout, HEADER)), []);
});

test("a call without a descriptor has a lane of its own", async () => {
  const doc = await documentOf({
    processes: [process(1, null)],
    events: [
      event(1, "socket", { ret: -1, error: "EMFILE", args: {} }),
      event(2, "socketpair", { ret: 0, args: { sv: [5, 6] } }),
    ],
  });
  const layout = buildLayout(doc);
  assert.deepEqual(callsOf(doc, layout, laneOfFd(layout, NO_FD)), ["socket"]);
  assert.deepEqual(callsOf(doc, layout, laneOfFd(layout, 5)), ["socketpair"]);
});

test("slots of rings have lanes of their own after the descriptors, also that of what is made there", async () => {
  const descriptor = (fd: number | string, how: string) => ({ process: 1, fd, from: 0, to: null, how, end: "open" });
  const states = [{ state: "created", from: 0, to: null, cause: 1 }];
  const via = "io_uring";
  const doc = await documentOf({
    processes: [process(1, null)],
    sockets: [
      { id: 1, states, descriptors: [descriptor("direct:0", "socket"), descriptor(9, "dup")] },
      { id: 2, states, descriptors: [descriptor(0, "socket"), descriptor("direct:4", "dup")] },
    ],
    events: [
      event(1, "socket", { via, ret: 0, socket: 1, args: {} }),
      event(2, "socket", { via, ret: 0, socket: 2, args: {} }),
      event(3, "sendto", { via, ret: 1, socket: 1, fd: "direct:0", args: { fd: "direct:0" } }),
      event(4, "sendto", { via, ret: 1, socket: 2, fd: 0, args: { fd: 0 } }),
    ],
  });
  const layout = buildLayout(doc);
  assert.deepEqual(
    layout.lanes.map(({ fd }) => fd),
    [HEADER, 0, 9, DIRECT, DIRECT + 4],
  );
  assert.deepEqual([0, 1, 2, 3].map((row) => laneOfEvent(doc, layout, row)), [3, 1, 3, 1]);
  assert.deepEqual([0, 1, 2, 3].map((row) => laneOfDescriptor(doc, layout, row)), [3, 2, 1, 4]);
  assert.deepEqual([0, DIRECT - 1, DIRECT, DIRECT + 7].map(fdText), ["0", "2147483647", "direct:0", "direct:7"]);
  assert.ok(laneKey(3, 2 * DIRECT - 1) < laneKey(4, HEADER));
});

test("a sum of calls stands by the number that its process had the socket by then", async () => {
  const at = (fd: number, from: number, to: number | null, by = 1) => ({ process: by, fd, from, to, how: "dup", end: "close" });
  const doc = await documentOf({
    processes: [process(1, null), process(2, 1)],
    sockets: [{ id: 1, states: [], descriptors: [at(3, 0, 15), at(7, 0, null, 2), at(4, 12, null)] }],
    events: [
      event(1, "sends", { ret: 9, socket: 1, args: {} }),
      event(2, "receives", { ret: 9, socket: 1, args: {} }),
      event(3, "sends", { ret: 9, socket: 1, process: 2, args: {} }),
      event(4, "sends", { ret: 9, args: {} }),
    ],
  });
  const layout = buildLayout(doc);
  const fds = [0, 1, 2, 3].map((row) => layout.lanes[laneOfEvent(doc, layout, row)].fd);
  assert.deepEqual(fds, [3, 4, 7, NO_FD]);
});

test("the states of a lane are those of its socket, one after the other, closed left out", async () => {
  const layout = buildLayout(await captured("tcp-half-close"));
  const spans = statesOf(layout, laneOfFd(layout, 4));
  assert.deepEqual(
    spans.map((span) => span.state),
    ["created", "connecting", "connected", "half-closed-local", "disconnected"],
  );
  spans.slice(1).forEach((span, i) => assert.equal(span.from, spans[i].to));
});

test("sockets that had a number one after the other share its lane", async () => {
  const layout = buildLayout(await captured("number-used-again"));
  const most = Math.max(
    ...layout.lanes.map((_, lane) => new Set(statesOf(layout, lane).map((s) => s.socket)).size),
  );
  assert.ok(most >= 2, `${most} socket in a lane`);
});

test("a second descriptor shows the states from when it was made until it was closed", async () => {
  const descriptor = (fd: number, from: number, to: number) => ({
    process: 1,
    fd,
    from,
    to,
    how: "dup",
    end: "close",
  });
  const doc = await documentOf({
    processes: [process(1, null)],
    sockets: [
      {
        id: 1,
        states: [
          { state: "created", from: 10, to: 30, cause: 1 },
          { state: "connected", from: 30, to: 60, cause: 2 },
          { state: "closed", from: 60, to: null, cause: 3 },
        ],
        descriptors: [descriptor(3, 10, 60), descriptor(9, 40, 50)],
      },
    ],
    events: [event(1, "socket", { ret: 3, args: {} })],
  });
  const layout = buildLayout(doc);
  assert.deepEqual(statesOf(layout, laneOfFd(layout, 9)), [
    { state: "connected", from: 40, to: 50, socket: 0 },
  ]);
  assert.equal(statesOf(layout, laneOfFd(layout, 3)).length, 2);
});

test("children stand after their parent, deeper, and an unknown process before all", async () => {
  const doc = await documentOf({
    processes: [process(1, null), process(2, null), process(3, 1), process(4, 3), process(5, 1)],
    events: [1, 2, 3, 4, 5, 77].map((id, i) =>
      event(i + 1, "close", { process: id, fd: 3, ret: 0, args: {} }),
    ),
  });
  const headers = buildLayout(doc).lanes.filter((lane) => lane.fd === HEADER);
  assert.deepEqual(
    headers.map(({ process: row, depth }) => [row, depth]),
    [
      [-1, 0],
      [0, 0],
      [2, 1],
      [3, 2],
      [4, 1],
      [1, 0],
    ],
  );
});

test("a call that never returned lasts to the end of the trace", async () => {
  const doc = await captured("accept-never-returns");
  const layout = buildLayout(doc);
  const at = layout.events.findIndex((row) => Number.isNaN(numberOf(doc, "events", row, "dur")));
  assert.ok(at >= 0);
  assert.equal(layout.calls.levels[0].end[at], doc.trace.duration);
});

test("an empty document has no lane", async () => {
  assert.deepEqual(buildLayout(await documentOf({})).lanes, []);
});

test("in every capture each event and each descriptor has its lane, in order of time", async () => {
  for (const name of captures) {
    const doc = await captured(name);
    const layout = buildLayout(doc);
    const { base, start } = layout.calls.levels[0];
    assert.deepEqual(
      Array.from(layout.events).sort((a, b) => a - b),
      Array.from(layout.events.keys()),
      name,
    );
    for (let lane = 0; lane < layout.lanes.length; lane++)
      for (let i = base[lane]; i < base[lane + 1]; i++) {
        assert.equal(laneOfEvent(doc, layout, layout.events[i]), lane, name);
        assert.ok(i === base[lane] || start[i] >= start[i - 1], name);
      }
    for (let row = 0; row < doc.tables.descriptors.rows; row++)
      assert.ok(laneOfDescriptor(doc, layout, row) >= 0, name);
  }
});
