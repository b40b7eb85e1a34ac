// SPDX-License-Identifier: GPL-2.0-only
// The data blocks that are exported hold the json format's document, and are written as they were.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { readDocument, type TableName } from "../../web/src/document";
import { capturedJson, captures, type Json, objectAt } from "./document";
import { blocksIn, capturePage } from "./pages";

/** The json format's document, from the blocks of a page. */
async function jsonOf(blocks: string[]): Promise<Json> {
  const doc = await readDocument(blocks);
  const all = (table: TableName) =>
    Array.from({ length: doc.tables[table].rows }, (_, row) => objectAt(doc, table, row));
  return {
    tool: doc.tool,
    trace: doc.trace,
    processes: all("processes"),
    sockets: all("sockets"),
    events: all("events"),
  };
}

test("every capture's page holds the same document as its json", async () => {
  for (const name of captures) {
    const { tool, trace, processes, sockets, events } = capturedJson(name);
    assert.deepEqual(
      await jsonOf(blocksIn(capturePage(name))),
      { tool, trace, processes, sockets, events },
      name,
    );
  }
});

for (const file of readdirSync("tests/goldens/page")) {
  const name = file.replace(/\.txt$/, "");
  test(`the data blocks of ${name} are the golden ones (make golden makes them anew)`, () => {
    const blocks = execFileSync("tests/page-blocks", [`tests/captures/${name}.slt`], { encoding: "utf8" });
    assert.equal(blocks, readFileSync(`tests/goldens/page/${file}`, "utf8"));
  });
}
