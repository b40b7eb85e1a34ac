// SPDX-License-Identifier: GPL-2.0-only
// Keys, links, the table of sockets, and the address that keeps all of it.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, heading, settle, shownNow, shows, withPage } from "./browser";
import { capturePage, newFile } from "./pages";
import { generateBlocks, writePage } from "./generate";

const file = () => capturePage("tcp-half-close");
const press = async (page: Page, ...all: string[]) => {
  for (const key of all) await page.keyboard.press(key);
  await settle(page);
};
const wide = ({ view }: { view?: { from: number; to: number } }) => view!.to - view!.from;

browserTest("W and S zoom, A and D pan, 0 shows all", () =>
  withPage(file(), {}, async ({ page, doc }) => {
    const whole = await shownNow(page);
    await press(page, "w");
    const near = await shows(page, "nearer", (shown) => shown.view && wide(shown) < wide(whole));
    await press(page, "d");
    const later = await shows(page, "later", ({ view }) => view!.from > near.view!.from);
    assert.ok(Math.abs(wide(later) - wide(near)) < 1);
    await press(page, "a");
    await shows(page, "back", ({ view }) => Math.abs(view!.from - near.view!.from) < 1);
    await press(page, "s");
    await shows(page, "wider", (shown) => wide(shown) > wide(near));
    await press(page, "w", "w", "w", "0");
    await shows(page, "all", ({ view }) => view!.from <= 0 && view!.to >= doc.trace.duration);
  }),
);

browserTest("arrows scroll the lanes where there are more than fit", () =>
  withPage(file(), { viewport: { width: 1280, height: 200 } }, async ({ page }) => {
    await press(page, "ArrowDown");
    await shows(page, "down", ({ view }) => view && view.top > 0);
    await press(page, "ArrowUp", "ArrowUp", "ArrowUp");
    await shows(page, "up", ({ view }) => view?.top === 0);
  }),
);

browserTest(", and . walk the calls of a lane, and stop at its ends", () =>
  withPage(file(), {}, async ({ page }) => {
    const calls: string[] = [];
    for (let i = 0; i < 8; i++) {
      await press(page, ".");
      calls.push((await heading(page)).replace(/\(.*/s, ""));
    }
    assert.deepEqual(calls, ["socket", "bind", "getsockname", "listen", "accept", "close", "close", "close"]);
    await press(page, ",", ",");
    assert.match(await heading(page), /^listen\(/);
    assert.match(await page.locator("[aria-live]").innerText(), /^listen\(3, 1\) = 0$/);
  }),
);

browserTest("[ selects the other end of a connection, and comes back", () =>
  withPage(file(), { hash: "#select=socket-2" }, async ({ page }) => {
    assert.match(await heading(page), /52376 → 127\.0\.0\.1:49393 #2/);
    await press(page, "[");
    assert.match(await heading(page), /49393 → 127\.0\.0\.1:52376 #3/);
    await press(page, "]");
    assert.match(await heading(page), /#2$/);
  }),
);

browserTest("F centres the selection, and then fits it", () =>
  withPage(file(), { hash: "#select=event-8" }, async ({ page }) => {
    const whole = await shownNow(page);
    await press(page, "w", "w", "w", "w", "f", "f");
    const { view } = await shows(page, "fitted", (shown) => shown.view && wide(shown) < wide(whole) / 8);
    assert.ok(view!.from < 5043246 && view!.to > 5043246 + 18357, JSON.stringify(view));
  }),
);

browserTest("1, 2 and 3 are the views, and so are the buttons", () =>
  withPage(file(), { hash: "#select=socket-2" }, async ({ page }) => {
    const views = [".lanes", ".sequence", ".sockets"];
    for (const [i, view] of views.entries()) {
      await press(page, String(i + 1));
      for (const one of views)
        assert.equal(await page.locator(`main ${one}`).count(), Number(one === view), `${i + 1} ${one}`);
    }
    for (const [i, name] of ["Lanes", "Sequence", "Sockets"].entries()) {
      const button = page.locator("header").getByRole("button", { name, exact: true });
      await button.click();
      assert.equal(await button.getAttribute("aria-pressed"), "true");
      await page.locator(`main ${views[i]}`).waitFor();
    }
  }),
);

browserTest("? opens the help, which keeps other keys out; Escape and its button close it", () =>
  withPage(file(), {}, async ({ page }) => {
    const whole = await shownNow(page);
    const help = page.getByRole("dialog");
    await press(page, "?");
    for (const key of ["W", "S", "A", "D", "F", "T", "0", "[", "]", "1", "2", "3", "Esc"])
      assert.equal(
        await help.locator("kbd", { hasText: new RegExp(`^${key.replace(/[[\]]/, "\\$&")}$`) }).count(),
        1,
        key,
      );
    await press(page, "w", "3");
    assert.deepEqual(await shownNow(page), whole);
    await press(page, "Escape");
    await help.waitFor({ state: "hidden" });
    await press(page, "?");
    await help.getByRole("button", { name: "Close" }).click();
    await help.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Help" }).click();
    await help.waitFor();
  }),
);

browserTest("Escape selects nothing", () =>
  withPage(file(), { hash: "#select=socket-2" }, async ({ page }) => {
    await press(page, "Escape");
    assert.equal(await heading(page), "Nothing selected");
    await shows(page, "nothing selected", ({ selection }) => !selection);
  }),
);

browserTest("letters are letters while somebody types", () =>
  withPage(file(), {}, async ({ page }) => {
    const before = await shownNow(page);
    await page.evaluate(() => {
      document.body.append(document.createElement("input"));
      document.querySelector<HTMLInputElement>("body > input")!.focus();
    });
    await press(page, "w", "t", "3", ".", "?");
    assert.equal(await page.inputValue("body > input"), "wt3.?");
    assert.deepEqual(await shownNow(page), before);
  }),
);

browserTest("single keys can be turned off, arrows and Escape stay", () =>
  withPage(file(), { hash: "#select=socket-2" }, async ({ page }) => {
    await press(page, "?");
    await page.getByRole("checkbox").uncheck();
    await press(page, "Escape");
    const before = await shownNow(page);
    await press(page, "w", "3", ".", "?");
    assert.deepEqual(await shownNow(page), before);
    await press(page, "Escape");
    assert.equal(await heading(page), "Nothing selected");
  }),
);

browserTest("ctrl and a letter is the browser's", () =>
  withPage(file(), {}, async ({ page }) => {
    const before = await shownNow(page);
    await page.keyboard.press("Control+KeyA");
    await page.keyboard.press("Alt+KeyD");
    assert.deepEqual(await shownNow(page), before);
  }),
);

browserTest("details link to the other end, the listener, the cause and the process", () =>
  withPage(file(), { hash: "#select=socket-3" }, async ({ page }) => {
    const follow = async (name: RegExp, expected: RegExp) => {
      await page.locator("aside").getByRole("button", { name }).first().click();
      await settle(page);
      assert.match(await heading(page), expected);
    };
    await follow(/52376 → /, /#2$/);
    await follow(/^connect\(/, /^connect\(4, /);
    await follow(/^TCP .*#2/, /#2$/);
    await follow(/^TCP .*49393 → /, /#3$/);
    await follow(/^TCP 127\.0\.0\.1:49393 #1/, /#1$/);
    await follow(/#3$/, /#3$/);
    await follow(/^accept\(/, /^accept\(3/);
    await follow(/^tcp-half-close \[/, /^tcp-half-close \[\d+\]/);
    await follow(/^TCP .*#2/, /#2$/);
  }),
);

browserTest("details of a process link to its parent", () =>
  withPage(capturePage("fork-shares-socket"), {}, async ({ page, doc }) => {
    const children = Array.from({ length: doc.tables.processes.rows }, (_, row) => row + 1).slice(1);
    assert.ok(children.length > 0);
    await page.evaluate((id) => (location.hash = `select=process-${id}`), children[0]);
    await settle(page);
    const child = await heading(page);
    await page
      .locator("aside")
      .getByRole("button", { name: /\[\d+\]$/ })
      .first()
      .click();
    await settle(page);
    assert.notEqual(await heading(page), child);
    await page
      .locator("aside")
      .getByRole("button", { name: child.replace(/ #.*/, "") })
      .first()
      .click();
    await settle(page);
    assert.equal(await heading(page), child);
  }),
);

browserTest("a call tells its thread, its arguments and its outcome", () =>
  withPage(file(), { hash: "#select=event-6" }, async ({ page, doc }) => {
    const details = await page.locator("aside").innerText();
    const pid = Number(/\[(\d+)\]/.exec(details)![1]);
    assert.equal(doc.tables.events.rows, 17);
    assert.match(details, new RegExp(`thread\\s+${pid}, the main thread`));
    assert.match(details, /addr\s+127\.0\.0\.1:49393/);
    assert.match(details, /took\s+74\.9 µs/);
    assert.match(details, /connecting[^]*connected/);
  }),
);

browserTest("the address keeps view, selection, tab and theme over a reload", () =>
  withPage(file(), {}, async ({ page }) => {
    await press(page, ".", ".", "w", "w", "w", "w", "t", "t", "2", "d", "d", "d", "d", "d", "d", "d", "d");
    const before = await shownNow(page);
    assert.ok(before.view.from > 4.93e6, "the call is out of sight");
    assert.deepEqual(
      [before.tab, before.selection, before.theme],
      ["sequence", { kind: "event", id: 2 }, "dark"],
    );
    await page.reload();
    await page.locator("#page > header").waitFor();
    assert.deepEqual(await shownNow(page), before);
    assert.match(await heading(page), /^bind\(/);
    assert.equal(await page.locator("main .sequence").count(), 1);
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  }),
);

browserTest("an address that makes no sense is not followed, and one that is typed is", () =>
  withPage(
    file(),
    { hash: "#view=nowhere&at=x,1e999,-3&select=event-99999&theme=pink" },
    async ({ page }) => {
      const shown = await shownNow(page);
      assert.deepEqual([shown.tab, shown.selection, shown.view.top], ["lanes", undefined, 0]);
      await page.evaluate(() => (location.hash = "view=sockets&at=4900000,5000000,0&select=socket-3"));
      await settle(page);
      assert.match(await heading(page), /#3$/);
      const { view, tab } = await shownNow(page);
      assert.deepEqual([tab, view], ["sockets", { from: 4900000, to: 5000000, top: 0 }]);
    },
  ),
);

browserTest("the table of sockets sorts by what is clicked, and back", () =>
  withPage(file(), { hash: "#view=sockets" }, async ({ page }) => {
    const ids = async () => (await page.locator(".sockets tbody td:first-child").allInnerTexts()).map(Number);
    const sortBy = async (name: string) => {
      await page.getByRole("columnheader", { name }).getByRole("button").click();
      return page.getByRole("columnheader", { name }).getAttribute("aria-sort");
    };
    assert.deepEqual(await ids(), [1, 2, 3]);
    assert.equal(await sortBy("received"), "ascending");
    assert.deepEqual(await ids(), [1, 3, 2]);
    assert.equal(await sortBy("received"), "descending");
    assert.deepEqual(await ids(), [2, 3, 1]);
    await sortBy("local");
    assert.deepEqual(await ids(), [1, 3, 2]);
    await sortBy("id");
    assert.deepEqual(await ids(), [1, 2, 3]);
  }),
);

browserTest("a row of the table selects its socket, by mouse and by keys", () =>
  withPage(file(), { hash: "#view=sockets" }, async ({ page }) => {
    await page.locator(".sockets tbody tr").nth(1).locator("td").nth(3).click();
    assert.match(await heading(page), /#2$/);
    assert.equal(await page.locator(".sockets [aria-current]").count(), 1);
    await page.locator(".sockets tbody button").nth(1).focus();
    await press(page, "ArrowDown");
    await press(page, "Enter");
    assert.match(await heading(page), /#3$/);
    await press(page, "Home");
    await press(page, "Enter");
    assert.match(await heading(page), /#1$/);
  }),
);

browserTest("all columns of the table fit, and a row scrolled out of sight keeps the focus", async () => {
  const many = newFile(".html");
  writePage(many, (write) => generateBlocks({ events: 4000, sockets: 300, processes: 2, atOnce: 9 }, write));
  await withPage(many, { hash: "#view=sockets" }, async ({ page }) => {
    const table = page.locator(".sockets");
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.place);
    assert.ok(await table.evaluate((one) => one.scrollWidth <= one.clientWidth));
    await page.locator(".sockets tbody button").nth(1).focus();
    for (const top of [3000, 1e6, 2000]) {
      await table.evaluate((one, to) => one.scrollTo(0, to), top);
      await settle(page);
      assert.equal(await focused(), "1");
      assert.ok((await page.locator(".sockets tbody tr").count()) < 100);
    }
    await press(page, "ArrowDown");
    assert.equal(await focused(), "2");
    assert.ok((await table.evaluate((one) => one.scrollTop)) < 100);
    await press(page, "End", "Enter");
    assert.match(await heading(page), /#299$/);
  });
});
