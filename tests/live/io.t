#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# record --io: what is counted in the kernel is what programs have counted themselves, and what is told of whole is still there.
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import live

live.alone()
tap = live.Tap()
schema = live.Schema()
MODES = ('full', 'summary', 'none')
SUMS = ('sends', 'receives')
PLAIN = ('read', 'write', 'sendto', 'recvfrom', 'sendmsg', 'recvmsg', 'sendmmsg', 'recvmmsg', 'readv', 'writev')
PORT = 8005

# What programs below share: a count by inode of what each socket has moved, and of the calls that make no event of their own.
COUNTS = '''
import array, errno, json, os, socket, sys, threading, time
lock = threading.Lock()
counts = {}
def ino(s):
    return str(os.fstat(s.fileno()).st_ino)
def count_of(s):
    return counts.setdefault(ino(s), {"sent": [0, 0], "received": [0, 0], "again": 0, "eof": 0, "errors": []})
def moved(s, way, bytes):
    with lock:
        count = count_of(s)[way]
        count[0] += bytes
        count[1] += 1
def failed(s, what):
    with lock:
        if what in ("again", "eof"): count_of(s)[what] += 1
        else: count_of(s)["errors"].append(what)
def tried(s, call, *args):
    try: return call(*args)
    except BlockingIOError: failed(s, "again")
    except OSError as e: failed(s, errno.errorcode[e.errno])
def send(s, data):
    n = tried(s, s.send, data)
    if n is not None: moved(s, "sent", n)
    return n
def receive(s, n):
    data = tried(s, s.recv, n)
    if data or data == b"" and s.type == socket.SOCK_DGRAM: moved(s, "received", len(data))
    elif data == b"": failed(s, "eof")
    return data
def done():
    print(json.dumps(counts), flush=True)
'''

# Stream and datagram, unix and inet, waiting and not, ends of file, errors.
LOAD = COUNTS + '''
def talk(a, b, n, size):
    for i in range(n):
        send(a, b"x" * (i % size + 1)); receive(b, size)
        os.write(b.fileno(), b"yz"); moved(b, "sent", 2)
        os.read(a.fileno(), 100); moved(a, "received", 2)
def tcp():
    l = socket.create_server(("127.0.0.1", 0))
    a = socket.create_connection(l.getsockname())
    b, _ = l.accept()
    l.close()
    return a, b
def again(s):
    s.setblocking(False)
    for _ in range(40): receive(s, 10)
    while send(s, b"f" * 4096): pass
    s.setblocking(True)
for a, b in (socket.socketpair(), tcp(), socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)):
    talk(a, b, 500, 300)
    again(a)
    a.shutdown(socket.SHUT_WR)
    while receive(b, 1 << 20): pass
    receive(b, 10)
    a.close()
    for _ in range(3): send(b, b"z")
    b.close()
def udp():
    a, b = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for s in a, b: s.bind(("127.0.0.1", 0))
    a.connect(b.getsockname()); b.connect(a.getsockname())
    return a, b
for a, b in (socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), udp()):
    talk(a, b, 500, 300)
    for _ in range(10): # nothing is a message, and one that is cut is one
        send(a, b""); receive(b, 10)
        send(a, b"0123456789"); receive(b, 4)
        send(a, b"0123456789"); b.recv(4, socket.MSG_PEEK); receive(b, 100)
        parts = [bytearray(3), bytearray(30)]
        moved(a, "sent", a.sendmsg([b"ab", b"cdef"])); moved(b, "received", b.recvmsg_into(parts)[0])
    a.setblocking(False)
    for _ in range(7): receive(a, 10)
    a.close(); b.close()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
r.bind(("127.0.0.1", 0))
for i in range(100):
    moved(u, "sent", u.sendto(b"to", r.getsockname()))
    moved(r, "received", len(r.recvfrom(100)[0]))
done()
'''

# Two sockets that are in use for a while, and no longer than that.
SLOW = COUNTS + '''
a, b = socket.socketpair()
end = time.monotonic() + 0.75
while time.monotonic() < end:
    send(a, b"x" * 10); receive(b, 10)
    time.sleep(0.001)
time.sleep(1.5) # what is left is told of by then, although nothing happens
done()
a.close(); b.close()
'''

# Sockets that no close() ends: by exit, by exec, by close_range(), by dup2(), in a child that has them too, and counts on.
ENDS = COUNTS + '''
import ctypes
pairs = [socket.socketpair() for _ in range(5)]
for n, (a, b) in enumerate(pairs):
    for _ in range(20 + n): send(a, b"x" * 7); receive(b, 100)
a, b = pairs[0]
ctypes.CDLL(None).close_range(a.fileno(), a.fileno(), 0)
os.dup2(pairs[1][1].fileno(), pairs[1][0].fileno())
child = os.fork()
if not child:
    for _ in range(5): send(pairs[2][0], b"child"); receive(pairs[2][1], 5)
    done()
    os._exit(0)
os.waitpid(child, 0)
if len(sys.argv) > 1: os._exit(0)
for a, b in pairs[3:]: os.set_inheritable(b.fileno(), True)
os.execv("/bin/true", ["true"])
'''

# A descriptor among much else that goes the same way.
RIGHTS = COUNTS + '''
a, b = socket.socketpair()
passed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
inode = ino(passed)
for _ in range(100): send(a, b"abc"); receive(b, 3)
moved(a, "sent", a.sendmsg([b"take"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [passed.fileno()]))]))
passed.close()
data, ancillary, flags, address = b.recvmsg(4, socket.CMSG_SPACE(4))
moved(b, "received", len(data))
fd = array.array("i", ancillary[0][2][:4])[0]
for _ in range(100): send(a, b"abc"); receive(b, 3)
os.close(fd)
counts["passed"] = inode
counts["fd"] = fd
done()
'''

THREADS = COUNTS + '''
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
def sends():
    for i in range(2000): send(a, b"12345")
def receives():
    for i in range(2000): receive(b, 10)
threads = [threading.Thread(target=f) for f in (sends, receives) * 4]
for t in threads: t.start()
for t in threads: t.join()
done()
'''

STREAM = COUNTS + '''
import signal
stop = []
signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
pairs = [socket.socketpair() for _ in range(20)]
print("ready", flush=True)
while not stop:
    for a, b in pairs: send(a, b"x" * 100); receive(b, 100)
done()
time.sleep(1)
'''


def python(script, *args):
    return ['/usr/bin/python3', '-I', '-c', script, *args]


def record(mode, *args):
    """The document, what the program printed, a line a document each, and how many records there were."""
    capture = tap.path(f'{mode}.slt')
    p = live.run(live.SOCKLIFE, 'record', '--io', mode, '-o', capture, *args)
    doc, said = live.export(capture)
    if not live.sound(tap, schema, f'--io {mode}', doc, said):
        tap.note(p.stderr)
    printed = [json.loads(line) for line in p.stdout.splitlines() if line.startswith('{')]
    return doc, printed, int(p.stderr.split(' records')[0].split()[-1])


def socket_of(doc, inode):
    sock, = (s for s in doc['sockets'] if s['inode'] == inode)
    return sock


def events_of(doc, sock, *calls):
    return [e for e in doc['events'] if e.get('socket') == sock['id'] and e['call'] in calls]


def is_counted(event):
    return event['call'] in SUMS


def differences(doc, counts):
    """Where the sockets have moved other than the program says."""
    bad = []
    for inode, c in counts.items():
        sock = socket_of(doc, inode)
        want = {way: c[way][0] for way in ('sent', 'received')}
        if sock['bytes'] != want:
            bad.append((inode, sock['type'], sock['bytes'], want))
        want = {way: c[way][1] for way in ('sent', 'received')}
        if sock['type'] == 'SOCK_DGRAM' and {way: sock['messages'][way] for way in want} != want:
            bad.append((inode, sock['messages'], want))
    return bad


def calls(events):
    """How many system calls they stand for."""
    return sum(e['args']['calls'] if is_counted(e) else 1 for e in events)


def whole(doc, counts):
    """What is told of one by one, and how many would have blocked; where that is not what the program saw."""
    bad = []
    for inode, c in counts.items():
        sock = socket_of(doc, inode)
        events = events_of(doc, sock, *PLAIN, *SUMS)
        errors = [e['error'] for e in events if e.get('error', 'EAGAIN') != 'EAGAIN']
        ends = [e for e in events if e['call'] in ('recvfrom', 'read') and e['ret'] == 0 and sock['type'] != 'SOCK_DGRAM']
        again = sum(e['args']['errors'] for e in events if is_counted(e)) + sum(e.get('error') == 'EAGAIN' for e in events)
        if errors != c['errors'] or len(ends) != c['eof'] or again != c['again']:
            bad.append((inode, errors, len(ends), again, c))
    return bad


def late(doc):
    """What was counted, but not before its socket was closed."""
    return [(e, s['closed']) for s in doc['sockets'] if s['closed'] for e in events_of(doc, s, *SUMS)
            if e['t'] + e['dur'] > s['closed']['t']]


def load():
    count = {}
    for mode in MODES:
        doc, (counts,), count[mode] = record(mode, '--', *python(LOAD))
        tap.ok(doc['trace'].get('io', 'full') == mode, f'{mode}: the document says so', doc['trace'].get('io'))
        bad = differences(doc, counts)
        tap.ok(len(counts) == 12 and not bad, f'{mode}: bytes and messages of {len(counts)} sockets are those that the program counted', bad)
        bad = whole(doc, counts)
        tap.ok(not bad, f'{mode}: errors and ends of file are told of one by one', bad)
        got = sum(calls(events_of(doc, socket_of(doc, inode), *PLAIN, *SUMS)) for inode in counts)
        want = 20 + sum(c['sent'][1] + c['received'][1] + c['again'] + c['eof'] + len(c['errors']) for c in counts.values()) # it peeks
        tap.ok(got == want, f'{mode}: no call is missing, and none is counted twice', (got, want))
        if mode == 'full':
            known = lives(doc)
            continue
        bad = [e for e in doc['events'] if is_counted(e) and ('fd' in e or 'error' in e or e['via'] != 'syscall' or
               e['ret'] != e['bytes'] or not e['args']['calls'] or e['args']['largest'] > e['bytes'] or 'note' in e)]
        tap.ok(not bad, f'{mode}: what was counted has no descriptor and no error', bad[:3])
        tap.ok(not late(doc), f'{mode}: it stands before the close', late(doc)[:3])
        tap.ok(lives(doc) == known, f'{mode}: the states are those of full', (lives(doc), known))
        tap.ok(count[mode] < count['full'] / 10, f'{mode}: {count[mode]} records, of {count["full"]}')


def lives(doc):
    return [(s['type'], live.states(s), s['closed']['by'], s.get('role')) for s in doc['sockets'] if s['closed']]


def windows():
    for mode in ('summary', 'none'):
        doc, (counts,), _ = record(mode, '--', *python(SLOW))
        tap.ok(not differences(doc, counts), f'{mode}: bytes of what is slow', differences(doc, counts))
        for inode, call in zip(counts, SUMS):
            sums = events_of(doc, socket_of(doc, inode), call)
            spans = [e['dur'] / 1e6 for e in sums]
            if mode == 'none':
                tap.ok(len(sums) == 1 and 700 < spans[0] < 1000, f'none: one of {call}', spans)
                continue
            tap.ok(6 <= len(sums) <= 9 and max(spans) < 130, f'summary: {call} in windows of 100 ms', spans)
            apart = [b['t'] - a['t'] - a['dur'] for a, b in zip(sums, sums[1:])]
            tap.ok(min(apart) >= 0, 'summary: one after the other', apart)
            blocked = sum(e['args']['blocked'] for e in sums)
            tap.ok(0 < blocked < sum(e['dur'] for e in sums) and all(e['args']['largest'] == 10 for e in sums),
                   'summary: the time inside the calls, the largest', blocked)


def ends():
    for mode in ('summary', 'none'):
        for how in ('exit', 'exec'):
            doc, (counts,), _ = record(mode, '--', *python(ENDS, *(['exit'] if how == 'exit' else [])))
            bad = differences(doc, counts)
            tap.ok(len(counts) == 10 and not bad, f'{mode}: sockets that end by {how}, close_range() and dup2() have their bytes', bad)
            tap.ok(not late(doc), f'{mode}, {how}: it stands before the end', late(doc)[:3])


def rights():
    for mode in ('summary', 'none'):
        doc, (counts,), _ = record(mode, '--', *python(RIGHTS))
        passed, fd = counts.pop('passed'), counts.pop('fd')
        tap.ok(not differences(doc, counts), f'{mode}: bytes around a message with a descriptor', differences(doc, counts))
        sock = socket_of(doc, passed)
        sent = [e for e in doc['events'] if e['call'] == 'sendmsg']
        took = [e for e in doc['events'] if e['call'] == 'recvmsg']
        flights = [(f['sent'], f['received']) for f in sock['in_flight']]
        tap.ok(len(sent) == len(took) == 1 and flights == [(sent[0]['id'], took[0]['id'])],
               f'{mode}: the calls that carry it are told of, and the descriptor went with them', (sent, took, sock.get('in_flight')))
        descriptors = [(d['fd'], d['how'], d['end']) for d in sock['descriptors']]
        tap.ok(descriptors[1:] == [(fd, 'scm_rights', 'close')], f'{mode}: and came', descriptors)
        sums = [e for e in doc['events'] if e['call'] == 'sends']
        tap.ok(len(sums) == 2 and sums[0]['t'] + sums[0]['dur'] <= sent[0]['t'] <= sums[1]['t'],
               f'{mode}: what was sent before it is told of before', sums)


def threads():
    for mode in ('summary', 'none'):
        doc, (counts,), _ = record(mode, '--', *python(THREADS))
        tap.ok(not differences(doc, counts), f'{mode}: four threads send and four receive', differences(doc, counts))


def files():
    """Each file of a recording has what was moved in its time."""
    capture = tap.path('turn.slt')
    p = live.start(live.SOCKLIFE, 'record', '-q', '--io', 'none', '-o', capture, '--', *python(STREAM), stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    for _ in range(2):
        time.sleep(0.5)
        p.send_signal(signal.SIGUSR1)
    time.sleep(0.5)
    child, = open(f'/proc/{p.pid}/task/{p.pid}/children').read().split()
    os.kill(int(child), signal.SIGTERM)
    counts = json.loads(p.stdout.readline())
    p.wait()
    docs = [live.export(tap.path(name)) for name in ('turn.slt', 'turn.0002.slt', 'turn.0003.slt')]
    if not tap.ok(all(doc for doc, _ in docs), 'a recording in three files', docs):
        return
    bad = []
    for inode, c in counts.items():
        got = {way: sum(socket_of(doc, inode)['bytes'][way] for doc, _ in docs) for way in ('sent', 'received')}
        if got != {way: c[way][0] for way in got}:
            bad.append((inode, got, c))
    tap.ok(len(counts) == 40 and not bad, 'together they have the bytes of the sockets', bad[:3])
    each = [sum(s['bytes']['sent'] for s in doc['sockets']) for doc, _ in docs]
    tap.ok(min(each) > 0.1 * sum(each), 'each has those of its time', each)


def redis():
    """redis counts what goes through its sockets itself."""
    if not shutil.which('redis-server') or not shutil.which('redis-benchmark'):
        return tap.ok(True, 'redis-benchmark # SKIP no redis here')
    for mode in ('summary', 'none'):
        capture = tap.path('redis.slt')
        p = live.start(live.SOCKLIFE, 'record', '-q', '--io', mode, '-o', capture, '--', 'redis-server', '--port', PORT, '--save', '',
                       stdout=subprocess.DEVNULL)
        for _ in range(1000):
            try:
                s = socket.create_connection(('127.0.0.1', PORT))
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        # On a busy machine it may spin for ever; what it did until then counts.
        live.run('timeout', 20, 'redis-benchmark', '-p', PORT, '-c', 20, '-n', 20000, '-t', 'set,get,lpush', '-q')
        s.sendall(b'INFO stats\r\n')
        reply = b''
        while not reply.endswith(b'\r\n\r\n'):
            reply += s.recv(1 << 16)
        said = dict(line.split(':', 1) for line in reply.decode().splitlines() if ':' in line)
        s.close()
        child, = open(f'/proc/{p.pid}/task/{p.pid}/children').read().split()
        os.kill(int(child), signal.SIGTERM)
        p.wait()
        doc, err = live.export(capture)
        live.sound(tap, schema, f'redis, {mode}', doc, err)
        accepted = [s for s in doc['sockets'] if s['origin'] == 'accept']
        got = [sum(s['bytes'][way] for s in accepted) for way in ('received', 'sent')]
        want = [int(said['total_net_input_bytes']), int(said['total_net_output_bytes']) + len(reply)]
        tap.ok(got == want, f'{mode}: {len(accepted)} sockets of redis moved what redis says', (got, want))
        n = calls([e for e in doc['events'] if e['call'] in PLAIN + SUMS])
        tap.ok(n > 1000 and len(doc['events']) < n / 10, f'{mode}: {n} calls in {len(doc["events"])} events')


def wrong():
    p = live.run(live.SOCKLIFE, 'record', '--io', 'some', '--', 'true')
    tap.ok(p.returncode == 2 and p.stderr.count('\n') == 1 and 'full, summary or none' in p.stderr, 'another mode is refused', p.stderr)


for test in (load, windows, ends, rights, threads, files, redis, wrong):
    if live.chosen(test.__name__):
        test()
tap.done()
