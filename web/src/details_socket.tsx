// SPDX-License-Identifier: GPL-2.0-only
// One socket: what it is, its life state by state, its descriptors, its connections, how it ended. What waited and what
// went wrong underneath is in details_trouble.tsx.
import { fit, otherEnd, show } from "./actions";
import { socketName } from "./describe";
import { Flights, Queue, queuedText, queueText, Trouble } from "./details_trouble";
import { cellText, endText, factText, howText, learnedText, originText } from "./details_words";
import { field, numberOf, partsOf, rowOf, textOf, type Document, type Part, type Row } from "./document";
import {
  EventLink,
  Facts,
  Grid,
  Lasted,
  ProcessLink,
  SocketLink,
  Some,
  StateName,
  When,
  type Fact,
} from "./facts";
import { bytes, count, plural } from "./format";
import { acceptedOf } from "./related";
import { hasOtherEnd } from "./sequence_ends";

const MOST = 50;

interface Of {
  doc: Document;
  row: number;
}

/** From and how long of a row that belongs to a socket, in one cell that breaks where there is no room. */
function span(doc: Document, part: Part, one: number, open: string) {
  const [from, to] = ["from", "to"].map((name) => numberOf(doc, part, one, name));
  return (
    <>
      <When ns={from} none="before the trace" />
      {Number.isNaN(to) && !open ? "" : ", "}
      <Lasted from={from} to={to} open={open} />
    </>
  );
}

function Cause({ doc, row }: Of) {
  const cause = field(doc, "states", row, "cause");
  if (typeof cause === "number") return <EventLink doc={doc} row={rowOf(doc, "events", cause)} />;
  return <>{cause === null ? "not known" : factText(String(cause))}</>;
}

function States({ doc, row }: Of) {
  return (
    <Grid
      label="States"
      heads={["state", "from, lasted", "cause"]}
      rows={partsOf(doc, "states", row)}
      most={MOST}
      each={(one) => {
        const state = textOf(doc, "states", one, "state");
        return [
          <StateName state={state} />,
          span(doc, "states", one, state === "closed" ? "" : "still so"),
          <Cause doc={doc} row={one} />,
        ];
      }}
    />
  );
}

function Descriptors({ doc, row }: Of) {
  return (
    <Grid
      label="Descriptors"
      heads={["fd", "process", "how", "from, lasted", "end"]}
      rows={partsOf(doc, "descriptors", row)}
      most={MOST}
      each={(one) => [
        textOf(doc, "descriptors", one, "fd"),
        <ProcessLink doc={doc} row={rowOf(doc, "processes", field(doc, "descriptors", one, "process"))} />,
        howText(textOf(doc, "descriptors", one, "how")),
        span(doc, "descriptors", one, "still open"),
        endText(textOf(doc, "descriptors", one, "end")),
      ]}
    />
  );
}

/** When the program learned what became of a connect(), and how. */
function Learned({ learned }: { learned: Row | null }) {
  if (!learned) return <>never</>;
  return (
    <>
      <When ns={(learned.t as number | null) ?? NaN} none="when is not known" />, {learnedText(String(learned.how))}
    </>
  );
}

/** An attempt's peer is told where it is not the one that the socket has. */
function Attempts({ doc, row }: Of) {
  const peer = field(doc, "sockets", row, "peer");
  const attempts = partsOf(doc, "attempts", row);
  const isOther = (one: number) => field(doc, "attempts", one, "peer") !== peer;
  return (
    <Grid
      label="Connection attempts"
      heads={[attempts.some(isOther) ? "ret, outcome, peer" : "ret, outcome", "from, lasted", "learned"]}
      rows={attempts}
      most={MOST}
      each={(one) => [
        <>
          {cellText(field(doc, "attempts", one, "returned"), "no return")},{" "}
          {cellText(field(doc, "attempts", one, "outcome"), "still open")}
          {isOther(one) && (
            <>
              ,{" "}
              <span class="mono long">{cellText(field(doc, "attempts", one, "peer"), "peer not known")}</span>
            </>
          )}
        </>,
        span(doc, "attempts", one, "still open"),
        <Learned learned={field(doc, "attempts", one, "learned") as Row | null} />,
      ]}
    />
  );
}

function Peers({ doc, row }: Of) {
  const peers = partsOf(doc, "peers", row);
  if (peers.length < 2) return null;
  return (
    <Grid
      label="Peers, one after the other"
      heads={["peer", "from, lasted"]}
      rows={peers}
      most={MOST}
      each={(one) => [
        <span class="mono long peer">{cellText(field(doc, "peers", one, "peer"), "not known")}</span>,
        span(doc, "peers", one, "still so"),
      ]}
    />
  );
}

function Accepted({ doc, row }: Of) {
  const accepted = acceptedOf(doc, numberOf(doc, "sockets", row, "id"));
  if (!accepted.length && !field(doc, "sockets", row, "backlog")) return null;
  return (
    <>
      <h3>Accepted {plural(accepted.length, "connection")}</h3>
      <Some of={accepted} most={20} each={(one) => <SocketLink doc={doc} row={one} />} />
    </>
  );
}

const rare = ["truncated", "dropped"];

/** What there is of an object's numbers, by name: "3 sent, 4 received". */
function counts(value: unknown, names: string[], text: (n: number) => string): string | undefined {
  if (!value) return undefined;
  return names
    .filter((name) => typeof (value as Row)[name] === "number" && !(rare.includes(name) && !(value as Row)[name]))
    .map((name) => `${text((value as Row)[name] as number)} ${name}`)
    .join(", ");
}

function backlogText(backlog: unknown): string | undefined {
  if (!backlog) return undefined;
  const { asked, effective } = backlog as Row;
  return `asked ${cellText(asked, "not known")}, effective ${cellText(effective, "not known")}`;
}

/** What was thrown away with the socket. */
function leftText({ unread, unsent }: Row): string {
  const text = (n: unknown, how: string) => (typeof n === "number" && n > 0 ? `, ${plural(n, "byte")} ${how}` : "");
  return text(unread, "thrown away unread") + text(unsent, "sent but not acknowledged");
}

function Closed({ closed }: { closed: Row | null }) {
  if (!closed) return <>still open when the trace ended</>;
  const held = closed.held as string[];
  return (
    <>
      <When ns={closed.t as number} none="not known" />, {endText(String(closed.by))}
      {leftText(closed)}
      {held.length > 0 && `, the kernel kept it for: ${held.join(", ")}`}
    </>
  );
}

function facts(doc: Document, row: number): (Fact | false)[] {
  const value = (name: string) => field(doc, "sockets", row, name);
  const mono = (name: string) => <span class="mono">{cellText(value(name), "not known")}</span>;
  const link = (name: string) => <SocketLink doc={doc} row={rowOf(doc, "sockets", value(name))} />;
  const kind = ["family", "type", "protocol"].map((name) => cellText(value(name), "?")).join(", ");
  const retransmits = value("retransmits");
  return [
    ["kind", <span class="mono">{kind}</span>],
    value("flags") !== 0 && ["flags", mono("flags")],
    ["came by", originText(String(value("origin")))],
    ["found with", counts(value("found"), ["unread", "unsent"], bytes) || undefined],
    value("role") !== undefined && [
      "role",
      value("role") === "active" ? "connects (active)" : "listens (passive)",
    ],
    ["local", value("local") === undefined ? "none" : mono("local")],
    ["peer", value("peer") === undefined ? "none" : mono("peer")],
    value("peer_socket") !== undefined && ["other end", link("peer_socket")],
    value("listener") !== undefined && [
      "listener",
      value("listener") === null ? "not in the trace" : link("listener"),
    ],
    ["backlog", backlogText(value("backlog"))],
    ["queue", queueText(value("backlog"))],
    ["queued", queuedText(value("queued"))],
    ["bytes", counts(value("bytes"), ["sent", "received"], bytes)],
    ["messages", counts(value("messages"), ["sent", "received", "truncated", "dropped"], count)],
    typeof retransmits === "number" && retransmits > 0 && ["retransmits", count(retransmits)],
    ["closed", <Closed closed={value("closed") as Row | null} />],
    ["left out", counts(value("omitted"), ["states", "peers", "attempts", "descriptors", "in_flight"], count)],
    ["net ns", mono("netns")],
    ["inode", mono("inode")],
  ];
}

export function SocketDetails({ doc, row }: Of) {
  const id = numberOf(doc, "sockets", row, "id");
  return (
    <>
      <h2 tabIndex={-1}>
        {socketName(doc, row)} <span class="dim">#{id}</span>
      </h2>
      {field(doc, "sockets", row, "uncertain") === true && (
        <p class="warning">
          <strong>Uncertain:</strong> something of this socket's life was not seen; what is told here may be
          incomplete.
        </p>
      )}
      <div class="buttons">
        {hasOtherEnd(doc, row) && (
          <button type="button" onClick={() => show("sequence")}>
            Sequence
          </button>
        )}
        {field(doc, "sockets", row, "peer_socket") !== undefined && (
          <button type="button" onClick={otherEnd}>
            Other end
          </button>
        )}
        <button type="button" onClick={fit}>
          Centre, fit
        </button>
      </div>
      <Facts of={facts(doc, row)} />
      <States doc={doc} row={row} />
      <Attempts doc={doc} row={row} />
      <Descriptors doc={doc} row={row} />
      <Flights doc={doc} row={row} />
      <Trouble doc={doc} row={row} />
      <Peers doc={doc} row={row} />
      <Queue doc={doc} row={row} />
      <Accepted doc={doc} row={row} />
    </>
  );
}
