// SPDX-License-Identifier: GPL-2.0-only
// document.ts: what the json format says is what the page reads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, numberOf, partsOf, readDocument, rowOf, textOf } from "../../web/src/document";
import type { Document, Row } from "../../web/src/document";
import { blocksOf, capturedBlocks, capturedJson, captures, documentOf, type Json, objectAt } from "./document";

const tables = ["processes", "sockets", "events"] as const;

function checkDocument(doc: Document, json: Json) {
  assert.deepEqual(doc.trace, json.trace);
  assert.equal(doc.tool, json.tool);
  for (const table of tables) {
    const objects = json[table] as Row[];
    assert.equal(doc.tables[table].rows, objects.length);
    objects.forEach((object, row) => {
      assert.deepEqual(objectAt(doc, table, row), object);
      assert.equal(rowOf(doc, table, object.id), row);
    });
  }
}

for (const name of captures)
  test(`${name}: its objects come back`, async () => {
    const json = capturedJson(name);
    checkDocument(await documentOf(json), json);
    checkDocument(await readDocument(capturedBlocks(name)), json);
  });

const event = { t: 0, dur: 1, process: 1, tid: 1, call: "read", via: "syscall", args: {}, ret: 0 };

test("null, absent and numbers beyond 2^53 stay apart", async () => {
  const wide = { fd: 3, count: "18446744073709551615" };
  const events = [
    { ...event, id: 1, dur: null, ret: null, args: wide },
    { ...event, id: 2, ret: "9007199254740993" },
    { ...event, id: 3, t: 2 ** 53 - 1, error: 530, note: "" },
  ];
  const doc = await documentOf({ events });
  events.forEach((one, row) => assert.deepEqual(objectAt(doc, "events", row), one));
  assert.equal(field(doc, "events", 0, "dur"), null);
  assert.equal(field(doc, "events", 0, "error"), undefined);
  assert.equal(field(doc, "events", 0, "nothing"), undefined);
  assert.equal(numberOf(doc, "events", 0, "dur"), NaN);
  assert.equal(numberOf(doc, "events", 0, "nothing"), NaN);
  assert.equal(numberOf(doc, "events", 1, "ret"), NaN);
  assert.equal(textOf(doc, "events", 0, "dur"), "");
  assert.equal(textOf(doc, "events", 1, "ret"), "9007199254740993");
  assert.equal(textOf(doc, "events", 2, "error"), "530");
});

test("more events than a chunk holds", async () => {
  const events: Row[] = [];
  for (let i = 0; i < 65536 + 2; i++)
    events.push({
      ...event,
      id: 2 * i + 1,
      t: i * 1e6,
      ...(i % 3 && { error: `E${i % 7}` }),
      ...(i === 65537 && { note: "last" }),
    });
  const blocks = blocksOf({ events });
  assert.equal(blocks.length, 3);
  const doc = await readDocument(blocks);
  assert.equal(doc.tables.events.rows, events.length);
  for (const row of [0, 1, 65535, 65536, 65537]) {
    assert.deepEqual(objectAt(doc, "events", row), events[row]);
    assert.equal(rowOf(doc, "events", events[row].id), row);
    assert.equal(rowOf(doc, "events", 2 * row), -1);
  }
});

test("parts belong to their socket, also where its neighbours have none", async () => {
  const state = (n: number) => ({ state: `s${n}`, from: n, to: null, cause: n % 2 ? n : "exit" });
  const sockets = [1, 4, 5, 9].map((id) => ({
    id,
    states: id === 4 ? [] : [state(id), state(id + 1)],
    peers: [],
    attempts: [],
    descriptors:
      id === 4 ? [{ process: null, fd: 3, from: null, to: null, how: "snapshot", end: "open" }] : [],
  }));
  const doc = await documentOf({ sockets });
  sockets.forEach((one, row) => assert.deepEqual(objectAt(doc, "sockets", row), one));
  assert.deepEqual(partsOf(doc, "states", 1), []);
  assert.deepEqual(partsOf(doc, "states", 2), [2, 3]);
});

test("an id that is none has no row", async () => {
  const doc = await documentOf({ events: [{ ...event, id: 3 }] });
  for (const id of [0, 1, 2, 4, -1, 1e9, null, undefined, "3", NaN, 1.5])
    assert.equal(rowOf(doc, "events", id) ?? -1, -1);
  assert.equal(rowOf(doc, "events", 3), 0);
});

test("a trace of nothing", async () => {
  const doc = await documentOf({});
  for (const table of tables) assert.equal(doc.tables[table].rows, 0);
});

test("no blocks, another format, another version: an error that says what to do or what it is", async () => {
  await assert.rejects(readDocument([]), /holds no trace.*socklife export/);
  const head = JSON.parse(blocksOf({})[0]);
  await assert.rejects(readDocument([JSON.stringify({ ...head, version: 2 })]), /not socklife-timeline 2/);
  await assert.rejects(readDocument([JSON.stringify({ ...head, format: "other" })]), /not other 1/);
  await assert.rejects(readDocument(["{"]), SyntaxError);
});
