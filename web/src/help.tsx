// SPDX-License-Identifier: GPL-2.0-only
// The help: all keys, what the mouse does, and the switch that turns single keys off.
import { useEffect, useRef } from "preact/hooks";
import { toggleHelp } from "./actions";
import { keys } from "./keys";
import { helpOpen, singleKeys } from "./state";

const gestures = [
  ["click", "select a call, a socket or a process; the empty space selects nothing"],
  ["drag", "an area, for the sums of its calls"],
  ["wheel", "lanes up and down"],
  ["Ctrl + wheel", "zoom at the pointer"],
  ["Shift + wheel", "earlier, later"],
  ["Shift + drag", "move in time; the middle button does it alone"],
];

/** Keys that do the same stand in one row. */
function keyRows(): [string[], string][] {
  const rows = new Map<string, string[]>();
  for (const { keys: name, does } of keys) rows.set(does, [...(rows.get(does) ?? []), name]);
  return [...rows].map(([does, names]) => [names, does]);
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open && !dialog.current!.open) dialog.current!.showModal();
    if (!open) dialog.current!.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => helpOpen.value && toggleHelp()}
    >
      <div class="top">
        <h2 id="help-title">Keys and mouse</h2>
        <button type="button" onClick={toggleHelp}>
          Close
        </button>
      </div>
      <dl>
        {keyRows().map(([names, does]) => (
          <>
            <dt>
              {names.map((name) => (
                <kbd>{name}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <dl>
        {gestures.map(([how, does]) => (
          <>
            <dt>{how}</dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => (singleKeys.value = event.currentTarget.checked)}
        />{" "}
        Letters, digits and signs are keys (arrows and Esc always are)
      </label>
    </dialog>
  );
}
