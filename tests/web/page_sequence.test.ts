// SPDX-License-Identifier: GPL-2.0-only
// The sequence view is the textbook figure of the calls that were really made.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, heading, settle, withPage } from "./browser";
import { capturePage, jsonPage, newFile } from "./pages";
import { capturedJson } from "./document";
import { generateBlocks, writePage } from "./generate";

const rows = (page: Page) =>
  page.locator("[role=option]").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
const arrows = (page: Page, kind: string) => page.locator(`.arrow.${kind}`).count();

browserTest("a connection stands on three lifelines: client, server, listener", () =>
  withPage(capturePage("tcp-half-close"), { hash: "#view=sequence&select=socket-2" }, async ({ page }) => {
    const heads = await page.locator(".heads .head").allInnerTexts();
    assert.deepEqual(
      heads.map((text) => text.split(/\s*\n\s*/)[0]),
      ["client, fd 4", "server, fd 5", "listener, fd 3"],
    );
    const boxes = await Promise.all(
      (await page.locator(".heads .head").all()).map((head) => head.boundingBox()),
    );
    boxes
      .slice(1)
      .forEach((box, i) => assert.ok(box!.x >= boxes[i]!.x + boxes[i]!.width, "beside each other"));
  }),
);

browserTest("every call of both ends is there once, in order of time", () =>
  withPage(capturePage("tcp-half-close"), { hash: "#view=sequence&select=socket-3" }, async ({ page }) => {
    const labels = await rows(page);
    assert.deepEqual(
      labels.map((label) => label.replace(/\(.*/, "")),
      [
        "listener: socket",
        "listener: bind",
        "listener: getsockname",
        "listener: listen",
        "client: socket",
        "client: connect",
        "listener: accept",
        "client: write",
        "client: shutdown",
        "server: read",
        "server: read",
        "server: write",
        "server: close",
        "client: read",
        "client: read",
        "client: close",
        "listener: close",
      ],
    );
  }),
);

browserTest("arrows join connect and accept, data and its reader, shutdown and the end of file", () =>
  withPage(capturePage("tcp-half-close"), { hash: "#view=sequence&select=socket-2" }, async ({ page }) => {
    assert.deepEqual(
      [
        await arrows(page, "connect"),
        await arrows(page, "branch"),
        await arrows(page, "data"),
        await arrows(page, "end"),
      ],
      [1, 1, 2, 2],
    );
    const labels = await page.locator(".arrow text").allTextContents();
    assert.deepEqual(labels.filter((text) => / B$/.test(text)).sort(), ["3 B", "6 B"]);
  }),
);

browserTest("datagrams are joined one by one", () =>
  withPage(
    capturePage("udp-sendto-recvfrom"),
    { hash: "#view=sequence&select=socket-1" },
    async ({ page }) => {
      assert.equal(await page.locator(".heads .head").count(), 2);
      assert.equal(await arrows(page, "data"), 2);
      assert.equal((await rows(page)).length, 10);
    },
  ),
);

browserTest("an end outside the trace is dashed and says so", () =>
  withPage(
    capturePage("tcp-connect-times-out"),
    { hash: "#view=sequence&select=socket-1" },
    async ({ page, doc }) => {
      assert.ok(doc.tables.sockets.rows > 0);
      assert.match(await page.locator("main").innerText(), /\S/);
      if (await page.locator(".head.outside").count())
        assert.ok(
          (await page.locator("line.outside").evaluate((line) => getComputedStyle(line).strokeDasharray)) !==
            "none",
        );
    },
  ),
);

browserTest("a call of the sequence is selected by a click and by keys, in all views", () =>
  withPage(capturePage("tcp-half-close"), { hash: "#view=sequence&select=socket-2" }, async ({ page }) => {
    await page.locator("[role=option]").nth(8).click();
    await settle(page);
    assert.match(await heading(page), /^shutdown\(4, SHUT_WR\)/);
    assert.equal(await page.locator("[role=option][aria-selected=true]").count(), 1);
    await page.locator("[role=listbox]").focus();
    await page.keyboard.press("ArrowDown");
    await settle(page);
    assert.match(await heading(page), /^read\(5/);
    await page.locator(".heads button").nth(2).click();
    await settle(page);
    assert.match(await heading(page), /#1$/);
  }),
);

browserTest("no text lies on a lifeline or on a state, and what is cut is whole in the title", () =>
  withPage(capturePage("tcp-half-close"), { hash: "#view=sequence&select=socket-2" }, async ({ page }) => {
    const covered = await page.evaluate(() => {
      const boxes = (selector: string) =>
        [...document.querySelectorAll(selector)].map((one) => ({ one, box: one.getBoundingClientRect() }));
      const marks = boxes("line.life, circle.node");
      return boxes("text.call, text.more, .arrow.connect text").flatMap(({ one, box }) =>
        marks.some(({ box: mark }) => {
          const x = (mark.left + mark.right) / 2;
          return box.left < x + 5 && box.right > x - 5 && box.top < mark.bottom && box.bottom > mark.top;
        })
          ? [one.textContent]
          : [],
      );
    });
    assert.deepEqual(covered, []);
    assert.match((await page.locator("text.more").allTextContents()).join("\n"), /connecting → con.*…\n/);
    const title = page.locator("[role=option] title", { hasText: "connect(" });
    assert.match((await title.textContent())!, /connect\(4, 127\.0\.0\.1:49393, 16\) = 0.*then connected/);
  }),
);

browserTest("lost records are a row of the figure", async () => {
  const json = capturedJson("tcp-half-close");
  const interval = (from: number) => ({ from, to: from + 9000, events: 7, reason: "the buffer was full" });
  const lost = { events: 28, intervals: [4e6, 5.07e6, 5.071e6, 5.3e6].map(interval) };
  const file = jsonPage({ ...json, trace: { ...(json.trace as object), lost } });
  await withPage(file, { hash: "#view=sequence&select=socket-2" }, async ({ page }) => {
    assert.equal(await page.locator("rect.loss").count(), 1);
    const labels = await rows(page);
    const place = labels.findIndex((label) => /lost/.test(label));
    assert.equal(labels[place], "14 records lost until 0.005\u202f080 s: the buffer was full");
    assert.match(labels[place - 1], /shutdown/);
    assert.match(labels[place + 1], /server: read/);
    await page.getByRole("option").nth(place).click();
    await settle(page);
    assert.match(await heading(page), /#2$/);
  });
});

browserTest("details lead to the sequence of what has two ends", async () => {
  const button = (page: Page) => page.locator("aside").getByRole("button", { name: "Sequence" }).count();
  await withPage(capturePage("tcp-half-close"), {}, async ({ page }) => {
    for (const [selection, expected] of [
      ["socket-1", 0],
      ["socket-2", 1],
      ["socket-3", 1],
      ["event-4", 0], // listen()
      ["event-7", 1], // accept()
    ]) {
      await page.evaluate((id) => (location.hash = `view=sequence&select=${id}`), selection);
      await settle(page);
      assert.equal(await button(page), expected, String(selection));
    }
    await page.evaluate(() => (location.hash = "view=sequence&select=socket-1"));
    await settle(page);
    assert.equal(await page.locator("main details[open]").count(), 0);
  });
  await withPage(capturePage("netlink-socket"), { hash: "#select=socket-1" }, async ({ page }) =>
    assert.equal(await button(page), 0),
  );
});

browserTest("without a selection the sequence says what to do", () =>
  withPage(capturePage("tcp-half-close"), { hash: "#view=sequence" }, async ({ page }) =>
    assert.match(await page.locator("main .empty").innerText(), /^Select a socket/),
  ),
);

browserTest("a connection of thousands of calls is folded, and only what is seen is drawn", async () => {
  const file = newFile(".html");
  writePage(file, (write) => generateBlocks({ events: 30000, sockets: 3, processes: 2, atOnce: 1 }, write));
  await withPage(file, { hash: "#view=sequence&select=socket-2" }, async ({ page }) => {
    const drawn = await page.locator("main svg *").count();
    assert.ok(drawn > 20 && drawn < 5000, `${drawn} elements`);
    const before = await page.locator("[role=option]").first().getAttribute("aria-setsize");
    const folded = page.getByRole("option", { name: /, folded/ }).first();
    assert.match((await folded.getAttribute("aria-label"))!, /×\s*[\d,]+|[\d,]+ /);
    await folded.click();
    await settle(page);
    const after = await page.locator("[role=option]").first().getAttribute("aria-setsize");
    assert.ok(Number(after) > Number(before), `${before} ${after}`);
    assert.ok((await page.locator("main svg *").count()) < 5000);
    await page.locator(".sequence .scroll").evaluate((box) => (box.scrollTop = box.scrollHeight));
    await settle(page);
    assert.match((await rows(page)).join("\n"), /close\(/);
  });
});

for (const name of [
  "unix-datagram",
  "socketpair-stream",
  "tcp-connect-refused",
  "tcp-accept-blocks",
  "netlink-socket",
  "sendmmsg-recvmmsg",
])
  browserTest(`the sequence of every socket of ${name} is drawn`, () =>
    withPage(capturePage(name), {}, async ({ page, doc }) => {
      for (let id = 1; id <= doc.tables.sockets.rows; id++) {
        await page.evaluate((hash) => (location.hash = hash), `view=sequence&select=socket-${id}`);
        await settle(page);
        assert.ok((await rows(page)).length > 0, `socket ${id}`);
      }
    }),
  );
