// SPDX-License-Identifier: GPL-2.0-only
// Pages in chromium, for tests: one browser for all of them, and what is seen in it. Knows the page by its parts for eyes
// and hands, and by its pure modules for where things stand.
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { readDocument, type Document } from "../../web/src/document";
import { plotOf, xOf, yOf, type Plot } from "../../web/src/geometry";
import { decode, type Shown } from "../../web/src/hash";
import { buildLayout, type Layout } from "../../web/src/layout";
import { blocksIn, scratch } from "./pages";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--disable-gpu", "--disable-quic", "--disable-sync"]; // and what playwright gives, --no-sandbox among it

function isThere(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let browser: Promise<Browser> | undefined;
let closing: NodeJS.Timeout | undefined;

export function launch(more: string[] = []): Promise<Browser> {
  const env = { ...process.env, HOME: scratch, XDG_CONFIG_HOME: scratch, XDG_CACHE_HOME: scratch };
  return chromium.launch({ executablePath, args: [...args, ...more], env });
}

/** The one browser is closed when no test has come for a while: which is the last is not known before. */
async function closeBrowser() {
  const one = browser;
  browser = undefined;
  await (await one)?.close();
}

/** A test that is skipped where there is no chromium. */
export function browserTest(name: string, run: () => Promise<void>) {
  test(name, { skip: isThere(executablePath) ? false : "needs chromium", timeout: 60000 }, async () => {
    clearTimeout(closing);
    try {
      await run();
    } finally {
      closing = setTimeout(closeBrowser, 300);
    }
  });
}

export interface Opened {
  page: Page;
  doc: Document;
  layout: Layout;
  requests: string[];
  errors: string[];
}

export interface Options extends BrowserContextOptions {
  hash?: string;
  before?: (page: Page) => Promise<unknown>; // before it is loaded
  broken?: boolean; // there may be errors
}

/** The page's pauses are a tenth as long: the address follows what is seen only after one. */
function hurry() {
  const later = window.setTimeout.bind(window);
  Object.assign(window, { setTimeout: (run: () => void, ms = 0) => later(run, ms / 10) });
}

/** Opens a page, and runs a test on it once it is drawn; no error and no request may come of it. */
export async function withPage(
  file: string,
  options: Options,
  run: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { hash = "", before, broken, ...rest } = options;
  const context = await (
    await (browser ??= launch())
  ).newContext({ viewport: { width: 1280, height: 800 }, ...rest });
  const page = await context.newPage();
  await context.addInitScript(hurry);
  const url = pathToFileURL(file).href;
  const requests: string[] = [];
  const errors: string[] = [];
  page.setDefaultTimeout(10000);
  page.on("request", (request) => requests.push(request.url()));
  page.on("requestfailed", (request) => {
    // A request that the page's policy has stopped is none.
    if (request.failure()?.errorText === "csp") requests.splice(requests.indexOf(request.url()), 1);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (!message.text().startsWith("Canvas2D: Multiple readback")) errors.push(message.text()); // the tests do that
  });
  page.on("dialog", (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  try {
    await before?.(page);
    await page.goto(url + hash);
    const doc = await readDocument(
      broken ? ['{"format":"socklife-timeline","version":1,"tables":{}}'] : blocksIn(file),
    ).catch(() => null);
    await page.locator(broken ? "body" : "#page > header").waitFor();
    await settle(page);
    await run({
      page,
      doc: doc!,
      layout: doc && !broken ? buildLayout(doc) : (null as never),
      requests,
      errors,
    });
    if (!broken) assert.deepEqual(errors, []);
    assert.deepEqual(
      requests.filter((one) => one.split("#")[0] !== url),
      [],
    );
  } finally {
    await context.close();
  }
}

/** Waits until what has been done is drawn. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
}

/** What is seen, as the address says, once it is as expected. */
export async function shows(
  page: Page,
  what: string,
  expected: (shown: Partial<Shown>) => unknown,
): Promise<Partial<Shown>> {
  const end = Date.now() + 3000;
  for (;;) {
    const hash = await page.evaluate(() => location.hash);
    if (expected(decode(hash))) return decode(hash);
    if (Date.now() > end) assert.fail(`not ${what}: ${hash}`);
    await page.waitForTimeout(25);
  }
}

/** What is seen now: the address follows a little later than the page. */
export async function shownNow(page: Page): Promise<Shown> {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
  return (await shows(page, "a view", ({ view }) => view)) as Shown;
}

export interface Canvas {
  left: number; // in the window
  top: number;
  plot: Plot;
}

export async function canvasOf(page: Page): Promise<Canvas> {
  const box = (await page.locator(".lanes canvas").boundingBox())!;
  return { left: box.x, top: box.y, plot: plotOf(box.width, box.height) };
}

/** A place on the canvas, in its own pixels: `down` pixels below the top of a lane. */
export function placeOf(
  { plot }: Canvas,
  { view }: Pick<Shown, "view">,
  lane: number,
  t: number,
  down: number,
): [number, number] {
  return [Math.round(xOf(plot, view, t)), Math.round(yOf(view, lane) + down)];
}

/** The colours of places on the canvas, as "r,g,b". */
export function colours(page: Page, places: [number, number][]): Promise<string[]> {
  return page.evaluate((all) => {
    const canvas = document.querySelector<HTMLCanvasElement>(".lanes canvas")!;
    const context = canvas.getContext("2d")!;
    const at = ([x, y]: [number, number]) =>
      context.getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data;
    return all.map((place) => at(place).slice(0, 3).join());
  }, places);
}

/** How many different colours the canvas has, and how many of its pixels are of one of them. */
export function paintedWith(page: Page, colour: string): Promise<{ colours: number; pixels: number }> {
  return page.evaluate((wanted) => {
    const canvas = document.querySelector<HTMLCanvasElement>(".lanes canvas")!;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const [r, g, b] = wanted.split(",").map(Number);
    const seen = new Set<number>();
    let pixels = 0;
    for (let i = 0; i < data.length; i += 4) {
      seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      if (data[i] === r && data[i + 1] === g && data[i + 2] === b) pixels++;
    }
    return { colours: seen.size, pixels };
  }, colour);
}

/** A colour of the page's, as "r,g,b". */
export function themeColour(page: Page, name: string): Promise<string> {
  return page.evaluate((property) => {
    const context = document.createElement("canvas").getContext("2d")!;
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(property);
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
  }, name);
}

/** What the details are of. */
export const heading = (page: Page) => page.locator("aside h2").innerText();
