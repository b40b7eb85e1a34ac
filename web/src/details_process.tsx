// SPDX-License-Identifier: GPL-2.0-only
// One process: what it ran, how it ended, whom it belongs to, which sockets it had.
import { fit } from "./actions";
import { processName } from "./describe";
import { field, numberOf, rowOf, textOf, type Document, type Row } from "./document";
import { Facts, Grid, Lasted, ProcessLink, SocketLink, Some, When } from "./facts";
import { plural } from "./format";
import { childrenOf, socketsOf } from "./related";

const numberIn = (value: unknown) => (typeof value === "number" ? value : NaN);

/** As a shell would take it, if in doubt with quotes; the words are escaped already. */
function commandText(args: unknown): string | null {
  if (!Array.isArray(args)) return null;
  return args.map((word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(" ");
}

/** What an end that was not seen means: with all records there was none. */
function unseenEnd({ trace }: Document, words: string): string {
  return trace.complete && !trace.lost.events ? words : "not seen";
}

function exitText(doc: Document, exit: unknown): string {
  if (exit === null || exit === undefined) return unseenEnd(doc, "still ran at the end of the trace");
  const { code, signal } = exit as { code?: number; signal?: string };
  return signal === undefined ? `exited with ${code}` : `killed by ${signal}`;
}

function Execs({ of }: { of: Row[] }) {
  return (
    <Grid
      label="Programs it executed"
      heads={["when", "program", "arguments"]}
      rows={of}
      most={50}
      each={(exec) => [
        <When ns={numberIn(exec.t)} none="before the trace" />,
        <span class="mono long">{String(exec.exe ?? exec.comm)}</span>,
        <span class="mono long">{commandText(exec.args) ?? "not known"}</span>,
      ]}
    />
  );
}

export function ProcessDetails({ doc, row }: { doc: Document; row: number }) {
  const id = numberOf(doc, "processes", row, "id");
  const [start, end] = ["start", "end"].map((name) => numberOf(doc, "processes", row, name));
  const parent = rowOf(doc, "processes", field(doc, "processes", row, "parent"));
  const inner = field(doc, "processes", row, "inner_pid");
  const execs = (field(doc, "processes", row, "execs") ?? []) as Row[];
  const children = childrenOf(doc, id);
  const sockets = socketsOf(doc, id);
  return (
    <>
      <h2 tabIndex={-1}>{processName(doc, row)}</h2>
      <div class="buttons">
        <button type="button" onClick={fit}>
          Centre, fit
        </button>
      </div>
      <Facts
        of={[
          ["program", <span class="mono">{textOf(doc, "processes", row, "exe") || "not known"}</span>],
          [
            "arguments",
            <span class="mono">{commandText(field(doc, "processes", row, "args")) ?? "not known"}</span>,
          ],
          ["started", <When ns={start} none="before the trace" />],
          ["ended", <When ns={end} none="not in the trace" />],
          ["lasted", <Lasted from={start} to={end} open={unseenEnd(doc, "still ran")} />],
          ["exit", exitText(doc, field(doc, "processes", row, "exit"))],
          inner !== undefined && ["in its namespace", `pid ${inner}`],
          ["parent", parent >= 0 ? <ProcessLink doc={doc} row={parent} /> : "not in the trace"],
        ]}
      />
      {children.length > 0 && <h3>Forked {plural(children.length, "process")}</h3>}
      <Some of={children} most={50} each={(child) => <ProcessLink doc={doc} row={child} />} />
      <h3>Had {plural(sockets.length, "socket")}</h3>
      <Some of={sockets} most={50} each={(socket) => <SocketLink doc={doc} row={socket} />} />
      <Execs of={execs} />
    </>
  );
}
