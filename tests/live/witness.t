#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The witnesses: while programs stand still (tests/live/moments), ss says what the kernel's sockets are and /proc what the
# descriptors are. What was recorded must say the same of that time: each descriptor, no more and no less; each socket's
# state, addresses, unix peer, what waits in a listener's queue and what is unread; and no socket that is not there.
import datetime
import itertools
import os
import re
import sys
import time

sys.dont_write_bytecode = True
import live

MOMENTS = os.path.join(live.ROOT, 'tests/live/moments')
INODE = re.compile(r'socket:\[(\d+)\]')
RECEIVES = {'read', 'readv', 'preadv2', 'recvfrom', 'recvmsg', 'recvmmsg'}

# ss does not list a TCP socket in the state CLOSE, nor an unbound UDP socket: None.
TCP = {
    'created': {None}, 'bound': {None}, 'listening': {'LISTEN'}, 'connecting': {'SYN-SENT'}, 'connected': {'ESTAB'},
    'half-closed-local': {'FIN-WAIT-1', 'FIN-WAIT-2'}, 'half-closed-remote': {'CLOSE-WAIT'},
    'disconnected': {None, 'LAST-ACK', 'CLOSING'}, 'failed': {None},
}
UDP = {'created': {None}, 'bound': {'UNCONN'}, 'connected': {'ESTAB'}}
# With what shutdown() left open: receiving, sending. A unix socket that waits for room in a backlog is not connected.
UNIX = {
    'created': {'UNCONN <->'}, 'bound': {'UNCONN <->'}, 'listening': {'LISTEN <->'}, 'connecting': {'UNCONN <->'},
    'connected': {'ESTAB <->'}, 'half-closed-local': {'ESTAB <--'}, 'half-closed-remote': {'ESTAB -->'},
    'disconnected': {'ESTAB ---'}, 'failed': {'UNCONN <->'},
}
# unix_dgram_connect() sets the state of the other end as well, which has no peer for that.
UNIX_DATAGRAM = {'created': {'UNCONN <->'}, 'bound': {'UNCONN <->', 'ESTAB <->'}, 'connected': {'ESTAB <->'}}


def children(pid):
    """Processes below it, parents first."""
    for task in os.listdir(f'/proc/{pid}/task'):
        for child in map(int, open(f'/proc/{pid}/task/{task}/children').read().split()):
            yield child
            yield from children(child)


def descriptors(pid):
    for fd in os.listdir(f'/proc/{pid}/fd'):
        m = INODE.match(os.readlink(f'/proc/{pid}/fd/{fd}'))
        if m:
            yield pid, int(fd), m.group(1)


def ss_address(text):
    """As socklife spells it, None where there is none."""
    if text.endswith(':*'):
        return None
    return text.replace('*:', '[::]:')


def ss_rows():
    """What ss says of each socket that has an inode, by that."""
    rows = {}
    for line in live.run('ss', '-tuxnaeOH').stdout.splitlines():
        kind, state, received, sent, *rest = line.split()
        if kind.startswith('u_'):
            local, inode, _, peer, open_ways = rest[:5]
            rows[inode] = {'state': f'{state} {open_ways}', 'local': None if local == '*' else f'unix:{local}', 'peer_inode': peer}
        else:
            inode = re.search(r' ino:(\d+)', line)
            inode = inode.group(1) if inode else '0'
            rows[inode] = {'state': state, 'local': ss_address(rest[0]), 'peer': ss_address(rest[1])}
        rows[inode]['queues'] = [int(received), int(sent)]
    rows.pop('0', None) # those that wait for accept(), or that nobody holds any more
    return rows


def snapshot(pid, name):
    time.sleep(0.1) # until what was done has been done to the other end as well
    return {'name': name, 'ss': ss_rows(), 'descriptors': {d for p in (pid, *children(pid)) for d in descriptors(p)},
            't': time.clock_gettime_ns(time.CLOCK_REALTIME)}


def watched(tap, name, *options):
    """The document, the id of the process that is COMMAND, and what was seen at each moment."""
    capture = tap.path(name + '.slt')
    p = live.start(live.SOCKLIFE, 'record', '-q', '-o', capture, *options, '--', MOMENTS, name, tap.path(name), stdin=-1, stdout=-1,
                   stderr=open(tap.path(name + '.said'), 'w'), text=True)
    seen = []
    for line in p.stdout:
        command = next(children(p.pid))
        seen.append(snapshot(command, line.strip()))
        p.stdin.write('\n')
        p.stdin.flush()
    tap.ok(p.wait() == 0 and len(seen) == 5, f'{name}: the programs do their work', open(tap.path(name + '.said')).read())
    doc, said = live.export(capture)
    tap.ok(doc and doc['trace']['complete'] and doc['trace']['lost']['events'] == 0, f'{name}: whole, nothing lost', said)
    return doc, command, seen


def during(spans, t):
    """The span in which t is."""
    for span in spans:
        if (span['from'] is None or span['from'] <= t) and (span['to'] is None or t < span['to']):
            return span
    return None


def started(doc):
    """ns of CLOCK_REALTIME."""
    whole, fraction = doc['trace']['start'].rstrip('Z').split('.')
    return int(datetime.datetime.fromisoformat(whole + '+00:00').timestamp()) * 1000000000 + int(fraction)


class Model:
    """What was recorded, of the sockets of this network namespace and the processes that are COMMAND and its descendants."""
    def __init__(self, doc, command):
        self.pids = {}
        for p in doc['processes']:
            if p['pid'] == command or p['parent'] in self.pids:
                self.pids[p['id']] = p['pid']
        here = os.stat('/proc/self/ns/net').st_ino
        self.sockets = {s['id']: s for s in doc['sockets'] if s['netns'] == here}
        self.moved = {}
        for e in doc['events']:
            if e.get('bytes') and 'MSG_PEEK' not in str(e['args'].get('flags')):
                self.moved.setdefault((e['socket'], e['call'] in RECEIVES), []).append((e['t'] + e['dur'], e['bytes']))

    def bytes(self, sock, received, t):
        return sum(n for at, n in self.moved.get((sock, received), []) if at <= t)

    def descriptors(self, t):
        return {(self.pids[d['process']], d['fd'], s['inode']) for s in self.sockets.values() for d in s['descriptors']
                if d['process'] in self.pids and during([d], t)}

    def alive(self, t):
        return {s['inode']: s for s in self.sockets.values() if any(during([d], t) for d in s['descriptors'] + s.get('in_flight', []))}


def kind_of(sock):
    return UNIX if sock['family'] == 'AF_UNIX' else TCP if sock['type'] == 'SOCK_STREAM' else UDP


def states_of(sock, state):
    """What ss may say of it."""
    if sock['family'] != 'AF_UNIX':
        return kind_of(sock)[state]
    return UNIX[state] if sock['type'] != 'SOCK_DGRAM' else UNIX_DATAGRAM[state]


def address_differs(sock, row, t):
    """Of a socket whose local address is the same to its end."""
    later = [s['state'] for s in sock['states'] if s['from'] is not None and s['from'] > t]
    if 'created' not in later and row['local'] != (sock.get('local') if sock.get('local') != 'unix:' else None):
        yield 'local', sock.get('local'), row['local']
    span = during(sock['peers'], t)
    if 'peer' in row and row['peer'] != (span and span['peer']):
        yield 'peer', span, row['peer']


def peer_differs(model, sock, row, t):
    """Of a unix socket; the peer that waits for accept() has no inode, nor the one that was closed. peer_socket is the last."""
    if any(span['from'] > t for span in sock['peers']):
        return
    peer = model.sockets.get(sock.get('peer_socket'))
    inode = peer['inode'] if peer and peer['inode'] in model.alive(t) and during(sock['peers'], t) else '0'
    if row['peer_inode'] != inode:
        yield 'peer socket', inode, row['peer_inode']


def queues_differ(model, sock, row, state, t):
    """A listener's queue and its limit, else the bytes that a stream's other end sent and this one has not received."""
    if state == 'listening':
        depths = [depth for at, depth in sock['queue'] if at <= t]
        queues = [depths[-1] if depths else 0, sock['backlog']['effective']]
        if queues != row['queues']:
            yield 'queue, backlog', queues, row['queues']
    elif sock.get('peer_socket') in model.sockets and sock['type'] == 'SOCK_STREAM':
        unread = model.bytes(sock['peer_socket'], False, t) - model.bytes(sock['id'], True, t)
        end = row['state'] == 'CLOSE-WAIT' # the peer's end counts as a byte until it is read: tcp_diag_get_info()
        if row['queues'][0] not in (unread, unread + end):
            yield 'unread', unread, row['queues'][0]


def socket_differs(model, sock, row, t):
    """(what, socklife's, ss's) where they are not alike."""
    state = (during(sock['states'], t) or {'state': None})['state']
    if (row and row['state']) not in states_of(sock, state):
        yield 'state', state, row
    elif row:
        yield from address_differs(sock, row, t)
        yield from queues_differ(model, sock, row, state, t)
        if 'peer_inode' in row:
            yield from peer_differs(model, sock, row, t)


def judge(tap, name, model, seen, t):
    what = f'{name}, {seen["name"]}'
    ours, theirs = model.descriptors(t), seen['descriptors']
    tap.ok(ours == theirs, f'{what}: {len(theirs)} descriptors',
           f'only in socklife: {sorted(ours - theirs)[:9]}\nonly in /proc: {sorted(theirs - ours)[:9]}')
    alive = model.alive(t)
    surplus = [(inode, row) for inode, row in seen['ss'].items() if inode not in alive]
    wrong = [(s['id'], inode, *differs) for inode, s in alive.items() if s['family'] in ('AF_INET', 'AF_INET6', 'AF_UNIX')
             for differs in socket_differs(model, s, seen['ss'].get(inode), t)]
    tap.ok(not wrong and not surplus, f'{what}: {len(alive)} sockets, of which ss knows {len(seen["ss"])}',
           '\n'.join(map(str, itertools.chain(wrong[:9], surplus[:9]))))


live.alone()
tap = live.Tap()
os.chmod(tap.dir.name, 0o755) # postgres is nobody
for name, options in (('sockets', ()), ('nginx', ('-a',)), ('redis', ()), ('postgres', ())):
    doc, command, moments = watched(tap, name, *options)
    if doc:
        model = Model(doc, command)
        for seen in moments:
            judge(tap, name, model, seen, seen['t'] - started(doc))
tap.done()
