#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Files that follow each other: --max-size, --rotate, SIGUSR1. Each is readable alone, and together they are the recording.
import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import datetime

sys.dont_write_bytecode = True
import live

live.alone()
tap = live.Tap()
schema = live.Schema()

# A listener, a long connection, a thread that waits in accept(), and calls that all carry bytes. It says its inodes, and
# when it is told to end, calls and bytes.
LOAD = '''
import os, random, socket, sys, threading
keep = socket.create_server(("127.0.0.1", 8002))
waits = socket.create_server(("127.0.0.1", 8003))
c = socket.create_connection(("127.0.0.1", 8002))
a, _ = keep.accept()
thread = threading.Thread(target=waits.accept)
thread.start()
print(*(os.fstat(s.fileno()).st_ino for s in (keep, waits, c, a)), flush=True)
end = threading.Event()
def wait():
    sys.stdin.readline()
    end.set()
threading.Thread(target=wait, daemon=True).start()
random.seed(1)
calls = total = 0
while not end.is_set():
    n = random.randrange(1, 1000)
    c.sendall(bytes(n))
    while n:
        got = len(a.recv(random.randrange(1, 2000)))
        n -= got; total += got; calls += 1
    calls += 1
    if calls > LIMIT:
        end.wait(0.001)
print(calls, total, flush=True)
socket.create_connection(("127.0.0.1", 8003))
thread.join()
'''


def files(name):
    """What there is of a recording, by number."""
    stem, ext = os.path.splitext(name)
    found = {1: name} if os.path.exists(tap.path(name)) else {}
    for entry in os.listdir(os.path.dirname(tap.path(name))):
        match = re.fullmatch(re.escape(os.path.basename(stem)) + r'\.(\d{4,})' + re.escape(ext), entry)
        if match:
            found[int(match[1])] = os.path.join(os.path.dirname(name), entry)
    return dict(sorted(found.items()))


def load(limit=10**9):
    p = live.start('/usr/bin/python3', '-I', '-c', LOAD.replace('LIMIT', str(limit)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return p, p.stdout.readline().split()


def recorder(name, *args):
    p = live.start(live.SOCKLIFE, 'record', '-o', tap.path(name), *args, stderr=subprocess.PIPE, text=True)
    until(lambda: size(name))
    return p


def size(name):
    return os.path.getsize(tap.path(name)) if os.path.exists(tap.path(name)) else 0


def until(what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.01)
    return False


def told(p):
    """How many calls and bytes the load has counted, once it has ended."""
    p.stdin.write('\n')
    p.stdin.flush()
    counts = [int(n) for n in p.stdout.readline().split()]
    p.wait()
    return counts


def opens_with_snapshot(name, doc, inodes):
    """The sockets that were there before the file, each certain; and who holds them."""
    old = {s['inode']: s for s in doc['sockets'] if s['origin'] == 'snapshot'}
    tap.ok(set(inodes) <= set(old) and not any(s['uncertain'] for s in old.values()) and
           all(s['descriptors'] and s['descriptors'][0]['how'] == 'snapshot' for s in old.values()),
           f'{name}: opens with the sockets that are there', doc['sockets'])
    tap.ok(all(p['comm'].startswith('python3') and p['exe'] and p['args'] for p in doc['processes']), f'{name}: knows what its processes run', doc['processes'])


def ring():
    p, inodes = load()
    tracer = recorder('ring.slt', '-p', p.pid, '--max-size', '200K', '--rotate', 3)
    tap.ok(until(lambda: max(files('ring.slt'), default=0) >= 12, 60), 'ring: ten files and more', files('ring.slt'))
    tracer.send_signal(signal.SIGINT)
    said = tracer.communicate()[1]
    told(p)
    left = files('ring.slt')
    last = max(left)
    tap.ok(tracer.returncode == 0 and list(left) == [last - 2, last - 1, last], 'ring: the last three files are left', (said, left))
    summary = re.search(r'(\d+) records, 0 lost, (\d+) bytes in (\d+) files, of which there are (\S+) to (\S+)\n', said)
    tap.ok(summary and int(summary[3]) == last and int(summary[2]) > 200000 * (last - 1) and
           summary[4] == tap.path(left[last - 2]) and summary[5] == tap.path(left[last]), 'ring: a line sums up all of them', said)
    sizes = [size(f) for f in left.values()]
    tap.ok(all(200 * 1024 <= s <= 600 * 1024 for s in sizes[:2]), 'ring: files are about as large as they may be', sizes)
    for f in left.values():
        doc, said = live.export(tap.path(f))
        if live.sound(tap, schema, f, doc, said):
            opens_with_snapshot(f, doc, inodes)


def ns(doc):
    """Of CLOCK_REALTIME when the file began."""
    start = doc['trace']['start']
    return int(datetime.fromisoformat(start[:19] + '+00:00').timestamp()) * 10**9 + int(start[20:29])


def signalled():
    """Files that SIGUSR1 began, of a process that was there; under sudo they are all the caller's."""
    p, inodes = load()
    os.environ.update(SUDO_UID='12345', SUDO_GID='12346')
    tracer = recorder('usr1.slt', '-p', p.pid)
    del os.environ['SUDO_UID'], os.environ['SUDO_GID']
    for n in range(3):
        time.sleep(0.2)
        tracer.send_signal(signal.SIGUSR1)
        tap.ok(until(lambda: len(files('usr1.slt')) == n + 2, 5), f'SIGUSR1: file {n + 2} begins')
    time.sleep(0.2)
    tracer.send_signal(signal.SIGINT)
    said = tracer.communicate()[1]
    told(p)
    left = files('usr1.slt')
    tap.ok(len(left) == 4 and f'bytes in 4 files, {tap.path("usr1.slt")} to {tap.path(left[4])}\n' in said, 'SIGUSR1: none is deleted', said)
    owners = {(s.st_uid, s.st_gid, s.st_mode & 0o777) for s in (os.stat(tap.path(f)) for f in left.values())}
    tap.ok(owners == {(12345, 12346, 0o600)}, 'SIGUSR1: under sudo all files are the caller\'s', owners)
    for f in left.values():
        doc, said = live.export(tap.path(f))
        if live.sound(tap, schema, f, doc, said):
            opens_with_snapshot(f, doc, inodes)


def sums():
    """COMMAND's whole life in several files, against what it counted itself."""
    tracer = live.start(live.SOCKLIFE, 'record', '-o', tap.path('sums.slt'), '--max-size', '300K', '--rotate', 1000, '--',
                        '/usr/bin/python3', '-I', '-c', LOAD.replace('LIMIT', '100000'), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True)
    inodes = tracer.stdout.readline().split()
    until(lambda: len(files('sums.slt')) >= 4, 30)
    for _ in range(2):
        tracer.send_signal(signal.SIGUSR1)
        time.sleep(0.3)
    out, said = tracer.communicate('\n')
    calls, total = (int(n) for n in out.split())
    left = files('sums.slt')
    tap.ok(tracer.returncode == 0 and len(left) >= 6, f'{len(left)} files', said)
    docs = []
    for f in left.values():
        doc, why = live.export(tap.path(f))
        if live.sound(tap, schema, f, doc, why):
            docs.append(doc)
    if not tap.ok(len(docs) == len(left), 'each can be read alone'):
        return
    got = {'sendto': 0, 'recvfrom': 0}
    count = 0
    for doc in docs:
        for e in doc['events']:
            if e['call'] in got and (e['ret'] or 0) > 0:
                got[e['call']] += e['ret']
                count += 1
    tap.ok(count == calls and set(got.values()) == {total}, f'all files: {calls} calls, {total} bytes each way, as it counted them', (count, got))
    spans = [[s['bytes'] for s in doc['sockets'] if s['inode'] in inodes[2:]] for doc in docs]
    tap.ok(sum(b['sent'] for s in spans for b in s) == sum(b['received'] for s in spans for b in s) == total,
           'its connection is in each, with the bytes of its part', spans)
    tap.ok(all(len(s) == 2 for s in spans), 'both ends of it are in each', [len(s) for s in spans])
    apart = [abs(ns(docs[i]) + docs[i]['trace']['duration'] - ns(docs[i + 1])) for i in range(len(docs) - 1)]
    tap.ok(max(apart) < 100000, 'a file begins where the one before ends', apart)
    records = re.search(r'(\d+) records, 0 lost, (\d+) bytes in (\d+) files', said)
    tap.ok(records and int(records[2]) == sum(size(f) for f in left.values()), 'the summary counts all files', (said, [size(f) for f in left.values()]))
    blocked(docs, inodes[1])


def blocked(docs, inode):
    """accept() waits from the first file to the last: it is in each."""
    got = []
    for doc in docs:
        listener = [s['id'] for s in doc['sockets'] if s['inode'] == inode]
        got.append([(e['t'] == 0, e['dur'] is None, e['ret'], e.get('note')) for e in doc['events']
                    if e['call'].startswith('accept') and e['socket'] in listener])
    late = 'entered before the trace began'
    tap.ok(got[0] == [(False, True, None, None)], 'an accept() that waits: open in the first file', got[0])
    tap.ok(all(g == [(True, True, None, late)] for g in got[1:-1]), 'in those between it was entered before, and is open', got[1:-1])
    tap.ok(len(got[-1]) == 1 and got[-1][0][0] and not got[-1][0][1] and got[-1][0][2] >= 0 and got[-1][0][3] == late,
           'in the last it was entered before, and returns', got[-1])


def killed():
    p, _ = load()
    tracer = recorder('kill.slt', '-p', p.pid, '--max-size', '100K', '--rotate', 4)
    until(lambda: max(files('kill.slt'), default=0) >= 6, 30)
    time.sleep(random.random() / 5)
    tracer.kill()
    tracer.communicate()
    told(p)
    left = files('kill.slt')
    docs = [live.export(tap.path(f)) for f in left.values()]
    whole = [doc is not None and doc['trace']['complete'] for doc, _ in docs]
    tap.ok(len(left) in (3, 4) and all(doc and not schema.wrong(doc) and doc['events'] for doc, _ in docs) and all(whole[:-1]),
           'killed: all files can be read, and all but the last are whole', (left, [said for _, said in docs], whole))


def full_disk():
    disk = tap.path('disk')
    os.mkdir(disk)
    if live.run('mount', '-t', 'tmpfs', '-o', 'size=512k', 'none', disk).returncode:
        tap.note('no tmpfs: not tested on a full disk')
        return
    try:
        p, _ = load()
        tracer = recorder('disk/a.slt', '-p', p.pid, '--max-size', '150K', '--rotate', 10)
        said = tracer.communicate(timeout=60)[1]
        told(p)
        left = files('disk/a.slt')
        docs = [live.export(tap.path(f)) for f in left.values()]
        tap.ok(tracer.returncode == 1 and said.count('\n') == 1 and 'No space left on device: what is written so far can be read' in said,
               'full disk: exit status 1, and a line', (tracer.returncode, said))
        tap.ok(len(left) > 1 and all(doc and not schema.wrong(doc) for doc, _ in docs) and
               all(doc['trace']['complete'] for doc, _ in docs[:-1]), 'full disk: what is written can be read', (left, [s for _, s in docs]))
    finally:
        live.run('umount', disk)


def max_size():
    p = live.start(live.SOCKLIFE, 'record', '-o', tap.path('max.slt'), '--max-size', '300K', '--', '/usr/bin/python3', '-I', '-c',
                   LOAD.replace('LIMIT', str(10**9)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    p.stdout.readline()
    lines = [p.stderr.readline() for _ in range(2)]
    status = p.wait()
    tap.ok(status == 0 and 'has reached --max-size' in lines[0] and ' 0 lost, ' in lines[1], '--max-size alone: a line, exit status 0', (status, lines))
    tap.ok(300 * 1024 <= size('max.slt') < 600 * 1024, '--max-size alone: the file is about that large', size('max.slt'))
    tap.ok(list(files('max.slt')) == [1], 'and the only one')
    doc, said = live.export(tap.path('max.slt'))
    live.sound(tap, schema, '--max-size alone', doc, said)
    p.stdin.write('\n')
    p.stdin.flush()
    tap.ok(len(p.stdout.readline().split()) == 2, 'and COMMAND goes on')


def standard_output():
    p = live.start(live.SOCKLIFE, 'record', '-o', '-', '--duration', 2, '--', 'sleep', 30, stdout=open(tap.path('pipe.slt'), 'wb'),
                   stderr=subprocess.PIPE, text=True)
    until(lambda: size('pipe.slt'))
    p.send_signal(signal.SIGUSR1)
    said = p.communicate()[1]
    doc, why = live.export(tap.path('pipe.slt'))
    tap.ok(p.returncode == 0 and 'SIGUSR1 is ignored' in said and said.count('\n') == 2 and doc and doc['trace']['complete'] and
           list(files('pipe.slt')) == [1], 'standard output: SIGUSR1 is ignored, and a line says so', (p.returncode, said, why))
    if doc:
        os.kill(doc['processes'][0]['pid'], signal.SIGKILL)


def there_before():
    """Files of the same names are overwritten."""
    for name, content in (('old.slt', b'x' * 10**6), ('old.0002.slt', b'y' * 10**6), ('old.0003.slt', b'z')):
        with open(tap.path(name), 'wb') as f:
            f.write(content)
    p = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path('old.slt'), '--', 'sleep', 30)
    until(lambda: 0 < size('old.slt') < 10**5)
    p.send_signal(signal.SIGUSR1)
    until(lambda: 0 < size('old.0002.slt') < 10**5, 5)
    p.send_signal(signal.SIGINT)
    p.wait()
    docs = [live.export(tap.path(f)) for f in ('old.slt', 'old.0002.slt')]
    tap.ok(all(doc and doc['trace']['complete'] and not said for doc, said in docs) and size('old.0003.slt') == 1,
           'files of the same names are overwritten, others left alone', docs)


def wrong():
    for args, say in ((('--rotate', '3', '-o', '-', '--', 'true'), 'no other file can follow standard output'),
                      (('--rotate', '3', '-o', '/dev/null', '--', 'true'), 'no other file can follow /dev/null'),
                      (('--rotate', '1', '--', 'true'), '--rotate is at least 2'),
                      (('--rotate', '0', '--', 'true'), 'a number above 0'),
                      (('--rotate', '2K', '--', 'true'), 'a number above 0'),
                      (('--max-size', '0', '--', 'true'), 'a size such as'),
                      (('--max-size', 'big', '--', 'true'), 'a size such as')):
        p = live.run(live.SOCKLIFE, 'record', *args)
        tap.ok(p.returncode == 2 and say in p.stderr and p.stderr.count('\n') == 1, f'{" ".join(args)}: usage', (p.returncode, p.stderr))


wrong()
signalled()
sums()
ring()
killed()
full_disk()
max_size()
standard_output()
there_before()
tap.done()
