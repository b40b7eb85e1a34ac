// SPDX-License-Identifier: GPL-2.0-only
// The lanes are drawn where the layout says, and follow the mouse.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { states } from "../../web/src/describe";
import { numberOf, textOf, type Document } from "../../web/src/document";
import { LANE, timeAt } from "../../web/src/geometry";
import { HEADER, laneOfEvent } from "../../web/src/layout";
import {
  browserTest,
  canvasOf,
  colours,
  heading,
  paintedWith,
  placeOf,
  settle,
  shownNow,
  shows,
  themeColour,
  withPage,
  type Opened,
} from "./browser";
import { capturePage, jsonPage, newFile } from "./pages";
import { capturedJson } from "./document";
import { generateBlocks, writePage } from "./generate";

const file = () => capturePage("tcp-half-close");
const STATES = 2; // pixels below a lane's top: above the letters of a state
const CALLS = 20;

function eventOf(doc: Document, call: string): number {
  for (let row = 0; row < doc.tables.events.rows; row++)
    if (textOf(doc, "events", row, "call") === call) return row;
  throw new Error(`no ${call}`);
}

const middleOf = (doc: Document, event: number) =>
  numberOf(doc, "events", event, "t") + numberOf(doc, "events", event, "dur") / 2;

/** A call's place on the canvas, and in the window. */
async function callAt({ page, doc, layout }: Opened, call: string) {
  const event = eventOf(doc, call);
  const canvas = await canvasOf(page);
  const [x, y] = placeOf(
    canvas,
    await shownNow(page),
    laneOfEvent(doc, layout, event),
    middleOf(doc, event),
    CALLS,
  );
  return { event, place: [x, y] as [number, number], x: canvas.left + x, y: canvas.top + y };
}

let big = "";

/** A page with more lanes than fit. */
function bigPage(): string {
  if (!big) {
    big = newFile(".html");
    writePage(big, (write) =>
      generateBlocks({ events: 20000, sockets: 300, processes: 6, atOnce: 120 }, write),
    );
  }
  return big;
}

browserTest("every state stands in its colour where the layout says", () =>
  withPage(file(), {}, async ({ page, layout }) => {
    const shown = await shownNow(page);
    const canvas = await canvasOf(page);
    const { base, start, end, worst } = layout.states.levels[0];
    let seen = 0;
    for (let lane = 0; lane < layout.lanes.length; lane++)
      for (let i = base[lane]; i < base[lane + 1]; i++) {
        const [from] = placeOf(canvas, shown, lane, start[i], STATES);
        const [to, y] = placeOf(canvas, shown, lane, end[i], STATES);
        if (to - from < 3) continue;
        seen++;
        const [colour] = await colours(page, [[Math.round((from + to) / 2), y]]);
        assert.equal(colour, await themeColour(page, `--state-${worst[i]}`), states[worst[i]]);
      }
    assert.ok(seen >= 7, `${seen} states are wide enough`);
  }),
);

browserTest("calls are drawn, and only where there are some", () =>
  withPage(file(), {}, async (opened) => {
    const { page, doc, layout } = opened;
    const { place } = await callAt(opened, "connect");
    const canvas = await canvasOf(page);
    const empty = placeOf(
      canvas,
      await shownNow(page),
      layout.lanes.findIndex((lane) => lane.fd === HEADER),
      5e6,
      CALLS,
    );
    const [call, none] = await colours(page, [place, [empty[0] + 3, empty[1]]]);
    assert.equal(none, await themeColour(page, "--bg"));
    assert.notEqual(call, none);
    assert.ok(
      (await paintedWith(page, await themeColour(page, "--fine"))).pixels >=
        12 * doc.tables.events.rows * 0.5,
    );
  }),
);

browserTest("ctrl and the wheel zoom, and the time under the pointer stays", () =>
  withPage(file(), {}, async (opened) => {
    const { page } = opened;
    const { x, y, place } = await callAt(opened, "connect");
    const { plot } = await canvasOf(page);
    const before = (await shownNow(page)).view;
    await page.mouse.move(x, y);
    await page.keyboard.down("Control");
    for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -120);
    await page.keyboard.up("Control");
    const { view } = await shows(
      page,
      "zoomed",
      ({ view }) => view && view.to - view.from < 0.5 * (before.to - before.from),
    );
    const shift = Math.abs(timeAt(plot, view!, place[0]) - timeAt(plot, before, place[0]));
    assert.ok(shift < (view!.to - view!.from) / plot.width, `${shift} ns`);
    assert.equal(await page.evaluate(() => visualViewport!.scale), 1);
  }),
);

browserTest("shift and the wheel pan, and so does dragging with shift", () =>
  withPage(file(), {}, async (opened) => {
    const { page } = opened;
    const { x, y } = await callAt(opened, "connect");
    await page.mouse.move(x, y);
    for (let i = 0; i < 3; i++) await page.keyboard.press("w");
    const { view: before } = await shownNow(page);
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, 100);
    const { view: later } = await shows(page, "later", ({ view }) => view && view.from > before.from);
    await page.mouse.down();
    await page.mouse.move(x + 150, y, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    const { view } = await shownNow(page);
    const { plot } = await canvasOf(page);
    const moved = ((later!.from - view.from) / (view.to - view.from)) * plot.width;
    assert.ok(Math.abs(moved - 150) < 3, `${moved} pixels`);
    assert.ok(Math.abs(view.to - view.from - (before.to - before.from)) < 1);
  }),
);

browserTest("the wheel scrolls lanes, and no further than the last", () =>
  withPage(bigPage(), {}, async ({ page, layout }) => {
    const { left, top, plot } = await canvasOf(page);
    await page.mouse.move(left + 400, top + 200);
    await page.mouse.wheel(0, 300);
    await shows(page, "scrolled", ({ view }) => view?.top === 300);
    await page.mouse.wheel(0, 1e6);
    const { view } = await shows(page, "at the end", ({ view }) => view && view.top > 300);
    const height = layout.lanes.length * LANE;
    assert.ok(view!.top < height && view!.top > height - plot.height, `${view!.top} of ${height}`);
    const [colour] = await colours(page, [[Math.round(plot.left + plot.width / 2), plot.height - LANE - 14]]);
    assert.ok(colour);
  }),
);

browserTest("a click on a call selects it, on a name its socket or process, on nothing nothing", () =>
  withPage(file(), {}, async (opened) => {
    const { page, layout } = opened;
    const { x, y } = await callAt(opened, "connect");
    await page.mouse.click(x, y);
    assert.match(await heading(page), /^connect\(4, 127\.0\.0\.1:49393, 16\)$/);
    await shows(page, "the call", ({ selection }) => selection?.kind === "event" && selection.id === 6);
    const { left, top, plot } = await canvasOf(page);
    const lane = (fd: number) => top + 24 + layout.lanes.findIndex((one) => one.fd === fd) * LANE + 14;
    await page.mouse.click(left + 40, lane(3));
    assert.match(await heading(page), /^TCP 127\.0\.0\.1:49393 #1$/);
    await page.mouse.click(left + 40, lane(HEADER));
    assert.match(await heading(page), /^tcp-half-close \[\d+\]/);
    await page.mouse.click(left + plot.left + 300, top + plot.height - 20);
    assert.equal(await heading(page), "Nothing selected");
  }),
);

browserTest("the selected call is marked on the canvas", () =>
  withPage(file(), {}, async (opened) => {
    const { page } = opened;
    const accent = await themeColour(page, "--accent");
    assert.equal((await paintedWith(page, accent)).pixels, 0);
    const { x, y } = await callAt(opened, "connect");
    await page.mouse.click(x, y);
    await settle(page);
    assert.ok((await paintedWith(page, accent)).pixels > 100);
  }),
);

browserTest("the pointer is told what it is over, and an area what it sums up to", () =>
  withPage(file(), {}, async (opened) => {
    const { page } = opened;
    const { x, y } = await callAt(opened, "connect");
    await page.mouse.move(x, y);
    assert.match(
      await page.locator(".tip").innerText(),
      /^connect\(4.*\) = 0\s+took 74\.9 µs\s+connecting: TCP/,
    );
    const { left, top, plot } = await canvasOf(page);
    await page.mouse.move(left + plot.left + 2, top + 26);
    await page.mouse.down();
    await page.mouse.move(left + plot.left + plot.width - 2, top + plot.height - 10, { steps: 4 });
    await page.mouse.up();
    assert.match(await page.locator(".sums").innerText(), /17 calls, 18 B/);
    assert.equal(await heading(page), "Nothing selected");
    const { width } = (await page.locator(".area").boundingBox())!;
    await page.keyboard.press("s");
    await settle(page);
    assert.ok((await page.locator(".area").boundingBox())!.width < width, "it stays on its times");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".area").count(), 0);
  }),
);

browserTest("light and dark are the canvas's colours too, and the system's wish is the default", async () => {
  const background = async (page: Page) => {
    await settle(page);
    const { plot } = await canvasOf(page);
    const [colour] = await colours(page, [[5, plot.height - 5]]);
    assert.equal(colour, await themeColour(page, "--bg"));
    return Number(colour.split(",")[0]);
  };
  for (const colorScheme of ["light", "dark"] as const)
    await withPage(file(), { colorScheme }, async ({ page }) => {
      const isDark = colorScheme === "dark";
      assert.equal((await background(page)) < 100, isDark);
      await page.emulateMedia({ colorScheme: isDark ? "light" : "dark" });
      assert.equal((await background(page)) < 100, !isDark);
      await page.keyboard.press("t");
      assert.ok((await background(page)) > 200, "light");
      await page.keyboard.press("t");
      assert.ok((await background(page)) < 100, "dark");
      await shows(page, "dark", ({ theme }) => theme === "dark");
    });
});

browserTest("losses are bands over all lanes", async () => {
  const json = capturedJson("tcp-half-close");
  const lost = { events: 1204, intervals: [{ from: 4.99e6, to: 5.03e6, events: 1204, reason: "ring" }] };
  const trace = { ...(json.trace as object), lost };
  await withPage(
    jsonPage({ ...json, trace }),
    { hash: "#view=lanes&at=4850000,5150000,0" },
    async ({ page }) => {
      const shown = await shownNow(page);
      const canvas = await canvasOf(page);
      const coloursAt = async (t: number) => {
        const [x] = placeOf(canvas, shown, 0, t, 0);
        return new Set(
          await colours(
            page,
            Array.from({ length: 100 }, (_, i) => [x, 250 + i] as [number, number]),
          ),
        );
      };
      assert.ok((await coloursAt(5.0123e6)).size > 1, "hatched");
      assert.equal((await coloursAt(5.0723e6)).size, 1);
      assert.match(await page.locator("header .warning").innerText(), /1,204 records lost/);
    },
  );
});

browserTest("what was open before the trace or still is fades out", async () => {
  const json = capturedJson("tcp-half-close");
  const end = (json.trace as { duration: number }).duration;
  for (const socket of json.sockets!) {
    const states = [{ state: "connected", from: 0, to: null, cause: null }];
    Object.assign(socket, { origin: "snapshot", states, closed: null });
    for (const one of socket.descriptors as object[])
      Object.assign(one, { from: 0, to: null, how: "snapshot", end: "open" });
  }
  await withPage(jsonPage(json), {}, async ({ page, layout }) => {
    const shown = await shownNow(page);
    const canvas = await canvasOf(page);
    const lane = layout.lanes.findIndex((one) => one.fd === 4);
    const places = [0, end / 3, end].map((t) => placeOf(canvas, shown, lane, t, STATES));
    places[0][0] += 2;
    places[2][0] -= 3;
    const [first, middle, last] = await colours(page, places);
    assert.equal(middle, await themeColour(page, `--state-${states.indexOf("connected")}`));
    assert.notEqual(first, middle);
    assert.notEqual(last, middle);
  });
});

browserTest("one failure shows under thousands of calls", async () => {
  const events = Array.from({ length: 20000 }, (_, i) => ({
    id: i + 1,
    t: i * 100,
    dur: 50,
    process: 1,
    tid: 1,
    call: "read",
    via: "syscall",
    fd: 3,
    args: { fd: 3, count: 1 },
    ...(i === 12345 ? { ret: -1, error: "ECONNRESET" } : { ret: 1, bytes: 1 }),
  }));
  const processes = capturedJson("tcp-half-close").processes!;
  await withPage(jsonPage({ processes, events }), {}, async ({ page }) => {
    assert.ok((await paintedWith(page, await themeColour(page, "--broken"))).pixels >= 8);
  });
});

browserTest("the canvas is as sharp as the screen, and fills its place when the window changes", () =>
  withPage(file(), { deviceScaleFactor: 2 }, async ({ page }) => {
    const sizes = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>(".lanes canvas")!;
        const place = document.querySelector(".lanes")!;
        return [
          canvas.width / canvas.clientWidth,
          canvas.clientWidth - place.clientWidth,
          canvas.clientHeight - place.clientHeight,
        ];
      });
    for (const width of [1280, 900, 1500]) {
      await page.setViewportSize({ width, height: 700 });
      await settle(page);
      const [ratio, dx, dy] = await sizes();
      assert.ok(Math.abs(ratio - 2) < 0.01 && Math.abs(dx) <= 1 && Math.abs(dy) <= 1, `${ratio} ${dx} ${dy}`);
      assert.ok((await paintedWith(page, await themeColour(page, "--state-2"))).pixels > 100);
    }
  }),
);
