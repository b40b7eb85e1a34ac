// SPDX-License-Identifier: GPL-2.0-only
// Reads the data once the page is there, and arranges its parts.
import { effect } from "@preact/signals";
import { render } from "preact";
import { dataBlocks } from "./blocks";
import { callText, processName, resultText, socketName, viaText } from "./describe";
import { Details } from "./details";
import { readDocument, rowOf, type Document } from "./document";
import { watchHash } from "./hash";
import { Help } from "./help";
import { watchKeys } from "./keys";
import { Lanes } from "./lanes";
import { buildLayout, extent } from "./layout";
import { Sequence } from "./sequence";
import { Sockets } from "./sockets";
import { failure, loaded, selection, tab, theme, view, type Selection } from "./state";
import { Toolbar } from "./toolbar";
import { spanView } from "./view";

/** What is selected, for those who hear the page. */
function spoken(doc: Document, what: Selection | null): string {
  if (!what) return "";
  if (what.kind === "process") return processName(doc, rowOf(doc, "processes", what.id));
  if (what.kind === "socket") return socketName(doc, rowOf(doc, "sockets", what.id));
  const event = rowOf(doc, "events", what.id);
  return `${callText(doc, event)} = ${resultText(doc, event)}${viaText(doc, event)}`;
}

function Page() {
  if (failure.value) return <p class="failure" role="alert">{failure.value}</p>;
  if (!loaded.value) return <p class="loading" role="status">Reading the trace…</p>;
  const { doc, layout } = loaded.value;
  return (
    <>
      <Toolbar doc={doc} />
      <main>
        {tab.value === "lanes" && <Lanes doc={doc} layout={layout} />}
        {tab.value === "sequence" && <Sequence doc={doc} />}
        {tab.value === "sockets" && <Sockets doc={doc} />}
      </main>
      <aside aria-label="Details">
        <Details doc={doc} />
      </aside>
      <Help />
      <p class="spoken" aria-live="polite">{spoken(doc, selection.value)}</p>
    </>
  );
}

async function load() {
  try {
    const doc = await readDocument(dataBlocks(document));
    const layout = buildLayout(doc);
    const [from, to] = extent(layout) ?? [0, doc.trace.duration];
    view.value = spanView({ from, to, top: 0 }, doc.trace.duration);
    loaded.value = { doc, layout };
    watchHash();
    watchKeys();
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
}

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
render(<Page />, document.getElementById("page")!);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", load);
else void load();
