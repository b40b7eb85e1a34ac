// SPDX-License-Identifier: GPL-2.0-only
// Everything about the selection, with links to what belongs to it; without one, what the colours mean. Knows
// how each kind of object is told of by way of details_*.tsx.
import { useEffect, useRef } from "preact/hooks";
import { EventDetails } from "./details_event";
import { ProcessDetails } from "./details_process";
import { SocketDetails } from "./details_socket";
import { rowOf, type Document } from "./document";
import { Legend } from "./legend";
import { selection, type Selection } from "./state";

function About({ doc, what }: { doc: Document; what: Selection }) {
  const table = what.kind === "event" ? "events" : what.kind === "socket" ? "sockets" : "processes";
  const row = rowOf(doc, table, what.id);
  if (row < 0)
    return (
      <p>
        There is no {what.kind} {what.id} in this trace.
      </p>
    );
  if (what.kind === "event") return <EventDetails doc={doc} row={row} />;
  if (what.kind === "socket") return <SocketDetails doc={doc} row={row} />;
  return <ProcessDetails doc={doc} row={row} />;
}

export function Details({ doc }: { doc: Document }) {
  const panel = useRef<HTMLDivElement>(null);
  const followed = useRef(false);
  const what = selection.value;
  useEffect(() => {
    // A link that was followed is gone with what it stood in: the keyboard goes on from the new heading.
    if (followed.current) panel.current?.querySelector("h2")?.focus({ preventScroll: true });
    if (followed.current) panel.current?.parentElement?.scrollTo(0, 0);
    followed.current = false;
  }, [what]);
  const follow = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest(".link")) followed.current = true;
  };
  return (
    <div class="details" ref={panel} onClickCapture={follow}>
      {what ? <About key={`${what.kind}${what.id}`} doc={doc} what={what} /> : <Legend />}
    </div>
  );
}
