// SPDX-License-Identifier: GPL-2.0-only
// One call: what it asked, what it got, what it changed.
import { fit, nextEvent, show } from "./actions";
import { oddityOf, severityNames, severityOf } from "./calls";
import { callText, isSum, resultText } from "./describe";
import { field, numberOf, rowOf, textOf, type Document, type Row } from "./document";
import { errorText } from "./errors";
import { EventLink, Facts, ProcessLink, SocketLink, Some, StateName, When, type Fact } from "./facts";
import { bytes, count, duration } from "./format";
import { passedBy, receivesOf, socketOfCall, statesCausedBy } from "./related";
import { hasOtherEnd, socketOfFigure } from "./sequence_ends";

function Result({ doc, row }: { doc: Document; row: number }) {
  const open = field(doc, "events", row, "ret") === null;
  const error = textOf(doc, "events", row, "error");
  const severity = severityOf(doc, row);
  const words = open ? "its return was not seen" : errorText(error);
  return (
    <p>
      <span class={`mono severity-${severity}`}>= {resultText(doc, row)}</span>
      {words && ` ${words}`}
      {severity > 0 && <span class="dim"> ({severityNames[severity]})</span>}
    </p>
  );
}

function argText(sum: boolean, name: string, value: unknown): string {
  if (sum) return name === "blocked" ? duration(Number(value)) : name === "largest" ? bytes(Number(value)) : count(Number(value));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function argFacts(sum: boolean, args: Row): Fact[] {
  return Object.entries(args).map(([name, value]) => {
    const text = argText(sum, name, value);
    return [name, value === null ? "not given, or not read" : <span class="mono">{text}</span>];
  });
}

/** The states that the call brought about, in whichever socket. */
function Changes({ doc, row }: { doc: Document; row: number }) {
  const states = statesCausedBy(doc, numberOf(doc, "events", row, "id"));
  if (!states.length) return null;
  return (
    <>
      <h3>What it changed</h3>
      <Some
        of={states}
        most={20}
        each={(state) => (
          <>
            <StateName state={textOf(doc, "states", state, "state")} />{" "}
            <SocketLink doc={doc} row={rowOf(doc, "sockets", field(doc, "states", state, "socket"))} />
          </>
        )}
      />
    </>
  );
}

/** A call of the other end of a message. */
function Other({ doc, row }: { doc: Document; row: number }) {
  return (
    <>
      <EventLink doc={doc} row={row} /> on <SocketLink doc={doc} row={socketOfCall(doc, row)} />
    </>
  );
}

/** Who received what the call sent, as far as it is certain. */
function Receives({ doc, row }: { doc: Document; row: number }) {
  const receives = receivesOf(doc, numberOf(doc, "events", row, "id"));
  if (!receives.length) return null;
  return (
    <>
      <h3>Received by</h3>
      <Some of={receives} most={20} each={(one) => <Other doc={doc} row={one} />} />
    </>
  );
}

/** The sockets whose descriptors went with the call's message. */
function passedFact(doc: Document, row: number, name: string, way: "sent" | "received"): Fact | false {
  const sockets = passedBy(doc, way, numberOf(doc, "events", row, "id"));
  if (!sockets.length) return false;
  return [name, <Some of={sockets} most={20} each={(one) => <SocketLink doc={doc} row={one} />} />];
}

function threadText(doc: Document, row: number, process: number): string {
  const tid = textOf(doc, "events", row, "tid");
  return process >= 0 && tid === textOf(doc, "processes", process, "pid") ? `${tid}, the main thread` : tid;
}

const ways: Record<string, string> = {
  syscall: "system call",
  ia32: "32-bit system call",
  x32: "x32 system call",
  socketcall: "socketcall()",
  io_uring: "io_uring request",
};

export function EventDetails({ doc, row }: { doc: Document; row: number }) {
  const number = (name: string) => numberOf(doc, "events", row, name);
  const process = rowOf(doc, "processes", field(doc, "events", row, "process"));
  const socket = socketOfCall(doc, row);
  const moved = number("bytes");
  const sent = rowOf(doc, "events", field(doc, "events", row, "sent"));
  const backlog = field(doc, "events", row, "backlog") as Row | undefined;
  const note = textOf(doc, "events", row, "note");
  const oddity = oddityOf(doc, row);
  const via = textOf(doc, "events", row, "via");
  const sum = isSum(textOf(doc, "events", row, "call"));
  const args = argFacts(sum, (field(doc, "events", row, "args") ?? {}) as Row);
  return (
    <>
      <h2 class="mono" tabIndex={-1}>
        {callText(doc, row)}
      </h2>
      <Result doc={doc} row={row} />
      {oddity && <p class="warning">{oddity}</p>}
      <div class="buttons">
        <button type="button" onClick={() => nextEvent(-1)}>
          Previous
        </button>
        <button type="button" onClick={() => nextEvent(1)}>
          Next
        </button>
        <button type="button" onClick={fit}>
          Centre, fit
        </button>
        {hasOtherEnd(doc, socketOfFigure(doc, row)) && (
          <button type="button" onClick={() => show("sequence")}>
            Sequence
          </button>
        )}
      </div>
      <Facts
        of={[
          ["started", <When ns={number("t")} none="not known" />],
          [
            "took",
            Number.isNaN(number("dur")) ? (
              "no return was seen"
            ) : (
              <span class="mono">{duration(number("dur"))}</span>
            ),
          ],
          ["socket", socket >= 0 ? <SocketLink doc={doc} row={socket} /> : "none"],
          ["process", <ProcessLink doc={doc} row={process} />],
          ["thread", threadText(doc, row, process)],
          moved >= 0 && ["moved", moved < 1000 ? bytes(moved) : `${bytes(moved)} (${count(moved)})`],
          sent >= 0 && ["sent by", <Other doc={doc} row={sent} />],
          passedFact(doc, row, "passed", "sent"),
          passedFact(doc, row, "received", "received"),
          backlog !== undefined && [
            "backlog",
            `asked ${backlog.asked}, effective ${backlog.effective ?? "not known"}`,
          ],
          ["by way of", [ways[via] ?? via, !oddity && note].filter(Boolean).join(", ")],
          ["event", `#${number("id")}`],
        ]}
      />
      {args.length > 0 && <h3>{sum ? "Counted" : "Arguments"}</h3>}
      <Facts of={args} />
      <Receives doc={doc} row={row} />
      <Changes doc={doc} row={row} />
    </>
  );
}
