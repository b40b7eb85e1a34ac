# SPDX-License-Identifier: GPL-2.0-only
# Whether a recording says of a moment what the witnesses (witness_kernel.py) say of it: each descriptor, no more and no less;
# each socket's namespace, state, addresses, other end, what waits in a listener's queue and what is unread; and no socket that
# is not there.
import collections
import datetime
import socket

import witness_kernel

RECEIVES = {'read', 'readv', 'preadv2', 'recvfrom', 'recvmsg', 'recvmmsg'}
LATE = 'entered before the trace began'

# ss does not list a TCP socket in the state CLOSE, nor an unbound UDP or netlink socket: None.
TCP = {
    'created': {None}, 'bound': {None}, 'listening': {'LISTEN'}, 'connecting': {'SYN-SENT'}, 'connected': {'ESTAB'},
    'half-closed-local': {'FIN-WAIT-1', 'FIN-WAIT-2'}, 'half-closed-remote': {'CLOSE-WAIT'},
    'disconnected': {None, 'LAST-ACK', 'CLOSING'}, 'failed': {None},
}
UDP = {'created': {None}, 'bound': {'UNCONN'}, 'connected': {'ESTAB'}}
RAW = {'created': {'UNCONN'}, 'bound': {'UNCONN'}, 'connected': {'ESTAB'}}
NETLINK = {'created': {None}, 'bound': {'UNCONN'}, 'connected': {'UNCONN'}}
PACKET = {'created': {'UNCONN'}, 'bound': {'UNCONN'}}
# With what shutdown() left open: receiving, sending. A unix socket that waits for room in a backlog is not connected.
UNIX = {
    'created': {'UNCONN <->'}, 'bound': {'UNCONN <->'}, 'listening': {'LISTEN <->'}, 'connecting': {'UNCONN <->'},
    'connected': {'ESTAB <->'}, 'half-closed-local': {'ESTAB <--'}, 'half-closed-remote': {'ESTAB -->'},
    'disconnected': {'ESTAB ---'}, 'failed': {'UNCONN <->'},
}
# unix_dgram_connect() sets the state of the other end as well, which has no peer for that.
UNIX_DATAGRAM = {'created': {'UNCONN <->'}, 'bound': {'UNCONN <->', 'ESTAB <->'}, 'connected': {'ESTAB <->'}}
UNIX_TABLES = {'SOCK_STREAM': ('u_str', UNIX), 'SOCK_SEQPACKET': ('u_seq', UNIX), 'SOCK_DGRAM': ('u_dgr', UNIX_DATAGRAM)}
INET = {('SOCK_STREAM', 'IPPROTO_TCP'): ('tcp', TCP), ('SOCK_STREAM', 'IPPROTO_MPTCP'): ('tcp', TCP),
        ('SOCK_DGRAM', 'IPPROTO_UDP'): ('udp', UDP)}


def table_of(sock):
    """What ss calls such sockets, and which states it may give them; None: ss does not know of them."""
    family, kind = sock['family'], sock['type']
    if family == 'AF_UNIX':
        return UNIX_TABLES[kind]
    if family in ('AF_INET', 'AF_INET6'):
        return ('raw', RAW) if kind == 'SOCK_RAW' else INET.get((kind, sock['protocol']))
    if family == 'AF_PACKET':
        return 'p_dgr' if kind == 'SOCK_DGRAM' else 'p_raw', PACKET
    return ('nl', NETLINK) if family == 'AF_NETLINK' else None


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
    """What was recorded. pids: those that were selected; others: what else there is in it is not looked at."""
    def __init__(self, doc, pids, others):
        self.doc, self.start = doc, started(doc)
        self.pids = {p['id']: p['pid'] for p in doc['processes'] if p['pid'] in pids or not others}
        self.sockets = {s['id']: s for s in doc['sockets']}
        self.followed = {s['id'] for s in doc['sockets'] if any(d['process'] in self.pids for d in s['descriptors'])}
        self.late = [e for e in doc['events'] if e.get('note') == LATE]
        self.moved, self.stuck = {}, set()
        for e in doc['events']:
            if e.get('bytes') and 'MSG_PEEK' not in str(e['args'].get('flags')):
                self.moved.setdefault((e['socket'], e['call'] in RECEIVES), []).append((e['t'] + (e['dur'] or 0), e['bytes']))
            if e.get('note') == LATE or e['dur'] is None: # what it has moved so far is not told
                self.stuck.add(e.get('socket'))

    def bytes(self, sock, received, t):
        return sum(n for at, n in self.moved.get((sock, received), []) if at <= t)


class Judge:
    """Of a moment: differences is what is not alike, counts of what was compared."""
    def __init__(self, model, seen, before):
        """before: inodes that were in flight before the trace began, which nothing told of."""
        self.model, self.seen, self.t = model, seen, seen.t - model.start
        self.differences = []
        self.flying = seen.flying() - before
        self.alive = {(s['netns'], s['inode']): s for s in model.sockets.values() if self.is_alive(s)}

    def differs(self, what, *said):
        self.differences.append((what, *said))

    def is_alive(self, s):
        ours = any(d['process'] in self.model.pids for d in s['descriptors'] if during([d], self.t))
        namespaces = {netns for netns, _ in self.seen.rows}
        return ours or (during(s['in_flight'], self.t) is not None and s['netns'] in namespaces)

    def descriptors(self):
        """Of the model, as Seen.descriptors is."""
        same, pids = self.seen.same, self.model.pids
        return collections.Counter((same.get(pids[d['process']], pids[d['process']]), d['fd'], s['inode'])
                                   for s in self.alive.values() for d in s['descriptors']
                                   if d['process'] in pids and during([d], self.t))

    def judge(self):
        """How many descriptors and sockets there are."""
        ours, theirs = self.descriptors(), self.seen.descriptors
        for d in (ours - theirs).elements():
            self.differs('a descriptor that /proc does not have (pid, fd, inode)', d)
        for d in (theirs - ours).elements():
            self.differs('a descriptor that only /proc has (pid, fd, inode)', d)
        held = self.seen.held() | self.flying
        for (netns, inode), row in self.seen.rows.items():
            if inode in held and (netns, inode) not in self.alive:
                self.differs('a socket that only ss has', netns, row)
        for key, sock in self.alive.items():
            self.judge_socket(sock, self.seen.rows.get(key))
        self.judge_ends()
        self.judge_pids()
        return theirs.total(), len(self.alive)

    def judge_socket(self, sock, row):
        table = table_of(sock)
        state = (during(sock['states'], self.t) or {'state': None})['state']
        if not table: # ss has no row of it, or one that says little
            return
        where = ('socket', sock['id'], sock['inode'], sock['family'], sock['type'])
        kind, states = table
        if not {row and row['state'], row and row.get('mptcp')} & states.get(state, set()) or (row and row['kind'] != kind):
            self.differs('state', *where, state, row)
        elif row:
            for differs in (*self.addresses(sock, row), *self.queues(sock, row, state), *self.users(sock, row),
                            *self.unix_peer(sock, row)):
                self.differs(*differs, *where)

    def addresses(self, sock, row):
        """The local one where it is the same to the socket's end."""
        later = [s['state'] for s in sock['states'] if s['from'] is not None and s['from'] > self.t]
        local = sock.get('local') if sock.get('local') != 'unix:' else None
        if sock['family'] == 'AF_NETLINK':
            local = local and local.replace('netlink', str(getattr(socket, sock['protocol'], row['local'].split(':')[0])))
        if 'created' not in later and row['local'] != local and sock['family'] != 'AF_PACKET':
            yield 'local address', local, row['local']
        peer = (during(sock['peers'], self.t) or {'peer': None})['peer']
        if row['kind'] == 'raw' and peer: # ss does not tell its port
            peer = peer.rpartition(':')[0] + ':*'
        if row['kind'] in ('tcp', 'udp', 'raw') and row['peer'] != peer:
            yield 'peer address', peer, row['peer']

    def unix_peer(self, sock, row):
        """The peer that waits for accept() has no inode, nor the one that was closed. peer_socket is the last."""
        if 'peer_inode' not in row or any((span['from'] or 0) > self.t for span in sock['peers']):
            return
        peer = self.model.sockets.get(sock.get('peer_socket'))
        inode = peer['inode'] if peer and (peer['netns'], peer['inode']) in self.alive and during(sock['peers'], self.t) else '0'
        want = row['peer_inode'] if row['peer_inode'] in self.seen.held() | self.flying else '0'
        if want != inode:
            yield 'peer socket', inode, row['peer_inode'], sock.get('peer_socket'), sock['peers']

    def users(self, sock, row):
        """What ss says of who has it, of each process's first thread."""
        ours = {(self.model.pids[d['process']], d['fd']) for d in sock['descriptors']
                if d['process'] in self.model.pids and during([d], self.t)}
        same = self.seen.same
        theirs = {(same[pid], fd) for pid, fd in row['users'] if pid in same}
        own = {(pid, fd) for pid, fd, inode in self.seen.own if inode == sock['inode']}
        ours = {(same.get(pid, pid), fd) for pid, fd in ours}
        if row['kind'] != 'nl' and (theirs - ours or ours - theirs - own): # of which ss does not say it
            yield 'who has it', ours, theirs

    def queues(self, sock, row, state):
        """A listener's queue and its limit, else the bytes that a stream's other end sent and this one has not received."""
        if state == 'listening':
            depths = [depth for at, depth in sock['queue'] if at <= self.t]
            queues = [depths[-1] if depths else 0, sock['backlog']['effective']]
            if queues != row['queues']:
                yield 'queue, backlog', queues, row['queues']
        elif sock.get('peer_socket') in self.model.followed and sock['type'] == 'SOCK_STREAM' and 'mptcp' not in row:
            yield from self.unread(sock, row)

    def unread(self, sock, row):
        """With what is still on its way: a TCP sender keeps it until there is room, a unix socket's ends share one queue."""
        peer = self.model.sockets[sock['peer_socket']]
        if {sock['id'], peer['id']} & self.model.stuck:
            return
        sender = self.seen.rows.get((peer['netns'], peer['inode'])) if row['kind'] == 'tcp' else None
        theirs = row['queues'][0] + (sender['queues'][1] if sender else 0)
        found = sock.get('found', {}).get('unread') or 0
        if sender:
            found += peer.get('found', {}).get('unsent') or 0
        moved = self.model.bytes(peer['id'], False, self.t) - self.model.bytes(sock['id'], True, self.t)
        # The peer's end counts as a byte until it is read, or until it is acknowledged: tcp_diag_get_info().
        ends = row['state'] == 'CLOSE-WAIT' or bool(sender and sender['state'] in witness_kernel.CLOSED)
        if theirs not in (found + moved, found + moved + ends):
            yield 'unread, and on its way', (found, moved), theirs

    def judge_ends(self):
        """Two TCP sockets of which each has the other's addresses, wherever, are each other's peers."""
        rows = collections.defaultdict(list)
        for key, row in self.seen.rows.items():
            if row['kind'] == 'tcp' and row['peer'] and key in self.alive:
                rows[row['local'], row['peer']].append(key)
        for (local, peer), keys in rows.items():
            others = rows.get((peer, local), [])
            if len(keys) == len(others) == 1 and self.alive[keys[0]].get('peer_socket') != self.alive[others[0]]['id']:
                self.differs('the other end', self.alive[keys[0]]['id'], local, peer, self.alive[keys[0]].get('peer_socket'),
                             self.alive[others[0]]['id'])

    def judge_pids(self):
        """Those that have another number in a namespace of their own, and a socket."""
        told = {d['process'] for s in self.alive.values() for d in s['descriptors']}
        ours = {p['pid']: p.get('inner_pid') for p in self.model.doc['processes'] if p['id'] in told and p['id'] in self.model.pids}
        theirs = {pid: pids[-1] if len(pids) > 1 else None for pid, pids in self.seen.inner.items() if pid in ours}
        if {pid: ours[pid] for pid in theirs} != theirs:
            self.differs('inner_pid', ours, theirs)


class Tally:
    """Of a whole test."""
    def __init__(self):
        self.moments = self.descriptors = self.sockets = self.differences = 0

    def add(self, judge):
        descriptors, sockets = judge.judge()
        self.moments += 1
        self.descriptors += descriptors
        self.sockets += sockets
        self.differences += len(judge.differences)
        return descriptors, sockets

    def note(self, tap):
        tap.note(f'{self.sockets} sockets compared with ss and {self.descriptors} descriptors with /proc at {self.moments} moments: '
                 f'{self.differences} differences')


def judge_all(tap, tally, name, model, moments, before=frozenset()):
    for seen in moments:
        judge = Judge(model, seen, before)
        descriptors, sockets = tally.add(judge)
        known = len([key for key in judge.alive if key in seen.rows])
        tap.ok(not judge.differences, f'{name}, {seen.name}: {descriptors} descriptors, {sockets} sockets, of which ss knows {known}',
               '\n'.join(map(str, judge.differences[:20])))
