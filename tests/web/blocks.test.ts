// SPDX-License-Identifier: GPL-2.0-only
// The data blocks of a page, plain and compressed, become a document.
import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { dataBlocks } from "../../web/src/blocks";
import { readDocument } from "../../web/src/document";
import { blocksOf, capturedJson } from "./document";

/** A page with these blocks; `left` are those that still stand in it. */
function pageWith(texts: string[], type: string) {
  const left = new Set(texts);
  const blocks = texts.map((textContent) => ({
    textContent,
    getAttribute: () => type,
    remove: () => left.delete(textContent),
  }));
  return { page: { querySelectorAll: () => blocks } as unknown as ParentNode, left };
}

async function all(page: ParentNode): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of dataBlocks(page)) texts.push(text);
  return texts;
}

const zip = (text: string) => gzipSync(text).toString("base64");

test("the blocks come in order, and each leaves the page when it is read", async () => {
  const { page, left } = pageWith(["one", "two", "three"], "application/json");
  const iterator = dataBlocks(page);
  assert.equal((await iterator.next()).value, "one");
  assert.deepEqual([...left], ["two", "three"]);
  assert.deepEqual([(await iterator.next()).value, (await iterator.next()).value], ["two", "three"]);
  assert.equal(left.size, 0);
});

test("compressed blocks are the same texts", async () => {
  const texts = ['{"é":"☃"}', "x".repeat(1e6)];
  assert.deepEqual(await all(pageWith(texts.map(zip), "application/gzip").page), texts);
});

test("a browser without DecompressionStream is told what to do about it", async () => {
  const own = globalThis.DecompressionStream;
  Reflect.deleteProperty(globalThis, "DecompressionStream");
  try {
    await assert.rejects(
      all(pageWith([zip("x")], "application/gzip").page),
      /DecompressionStream.*without --compress/,
    );
    assert.deepEqual(await all(pageWith(["x"], "application/json").page), ["x"]);
  } finally {
    globalThis.DecompressionStream = own;
  }
});

test("a page without blocks, of another format or of a later version says so", async () => {
  await assert.rejects(readDocument([]), /holds no trace/);
  await assert.rejects(readDocument(['{"format":"else","version":1}']), /not else 1/);
  await assert.rejects(
    readDocument(['{"format":"socklife-timeline","version":2}']),
    /reads socklife-timeline 1, not/,
  );
});

test("blocks cut anywhere are refused, never taken for a shorter trace", async () => {
  const [head, chunk] = blocksOf(capturedJson("tcp-half-close"));
  for (let at = 1; at < chunk.length; at += 97)
    await assert.rejects(readDocument([head, chunk.slice(0, at)]));
  await assert.rejects(readDocument([head.slice(0, -1)]));
});
