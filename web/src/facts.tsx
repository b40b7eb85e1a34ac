// SPDX-License-Identifier: GPL-2.0-only
// What the panels are made of: named facts, links to other objects, times and states; and whether it all is
// for paper. Knows no panel.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { selectEvent, selectProcess, selectSocket } from "./actions";
import { callText, processName, socketName, stateClass, stateLetters } from "./describe";
import { numberOf, textOf, type Document } from "./document";
import { count, duration, time } from "./format";

export type Fact = [name: string, value: ComponentChildren];

/** The facts that there are: undefined, null and false are left out. */
export function Facts({ of }: { of: (Fact | false)[] }) {
  const known = of.filter((fact): fact is Fact => fact && fact[1] !== undefined && fact[1] !== null);
  if (!known.length) return null;
  return (
    <dl>
      {known.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

interface Link {
  doc: Document;
  row: number;
}

export function SocketLink({ doc, row }: Link) {
  if (row < 0) return <>not known</>;
  return (
    <button type="button" class="link" onClick={() => selectSocket(row)}>
      {socketName(doc, row)} #{numberOf(doc, "sockets", row, "id")}
    </button>
  );
}

export function ProcessLink({ doc, row }: Link) {
  if (row < 0) return <>not known</>;
  return (
    <button type="button" class="link" onClick={() => selectProcess(row)}>
      {processName(doc, row)}
    </button>
  );
}

/** By the call's name alone: the rest is in the title. */
export function EventLink({ doc, row }: Link) {
  if (row < 0) return <>not known</>;
  return (
    <button type="button" class="link mono call" title={callText(doc, row)} onClick={() => selectEvent(row)}>
      {textOf(doc, "events", row, "call")}()
    </button>
  );
}

/** A time to the nanosecond; words stand for one that there is not. */
export function When({ ns, none }: { ns: number; none: string }) {
  return Number.isNaN(ns) ? <>{none}</> : <span class="mono number">{time(ns, 1)}</span>;
}

/** How long from one time to the other; one that is before the trace makes it longer than what is seen. */
export function Lasted({ from, to, open }: { from: number; to: number; open: string }) {
  if (Number.isNaN(to)) return <>{open}</>;
  return <span class="mono number">{Number.isNaN(from) ? `over ${duration(to)}` : duration(to - from)}</span>;
}

export function StateName({ state }: { state: string }) {
  const index = stateClass(state);
  return (
    <span class="named">
      <span class={`swatch state-${index}`} aria-hidden="true">
        {stateLetters[index]}
      </span>
      {state}
    </span>
  );
}

/** The first of many, and how many there are. */
export function Some<T>({ of, most, each }: { of: T[]; most: number; each: (one: T) => ComponentChildren }) {
  return (
    <ul>
      {of.slice(0, most).map((one) => (
        <li>{each(one)}</li>
      ))}
      {of.length > most && <li class="dim">and {count(of.length - most)} more</li>}
    </ul>
  );
}

interface Grid<T> {
  label: string;
  heads: string[];
  rows: T[];
  most: number;
  each: (row: T) => ComponentChildren[];
}

/** A small table of the first of many rows. */
export function Grid<T>({ label, heads, rows, most, each }: Grid<T>) {
  if (!rows.length) return null;
  return (
    <>
      <h3>{label}</h3>
      <div class="scroll" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th scope="col">{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row) => (
              <tr>
                {each(row).map((cell) => (
                  <td>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > most && <p class="dim">and {count(rows.length - most)} more</p>}
    </>
  );
}

/** Rows out of sight are not in the page; on paper all are in sight. */
export function usePaper(): boolean {
  const [paper, setPaper] = useState(false);
  useEffect(() => {
    const media = matchMedia("print");
    const look = () => setPaper(media.matches);
    const before = () => setPaper(true); // the media changes only when it is too late to draw
    look();
    media.addEventListener("change", look);
    addEventListener("beforeprint", before);
    return () => {
      media.removeEventListener("change", look);
      removeEventListener("beforeprint", before);
    };
  }, []);
  return paper;
}

/** The rows that go on paper: all, or as many as are worth it from the first one in sight on. */
export function paperRows(rows: number, most: number, first: number): [from: number, to: number] {
  return rows <= most ? [0, rows] : [first, Math.min(rows, first + most)];
}

/** What is said under rows that are not all of them. */
export function NotPrinted({ from, to, of }: { from: number; to: number; of: number }) {
  if (to - from === of) return null;
  return (
    <p class="empty">
      Printed: rows {count(from + 1)} to {count(to)} of {count(of)}. What is scrolled to is printed first.
    </p>
  );
}
