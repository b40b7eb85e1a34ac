# SPDX-License-Identifier: GPL-2.0-only
# What a recording says of the time before it, against what was seen (witness_kernel.py) when it began: the first of the moments.
import witness
import witness_kernel

CLOEXEC, NONBLOCK = 0o2000000, 0o4000
# Unread, unsent: where a FIN or a SYN counts as a byte.
ENDS = {'CLOSE-WAIT': (1, 0), 'LAST-ACK': (1, 1), 'CLOSING': (1, 1), 'FIN-WAIT-1': (0, 1), 'SYN-SENT': (0, 1)}


class Attach(witness.Judge):
    """What is not alike of the moment of the attach."""
    def sockets(self):
        held = self.seen.held()
        for key, sock in self.alive.items():
            if sock['inode'] not in held:
                continue
            where = ('socket', sock['id'], sock['inode'], sock['family'], sock['type'])
            for differs in (*self.past(sock), *self.flags(sock), *self.found(sock, self.seen.rows.get(key))):
                self.differs(*differs, *where)

    def past(self, sock):
        """It is open, and nothing is invented."""
        if sock['origin'] != 'snapshot' or sock['uncertain']:
            yield 'origin, uncertain', sock['origin'], sock['uncertain']
        if not sock['states'] or sock['states'][0]['from'] is not None:
            yield 'first state', sock['states'][:1]
        for d in sock['descriptors']:
            ours = d['process'] in self.model.pids and witness.during([d], self.t)
            if ours and (d['how'] != 'snapshot' or d['from'] is not None):
                yield 'descriptor', d

    def flags(self, sock):
        """As socket() would have been given them; of several descriptors those of one."""
        flags = {''.join(name for bit, name in ((CLOEXEC, 'SOCK_CLOEXEC'), (NONBLOCK, 'SOCK_NONBLOCK')) if flags & bit)
                 for flags in self.seen.flags[sock['inode']]}
        ours = str(sock['flags'] or '').replace('|', '')
        if (ours if ours != '0' else '') not in flags:
            yield 'flags', sock['flags'], flags

    def found(self, sock, row):
        """Bytes: ss tells those of streams; of datagrams it tells how much memory they take."""
        found = sock.get('found')
        if found is None:
            yield 'nothing found', sock['states'][:1]
        elif row and 'LISTEN' not in row['state'] and sock['type'] in ('SOCK_STREAM', 'SOCK_SEQPACKET'):
            yield from self.tcp(found, row) if row['kind'] == 'tcp' else self.unix(sock, found, row)
        elif row and row['kind'] in ('udp', 'u_dgr') and bool(found['unread']) != bool(row['queues'][0]):
            yield 'datagrams', found, row['queues']

    def tcp(self, found, row):
        fin = ENDS.get(row['state'], (0, 0))
        for what, mine, theirs, end in zip(('unread', 'unsent'), (found['unread'], found['unsent']), row['queues'], fin):
            if mine not in (theirs, theirs - end) and 'mptcp' not in row:
                yield what, mine, theirs

    def unix(self, sock, found, row):
        """What one end has sent and the other has not received, where it is told: ss says how much memory it takes."""
        peer = self.seen.rows.get((sock['netns'], row['peer_inode']))
        if found['unread'] != row['queues'][0]:
            yield 'unread', found['unread'], row['queues'][0]
        if peer and found['unsent'] not in (None, peer['queues'][0]):
            yield 'unsent', found['unsent'], peer['queues'][0]

    def processes(self):
        """Those that have a socket: what they run."""
        pids = self.model.pids
        told = {pids[d['process']] for s in self.alive.values() for d in s['descriptors'] if d['process'] in pids}
        ours = {p['pid']: p for p in self.model.doc['processes'] if p['start'] is None and p['id'] in pids}
        for pid in told & set(self.seen.programs):
            if pid not in ours or not ours[pid]['execs'] or runs(ours[pid]['execs'][0]) != self.seen.programs[pid]:
                self.differs('program', pid, ours.get(pid), self.seen.programs[pid])


def runs(program):
    """As program_of() says it."""
    args = program['args'] or []
    while args and not args[-1]: # a program that writes its title there leaves them
        args.pop()
    return program['comm'], program['exe'], args


def calls(attach, moments):
    """Those that waited: each is told, as long as it waited, and no other."""
    model, first = attach.model, moments[0]
    inodes = {s['id']: s['inode'] for s in model.sockets.values()}
    ours = {(e['tid'], e['call'], inodes.get(e.get('socket'))): e for e in model.late if e['process'] in model.pids}
    for call in ours.keys() - first.calls:
        attach.differs('a call that did not wait', call, ours[call])
    for call in first.calls - ours.keys():
        attach.differs('a call that nothing tells of', call)
    for call in first.calls & ours.keys():
        e = ours[call]
        back = next((m for m in moments if call not in m.calls), None)
        gone = back and call[0] not in back.tasks
        end = None if e['dur'] is None else e['t'] + e['dur'] + model.start
        if e['t'] != 0 or (back and not gone and end is None) or (end is not None and (end < first.t or (back and end > back.t))):
            attach.differs('when it waited', call, e, back and back.name)


def judge(tap, tally, name, model, moments):
    attach = Attach(model, moments[0], moments[0].flying())
    attach.sockets()
    attach.processes()
    calls(attach, moments)
    tally.differences += len(attach.differences)
    held, calls_waited = len(moments[0].held()), len(moments[0].calls)
    tap.ok(not attach.differences, f'{name}, at the attach: {held} sockets were there, {calls_waited} calls waited',
           '\n'.join(map(str, attach.differences[:20])))
    ours = {s['id'] for s in model.sockets.values() if any(d['process'] in model.pids for d in s['descriptors'])}
    uncertain = [s for s in ours if model.sockets[s]['uncertain']]
    tap.ok(not uncertain, f'{name}: nothing uncertain', uncertain[:20])
