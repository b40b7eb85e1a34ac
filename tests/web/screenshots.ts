// SPDX-License-Identifier: GPL-2.0-only
// SCREENSHOTS=DIR tests/web/run tests/web/screenshots.ts: pictures of the page to be looked at, of small and large traces.
import { mkdirSync } from "node:fs";
import { browserTest, settle, withPage, type Options } from "./browser";
import { generateBlocks, writePage } from "./generate";
import { capturePage, newFile } from "./pages";
import type { Plan } from "./traffic";

const dir = process.env.SCREENSHOTS ?? "screenshots";
const narrow = { width: 320, height: 640 };

function generated(plan: Plan): string {
  const file = newFile(".html");
  writePage(file, (write) => generateBlocks(plan, write));
  return file;
}

const plans: Record<string, Plan> = {
  "3-sockets": { events: 200, sockets: 3, processes: 2, atOnce: 1 },
  "300-sockets": { events: 20000, sockets: 300, processes: 6, atOnce: 60 },
  "30000-sockets": { events: 300000, sockets: 30001, processes: 9, atOnce: 300 },
};

async function shoot(file: string, name: string, options: Options, ...keys: string[]) {
  await withPage(file, options, async ({ page }) => {
    for (const key of keys) await page.keyboard.press(key);
    await settle(page);
    await settle(page);
    await page.screenshot({ path: `${dir}/${name}.png`, fullPage: options.viewport === narrow });
  });
}

async function shootAll(file: string, name: string, socket = 2) {
  const of = `#select=socket-${socket}`;
  for (const colorScheme of ["light", "dark"] as const) {
    await shoot(file, `${name}-lanes-${colorScheme}`, { colorScheme });
    await shoot(file, `${name}-near-${colorScheme}`, { colorScheme, hash: of }, "f", "f");
  }
  for (const view of ["sequence", "sockets"])
    await shoot(file, `${name}-${view}`, { hash: `${of}&view=${view}` });
  for (const view of ["lanes", "sequence", "sockets"])
    await shoot(file, `${name}-${view}-320`, { hash: `${of}&view=${view}`, viewport: narrow });
}

mkdirSync(dir, { recursive: true });
for (const [name, plan] of Object.entries(plans))
  browserTest(name, () => shootAll(generated(plan), name, plan.processes));
for (const name of ["tcp-half-close", "fork-shares-socket"])
  browserTest(name, () => shootAll(capturePage(name), name));
browserTest("help", async () => {
  const file = capturePage("tcp-half-close");
  await shoot(file, "help", {}, "?");
  await shoot(file, "help-dark", { colorScheme: "dark" }, "?");
  await shoot(file, "help-320", { viewport: narrow }, "?");
  await shoot(file, "sequence-dark", { colorScheme: "dark", hash: "#view=sequence&select=event-9" });
  await shoot(file, "forced-colours", { forcedColors: "active", hash: "#view=lanes&select=event-9" });
});
