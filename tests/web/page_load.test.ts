// SPDX-License-Identifier: GPL-2.0-only
// A page opens from disk, whatever is in it, and nothing leaves it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { browserTest, canvasOf, heading, paintedWith, settle, themeColour, withPage } from "./browser";
import { blocksIn, capturePage, exportPage, jsonPage, newFile } from "./pages";
import { blocksOf, captureFile, capturedJson, type Json } from "./document";
import { generateBlocks, writePage } from "./generate";

const file = () => capturePage("tcp-half-close");

browserTest("a page opens without an error, and without a request but for itself", () =>
  withPage(file(), {}, async ({ page, requests }) => {
    assert.equal(requests.length, 1);
    assert.match(await page.locator("header").innerText(), /1 process, 3 sockets, 17 calls/);
    assert.equal(await page.locator("script.head, script.chunk").count(), 0);
  }),
);

browserTest("nothing runs and nothing is asked for that the page did not come with", async () => {
  let asked = 0;
  const server = createServer(() => asked++).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await withPage(file(), { broken: true }, async ({ page, requests, errors }) => {
    const stopped = await page.evaluate(async (origin) => {
      const directives: string[] = [];
      addEventListener("securitypolicyviolation", (event) => directives.push(event.effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      document.body.setAttribute("onclick", "window.ran = true");
      document.body.click();
      new Image().src = `${origin}/image`;
      await fetch(`${origin}/fetch`).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { directives: directives.sort(), ran: "ran" in window };
    }, origin);
    assert.equal(stopped.ran, false);
    assert.deepEqual(stopped.directives, ["connect-src", "img-src", "script-src-attr", "script-src-elem"]);
    assert.deepEqual([requests.length, asked], [1, 0]);
    assert.ok(
      errors.every((text) => /Content Security Policy/.test(text)),
      errors.join("\n"),
    );
  });
  server.close();
});

browserTest("a compressed page is the plain one, and smaller", async () => {
  const packed = capturePage("tcp-half-close", "--compress");
  assert.deepEqual(blocksIn(packed), blocksIn(file()));
  const texts: string[] = [];
  for (const one of [packed, file()])
    await withPage(one, {}, async ({ page, requests }) => {
      await page.keyboard.press(".");
      await page.keyboard.press("3");
      texts.push(await page.locator("#page").innerText());
      assert.equal(requests.length, 1);
    });
  assert.equal(texts[0], texts[1]);
  assert.match(readFileSync(packed, "utf8"), /<script type="application\/gzip" class="head">/);
});

browserTest("a browser that cannot unpack a compressed page says so in one line", async () => {
  const before = (page: import("playwright-core").Page) =>
    page.addInitScript(() => Reflect.deleteProperty(window, "DecompressionStream"));
  await withPage(
    capturePage("tcp-half-close", "--compress"),
    { before, broken: true },
    async ({ page, errors }) => {
      assert.match(
        await page.locator("[role=alert]").innerText(),
        /^This browser cannot unpack .*without --compress\.$/,
      );
      assert.deepEqual(errors, []);
    },
  );
  await withPage(file(), { before }, async ({ page }) =>
    assert.match(await page.innerText("header"), /17 calls/),
  );
});

browserTest("a page without data, or with data cut off, says so", async () => {
  const empty = newFile(".html");
  writePage(empty, () => {});
  await withPage(empty, { broken: true }, async ({ page }) =>
    assert.match(await page.locator("[role=alert]").innerText(), /holds no trace: socklife export/),
  );
  const cut = newFile(".html");
  copyFileSync(file(), cut);
  truncateSync(cut, readFileSync(cut).length - 500);
  await withPage(cut, { broken: true }, async ({ page }) => {
    assert.notEqual(await page.locator("[role=alert]").innerText(), "");
    assert.equal(await page.locator("canvas").count(), 0);
  });
});

const trace = (more: object): object => ({ ...(capturedJson("tcp-half-close").trace as object), ...more });
const oneProcess = {
  id: 1,
  pid: 7,
  parent: null,
  comm: "one",
  exe: "./one",
  args: ["./one"],
  execs: [],
  start: null,
  end: null,
  exit: null,
};

browserTest("a trace with no socket, and with no event, has its page in all views", () =>
  withPage(jsonPage({ trace: trace({ duration: 1000 }), processes: [oneProcess] }), {}, async ({ page }) => {
    assert.match(await page.locator(".lanes .empty").innerText(), /No socket and no call/);
    for (const key of ["2", ".", "f", "[", "0", "w", "3"]) {
      await page.keyboard.press(key);
      await settle(page);
      assert.match(await page.innerText("main"), /\S/);
    }
    assert.match(await page.innerText("main"), /No socket was seen/);
  }),
);

browserTest("a trace with one event has its page", async () => {
  const event = {
    id: 1,
    t: 5,
    dur: 0,
    process: 1,
    tid: 7,
    call: "socket",
    via: "syscall",
    args: {},
    ret: -1,
    error: "EMFILE",
  };
  const json = { trace: trace({ duration: 5 }), processes: [oneProcess], events: [event] };
  await withPage(jsonPage(json), {}, async ({ page }) => {
    assert.ok((await paintedWith(page, await themeColour(page, "--failed"))).pixels > 5);
    await page.keyboard.press(".");
    assert.match(await heading(page), /^socket\(/);
  });
});

browserTest("a trace of nothing at all, which took no time, has its page", () =>
  withPage(jsonPage({ trace: trace({ duration: 0 }) }), {}, async ({ page }) => {
    for (const key of ["w", "s", "a", "d", "0", "2", "3", "1"]) await page.keyboard.press(key);
    await settle(page);
  }),
);

browserTest("a capture that was cut short says so", async () => {
  const capture = newFile(".slt");
  copyFileSync(captureFile("tcp-half-close"), capture);
  truncateSync(capture, readFileSync(capture).length - 40);
  await withPage(exportPage(capture), {}, async ({ page }) =>
    assert.match(await page.locator("header .warning").innerText(), /cut short/),
  );
});

const nasty = [
  "</script><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "\\x1b[31m\\x00\\x07red",
  "\u202egnp.exe",
  "x".repeat(4096),
  "unbroken-".repeat(450),
  "{{constructor}} ${alert(1)} %s &amp; \"'`",
];

/** A document whose every name is hostile. */
function hostile(name: string): Json {
  const json = capturedJson("tcp-half-close");
  const address = `unix:${name}`;
  for (const one of json.processes!)
    Object.assign(one, {
      comm: name,
      exe: name,
      args: [name, name],
      execs: [{ t: 0, comm: name, exe: name, args: [name] }],
    });
  for (const one of json.sockets!) Object.assign(one, { local: address, peer: address });
  for (const one of json.events!) Object.assign(one, { note: name, args: { fd: 3, addr: address } });
  return {
    ...json,
    trace: trace({
      host: name,
      command: [name, name],
      kernel: name,
      lost: { events: 1, intervals: [{ from: 0, to: 9, events: 1, reason: name }] },
      blind: [{ what: name, from: 0, to: 9 }],
    }),
  };
}

browserTest("hostile names are text in all views, and break nothing", async () => {
  for (const name of nasty)
    await withPage(jsonPage(hostile(name)), {}, async ({ page }) => {
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 700 });
        for (const view of ["lanes", "sequence", "sockets"])
          for (const at of ["event-6", "socket-2", "process-1"]) {
            await page.evaluate((hash) => (location.hash = hash), `view=${view}&select=${at}`);
            await settle(page);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `${name.slice(0, 30)}: ${view}, ${at}: ${wide} of ${width} pixels wide`);
          }
        const table = (await page.locator("aside table").last().boundingBox())!;
        assert.ok(table.x + table.width <= width, `the table is ${table.width} pixels wide`);
        assert.ok((await page.locator("main").boundingBox())!.height > 250, "there is no room for the view");
      }
      const shown = (await page.locator("aside").innerText()).replace(/\s/g, "");
      assert.ok(shown.includes(name.replace(/\s/g, "")), `${name.slice(0, 40)} is not told whole`);
      assert.equal(await page.locator("img, script:not(:first-of-type)").count(), 0);
    });
});

browserTest("a page of 100,000 sockets opens, scrolls and sorts", async () => {
  const many = newFile(".html");
  writePage(many, (write) =>
    generateBlocks({ events: 250100, sockets: 100001, processes: 5, atOnce: 200 }, write),
  );
  await withPage(many, {}, async ({ page }) => {
    const { plot } = await canvasOf(page);
    assert.ok(plot.height > 100);
    assert.ok((await paintedWith(page, await themeColour(page, "--state-2"))).pixels > 100);
    await page.keyboard.press("3");
    await page.locator(".sockets tbody tr").first().waitFor();
    assert.equal(await page.locator(".sockets table").getAttribute("aria-rowcount"), "100002");
    await page.locator(".sockets").evaluate((table) => (table.scrollTop = table.scrollHeight));
    await page
      .getByText(/^127\.0\.0\.1:/)
      .first()
      .waitFor();
    assert.ok((await page.locator(".sockets tbody tr").count()) < 200);
    await page.getByRole("button", { name: "received" }).click();
    await page.getByRole("button", { name: "received" }).click();
    await page.locator(".sockets tbody tr").first().waitFor();
  });
});

browserTest("a page says which form of document it reads", () => {
  const [head] = blocksOf(capturedJson("tcp-half-close"));
  const newer = newFile(".html");
  writePage(newer, (write) => write(head.replace('"version":1', '"version":2')));
  return withPage(newer, { broken: true }, async ({ page }) =>
    assert.match(
      await page.locator("[role=alert]").innerText(),
      /reads socklife-timeline 1, not socklife-timeline 2/,
    ),
  );
});
