// SPDX-License-Identifier: GPL-2.0-only
// The made-up traces that pages are measured with are documents like any other, and the same every time.
import assert from "node:assert/strict";
import test from "node:test";
import { field, numberOf, partsOf, readDocument, rowOf, textOf } from "../../web/src/document";
import { generateBlocks } from "./generate";
import type { Plan } from "./traffic";

const plan: Plan = { events: 150000, sockets: 301, processes: 5, atOnce: 20 };

function blocksOf(plan: Plan): string[] {
  const blocks: string[] = [];
  generateBlocks(plan, (block) => blocks.push(block));
  return blocks;
}

const blocks = blocksOf(plan);

test("a generated trace has the events and sockets that were asked for, in order", async () => {
  const doc = await readDocument(blocks);
  assert.deepEqual(
    [doc.tables.events.rows, doc.tables.sockets.rows, doc.tables.processes.rows],
    [150000, 301, 5],
  );
  for (let row = 1; row < plan.events; row++)
    assert.ok(numberOf(doc, "events", row, "t") >= numberOf(doc, "events", row - 1, "t"));
});

test("every call is on a descriptor that its process has open then", async () => {
  const doc = await readDocument(blocks);
  for (let row = 0; row < plan.events; row += 7) {
    const fd = numberOf(doc, "events", row, "fd");
    if (Number.isNaN(fd)) continue;
    const socket = rowOf(doc, "sockets", field(doc, "events", row, "socket"));
    const [descriptor] = partsOf(doc, "descriptors", socket);
    assert.equal(numberOf(doc, "descriptors", descriptor, "fd"), fd);
    assert.equal(
      numberOf(doc, "descriptors", descriptor, "process"),
      numberOf(doc, "events", row, "process"),
    );
    assert.ok(numberOf(doc, "descriptors", descriptor, "from") <= numberOf(doc, "events", row, "t"));
  }
});

test("one call in a thousand of it fails", async () => {
  const doc = await readDocument(blocks);
  let failed = 0;
  for (let row = 0; row < plan.events; row++) if (textOf(doc, "events", row, "error")) failed++;
  assert.ok(failed > 100 && failed < 300, `${failed} failed`);
});

test("generating is repeatable", () => {
  assert.deepEqual(blocksOf(plan), blocks);
});
