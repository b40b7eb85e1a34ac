#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# io_uring: each program of tests/uring, recorded, has the lives that its golden says, and the program's own log of its
# completions (tests/uring/uring.h) is the witness: an event for each, with its thread, descriptor, socket and result.
# `tests/live/uring.t golden [NAME...]` makes the golden files anew.
import concurrent.futures
import errno
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
import live

ORDINARY = (*live.ORDINARY, 'multishot')
LATER = ('returned after the socket was closed',)
SILENTLY = {'unread': True, 'notes': ('no completion tells of its success',), 'blind': 'IOSQE_CQE_SKIP_SUCCESS'}
# A program with its arguments, and what is particular about it:
# alone: so many connected sockets whose other end no program has (it was never accepted)
# blind: what is said that the trace cannot tell
# golden: False where the order of its events, or what they found, is left to chance
# notes: what may be noted about its events
# ordered: False where several complete side by side
# unclear: True where it cannot be told which request completed, as long as it is to complete again
# unread: True where what was sent is not all received
ROWS = {
    'connection': {}, 'connection tcp6': {}, 'connection unix': {},
    'accept-multishot': {}, 'accept-multishot unix': {},
    'accept-direct': {}, 'accept-direct unix': {},
    'accept-direct-multishot': {'alone': 1}, 'accept-direct-multishot unix': {'alone': 1},
    'connect-refused': {}, 'connect-refused unix': {},
    'connect-cancelled': {'alone': 1}, 'connect-cancelled unix': {'alone': 1},
    'connect-timeout': {'alone': 1}, 'connect-timeout unix': {'alone': 1},
    'datagram': {'unread': True}, 'datagram unix': {'unread': True},
    'stream-io': {}, 'stream-io unix': {},
    'fixed-buffers': {}, 'fixed-buffers unix': {},
    'zero-copy': {},
    'recv-multishot': {}, 'recv-multishot unix': {},
    'recv-multishot-no-buffers': {}, 'recv-multishot-no-buffers unix': {},
    'recvmsg-multishot': {}, 'recvmsg-multishot unix': {},
    'read-multishot': {}, 'read-multishot unix': {},
    'splice': {}, 'splice unix': {},
    'files': {}, 'files unix': {},
    'install': {}, 'install unix': {},
    'direct-socket': {}, 'direct-socket unix': {},
    'slot-replaced': {}, 'slot-replaced unix': {},
    'slot-outlives-fd': {}, 'slot-outlives-fd unix': {},
    'ring-closed': {}, 'ring-closed unix': {},
    'ring-exit': {}, 'ring-exit unix': {},
    'chain': {}, 'chain unix': {},
    'chain-breaks': {}, 'chain-breaks unix': {},
    'silent': SILENTLY, 'silent unix': SILENTLY,
    'drain': {}, 'drain unix': {},
    'talk plain': {}, 'talk sqpoll': {}, 'talk async': {}, 'talk coop': {}, 'talk defer': {},
    'talk large': {}, 'talk no-array': {},
    'many-requests': {},
    'one-socket': {'golden': False}, 'one-socket unix': {'golden': False},
    'two-rings': {'ordered': False}, 'two-rings unix': {'ordered': False},
    'two-threads': {}, 'two-threads unix': {},
    'same-user-data': {}, 'same-user-data-multishot': {'unclear': True, 'unread': True, 'blind': 'the same user_data'},
    'overflow': {}, 'overflow unix': {},
    'bad-request': {},
    'pending exit': {'notes': LATER}, 'pending kill': {'notes': LATER},
    'held': {'notes': LATER}, 'held unix': {'notes': LATER},
    'mixed': {}, 'mixed unix': {},
    'fork': {}, 'fork unix': {},
    'rights': {}, 'rights unix': {},
    'echo': {'golden': False}, 'echo unix': {'golden': False},
}
GOLDENS = os.path.join(live.ROOT, 'tests/goldens/uring')
SKIPPED = 77
NOTIFICATION = 8 # IORING_CQE_F_NOTIF: of a send whose completion was there before
MORE = 2 # IORING_CQE_F_MORE
SILENT = 0x40 # IOSQE_CQE_SKIP_SUCCESS
SCRIPT = 'hostname scenario && ip link set lo up && exec "$@"'


def name_of(row):
    return row.replace(' ', '-')


def record(tap, row):
    """In a network namespace and a directory of its own. What it said."""
    program, *args = row.split()
    where = tap.path(name_of(row))
    os.mkdir(where)
    shutil.copy(os.path.join(live.BUILD, 'tests/uring', program), where)
    return live.run('unshare', '--net', '--uts', 'sh', '-c', SCRIPT, 'sh', live.SOCKLIFE, 'record', '-q', '-o', 'slt',
                    '--', './' + program, *args, cwd=where, env={**os.environ, 'URING_LOG': os.path.join(where, 'log')})


def operations():
    """Operation: call. bpf/doors.h is the table."""
    text = open(os.path.join(live.ROOT, 'bpf/doors.h')).read()
    return dict(re.findall(r'^OP\(\d+, +(\w+), +(\w+),', text, re.M))


class Call:
    """What the log says that an event must be; `results` are those that it may have, None: it never completed."""
    def __init__(self, submission, inode, age, *results):
        self.request, tid, self.op, self.target, _, _ = submission
        self.pid, self.tid = int(self.request.split('.')[0]), int(tid)
        self.inode, self.age, self.results = inode, age, results

    def __str__(self):
        return f'{self.op} {self.target} of {self.tid}, socket {self.inode}: {self.results}'


def wanted(path, unclear, calls, any_descriptor):
    """Of the program's log, in the order in which they completed; those that it never heard of are the last."""
    submitted, done, result = {}, set(), []
    for line in open(path):
        kind, request, *words = line.split()
        if kind == 'submit':
            submitted[request] = [request, *words]
            continue
        _, _, _, inode, res, flags, age = words
        more = int(flags, 16) & MORE
        if not int(flags, 16) & NOTIFICATION:
            result.append(Call(submitted[request], inode, int(age), int(res)))
            if unclear and more:
                result[-1].target = result[-1].inode = '-'
        if not more:
            done.add(request)
    for request, words in submitted.items():
        if request not in done:
            silent = int(words[5], 16) & SILENT
            result.append(Call(words, words[4], None, *((None,) if silent else (None, -errno.ECANCELED))))
    return [c for c in result if c.op in calls and (c.inode != '-' or calls[c.op] in any_descriptor)]


def res_of(event):
    if event['dur'] is None:
        return None
    return -getattr(errno, event['error']) if 'error' in event else event['ret']


def seen(doc):
    """The events by io_uring, in the order in which they completed."""
    events = [e for e in doc['events'] if e['via'] == 'io_uring']
    return sorted(events, key=lambda e: (e['dur'] is None, e['t'] + (e['dur'] or 0), e['id']))


def differs(call, event, calls, pids, inodes):
    """What the event has else than the log; '' when they agree."""
    fd = event.get('fd')
    inode = inodes.get(event.get('socket'))
    odd = []
    if event['call'] != calls[call.op]:
        odd.append('call')
    if event['tid'] != call.tid or pids[event['process']] != call.pid:
        odd.append('thread')
    if call.target != ('-' if fd is None else str(fd)):
        odd.append('fd')
    if call.inode != '?' and call.inode != (inode or '-'):
        odd.append('socket')
    if res_of(event) not in call.results:
        odd.append('result')
    if event['dur'] is not None and not 0 <= event['dur'] <= (call.age or event['dur']):
        odd.append('duration')
    return ', '.join(odd)


def witness(tap, name, row, doc, path, calls, any_descriptor):
    """Event by event."""
    pids = {p['id']: p['pid'] for p in doc['processes']}
    inodes = {s['id']: s['inode'] for s in doc['sockets']}
    ours, theirs = seen(doc), wanted(path, row.get('unclear'), calls, any_descriptor)
    completed = len([c for c in theirs if c.age is not None]) if row.get('ordered', True) else 0
    ours[completed:] = sorted(ours[completed:], key=lambda e: (e['tid'], e['t'], e['id']))
    theirs[completed:] = sorted(theirs[completed:], key=lambda c: (c.tid, int(c.request.split('.')[1])))
    bad = [(c, e, why) for c, e in zip(theirs, ours) if (why := differs(c, e, calls, pids, inodes))]
    good = tap.ok(theirs and len(ours) == len(theirs) and not bad,
                  f'{name}: {len(theirs)} requests are {len(ours)} events, {len(bad)} disagreements')
    if not good:
        for call, event, why in bad[:5]:
            tap.note(f'{why}\n  log      {call}\n  socklife {event}')
        tap.note('\n'.join(['the log'] + [str(c) for c in theirs] + ['the events'] + [str(e) for e in ours])[:6000])


def ends(tap, name, row, doc):
    """Connected sockets know each other, and what one sent the other received."""
    sockets = {s['id']: s for s in doc['sockets']}
    streams = [s for s in doc['sockets'] if s['type'] in ('SOCK_STREAM', 'SOCK_SEQPACKET')]
    connected = [s for s in streams if 'connected' in live.states(s)]
    alone = [s['id'] for s in connected if not s.get('peer_socket')]
    pairs = [(s, sockets[s['peer_socket']]) for s in connected if s.get('peer_socket')]
    bad = [(s['id'], peer['id']) for s, peer in pairs if peer.get('peer_socket') != s['id'] or
           s['bytes']['sent'] != peer['bytes']['received'] and not row.get('unread')]
    tap.ok(len(alone) == row.get('alone', 0) and not bad, f'{name}: {len(pairs)} ends are joined, with equal bytes',
           f'alone {alone}, not equal {[(sockets[a]["bytes"], sockets[b]["bytes"]) for a, b in bad]}')
    messages = [s['bytes'] for s in doc['sockets'] if s['type'] == 'SOCK_DGRAM']
    sums = [sum(b[way] for b in messages) for way in ('sent', 'received')]
    tap.ok(sums[0] == sums[1] or row.get('unread'), f'{name}: datagrams too', sums)


def sound(tap, schema, name, row, doc, said):
    """As live.sound(), with the notes of io_uring."""
    trace = doc['trace']
    whole = trace['complete'] and not trace['lost']['events'] and not said
    tap.ok(whole, f'{name}: whole, nothing lost', f'{trace} {said}')
    blind = [b['what'] for b in trace['blind'] if 'io_uring' in b['what']]
    told = len(blind) == ('blind' in row) and all(row['blind'] in what for what in blind)
    tap.ok(told, f'{name}: what it cannot tell', blind)
    wrong = schema.wrong(doc)
    tap.ok(not wrong, f'{name}: valid by the schema', wrong)
    odd = [s for s in doc['sockets'] if s['uncertain']]
    odd += [e for e in doc['events'] if 'note' in e and not e['note'].startswith(ORDINARY + row.get('notes', ()))]
    tap.ok(not odd, f'{name}: nothing uncertain, no anomaly', '\n'.join(map(str, odd[:5])))
    pids = sorted(p['pid'] for p in doc['processes'])
    tap.ok(len(pids) == len(set(pids)), f'{name}: each process once', doc['processes'])


def golden(tap, name, capture):
    now = live.run(live.SOCKLIFE, 'normalize', capture).stdout
    p = live.run('diff', '-u', os.path.join(GOLDENS, name + '.txt'), '-', input=now)
    tap.ok(p.returncode == 0, f'{name}: as its golden', p.stdout + p.stderr)


def judge(tap, schema, row, p, calls, any_descriptor):
    name, about = name_of(row), ROWS[row]
    if p.returncode == SKIPPED:
        return tap.ok(True, f'{name} # SKIP this kernel has it not')
    if not tap.ok(p.returncode == 0, f'{name}: the program found what it expects', p.stderr):
        return None
    capture = tap.path(name + '/slt')
    doc, said = live.export(capture)
    if not tap.ok(doc is not None, f'{name}: there is a document', said):
        return None
    sound(tap, schema, name, about, doc, said)
    witness(tap, name, about, doc, tap.path(name + '/log'), calls, any_descriptor)
    ends(tap, name, about, doc)
    if about.get('golden', True):
        golden(tap, name, capture)
    return None


def update(tap, row):
    os.makedirs(GOLDENS, exist_ok=True)
    with open(os.path.join(GOLDENS, name_of(row) + '.txt'), 'w') as out:
        out.write(live.run(live.SOCKLIFE, 'normalize', tap.path(name_of(row) + '/slt')).stdout)


def main():
    tap = live.Tap()
    making = sys.argv[1:2] == ['golden']
    rows = [r for r in ROWS if not sys.argv[2 if making else 1:] or name_of(r) in sys.argv]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = list(pool.map(lambda row: record(tap, row), rows))
    if making:
        for row in rows:
            if ROWS[row].get('golden', True):
                update(tap, row)
        return tap.dir.cleanup()
    calls = operations()
    table = [line.split() for line in live.run(live.SOCKLIFE, 'syscalls').stdout.splitlines()[1:]]
    any_descriptor = {row[0] for row in table if row[2] == 'any'}
    schema = live.Schema()
    for row, p in zip(rows, said):
        judge(tap, schema, row, p, calls, any_descriptor)
    tap.note(f'{len(rows)} programs')
    return tap.done()


main()
