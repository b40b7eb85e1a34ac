// SPDX-License-Identifier: GPL-2.0-only
// What the page shows now, as signals: whoever draws reads them; actions.ts writes them for hands, hash.ts for the address,
// and main.tsx once at the start.
import { signal } from "@preact/signals";
import type { Document } from "./document";
import type { Layout } from "./layout";
import type { View } from "./view";

/** The one selection that all views share; ids are the document's. */
export interface Selection {
  kind: "event" | "socket" | "process";
  id: number;
}

export const tabs = ["lanes", "sequence", "sockets"] as const;
export type Tab = (typeof tabs)[number];
export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** A rectangle of the lanes that was dragged out, lanes [first, last], and the sums of what is in it. */
export interface Area {
  from: number; // ns
  to: number;
  first: number;
  last: number;
  lines: string[];
}

export interface Loaded {
  doc: Document;
  layout: Layout;
}

export const loaded = signal<Loaded | null>(null);
export const failure = signal(""); // why there is nothing to show
export const tab = signal<Tab>("lanes");
export const selection = signal<Selection | null>(null);
export const unseen = signal(false); // the lanes have yet to bring the selection into sight
export const view = signal<View>({ from: 0, to: 1, top: 0 });
export const theme = signal<Theme>("auto");
export const area = signal<Area | null>(null);
export const helpOpen = signal(false);
export const singleKeys = signal(true); // letters act without ctrl
