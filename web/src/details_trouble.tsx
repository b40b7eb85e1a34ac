// SPDX-License-Identifier: GPL-2.0-only
// Of one socket: its accept queue or its own wait in one, its descriptors in messages, and what went wrong underneath.
import { field, rowOf, type Document, type Row } from "./document";
import { errorText } from "./errors";
import { EventLink, Grid, Lasted, When } from "./facts";
import { count, duration } from "./format";

const MOST = 50;

interface Of {
  doc: Document;
  row: number;
}

const numberIn = (value: unknown) => (typeof value === "number" ? value : NaN);

function listIn(doc: Document, row: number, name: string): unknown[] {
  return (field(doc, "sockets", row, name) ?? []) as unknown[];
}

/** Of a listener; undefined where nothing is known. */
export function queueText(backlog: unknown): string | undefined {
  const { deepest, unaccepted, overflows } = (backlog ?? {}) as Row;
  const texts = [
    typeof deepest === "number" && `at most ${count(deepest)} waited`,
    typeof unaccepted === "number" && unaccepted > 0 && `${count(unaccepted)} never accepted`,
    typeof overflows === "number" && overflows > 0 && `${count(overflows)} ${overflows === 1 ? "SYN" : "SYNs"} dropped as it was full`,
  ];
  return texts.filter(Boolean).join(", ") || undefined;
}

/** Of an accepted socket. */
export function queuedText(queued: unknown): string | undefined {
  if (!queued) return undefined;
  const { from, to } = queued as Row;
  if (typeof from !== "number" || typeof to !== "number") return "for how long is not known";
  return `waited ${duration(to - from)} to be accepted`;
}

export function Queue({ doc, row }: Of) {
  return (
    <Grid
      label="Accept queue"
      heads={["when", "waiting"]}
      rows={listIn(doc, row, "queue") as [number, number][]}
      most={MOST}
      each={([t, depth]) => [<When ns={t} none="" />, count(depth)]}
    />
  );
}

export function Flights({ doc, row }: Of) {
  const event = (id: unknown) => rowOf(doc, "events", id);
  return (
    <Grid
      label="In flight (SCM_RIGHTS)"
      heads={["from, lasted", "sent by", "received by"]}
      rows={listIn(doc, row, "in_flight") as Row[]}
      most={MOST}
      each={({ from, to, sent, received }) => [
        <>
          <When ns={numberIn(from)} none="before the trace" />,{" "}
          <Lasted from={numberIn(from)} to={numberIn(to)} open="still so" />
        </>,
        <EventLink doc={doc} row={event(sent)} />,
        received === null ? "nobody" : <EventLink doc={doc} row={event(received)} />,
      ]}
    />
  );
}

function resetText({ dir, reason }: Row): string {
  return `reset ${dir}${reason === null ? "" : ` (${reason})`}`;
}

function queuedErrorText({ error }: Row): string {
  const words = errorText(String(error));
  return `error queued: ${error}${words && `, ${words}`}`;
}

/** Resets and errors, in order of time. */
export function Trouble({ doc, row }: Of) {
  const all = [
    ...(listIn(doc, row, "resets") as Row[]).map((one) => ({ t: numberIn(one.t), text: resetText(one) })),
    ...(listIn(doc, row, "errors") as Row[]).map((one) => ({ t: numberIn(one.t), text: queuedErrorText(one) })),
  ];
  return (
    <Grid
      label="Trouble underneath"
      heads={["when", "what the kernel told"]}
      rows={all.sort((a, b) => a.t - b.t)}
      most={MOST}
      each={({ t, text }) => [<When ns={t} none="" />, <span class="long">{text}</span>]}
    />
  );
}
