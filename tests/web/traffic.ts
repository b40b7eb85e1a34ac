// SPDX-License-Identifier: GPL-2.0-only
// Makes up what clients and servers do over TCP, the same in every run: connections that are opened, carry requests and
// answers, block, fail now and then, and are closed. Gives json-format objects; knows nothing of pages.
import type { Row } from "../../web/src/document";
import { randomFrom } from "./random";

export interface Plan {
  events: number;
  sockets: number;
  processes: number; // half of them servers
  atOnce: number; // connections
}

interface End {
  id: number;
  process: number;
  fd: number;
  row: Row;
}

interface Connection {
  ready: number; // when its next call begins
  step: number;
  left: number; // sends and receives to come
  index: number;
  client: End | null;
  server: End | null;
  inFlight: [number, number]; // bytes, to the server and to the client
}

export interface Traffic {
  processes: Row[];
  sockets: Row[];
  duration: number;
}

type Emit = (event: Row) => void;

interface World {
  plan: Plan;
  random: () => number;
  emit: Emit;
  events: number;
  sockets: Row[];
  taken: boolean[][]; // by process and fd
  listeners: End[];
}

const SERVER_PORT = 8080;
const addressOf = (index: number) => `127.0.0.1:${20000 + (index % 40000)}`;
const serversOf = (plan: Plan) => Math.ceil(plan.processes / 2);

function takeFd(world: World, process: number): number {
  const taken = (world.taken[process] ??= [true, true, true]);
  let fd = taken.indexOf(false);
  if (fd < 0) fd = taken.length;
  taken[fd] = true;
  return fd;
}

function call(world: World, process: number, t: number, dur: number, more: Row) {
  world.emit({ id: ++world.events, t, dur, process, tid: 1000 + process, via: "syscall", ...more });
}

function makeEnd(world: World, process: number, t: number, how: string, more: Row): End {
  const id = world.sockets.length + 1;
  const fd = takeFd(world, process);
  const row: Row = {
    id,
    inode: String(50000 + id),
    family: "AF_INET",
    type: "SOCK_STREAM",
    protocol: "IPPROTO_TCP",
    flags: 0,
    netns: 4026531840,
    origin: how,
    ...more,
    states: [],
    peers: [],
    attempts: [],
    descriptors: [{ process, fd, from: t, to: null, how, end: "open" }],
    bytes: { sent: 0, received: 0 },
    closed: null,
    uncertain: false,
  };
  world.sockets.push(row);
  return { id, process, fd, row };
}

function enter(world: World, end: End, state: string, t: number) {
  const all = end.row.states as Row[];
  if (all.length) all[all.length - 1].to = t;
  all.push({ state, from: t, to: null, cause: world.events });
}

function listen(world: World, process: number) {
  const t = process * 40000;
  const local = `127.0.0.1:${SERVER_PORT + process}`;
  const end = makeEnd(world, process, t + 5000, "socket", {
    role: "passive",
    local,
    backlog: { asked: 128, effective: 128 },
  });
  const fd = end.fd;
  const args = { domain: "AF_INET", type: "SOCK_STREAM", protocol: "IPPROTO_IP" };
  call(world, process, t, 5000, { call: "socket", socket: end.id, args, ret: fd });
  enter(world, end, "created", t + 5000);
  call(world, process, t + 9000, 3000, {
    call: "bind",
    fd,
    socket: end.id,
    args: { fd, addr: local, addrlen: 16 },
    ret: 0,
  });
  enter(world, end, "bound", t + 12000);
  call(world, process, t + 15000, 4000, {
    call: "listen",
    fd,
    socket: end.id,
    args: { fd, backlog: 128 },
    ret: 0,
  });
  enter(world, end, "listening", t + 19000);
  world.listeners.push(end);
}

/** How long a call takes: some microseconds, and one receive in a hundred waits. */
function durationOf({ random }: World, receives: boolean): number {
  if (receives && random() < 0.01) return 100000 + Math.floor(random() ** 3 * 2e7);
  return 600 + Math.floor(random() ** 3 * 20000);
}

/** A send, or a receive of all that is there; one in a thousand is a reset. */
function move(world: World, one: Connection, byServer: boolean, sends: boolean): number {
  const end = byServer ? one.server! : one.client!;
  const dur = durationOf(world, !sends);
  const { fd, id, process } = end;
  const way = byServer === sends ? 1 : 0;
  const len = sends ? 16 * (1 + Math.floor(world.random() ** 4 * 200)) : 16384;
  const base = { call: sends ? "sendto" : "recvfrom", fd, socket: id };
  const args = { fd, len, flags: sends ? "MSG_NOSIGNAL" : 0, addr: null, addrlen: sends ? 0 : null };
  const ret = sends ? len : one.inFlight[way];
  const error = !ret ? "EAGAIN" : world.random() < 0.001 ? "ECONNRESET" : undefined;
  if (error) call(world, process, one.ready, dur, { ...base, args, ret: -1, error });
  else {
    one.inFlight[way] = sends ? one.inFlight[way] + ret : 0;
    (end.row.bytes as Record<string, number>)[sends ? "sent" : "received"] += ret;
    call(world, process, one.ready, dur, { ...base, args, ret, bytes: ret });
  }
  return dur;
}

function close(world: World, end: End, t: number): number {
  const { fd, id, process, row } = end;
  call(world, process, t, 4000, { call: "close", fd, socket: id, args: { fd }, ret: 0 });
  enter(world, end, "closed", t);
  for (const one of [...(row.descriptors as Row[]), ...(row.peers as Row[])]) one.to = t;
  (row.descriptors as Row[])[0].end = "close";
  row.closed = { t, by: "close", held: [] };
  world.taken[process][fd] = false;
  return 4000;
}

function connect(world: World, one: Connection, listener: End): number {
  const { client, ready: t } = one;
  const peer = String(listener.row.local);
  const args = { fd: client!.fd, addr: peer, addrlen: 16 };
  call(world, client!.process, t, 60000, {
    call: "connect",
    fd: client!.fd,
    socket: client!.id,
    args,
    ret: 0,
  });
  enter(world, client!, "connecting", t);
  enter(world, client!, "connected", t + 60000);
  client!.row.peers = [{ peer, from: t + 60000, to: null }];
  const learned = { t: t + 60000, how: "return" };
  client!.row.attempts = [{ from: t, to: t + 60000, peer, returned: 0, outcome: "connected", learned }];
  return 60000;
}

function accept(world: World, one: Connection, listener: End): number {
  const { client, ready: t } = one;
  const peer = String(client!.row.local);
  const more = { local: listener.row.local, peer, peer_socket: client!.id, listener: listener.id };
  const end = (one.server = makeEnd(world, listener.process, t + 8000, "accept", more));
  client!.row.peer_socket = end.id;
  const args = { fd: listener.fd, addr: peer, addrlen: 16, flags: "SOCK_CLOEXEC" };
  call(world, listener.process, t, 8000, {
    call: "accept4",
    fd: listener.fd,
    socket: listener.id,
    args,
    ret: end.fd,
  });
  enter(world, end, "connected", t + 8000);
  end.row.peers = [{ peer, from: t + 8000, to: null }];
  return 8000;
}

function create(world: World, one: Connection, listener: End): number {
  const { plan } = world;
  const clients = Math.max(1, plan.processes - serversOf(plan));
  const process = plan.processes === 1 ? 1 : serversOf(plan) + 1 + (one.index % clients);
  const more = { role: "active", local: addressOf(one.index), peer: listener.row.local };
  const end = (one.client = makeEnd(world, process, one.ready + 5000, "socket", more));
  const args = { domain: "AF_INET", type: "SOCK_STREAM", protocol: "IPPROTO_IP" };
  call(world, process, one.ready, 5000, { call: "socket", socket: end.id, args, ret: end.fd });
  enter(world, end, "created", one.ready + 5000);
  return 5000;
}

/** The next call of a connection; false when that was its last. */
function step(world: World, one: Connection): boolean {
  const listener = world.listeners[one.index % world.listeners.length];
  const turn = one.step++;
  let took: number;
  if (turn === 0) took = create(world, one, listener);
  else if (turn === 1) took = connect(world, one, listener);
  else if (turn === 2) took = accept(world, one, listener);
  else if (one.left-- > 0) took = move(world, one, turn % 4 < 2, turn % 2 === 1);
  else if (one.left === -1) took = close(world, one.client!, one.ready);
  else {
    close(world, one.server!, one.ready);
    return false;
  }
  const thinks = world.random() < 0.02 ? 2e6 : 20000;
  one.ready += took + 500 + Math.floor(world.random() * thinks);
  return true;
}

/** The heap's first has the earliest call; its place may be wrong. */
function sink(heap: Connection[]) {
  const one = heap[0];
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1].ready < heap[child].ready) child++;
    if (heap[child].ready >= one.ready) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = one;
}

function processOf(plan: Plan, id: number): Row {
  const name = id <= serversOf(plan) ? "server" : "client";
  const exec = { comm: name, exe: `/usr/bin/${name}`, args: [name, "--number", String(id)] };
  const execs = [{ t: 0, ...exec }];
  return {
    id,
    pid: 1000 + id,
    parent: id === 1 ? null : 1,
    ...exec,
    execs,
    start: id === 1 ? null : 0,
    end: null,
    exit: null,
  };
}

/** Carries a plan out: emit is given every event in order of time. */
export function makeTraffic(plan: Plan, emit: Emit): Traffic {
  const world: World = {
    plan,
    random: randomFrom(42),
    emit,
    events: 0,
    sockets: [],
    taken: [],
    listeners: [],
  };
  for (let process = 1; process <= serversOf(plan); process++) listen(world, process);
  const connections = Math.floor((plan.sockets - world.listeners.length) / 2);
  const moves = plan.events - world.events - 5 * connections;
  if (connections < 1 || moves < 0) throw new Error("more sockets than these events can make");
  let index = 0;
  let duration = 0;
  const open = (ready: number): Connection => {
    const left = Math.floor((moves * (index + 1)) / connections) - Math.floor((moves * index) / connections);
    return { ready, step: 0, left, index: index++, client: null, server: null, inFlight: [0, 0] };
  };
  const begin = world.listeners.length * 40000 + 40000;
  const heap = Array.from({ length: Math.min(plan.atOnce, connections) }, (_, i) => open(begin + i * 3000));
  while (heap.length) {
    duration = Math.max(duration, heap[0].ready + 1e5);
    if (!step(world, heap[0])) {
      if (index < connections) heap[0] = open(heap[0].ready + 10000);
      else if (heap.length > 1) heap[0] = heap.pop()!;
      else break;
    }
    sink(heap);
  }
  const processes = Array.from({ length: plan.processes }, (_, i) => processOf(plan, i + 1));
  return { processes, sockets: world.sockets, duration };
}
