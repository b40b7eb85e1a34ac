#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The witness: the same run seen by socklife and by strace -f. Every %network call, and every other call of the table on a
# socket, must agree in thread, order, descriptor, socket (inode), return value, error and bytes; neither has a thread more.
# A close_range() does not say whether it met a socket: strace's are compared where socklife has the same one there.
# 32-bit programs: those of tests/doors, and scenarios of each rule.
import glob
import os
import re
import sys

sys.dont_write_bytecode = True
import live

LOADS = ('curl', 'dns', 'redis', 'http', 'socat', 'socat_streams', 'socat_udp', 'nc', 'postgres', 'asyncio', 'pass', 'threads',
         'forks', 'many')
MOVES = {'send', 'recv', 'sendto', 'recvfrom', 'sendmsg', 'recvmsg', 'sendmmsg', 'recvmmsg', 'read', 'write', 'readv', 'writev', 'preadv2',
         'pwritev2', 'sendfile', 'splice'}
MAKES = {'socket', 'socketpair', 'pidfd_getfd'} # no descriptor of the program's is a socket yet
I386 = {'fcntl64': 'fcntl', 'sendfile64': 'sendfile', 'recvmmsg_time64': 'recvmmsg'} # several numbers of one call
UNFINISHED = re.compile(r' ?<unfinished \.\.\.>')
RESUMED = re.compile(r'<\.\.\. \w+ resumed>')
CALL = re.compile(r'(\w+)\((.*)\) += (\S+?)(?:<(.*?)>)?(?: ([A-Z0-9]+) \(.*\))?(?: \(.*\))?$')
DESCRIPTOR = re.compile(r'(-?\d+)(?:<(.*?)>)?(?:, (-?\d+)(?:<(.*?)>)?)?')
SPLICED = re.compile(r'(-?\d+)(?:<(.*?)>)?, (?:NULL|\[.*?\]|0x\w+), (-?\d+)(?:<(.*?)>)?')
SOCKET = re.compile(r'socket:\[(\d+)\]')

# $0: where; its arguments: the calls, a name, a command line. Several run at once: one scenario waits for 10 s.
JOB = 'mkdir -p "$0/$2" && cd "$0/$2" && timeout 60 ' \
    'strace -f -y -v -qq -e signal=none -e trace="$1" -o "$0/$2.strace" $3 </dev/null >"$0/$2.out" 2>&1; echo $? >"$0/$2.exit"'


def strace_lines(path):
    """(tid, whole call), a call that was cut by another thread's put together again."""
    begun = {}
    for line in open(path, errors='replace'):
        tid, text = line.rstrip('\n').split(None, 1)
        if RESUMED.match(text):
            text = begun.pop(tid, '') + RESUMED.sub('', text)
        elif text.endswith('<unfinished ...>'):
            begun[tid] = UNFINISHED.sub('', text)
            continue
        yield int(tid), UNFINISHED.sub('', text)
    for tid, text in begun.items():
        yield int(tid), text + ') = ?'


def descriptors(call, args):
    """A call's first descriptor and the file behind it, and its second; of splice() the socket is the first."""
    if call == 'splice':
        ends = SPLICED.match(args).groups()
        return ends if SOCKET.match(ends[1] or '') else ends[2:] + ends[:2]
    return DESCRIPTOR.match(args).groups()


def strace_call(text, any_descriptor):
    """(call, fd, inode, ret, error, bytes) of a line that socklife must have; None of any other. '?' is not known."""
    m = CALL.match(text)
    if not m:
        return None
    call, args, ret, made, error = m.groups()
    call = I386.get(call, call)
    fd = inode = None
    if call == 'socketcall': # of no sub-call
        pass
    elif call == 'close_range':
        fd = ','.join(args.split(', ')[:2])
    elif call in MAKES:
        sock = SOCKET.match(made or '')
        if call == 'pidfd_getfd' and not sock:
            return None
        inode = sock and sock.group(1)
    else:
        fd, name, other, other_name = descriptors(call, args)
        fd = int(fd)
        sock = SOCKET.match(name or '')
        if not sock and call in ('dup2', 'dup3'):
            sock = SOCKET.match(other_name or '') # the one that it closes
        if call not in any_descriptor and not sock:
            return None
        inode = sock and sock.group(1)
    ret = '?' if ret == '?' and not error else -1 if ret == '?' else int(ret, 0)
    moved = None
    if call in MOVES and ret != '?' and ret >= 0:
        moved = sum(map(int, re.findall(r'msg_len=(\d+)', args))) if 'mmsg' in call else ret
    return call, fd, inode, ret, error, moved


def strace_calls(path, any_descriptor):
    calls = {}
    for tid, text in strace_lines(path):
        call = strace_call(text, any_descriptor)
        if call:
            calls.setdefault(tid, []).append((call, text))
    return calls


def traced_by(doc):
    """Process id: the trace file of the strace that it descends from, None of strace itself and what is around it."""
    own, straced = {}, {}
    for p in sorted(doc['processes'], key=lambda p: p['id']): # parents first
        parent = p['parent']
        straced[p['id']] = own.get(parent) or straced.get(parent)
        if p['args'] and os.path.basename(p['exe']) == 'strace':
            own[p['id']] = p['args'][p['args'].index('-o') + 1]
    return straced


def socklife_calls(doc):
    """By trace file and thread."""
    inodes = {s['id']: s['inode'] for s in doc['sockets']}
    straced = traced_by(doc)
    calls = {}
    for e in doc['events']:
        if e['call'] == 'io_uring_register': # on a ring, and strace does not know what is registered
            continue
        fd = e.get('fd') if e['call'] != 'close_range' else f'{e["args"]["first"]},{e["args"]["last"]}'
        inode = inodes.get(e.get('socket')) if e['call'] not in ('socketpair', 'close_range') else None
        ret = '?' if e['dur'] is None else e['ret']
        moved = e.get('bytes', 0) if e['call'] in MOVES and ret != '?' and ret >= 0 else None
        threads = calls.setdefault(straced[e['process']], {})
        threads.setdefault(e['tid'], []).append(((e['call'], fd, inode, ret, e.get('error'), moved), e))
    return calls


def agree(ours, theirs):
    if theirs[3] == '?': # killed in it: strace does not know what it would have returned
        return ours[:3] == theirs[:3]
    return ours == theirs


def those_of_sockets(calls, seen):
    """strace's calls without each close_range() for which socklife has none in that place."""
    left = []
    for call in calls:
        ours = seen[len(left)][0] if len(left) < len(seen) else None
        if call[0][0] != 'close_range' or call[0] == ours:
            left.append(call)
    return left


def compare(ours, theirs):
    """Calls compared, and the pairs that differ."""
    count, bad = 0, []
    for tid in sorted(ours.keys() | theirs.keys()):
        seen = ours.get(tid, [])
        calls = those_of_sockets(theirs.get(tid, []), seen)
        for i in range(max(len(calls), len(seen))):
            a = seen[i] if i < len(seen) else (None, 'nothing')
            b = calls[i] if i < len(calls) else (None, 'nothing')
            count += 1
            if not (a[0] and b[0] and agree(a[0], b[0])):
                bad.append((tid, a, b))
    return count, bad


def judge(tap, name, ours, theirs):
    count, bad = compare(ours, theirs)
    tap.ok(count and not bad, f'{name}: {count} calls in {len(ours.keys() | theirs.keys())} threads, {len(bad)} disagreements')
    for tid, (a, event), (b, line) in bad[:5]:
        tap.note(f'thread {tid}\n  socklife {a}\n  strace   {b}\n    {event}\n    {line}')
    return count, len(bad)


def sample():
    """Of each rule the first and the last scenario."""
    rules = {}
    for row in live.run(os.path.join(live.ROOT, 'tests/scenarios/rows')).stdout.splitlines():
        rule, _, _, name, _ = row.split('\t')
        rules.setdefault(rule, []).append(name)
    return sorted({name for names in rules.values() for name in (names[0], names[-1])})


def jobs(tap):
    """What is run: a name and its command line."""
    for path in sorted(glob.glob(os.path.join(live.BUILD, 'tests/scenarios/*'))):
        if os.access(path, os.X_OK) and not path.endswith('.d'):
            yield os.path.basename(path), [path]
    for load in LOADS:
        yield load, [live.WORKLOAD, load, tap.path(load)]
    if live.run(os.path.join(live.ROOT, 'tests/doors/missing')).returncode == 0:
        return
    for name in sample():
        yield name + '-32', [os.path.join(live.BUILD, 'tests/scenarios32', name)]
    for name in live.run(os.path.join(live.ROOT, 'tests/doors/names')).stdout.split():
        yield 'door-' + name, ['./' + name]


def put_doors(tap):
    """Each is run in a directory with the 32-bit program that it may have beside it."""
    for name, command in jobs(tap):
        if name.startswith('door-'):
            os.mkdir(tap.path(name))
            for program in (command[0], command[0] + '.32'):
                os.symlink(os.path.join(live.BUILD, 'tests/doors', program), os.path.join(tap.path(name), program))


def main():
    tap = live.Tap()
    os.chmod(tap.dir.name, 0o755) # postgres is nobody
    table = [line.split() for line in live.run(live.SOCKLIFE, 'syscalls').stdout.splitlines()[1:]]
    names = ','.join('?' + name for name in [row[0] for row in table] + list(I386))
    any_descriptor = {row[0] for row in table if row[2] == 'any'}
    put_doors(tap)
    words = [word for name, command in jobs(tap) for word in (name, ' '.join(command))]
    p = live.run(live.SOCKLIFE, 'record', '-q', '--buffer', '64M', '-o', tap.path('all.slt'), '--',
                 'xargs', '-0', '-n', '2', '-P', '4', 'sh', '-c', JOB, tap.dir.name, names, input='\0'.join(words))
    tap.ok(p.returncode == 0, 'one recording of all', p.stderr)
    doc, said = live.export(tap.path('all.slt'))
    # A fact's program that would run on top of itself, in a softirq, is left out by the kernel and told of: no call is.
    lost = [i for i in doc['trace']['lost']['intervals'] if i['reason'] != 'nested'] if doc else None
    tap.ok(doc and doc['trace']['complete'] and not lost, 'it is whole', (said, lost))
    tap.note(f'left out: {doc["trace"]["lost"]["events"] if doc else None}')
    tap.ok([p['pid'] for p in doc['processes'] if p['parent'] is None] == [doc['processes'][0]['pid']],
           'each process has its parent')
    ours = socklife_calls(doc)
    calls = bad = 0
    for name, _ in jobs(tap):
        status = open(tap.path(name + '.exit')).read().strip()
        if name in LOADS or name.startswith('door-'):
            tap.ok(status == '0' or (name, status) == ('door-native-x32', '77'), f'{name} does its work under both', f'exit status {status}')
        path = tap.path(name + '.strace')
        n = judge(tap, name, ours.get(path, {}), strace_calls(path, any_descriptor))
        calls, bad = calls + n[0], bad + n[1]
    tap.note(f'{calls} calls compared, {bad} disagreements')
    tap.done()


live.alone()
main()
