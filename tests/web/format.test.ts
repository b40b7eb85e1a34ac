// SPDX-License-Identifier: GPL-2.0-only
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, count, duration, plural, time } from "../../web/src/format";

test("a duration has three digits that count", () => {
  const texts: [number, string][] = [
    [0, "0 s"],
    [1, "1 ns"],
    [999, "999 ns"],
    [1000, "1 µs"],
    [74902, "74.9 µs"],
    [999_499, "999 µs"],
    [999_500, "1 ms"],
    [1_240_000_000, "1.24 s"],
    [99_940_000_000, "99.9 s"],
    [99_960_000_000, "1 min 40 s"],
    [3_599_700_000_000, "1 h 00 min 00 s"],
    [90_061e9, "25 h 01 min 01 s"],
    [-1500, "-1.5 µs"],
    [NaN, "?"],
  ];
  for (const [ns, text] of texts) assert.equal(duration(ns), text);
});

test("a time is as exact as its step", () => {
  const spaced = (text: string) => text.replaceAll(" s", "\0s").replaceAll(" ", "\u202f").replace("\0", " ");
  const texts: [number, number, string][] = [
    [1_234_567_890, 1, "1.234 567 890 s"],
    [1_234_567_890, 1e3, "1.234 568 s"],
    [1_234_567_890, 2e6, "1.235 s"],
    [1_234_567_890, 5e8, "1.2 s"],
    [1_234_567_890, 1e9, "1 s"],
    [1_234_567_890, 6e10, "1 s"],
    [5, 1, "0.000 000 005 s"],
    [-5e6, 1e6, "-0.005 s"],
    [2 ** 53 - 1, 1, "9007199.254 740 991 s"],
  ];
  for (const [ns, step, text] of texts) assert.equal(time(ns, step), spaced(text));
  assert.equal(time(NaN, 1), "?");
});

test("bytes go by thousands", () => {
  const texts: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [9_960, "10 kB"],
    [999_499, "999 kB"],
    [999_600, "1.0 MB"],
    [1_700_000, "1.7 MB"],
    [2 ** 53, "9.0 PB"],
    [NaN, "?"],
  ];
  for (const [n, text] of texts) assert.equal(bytes(n), text);
});

test("counts and plurals", () => {
  assert.equal(count(0), "0");
  assert.equal(count(999), "999");
  assert.equal(count(1204), "1,204");
  assert.equal(count(1_234_567), "1,234,567");
  assert.equal(count(NaN), "?");
  assert.equal(plural(1, "call"), "1 call");
  assert.equal(plural(0, "call"), "0 calls");
  assert.equal(plural(1, "process"), "1 process");
  assert.equal(plural(1204, "process"), "1,204 processes");
});
