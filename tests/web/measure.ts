// SPDX-License-Identifier: GPL-2.0-only
// What the page costs, beside its budget: PAGE... or numbers of events, for made-up traces. Hands are real: wheel and keys.
// Prints, and never passes or fails.
import { rmSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launch } from "./browser";
import { generateBlocks, writePage } from "./generate";
import { newFile } from "./pages";

interface Seen {
  paints: { at: number; took: number }[]; // of the lanes
  frames: number[];
  interactive: number;
}

type Watched = Window & { seen: Seen };

/** Runs in the page: notes what it paints, and when it has handled a key after its first painting. */
function watch() {
  const seen: Seen = { paints: [], frames: [], interactive: NaN };
  (window as unknown as Watched).seen = seen;
  let pressed = Infinity;
  new PerformanceObserver((list) => {
    for (const one of list.getEntriesByName("paint")) {
      seen.paints.push({ at: one.startTime, took: one.duration });
      if (one.startTime >= pressed && Number.isNaN(seen.interactive))
        seen.interactive = one.startTime + one.duration;
    }
    if (pressed < Infinity) return;
    pressed = performance.now();
    dispatchEvent(new KeyboardEvent("keydown", { code: "KeyW", key: "w", bubbles: true }));
  }).observe({ type: "measure" });
  let last = 0;
  const frame = (now: number) => {
    if (last) seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const seenIn = (page: Page) => page.evaluate(() => (window as unknown as Watched).seen);

function percentile(numbers: number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** 300 turns of the wheel: 100 that zoom in and out, 100 along the time, 100 over the lanes. */
async function move(page: Page) {
  const box = (await page.locator(".lanes .scroller").boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  const roll = async (dx: number, dy: number) => {
    await page.mouse.wheel(dx, dy);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  };
  await page.keyboard.down("Control");
  for (let i = 0; i < 100; i++) await roll(0, i < 60 ? -60 : 60);
  await page.keyboard.up("Control");
  for (let i = 0; i < 100; i++) await roll(i < 50 ? 40 : -40, 0);
  for (let i = 0; i < 100; i++) await roll(0, i < 50 ? 40 : -40);
}

async function memory(cdp: CDPSession): Promise<number> {
  for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
  const usage = (await cdp.send("Runtime.getHeapUsage")) as unknown as Record<string, number>;
  return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}

function row(what: string, measured: string, budget = "") {
  console.log(`  ${what.padEnd(44)} ${measured.padStart(12)}   ${budget}`);
}

const ms = (n: number) => `${n.toFixed(n < 100 ? 1 : 0)} ms`;
const mb = (n: number) => `${(n / 1e6).toFixed(1)} MB`;

interface Subject {
  name: string;
  file: string;
  isExported: boolean;
  isLarge: boolean;
}

async function measure(browser: Browser, { name, file, isExported, isLarge }: Subject) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.setDefaultTimeout(120000);
  await page.addInitScript(watch);
  await page.goto(pathToFileURL(file).href, { waitUntil: "commit" });
  await page.waitForFunction(() => (window as unknown as Watched).seen.interactive > 0);
  const { interactive } = await seenIn(page);
  const first = await page.evaluate(() => performance.getEntriesByType("paint")[0]?.startTime ?? NaN);
  const budget = (text: string) => (isLarge ? "" : text);
  console.log(
    `\n${name}: ${await page
      .locator("header")
      .getByText(/ calls$/)
      .innerText()}`,
  );
  row("file", mb(statSync(file).size), isExported ? "30 MB" : "");
  row("first paint", ms(first));
  row("interactive", ms(interactive), isLarge ? "10 s" : "1.5 s");
  const before = await seenIn(page);
  await move(page);
  const after = await seenIn(page);
  const paints = after.paints.slice(before.paints.length).map((one) => one.took);
  const frames = after.frames.slice(before.frames.length);
  row(`painting, median of ${paints.length}`, ms(percentile(paints, 0.5)));
  row("painting, 95th percentile", ms(percentile(paints, 0.95)), budget("6 ms"));
  row(`frames, 95th percentile of ${frames.length}`, ms(percentile(frames, 0.95)), budget("20 ms"));
  row("heap and buffers", mb(await memory(await page.context().newCDPSession(page))), budget("120 MB"));
  await page.close();
}

function generated(events: number): string {
  const file = newFile(".html");
  const plan = { events, sockets: Math.max(3, events / 500), processes: 9, atOnce: 200 };
  writePage(file, (write) => generateBlocks(plan, write));
  return file;
}

async function main() {
  const browser = await launch();
  console.log(`Chromium ${browser.version()}`);
  row("", "", "budget");
  for (const arg of process.argv.slice(2)) {
    const events = Number(arg);
    if (Number.isNaN(events))
      await measure(browser, { name: "Recorded", file: arg, isExported: true, isLarge: false });
    else {
      const file = generated(events);
      await measure(browser, { name: "Made up", file, isExported: false, isLarge: events > 1e6 });
      rmSync(file);
    }
  }
  await browser.close();
}

void main();
