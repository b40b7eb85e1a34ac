// SPDX-License-Identifier: GPL-2.0-only
// What the details tell of queues, messages and trouble underneath.
import assert from "node:assert/strict";
import type { Row } from "../../web/src/document";
import { browserTest, heading, settle, withPage } from "./browser";
import { jsonPage } from "./pages";

function socketOf(id: number, more: Row): Row {
  return {
    id,
    family: "AF_INET",
    type: "SOCK_STREAM",
    protocol: "IPPROTO_TCP",
    flags: 0,
    netns: 1,
    origin: "socket",
    states: [{ state: "created", from: 0, to: null, cause: null }],
    peers: [],
    attempts: [],
    descriptors: [{ process: 1, fd: id + 2, from: 0, to: null, how: "socket", end: "open" }],
    in_flight: [],
    bytes: { sent: 0, received: 0 },
    closed: null,
    uncertain: false,
    ...more,
  };
}

const eventOf = (id: number, call: string, socket: number, more: Row = {}): Row => ({
  id,
  t: id * 1000,
  dur: 100,
  process: 1,
  tid: 7,
  call,
  via: "syscall",
  fd: socket + 2,
  socket,
  args: { fd: socket + 2 },
  ret: 1,
  ...more,
});

const attemptOf = (outcome: string, returned: unknown, learned: Row | null, peer: string): Row => ({
  from: 1000,
  to: 328000000,
  peer,
  returned,
  outcome,
  learned,
});

const datagram = { type: "SOCK_DGRAM", protocol: "IPPROTO_UDP" };

const file = () =>
  jsonPage({
    processes: [{ id: 1, pid: 7, comm: "x", execs: [], start: null, end: null, exit: null }],
    sockets: [
      socketOf(1, {
        role: "passive",
        backlog: { asked: 1, effective: 1, deepest: 2, unaccepted: 1, overflows: 3 },
        queue: [
          [1000, 1],
          [2000, 2],
        ],
        in_flight: [
          { from: 2000, to: 3000, sent: 2, received: 3 },
          { from: 4000, to: 5000, sent: 2, received: null },
        ],
      }),
      socketOf(2, {
        origin: "accept",
        listener: 1,
        queued: { from: 1000, to: 3500 },
        retransmits: 4,
        peer: "127.0.0.1:5842",
        attempts: [
          attemptOf("ECONNREFUSED", "EINPROGRESS", { t: 329000000, how: "poll" }, "127.0.0.1:5842"),
          attemptOf("connected", "EINPROGRESS", { t: null, how: "connect" }, "127.0.0.1:5842"),
          attemptOf("abandoned", "EINPROGRESS", null, "127.0.0.1:5842"),
        ],
        resets: [
          { t: 3000, dir: "sent", reason: "TCP_ABORT_ON_CLOSE" },
          { t: 1000, dir: "received", reason: null },
        ],
        errors: [{ t: 2000, error: "ECONNREFUSED" }],
        closed: { t: 4000, by: "close", unread: 5, unsent: 1, held: [] },
      }),
      socketOf(3, {
        ...datagram,
        messages: { sent: 1, received: 0, truncated: 0, dropped: 0 },
        attempts: [attemptOf("connected", 0, { t: 1000, how: "return" }, "127.0.0.1:5842")],
      }),
      socketOf(4, { ...datagram, messages: { sent: 0, received: 1, truncated: 0, dropped: 2 } }),
      socketOf(5, {
        descriptors: [{ process: 1, fd: "direct:7", from: 0, to: null, how: "socket", end: "open" }],
      }),
    ],
    events: [
      eventOf(1, "sendto", 3),
      eventOf(2, "sendmsg", 3),
      eventOf(3, "recvmsg", 4),
      eventOf(4, "recvfrom", 4, { sent: 1 }),
      eventOf(5, "recvfrom", 5, { via: "io_uring", fd: "direct:7", args: { fd: "direct:7" }, note: "multishot" }),
    ],
  });

const withDetails = (select: string, check: (text: string) => void) =>
  withPage(file(), { hash: `#select=${select}` }, async ({ page }) =>
    check((await page.locator("aside").innerText()).replace(/\s+/g, " ")),
  );

browserTest("a listener tells of its queue, and of its descriptors in messages", () =>
  withDetails("socket-1", (text) => {
    assert.match(text, /backlog asked 1, effective 1/);
    assert.match(text, /queue at most 2 waited, 1 never accepted, 3 SYNs dropped as it was full/);
    assert.match(text, /Accept queue when waiting 0\.000.001.000 s 1 0\.000.002.000 s 2/);
    assert.match(text, /In flight \(SCM_RIGHTS\)[^]* 1 µs sendmsg\(\) recvmsg\(\)[^]* 1 µs sendmsg\(\) nobody/);
  }),
);

browserTest("an accepted socket tells how long it waited, and what went wrong, in order of time", () =>
  withDetails("socket-2", (text) => {
    assert.match(text, /queued waited 2\.5 µs to be accepted/);
    assert.match(text, /retransmits 4/);
    assert.match(text, /close\(\), 5 bytes thrown away unread, 1 byte sent but not acknowledged/);
    assert.match(
      text,
      /reset received 0[^]* error queued: ECONNREFUSED, Connection refused 0[^]* reset sent \(TCP_ABORT_ON_CLOSE\)/,
    );
  }),
);

browserTest("a direct descriptor and the way of a call are told", async () => {
  await withDetails("socket-5", (text) => assert.match(text, /Descriptors fd process how [^]* direct:7 x \[7\] socket\(\)/));
  await withDetails("event-5", (text) => {
    assert.match(text, /recvfrom\(direct:7\)/);
    assert.match(text, /by way of io_uring request, multishot/);
    assert.match(text, /Arguments fd direct:7/);
  });
  await withDetails("event-4", (text) => assert.match(text, /by way of system call/));
});

browserTest("drops are told where there were some, and an empty queue not at all", async () => {
  await withDetails("socket-4", (text) => {
    assert.match(text, /messages 0 sent, 1 received, 2 dropped/);
    assert.doesNotMatch(text, /queue|Trouble|In flight|retransmits/);
  });
  await withDetails("socket-3", (text) => assert.match(text, /messages 1 sent, 0 received(?!,)/));
});

browserTest("an attempt tells when and how its outcome was learned, and a peer that is not the socket's", async () => {
  await withDetails("socket-2", (text) => {
    assert.match(text, /ret, outcome from, lasted learned EINPROGRESS, ECONNREFUSED 0/);
    assert.match(text, /328 ms 0\.329.000.000 s, by poll/);
    assert.match(text, /328 ms when is not known, by another connect\(\)/);
    assert.match(text, /abandoned 0[^a-z]*s, 328 ms never/);
    assert.doesNotMatch(text, /attempts.*5842/);
  });
  await withDetails("socket-3", (text) =>
    assert.match(text, /outcome, peer from[^]*0, connected, 127\.0\.0\.1:5842 [^]*000.001.000 s, by its return/),
  );
});

for (const width of [1280, 320])
  browserTest(`no table is cut without a sign at ${width} pixels`, async () => {
    for (const socket of [1, 2, 3])
      await withPage(
        file(),
        { hash: `#select=socket-${socket}`, viewport: { width, height: 800 } },
        async ({ page }) => {
          const tables = await page
            .locator("aside .scroll")
            .evaluateAll((all) =>
              all.map((one) => [
                one.getAttribute("aria-label"),
                one.scrollWidth > one.clientWidth,
                getComputedStyle(one).backgroundAttachment,
              ]),
            );
          assert.ok(tables.length);
          for (const [label, isCut, shade] of tables)
            assert.ok(width < 760 ? shade === "local, local, scroll, scroll" : !isCut, `${label}`);
        },
      );
  });

browserTest("a call that passed descriptors, or received some, leads to their sockets", async () => {
  await withDetails("event-2", (text) => assert.match(text, /passed TCP[^]*#1/));
  await withDetails("event-3", (text) => assert.match(text, / received TCP[^]*#1/));
  await withDetails("event-1", (text) => assert.doesNotMatch(text, / passed /));
});

browserTest("a receive leads to the call that sent, and that one back", () =>
  withPage(file(), { hash: "#select=event-4" }, async ({ page }) => {
    const follow = async (name: RegExp, expected: RegExp) => {
      await page.locator("aside").getByRole("button", { name }).first().click();
      await settle(page);
      assert.match(await heading(page), expected);
    };
    await follow(/^sendto\(/, /^sendto\(/);
    assert.match(await page.locator("aside").innerText(), /Received by/);
    await follow(/^recvfrom\(/, /^recvfrom\(/);
  }),
);
