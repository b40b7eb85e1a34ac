// SPDX-License-Identifier: GPL-2.0-only
// columns.ts: every way to code a column gives the same cells back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { append, cellAt, numberAt, type Cell, type Coded, type Column } from "../../web/src/columns";

function columnOf(...chunks: { rows: number; columns: Record<string, Coded> }[]): Map<string, Column> {
  const columns = new Map<string, Column>();
  let before = 0;
  for (const chunk of chunks) {
    append(columns, before, chunk);
    before += chunk.rows;
  }
  return columns;
}

function cellsOf(column: Column, rows: number): Cell[] {
  return Array.from(
    { length: rows },
    (_, row) => cellAt(column, row) ?? (cellAt(column, row) === null ? null : false),
  );
}

function check(coded: Coded, cells: Cell[]) {
  const columns = columnOf({ rows: cells.length, columns: { c: coded } });
  assert.deepEqual(cellsOf(columns.get("c")!, cells.length), cells);
}

test("each: numbers, null, absent and strings", () => {
  const cells: Cell[] = [0, -1, null, false, "9007199254740993", 7, "snapshot", null];
  check({ of: "int", each: cells }, cells);
});

test("most, and the exceptions by their distances", () => {
  check({ of: "int", most: 5, at: [], is: [] }, [5, 5, 5]);
  check({ of: "int", most: 0, at: [0, 2, 1], is: [1, null, "x"] }, [1, 0, null, "x", 0]);
  check({ of: "int", most: null, at: [1], is: [false] }, [null, false, null]);
  check({ of: "value", most: false, at: [3], is: [2] }, [false, false, false, 2]);
});

test("most can be a string", () => {
  check({ of: "int", most: "exit", at: [], is: [] }, ["exit", "exit", "exit"]);
  check({ of: "int", most: "exit", at: [0, 2], is: [7, null] }, [7, "exit", null, "exit"]);
});

test("steps are differences to the row before", () => {
  check({ of: "int", steps: true, each: [10, 5, -20, 0] }, [10, 15, -5, -5]);
  check({ of: "int", steps: true, most: 1, at: [2], is: [100] }, [1, 2, 102, 103]);
});

test("like: the column before, but for the exceptions", () => {
  const like: Cell[] = [1, null, 3, false];
  const columns = columnOf({
    rows: 4,
    columns: {
      ret: { of: "int", each: like },
      bytes: { of: "int", like: "ret", at: [0, 3], is: [false, 8] },
      same: { of: "int", like: "bytes", at: [], is: [] },
      other: { of: "int", like: "ret", at: [1], is: [5] },
    },
  });
  assert.deepEqual(cellsOf(columns.get("ret")!, 4), like);
  assert.deepEqual(cellsOf(columns.get("bytes")!, 4), [false, null, 3, 8]);
  assert.deepEqual(cellsOf(columns.get("same")!, 4), [false, null, 3, 8]);
  assert.deepEqual(cellsOf(columns.get("other")!, 4), [1, 5, 3, false]);
});

test("like a column with strings has them too, but for the exceptions", () => {
  const columns = columnOf({
    rows: 3,
    columns: {
      ret: { of: "int", each: ["9007199254740993", "9007199254740995", 1] },
      bytes: { of: "int", like: "ret", at: [0], is: [0] },
    },
  });
  assert.deepEqual(cellsOf(columns.get("bytes")!, 3), [0, "9007199254740995", 1]);
});

test("like a column that is steps takes its sums", () => {
  const columns = columnOf({
    rows: 3,
    columns: {
      t: { of: "int", steps: true, each: [5, 5, 5] },
      u: { of: "int", like: "t", at: [1], is: [null] },
    },
  });
  assert.deepEqual(cellsOf(columns.get("u")!, 3), [5, null, 15]);
});

function followed(by: Cell[], coded: Coded): Cell[] {
  const of = "value";
  const columns = columnOf({ rows: by.length, columns: { by: { of, each: by }, coded } });
  return cellsOf(columns.get("coded")!, by.length);
}

test("after: the last row before with the same cell of the column, but for the exceptions", () => {
  const coded: Coded = { of: "int", after: "by", at: [0, 1, 3], is: [10, 20, 11] };
  assert.deepEqual(followed([5, 7, 5, 7, 5, 5, 7], coded), [10, 20, 10, 20, 11, 11, 20]);
});

test("after: null, absent and 0 of the column are cells like any other", () => {
  const coded: Coded = { of: "int", after: "by", at: [0, 1, 1], is: [1, 2, 3] };
  assert.deepEqual(followed([null, false, 0, 0, false, null], coded), [1, 2, 3, 3, 2, 1]);
});

test("after: absent where no row is before, and null, absent and strings are followed too", () => {
  assert.deepEqual(followed([1, 2, 1], { of: "int", after: "by", at: [], is: [] }), [false, false, false]);
  const coded: Coded = { of: "int", after: "by", at: [0, 1, 3], is: ["9007199254740993", null, false] };
  assert.deepEqual(
    followed([1, 2, 1, 2, 1, 1, 3], coded),
    ["9007199254740993", null, "9007199254740993", null, false, false, false],
  );
});

test("after: a chunk does not follow the one before, and columns can follow one another", () => {
  const by: Coded = { of: "value", each: [1, 2, 1] };
  const columns = columnOf(
    ...[[7, 8, 9], []].map((is) => ({
      rows: 3,
      columns: {
        by,
        a: { of: "value", after: "by", at: is.map((_, i) => Number(i > 0)), is } as Coded,
        b: { of: "int", after: "a", at: is.length ? [0, 1] : [], is: is.slice(0, 2) } as Coded,
        c: { of: "int", after: "by", at: is.length ? [1] : [], is: is.slice(0, 1) } as Coded,
      },
    })),
  );
  const cells = (name: string) => [0, 1, 2].map((row) => cellAt(columns.get(name)!, row));
  assert.deepEqual(["a", "b", "c"].map(cells), [[7, 8, 9], [7, 8, undefined], [undefined, 7, undefined]]);
});

test("numbers at the edges of the widths, beside null and absent", () => {
  const edges = [7, 15, 31].flatMap((bits) =>
    [2 ** bits, -(2 ** bits)].flatMap((n) => [-3, -2, -1, 0, 1, 2].map((d) => n + d)),
  );
  for (const edge of edges) check({ of: "int", each: [edge, null, false, 0] }, [edge, null, false, 0]);
  for (const edge of edges) check({ of: "int", most: edge, at: [], is: [] }, [edge, edge, edge]);
  const exact = [2 ** 53 - 1, -(2 ** 53 - 1)];
  check({ of: "int", each: [...exact, null, false] }, [...exact, null, false]);
});

test("a number where there is none is NaN", () => {
  const c = columnOf({ rows: 4, columns: { c: { of: "int", each: [1, null, false, "text"] } } }).get("c")!;
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => numberAt(c, row)),
    [1, NaN, NaN, NaN],
  );
});

test("no rows", () => {
  const columns = columnOf({
    rows: 0,
    columns: { c: { of: "int", each: [] }, d: { of: "int", most: 1, at: [], is: [] } },
  });
  assert.equal(columns.get("c")!.segments.length, 0);
  assert.equal(columns.get("d")!.segments.length, 0);
});

test("more rows than a segment holds, in one block and in chunks of one coding each", () => {
  const rows = 65536;
  const t = (row: number) => row * 1e6;
  const all = Array.from({ length: 2 * rows + 3 }, (_, row) => t(row));
  const check = (columns: Map<string, Column>) => {
    const c = columns.get("t")!;
    assert.equal(c.segments.length, 3);
    for (const row of [0, 1, rows - 1, rows, rows + 1, 2 * rows - 1, 2 * rows, 2 * rows + 2])
      assert.equal(numberAt(c, row), t(row));
  };
  check(columnOf({ rows: all.length, columns: { t: { of: "int", each: all } } }));
  check(
    columnOf(
      { rows, columns: { t: { of: "int", steps: true, most: 1e6, at: [0], is: [0] } } },
      { rows, columns: { t: { of: "int", steps: true, most: 1e6, at: [0], is: [t(rows)] } } },
      { rows: 3, columns: { t: { of: "int", each: all.slice(2 * rows) } } },
    ),
  );
});

test("a string keeps its row beyond the first segment", () => {
  const rows = 65536;
  const most: Coded = { of: "int", most: 1, at: [], is: [] };
  const c = columnOf(
    { rows, columns: { c: most } },
    { rows: 3, columns: { c: { of: "int", each: [1, "late", null] } } },
  ).get("c")!;
  assert.deepEqual(
    [rows - 1, rows, rows + 1, rows + 2].map((row) => cellAt(c, row)),
    [1, 1, "late", null],
  );
});
