// SPDX-License-Identifier: GPL-2.0-only
// Paper, narrow windows, forced colours, less motion, and what axe finds.
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { browserTest, paintedWith, settle, themeColour, withPage } from "./browser";
import { capturePage, jsonPage, newFile } from "./pages";
import { capturedJson } from "./document";
import { generateBlocks, writePage } from "./generate";

const file = () => capturePage("tcp-half-close");
const tabs = ["lanes", "sequence", "sockets"];
const at = (tab: string) => `#view=${tab}&select=socket-2`;

browserTest("on paper there is what the screen shows, and no buttons", async () => {
  for (const tab of tabs)
    await withPage(file(), { hash: at(tab), colorScheme: "dark" }, async ({ page }) => {
      await page.emulateMedia({ media: "print" });
      await settle(page);
      const box = (await page.locator(`main .${tab}`).boundingBox())!;
      assert.ok(box.width > 300 && box.height > 60, JSON.stringify(box));
      assert.ok(await page.locator("aside h2").isVisible());
      assert.equal(await page.locator("header .buttons").first().isVisible(), false);
      assert.equal(
        await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
        "rgb(255, 255, 255)",
      );
      const paper = await page.pdf();
      assert.ok(paper.length > 5000);
    });
});

/** What is in the page when a browser is about to print it. */
const printed = (page: Page, what: string) =>
  page.evaluate(async (selector) => {
    dispatchEvent(new Event("beforeprint"));
    await Promise.resolve();
    return document.querySelectorAll(selector).length;
  }, what);

browserTest("on paper the table and the figure have the rows that are out of sight too", async () => {
  const many = newFile(".html");
  writePage(many, (write) => generateBlocks({ events: 4000, sockets: 1200, processes: 2, atOnce: 9 }, write));
  await withPage(many, { hash: "#view=sockets" }, async ({ page, doc }) => {
    assert.ok(doc.tables.sockets.rows > 1000);
    assert.equal(await printed(page, ".sockets tbody tr"), 1000);
    assert.match(await page.locator(".sockets .empty").innerText(), /^Printed: rows 1 to 1,000 of 1,1\d\d\./);
  });
  const file = capturePage("tcp-half-close");
  const viewport = { width: 1280, height: 260 };
  await withPage(file, { hash: at("sequence"), viewport }, async ({ page }) => {
    assert.ok((await page.locator("[role=option]").count()) < 17);
    assert.equal(await printed(page, "[role=option]"), 17);
  });
});

browserTest("on paper the lanes are dark on white, whatever the theme", () =>
  withPage(file(), { hash: `${at("lanes")}&theme=dark` }, async ({ page }) => {
    await page.emulateMedia({ media: "print" });
    await settle(page);
    await settle(page);
    const { pixels } = await paintedWith(page, "255,255,255");
    assert.ok(pixels > 100000, `${pixels} white pixels`);
  }),
);

browserTest("who wants less motion gets none", () =>
  withPage(file(), { reducedMotion: "reduce" }, async ({ page }) => {
    await page.keyboard.press(".");
    await page.keyboard.press("w");
    const moving = await page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
  }),
);

browserTest("forced colours leave states, selection and buttons apart", async () => {
  for (const tab of tabs)
    await withPage(file(), { forcedColors: "active", hash: at(tab) }, async ({ page }) => {
      const pressed = page.locator("header [aria-pressed=true]");
      const other = page.locator("header [aria-pressed=false]").first();
      const border = (button: typeof pressed) => button.evaluate((one) => getComputedStyle(one).borderWidth);
      assert.notEqual(await border(pressed), await border(other));
      const swatch = page.locator("aside .swatch").first();
      const [fill, around] = await swatch.evaluate((one) => [
        getComputedStyle(one).backgroundColor,
        getComputedStyle(document.body).backgroundColor,
      ]);
      assert.notEqual(fill, around);
      if (tab === "lanes")
        assert.ok((await paintedWith(page, await themeColour(page, "--state-2"))).pixels > 100);
    });
});

browserTest("at 320 pixels all is there, and nothing but down to scroll", async () => {
  for (const tab of tabs)
    await withPage(file(), { hash: at(tab), viewport: { width: 320, height: 640 } }, async ({ page }) => {
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      for (const button of await page.locator("header button").all()) {
        const box = (await button.boundingBox())!;
        assert.ok(box.x >= 0 && box.x + box.width <= 320 && box.height >= 24, await button.innerText());
      }
      const main = (await page.locator("main").boundingBox())!;
      assert.ok(main.height >= 200 && main.width === 320, JSON.stringify(main));
      const states = page.getByRole("region", { name: "States" });
      assert.ok(await states.evaluate((one) => one.scrollWidth <= one.clientWidth), "the states are cut");
      for (const row of await states.locator("tbody tr").all())
        assert.ok((await row.boundingBox())!.height < 40, await row.innerText());
      const last = page.locator("aside table").last();
      await last.scrollIntoViewIfNeeded();
      assert.ok(await last.isVisible());
      await page.keyboard.press("?");
      assert.equal(await page.getByRole("dialog").evaluate((one) => one.scrollTop), 0);
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Close");
      const help = (await page.getByRole("dialog").boundingBox())!;
      assert.ok(help.x >= 0 && help.x + help.width <= 320, JSON.stringify(help));
      const close = page.getByRole("dialog").getByRole("button", { name: "Close" });
      await close.scrollIntoViewIfNeeded();
      assert.ok(await close.isVisible());
    });
});

browserTest("everything that a pointer can reach, Tab can", () =>
  withPage(file(), { hash: at("lanes") }, async ({ page }) => {
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const what = await page.evaluate(() => {
        const one = document.activeElement!;
        const style = getComputedStyle(one);
        const marked = one === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none";
        return `${marked ? "" : "not marked: "}${one.getAttribute("aria-label") ?? one.textContent}`;
      });
      assert.ok(!what.startsWith("not marked"), what);
      seen.add(what);
    }
    for (const name of ["Lanes", "Sequence", "Sockets", "Zoom in", "Zoom out", "Fit", "All", "Help"])
      assert.ok(seen.has(name), `${name}: ${[...seen].join("; ")}`);
    assert.ok([...seen].some((what) => /^Lanes of the timeline/.test(what)));
    assert.ok([...seen].some((what) => /^connect\(/.test(what)));
  }),
);

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return found.violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`),
    );
  });
}

/** A page with all that can be wrong with a trace. */
function troubled(): string {
  const json = capturedJson("tcp-half-close");
  const lost = { events: 7, intervals: [{ from: 4.99e6, to: 5.03e6, events: 7, reason: "ring" }] };
  json.events![5].note = "seen only in part";
  json.events![9] = { ...json.events![9], ret: -1, error: "ECONNRESET" };
  json.sockets![1].uncertain = true;
  return jsonPage({ ...json, trace: { ...(json.trace as object), lost, complete: false } });
}

for (const width of [1280, 320])
  for (const colorScheme of ["light", "dark"] as const)
    browserTest(`axe finds nothing, ${colorScheme}, ${width} pixels wide`, async () => {
      const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
      await withPage(troubled(), { ...options, hash: at("lanes") }, async ({ page }) => {
        const found: string[] = [];
        const look = async (where: string) => {
          await settle(page);
          for (const one of await violations(page)) found.push(`${where}: ${one}`);
        };
        for (const [i, tab] of tabs.entries()) {
          await page.keyboard.press(String(i + 1));
          await look(tab);
        }
        for (const selection of ["event-10", "process-1", "socket-3"]) {
          await page.evaluate((hash) => (location.hash = hash), `view=sequence&select=${selection}`);
          await look(selection);
        }
        await page.keyboard.press("Escape");
        await look("nothing selected");
        await page.keyboard.press("?");
        await look("help");
        assert.deepEqual(found, []);
      });
    });
