// SPDX-License-Identifier: GPL-2.0-only
// What stands in a ladder's rows and at its arrows, and how a row is read out. Knows no place.
import { severityOf } from "./calls";
import { callText, neverText, resultText, viaText } from "./describe";
import { numberOf, rowOf, textOf, type Document } from "./document";
import { bytes, duration, plural } from "./format";
import { endOf, messagesOf, startOf } from "./join";
import { CALL, FACT, LOSS, RETURN, type Arrow, type Item, type Ladder } from "./sequence_types";
import type { RowArrow, Rows, Run } from "./sequence_rows";

interface Words {
  call: string;
  result: string; // with its " = "; empty where it comes later
  more: string; // the second line
  severity: number;
}

/** A process other than the one that the lifeline is named for. */
function whoElse(doc: Document, ladder: Ladder, item: Item): string {
  const process = numberOf(doc, "events", item.event, "process");
  if (!(process >= 0) || process === ladder.ends[item.end].process) return "";
  return `[${numberOf(doc, "processes", rowOf(doc, "processes", process), "pid")}] `;
}

export function statesOf(item: Item, end: number): string {
  const states = item.marks?.filter((mark) => mark.end === end).map((mark) => mark.state) ?? [];
  return states.length ? `→ ${states.join(" → ")}` : "";
}

export function wordsOf(doc: Document, ladder: Ladder, index: number): Words {
  const item = ladder.items[index];
  const states = statesOf(item, item.end);
  if (item.kind === LOSS) return { call: item.text, result: "", more: "", severity: 0 };
  if (item.kind === FACT) return { call: `(${item.text})`, result: "", more: states, severity: 0 };
  const { event } = item;
  const waits = ladder.result.get(event) !== index;
  const never = endOf(doc, event) === Infinity;
  const took = duration(endOf(doc, event) - startOf(doc, event));
  const messages = messagesOf(doc, event);
  const more = [
    waits ? "waits" : never ? neverText(doc, event) : item.kind === RETURN ? `after ${took}` : took,
    messages > 1 && !waits ? plural(messages, "message") : "",
    viaText(doc, event).trim(),
    states,
    waits ? "" : textOf(doc, "events", event, "note"),
  ];
  const text = item.kind === CALL ? callText(doc, event) : `… ${textOf(doc, "events", event, "call")}`;
  return {
    call: whoElse(doc, ladder, item) + text,
    result: waits ? "" : ` = ${resultText(doc, event)}`,
    more: more.filter(Boolean).join(" · "),
    severity: waits ? 0 : severityOf(doc, event),
  };
}

export function arrowText({ arrow, ...sum }: RowArrow): string {
  const messages = sum.messages > 1 ? plural(sum.messages, "message") : "";
  const size = sum.bytes || sum.messages ? bytes(sum.bytes) : "";
  return [arrow.text, messages, size].filter(Boolean).join(", ");
}

export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(4, width - 1))}…`;
}

function arrowWords(ladder: Ladder, arrow: Arrow): string {
  const there = ladder.ends[arrow.toEnd];
  const where = there.socket < 0 ? `${there.role} (${there.who})` : there.role;
  if (arrow.kind === "lost" || arrow.kind === "outside")
    return `to ${where}${arrow.text && `: ${arrow.text}`}`;
  return `${arrow.kind} to ${where}`;
}

/** A row as it is read out: "client: connect(...) = 0, 74.9 µs, connect to listener". */
export function labelOf(
  doc: Document,
  ladder: Ladder,
  rows: Rows,
  runs: Run[],
  row: number,
  arrows: RowArrow[],
  open: boolean,
): string {
  const index = rows.items[row];
  if (index < 0) return `${runs[~index].text}, ${open ? "unfolded" : "folded"}, Enter to change`;
  const item = ladder.items[index];
  const words = wordsOf(doc, ladder, index);
  const leaving = arrows.filter((one) => one.from === row).map((one) => arrowWords(ladder, one.arrow));
  const who = item.kind === LOSS ? "" : `${ladder.ends[item.end].role}: `;
  return [`${who}${words.call}${words.result}`, words.more.replaceAll("→", "then"), ...new Set(leaving)]
    .filter(Boolean)
    .join(", ");
}
