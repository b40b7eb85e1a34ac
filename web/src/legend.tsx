// SPDX-License-Identifier: GPL-2.0-only
// What is seen of the lanes, explained; stands where nothing is selected.
import { severityNames } from "./calls";
import { states } from "./describe";
import { StateName } from "./facts";
import { keys } from "./keys";

const FIRST = 7; // keys that are enough to begin with

export function Legend() {
  return (
    <>
      <h2 tabIndex={-1}>Nothing selected</h2>
      <p class="dim">
        Click a call, a socket's state or a process, or press <kbd>.</kbd> for the first call.
      </p>
      <h3>States of a socket</h3>
      <ul>
        {states.slice(0, -1).map((state) => (
          <li>
            <StateName state={state} />
          </li>
        ))}
      </ul>
      <h3>Calls</h3>
      <ul class="legend">
        {severityNames.map((name, i) => (
          <li>
            <span class={`swatch call-${i}`} aria-hidden="true" />
            {name}
          </li>
        ))}
        <li>
          <span class="swatch bar" aria-hidden="true" />a long call: blocked until it ends
        </li>
        <li>
          <span class="swatch lost" aria-hidden="true" />
          records were lost: what is not seen here may have been
        </li>
        <li>
          <span class="swatch faded" aria-hidden="true" />
          an end that fades: open before the trace, or after it
        </li>
      </ul>
      <h3>First keys</h3>
      <dl class="keys">
        {keys.slice(0, FIRST).map((key) => (
          <>
            <dt>
              <kbd>{key.keys}</kbd>
            </dt>
            <dd>{key.does}</dd>
          </>
        ))}
      </dl>
    </>
  );
}
