// SPDX-License-Identifier: GPL-2.0-only
// The page's header: what was traced, what is wrong with it, and buttons for what the keys and the mouse do.
import { fit, show, showAll, toggleHelp, toggleTheme, zoom } from "./actions";
import type { Document, Trace } from "./document";
import { count, duration, plural, time } from "./format";
import { tab, tabs, theme, type Tab } from "./state";

const tabNames: Record<Tab, string> = { lanes: "Lanes", sequence: "Sequence", sockets: "Sockets" };
const themeNames = { auto: "as system", light: "light", dark: "dark" };

/** "2026-11-22 17:19:55 UTC": to the second, the rest is in the title. */
function startText(start: string | null): string {
  return start === null ? "at an unknown time" : start.replace(/^(\S+)T(\d\d:\d\d:\d\d).*$/, "$1 $2 UTC");
}

function Facts({ doc }: { doc: Document }) {
  const { command, host, kernel, arch, start, duration: ns } = doc.trace;
  const { processes, sockets, events } = doc.tables;
  const line = command?.join(" ") ?? "processes that ran already";
  const machine = [host ?? "unknown host", kernel && `Linux ${kernel}`, arch].filter(Boolean).join(", ");
  return (
    <div class="row">
      <h1>socklife</h1>
      <span class="command mono" title={line}>
        {line}
      </span>
      <span title={machine}>{machine}</span>
      <span title={start}>
        {startText(start)}, for {duration(ns ?? NaN)}
      </span>
      <span>
        {plural(processes.rows, "process")}, {plural(sockets.rows, "socket")}, {plural(events.rows, "call")}
      </span>
    </div>
  );
}

/** "between 1.2 s and 1.3 s", "from 1.2 s on" */
function between(from: number | null, to: number | null): string {
  if (from === null && to === null) return "at an unknown time";
  if (to === null) return `from ${time(from!, 1e3)} on`;
  return from === null ? `until ${time(to, 1e3)}` : `between ${time(from, 1e3)} and ${time(to, 1e3)}`;
}

const MOST = 100;

function Lost({ lost }: { lost: Trace["lost"] }) {
  if (!lost.events && !lost.intervals.length) return null;
  const places = lost.intervals.length;
  return (
    <div class="warning">
      <strong>{plural(lost.events, "record")} lost:</strong> what is missing below may have happened.{" "}
      {places > 0 && (
        <details>
          <summary>Where: {plural(places, "interval")}</summary>
          <ul>
            {lost.intervals.slice(0, MOST).map((one) => (
              <li>
                {plural(one.events, "record")} {between(one.from, one.to)}: {one.reason}
              </li>
            ))}
            {places > MOST && <li>and {count(places - MOST)} more intervals</li>}
          </ul>
        </details>
      )}
    </div>
  );
}

function Cut({ complete }: { complete: boolean }) {
  if (complete) return null;
  return (
    <p class="warning">
      <strong>The capture was cut short:</strong> what happened after its last record is not known.
    </p>
  );
}

function Blind({ trace }: { trace: Trace }) {
  if (!trace.blind.length) return null;
  const whole = (from: number | null, to: number | null) =>
    (from ?? 0) <= 0 && (to ?? Infinity) >= trace.duration;
  return (
    <details>
      <summary>What could not be seen ({trace.blind.length})</summary>
      <ul>
        {trace.blind.map((one) => (
          <li>
            {one.what}
            {!whole(one.from, one.to) && `, ${between(one.from, one.to)}`}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Buttons() {
  return (
    <div class="row">
      <div class="buttons" role="group" aria-label="View">
        {tabs.map((one) => (
          <button type="button" aria-pressed={tab.value === one} onClick={() => show(one)}>
            {tabNames[one]}
          </button>
        ))}
      </div>
      <fieldset class="buttons" aria-label="Time" disabled={tab.value !== "lanes"}>
        <button type="button" aria-label="Zoom in" title="Zoom in (W)" onClick={() => zoom(1 / 2)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" title="Zoom out (S)" onClick={() => zoom(2)}>
          −
        </button>
        <button type="button" title="Centre the selection, again: fit it (F)" onClick={fit}>
          Fit
        </button>
        <button type="button" title="The whole trace (0)" onClick={showAll}>
          All
        </button>
      </fieldset>
      <div class="buttons end">
        <button type="button" onClick={toggleTheme}>
          Theme: {themeNames[theme.value]}
        </button>
        <button type="button" aria-haspopup="dialog" onClick={toggleHelp}>
          Help
        </button>
      </div>
    </div>
  );
}

export function Toolbar({ doc }: { doc: Document }) {
  return (
    <header class="toolbar">
      <Facts doc={doc} />
      <Lost lost={doc.trace.lost} />
      <Cut complete={doc.trace.complete} />
      <Blind trace={doc.trace} />
      <Buttons />
    </header>
  );
}
