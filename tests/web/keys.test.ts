// SPDX-License-Identifier: GPL-2.0-only
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyFor, keys, type Press } from "../../web/src/keys";

const none = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const press = (code: string, key: string, more: Partial<Press> = {}): Press => ({
  ...none,
  code,
  key,
  ...more,
});
const printed = (p: Press, single = true) => keyFor(p, single)?.keys;

test("letters go by their place, whatever is printed on them", () => {
  assert.equal(printed(press("KeyW", "w")), "W");
  assert.equal(printed(press("KeyW", "z")), "W"); // AZERTY
  assert.equal(printed(press("KeyZ", "w")), undefined);
  assert.equal(printed(press("Digit1", "&")), "1");
});

test("a letter with a modifier is the browser's", () => {
  for (const name of ["shiftKey", "ctrlKey", "altKey", "metaKey"])
    assert.equal(printed(press("KeyW", "w", { [name]: true })), undefined, name);
});

test("signs go by what is typed, with what the keyboard needs for it", () => {
  assert.equal(printed(press("Slash", "?", { shiftKey: true })), "?");
  assert.equal(printed(press("Minus", "?", { shiftKey: true })), "?"); // German
  assert.equal(printed(press("Digit8", "[", { ctrlKey: true, altKey: true })), "["); // AltGr
  assert.equal(printed(press("Slash", "/")), undefined);
  assert.equal(printed(press("Period", ".", { ctrlKey: true })), undefined);
});

test("the switch turns off all keys but arrows and Escape", () => {
  const left = keys.filter((row) => keyFor(press(row.code ?? "", row.key ?? ""), false));
  assert.deepEqual(
    left.map((row) => row.keys),
    ["↑", "↓", "←", "→", "Esc"],
  );
});

test("every row of the table is reached, and by one key only", () => {
  for (const row of keys) {
    assert.equal(keyFor(press(row.code ?? "", row.key ?? ""), true), row);
    assert.notEqual(row.code === undefined, row.key === undefined);
  }
});
