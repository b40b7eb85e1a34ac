// SPDX-License-Identifier: GPL-2.0-only
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, type Shown } from "../../web/src/hash";

const shown: Shown = {
  tab: "sequence",
  view: { from: -100, to: 2 ** 53, top: 28 },
  selection: { kind: "socket", id: 12 },
  theme: "dark",
};

test("what is written is read", () => {
  assert.equal(encode(shown), "view=sequence&at=-100,9007199254740992,28&select=socket-12&theme=dark");
  assert.deepEqual(decode(`#${encode(shown)}`), shown);
  assert.deepEqual(decode(encode(shown)), shown);
});

test("what is usual is left out", () => {
  const plain: Shown = { ...shown, selection: null, theme: "auto" };
  assert.equal(encode(plain), "view=sequence&at=-100,9007199254740992,28");
  assert.deepEqual(decode(encode(plain)), { tab: plain.tab, view: plain.view });
});

test("a narrow window keeps its parts of a nanosecond", () => {
  const view = { from: 1.25, to: 21.25, top: 0 };
  assert.deepEqual(decode(encode({ ...shown, view })).view, view);
});

test("what makes no sense is nothing", () => {
  const texts = [
    "",
    "#",
    "#lanes",
    "view=constructor",
    "theme=black&view=",
    "at=1,2",
    "at=2,1,0",
    "at=,,",
    "at=1,,3",
    "at=NaN,2,3",
    "at=0,Infinity,0",
    "select=event",
    "select=event-",
    "select=event--1",
    "select=event-1e3",
    "select=thread-1",
    "select=constructor-1",
    "select=event-1-2",
    "%",
    "&&==&",
  ];
  for (const text of texts) assert.deepEqual(decode(text), {}, text);
});
