// SPDX-License-Identifier: GPL-2.0-only
// What is seen now, in the address: #view=sockets&at=FROM,TO,TOP&select=event-12&theme=dark. A page opened
// with it shows the same. Nothing else writes the location.
import { batch, effect } from "@preact/signals";
import { rowOf, type Document } from "./document";
import { loaded, selection, tab, tabs, theme, themes, view } from "./state";
import type { Selection, Tab, Theme } from "./state";
import { clampView, type View } from "./view";

export interface Shown {
  tab: Tab;
  view: View;
  selection: Selection | null;
  theme: Theme;
}

const kinds: readonly string[] = ["event", "socket", "process"] satisfies Selection["kind"][];
const PAUSE = 300; // ms; browsers refuse more than some hundred changes in half a minute

const short = (n: number) => String(Math.round(n * 100) / 100);

/** Without the #. */
export function encode({ tab, view, selection, theme }: Shown): string {
  const parts = [`view=${tab}`, `at=${[view.from, view.to, view.top].map(short).join(",")}`];
  if (selection) parts.push(`select=${selection.kind}-${selection.id}`);
  if (theme !== "auto") parts.push(`theme=${theme}`);
  return parts.join("&");
}

function decodeView(text: string): View | undefined {
  const [from, to, top] = text.split(",").map((part) => (part.trim() ? Number(part) : NaN));
  return Number.isFinite(from) && Number.isFinite(to) && Number.isFinite(top) && from < to
    ? { from, to, top }
    : undefined;
}

function decodeSelection(text: string): Selection | undefined {
  const [, kind, id] = /^([a-z]+)-(\d{1,10})$/.exec(text) ?? [];
  return kinds.includes(kind) ? { kind: kind as Selection["kind"], id: Number(id) } : undefined;
}

/** What of it makes sense; with or without the #. */
export function decode(text: string): Partial<Shown> {
  const params = new URLSearchParams(text.replace(/^#/, ""));
  const get = (name: string) => params.get(name) ?? "";
  const shown: Partial<Shown> = {
    tab: tabs.find((one) => one === get("view")),
    view: decodeView(get("at")),
    selection: decodeSelection(get("select")),
    theme: themes.find((one) => one === get("theme")),
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

const tables = { event: "events", socket: "sockets", process: "processes" } as const;

function apply(doc: Document, shown: Partial<Shown>) {
  batch(() => {
    const { selection: what } = shown;
    if (shown.tab) tab.value = shown.tab;
    if (shown.view) view.value = clampView(shown.view, doc.trace.duration);
    if (shown.theme) theme.value = shown.theme;
    if (what && rowOf(doc, tables[what.kind], what.id) >= 0) selection.value = what;
  });
}

/** Takes what the address says, then keeps it to what is seen. To be called once there is a document. */
export function watchHash() {
  const { doc } = loaded.value!;
  const read = () => apply(doc, decode(location.hash));
  let timer = 0;
  const write = () => {
    timer = 0;
    const shown = { tab: tab.value, view: view.value, selection: selection.value, theme: theme.value };
    const hash = `#${encode(shown)}`;
    if (hash !== location.hash) history.replaceState(null, "", hash);
  };
  read();
  addEventListener("hashchange", read);
  effect(() => {
    encode({ tab: tab.value, view: view.value, selection: selection.value, theme: theme.value });
    timer ||= window.setTimeout(write, PAUSE);
  });
}
