// SPDX-License-Identifier: GPL-2.0-only
// The keys: one table, read by the handler here and by the help. Letters and digits go by their place on the
// keyboard, signs by what is typed.
import * as act from "./actions";
import { helpOpen, singleKeys, tab } from "./state";

export interface Key {
  code?: string; // KeyboardEvent.code
  key?: string; // KeyboardEvent.key
  keys: string; // as printed on it
  does: string;
  run: () => void;
  repeats?: true; // while it is held
  always?: true; // not one of the keys that a switch turns off
}

export const keys: Key[] = [
  { code: "KeyW", keys: "W", does: "zoom in", run: () => act.zoom(2 / 3), repeats: true },
  { code: "KeyS", keys: "S", does: "zoom out", run: () => act.zoom(3 / 2), repeats: true },
  { code: "KeyA", keys: "A", does: "earlier", run: () => act.pan(-0.2), repeats: true },
  { code: "KeyD", keys: "D", does: "later", run: () => act.pan(0.2), repeats: true },
  { key: ",", keys: ",", does: "previous call", run: () => act.nextEvent(-1), repeats: true },
  { key: ".", keys: ".", does: "next call", run: () => act.nextEvent(1), repeats: true },
  { key: "?", keys: "?", does: "help", run: () => act.toggleHelp() },
  {
    code: "ArrowUp",
    keys: "↑",
    does: "lanes up",
    run: () => act.scrollLanes(-1),
    repeats: true,
    always: true,
  },
  {
    code: "ArrowDown",
    keys: "↓",
    does: "lanes down",
    run: () => act.scrollLanes(1),
    repeats: true,
    always: true,
  },
  { code: "ArrowLeft", keys: "←", does: "earlier", run: () => act.pan(-0.2), repeats: true, always: true },
  { code: "ArrowRight", keys: "→", does: "later", run: () => act.pan(0.2), repeats: true, always: true },
  { code: "KeyF", keys: "F", does: "centre the selection, again: fit it", run: () => act.fit() },
  { code: "Digit0", keys: "0", does: "the whole trace", run: () => act.showAll() },
  { key: "[", keys: "[", does: "the other end of the connection", run: () => act.otherEnd() },
  { key: "]", keys: "]", does: "the other end of the connection", run: () => act.otherEnd() },
  { code: "Digit1", keys: "1", does: "lanes", run: () => act.show("lanes") },
  { code: "Digit2", keys: "2", does: "sequence", run: () => act.show("sequence") },
  { code: "Digit3", keys: "3", does: "sockets", run: () => act.show("sockets") },
  { code: "KeyT", keys: "T", does: "theme: as the system has it, light, dark", run: () => act.toggleTheme() },
  {
    code: "Escape",
    keys: "Esc",
    does: "close the help, or select nothing",
    run: () => act.escape(),
    always: true,
  },
];

/** What of a key press the table is asked about. */
export type Press = Pick<KeyboardEvent, "code" | "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">;

/** A sign may need shift or AltGr, which some systems report as ctrl and alt; a letter stands alone. */
function matches(row: Key, press: Press): boolean {
  if (row.key) return press.key === row.key && !press.metaKey && press.ctrlKey === press.altKey;
  return press.code === row.code && !(press.shiftKey || press.ctrlKey || press.altKey || press.metaKey);
}

export function keyFor(press: Press, single: boolean): Key | undefined {
  return keys.find((row) => (single || row.always) && matches(row, press));
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}

/** Arrows are the browser's where something else scrolls than the lanes. */
function scrollsItself(target: EventTarget | null): boolean {
  return (
    tab.value !== "lanes" || (target instanceof Element && target.closest("aside, dialog, header") !== null)
  );
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || isTyping(event.target)) return;
  const row = keyFor(event, singleKeys.value);
  if (!row || (event.repeat && !row.repeats)) return;
  if (row.code?.startsWith("Arrow") && scrollsItself(event.target)) return;
  if (helpOpen.value && row.key !== "?" && row.code !== "Escape") return;
  event.preventDefault();
  row.run();
}

/** Until what it returns is called. */
export function watchKeys(): () => void {
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}
