#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A long recording: millions of sockets that come and go, told of while they do. What is kept follows those that are alive, and
# nothing is mixed up when the kernel uses numbers again. LONG=1: 10 million sockets, minutes; else as many as take seconds.
import json
import os
import re
import resource
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
import live

live.alone()
tap = live.Tap()
LONG = bool(os.environ.get('LONG'))
SOCKETS = 10_000_000 if LONG else 120_000
GROWS = 16 << 10 # KiB: what a burst of records may take
TIMES = 1.5 if LONG else 2.5 # CPU per byte, the last quarter's to the first's
TURNOVER = os.path.join(live.BUILD, 'tests/live/turnover')
# The readers come first, so that the rings have room: it is not how many a second are too many that is asked here.
LOAD = ('nice', '-n', '19', TURNOVER)
SOCKET = re.compile(rb'"id":(\d+),')


class Watched:
    """A process, and how much memory and CPU it had whenever it had moved so many bytes."""
    def __init__(self, process, moved):
        self.pid, self.moved, self.samples = process.pid, moved, []

    def read(self, name):
        with open(f'/proc/{self.pid}/{name}') as f:
            return f.read()

    def sample(self):
        try:
            moved = int(re.search(self.moved + r': (\d+)', self.read('io'))[1])
            rss = int(re.search(r'VmRSS:\s+(\d+)', self.read('status'))[1])
            self.samples.append((moved, int(self.read('schedstat').split()[0]), rss))
        except (OSError, TypeError):
            pass # it has ended

    def quarters(self):
        """Of each quarter of the bytes: nanoseconds a byte, the most KiB. None: there are too few samples."""
        begun = [s for s in self.samples if s[0] and s[0] >= self.samples[-1][0] / 40] # it loads programs first
        said = []
        for i in range(4) if begun else ():
            first, last = (begun[0][0] + (begun[-1][0] - begun[0][0]) * n / 4 for n in (i, i + 1))
            part = [s for s in begun if first <= s[0] <= last]
            if len(part) < 4 or part[-1][0] == part[0][0]:
                return None
            said.append(((part[-1][1] - part[0][1]) / (part[-1][0] - part[0][0]), max(s[2] for s in part)))
        return said


def watch(watched, over):
    while not over.wait(0.02 if not LONG else 0.5):
        for w in watched:
            w.sample()


def quarters_hold(name, w):
    quarters = w.quarters()
    if not tap.ok(quarters, f'{name}: it was looked at often enough', w.samples[-5:]):
        return
    (first, _), (last, most) = quarters[0], quarters[3]
    text = ' '.join(f'{rate:.1f} ns/byte {rss} KiB,' for rate, rss in quarters)
    tap.note(f'{name}: {text} {w.samples[-1][1] / 1e9:.1f} s, {w.samples[-1][0] >> 20} MiB')
    tap.ok(most <= quarters[1][1] + GROWS, f'{name}: its memory does not follow the trace', text)
    tap.ok(last <= first * TIMES, f'{name}: nor does what a record costs', text)


def recorded(name, reader, take):
    """Records the load into a reader; take is given what that writes, a line at a time. Returns how many sockets there were."""
    began = time.monotonic()
    record = live.start(live.SOCKLIFE, 'record', '-q', '--buffer', '16M', '-o', '-', '--', *LOAD, SOCKETS,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    read = live.start(live.SOCKLIFE, *reader, stdin=record.stdout, stdout=subprocess.PIPE, bufsize=1 << 20)
    record.stdout.close()
    watched = [Watched(record, 'wchar'), Watched(read, 'rchar')]
    over = threading.Event()
    watcher = threading.Thread(target=watch, args=(watched, over))
    watcher.start()
    for line in read.stdout:
        take(line)
    over.set()
    watcher.join()
    said = record.stderr.read()
    ok = read.wait() == 0 and record.wait() == 0 and said.strip().isdigit()
    tap.ok(ok, f'{name}: recorded and read', said)
    for who, w in zip(('record', reader[0]), watched):
        quarters_hold(f'{name}, {who}', w)
    tap.note(f'{name}: {said.strip()} sockets in {time.monotonic() - began:.0f} s')
    return int(said) if ok else -1


def of_ndjson():
    ids, wrong, kinds, trace = bytearray(SOCKETS * 2), [], {}, []

    def take(line):
        kind = line[9:line.index(b'"', 9)]
        kinds[kind] = kinds.get(kind, 0) + 1
        if kind == b'trace':
            trace.append(json.loads(line))
        elif kind == b'socket':
            number = int(SOCKET.search(line)[1])
            ids[number] += 1
            if len(wrong) < 5 and (b'"closed":null' in line or b'"uncertain":true' in line):
                wrong.append(line.decode())

    made = recorded('ndjson', ('export', '-', '-f', 'ndjson'), take)
    count = kinds.get(b'socket', 0)
    tap.note({kind.decode(): n for kind, n in kinds.items()})
    tap.ok(count == made == sum(ids) and max(ids) == 1, 'ndjson: every socket once, each with an id of its own', f'{count} of {made}')
    tap.ok(not wrong, 'ndjson: each is closed, none uncertain', '\n'.join(wrong))
    tap.ok(trace and trace[0]['complete'] and not trace[0]['lost']['events'], 'ndjson: whole, nothing lost', trace)


def of_report():
    lines, last = 0, b''

    def take(line):
        nonlocal lines, last
        lines += 1
        last = line

    made = recorded('report', ('report', '-'), take)
    tap.ok(lines == made + 1, 'report: a line a socket, and its head', f'{lines} of {made}: {last}')


# Processes of two threads that make a pair each, and more of them than there are numbers.
REUSED = '''
import os, socket, sys, threading
def make():
    a, b = socket.socketpair()
    a.send(b"x")
count = int(sys.argv[1])
for i in range(count):
    if os.fork():
        os.wait()
        continue
    thread = threading.Thread(target=make)
    thread.start()
    make()
    thread.join()
    os._exit(i % 100)
'''
PIDS = '/proc/sys/kernel/pid_max'


def of_numbers_used_again():
    with open(PIDS) as f:
        before = f.read()
    tasks, count = len(os.listdir('/proc')) + 1000, 4000 if LONG else 1500
    try:
        with open(PIDS, 'w') as f:
            f.write(str(tasks))
        p = live.run(live.SOCKLIFE, 'record', '-o', tap.path('pids'), '--', '/usr/bin/python3', '-I', '-c', REUSED, count)
    except OSError as e:
        tap.ok(True, f'numbers are not to be had again here: {e} # SKIP')
        return
    finally:
        with open(PIDS, 'w') as f:
            f.write(before)
    doc, said = live.export(tap.path('pids'))
    if not tap.ok(doc is not None, 'numbers used again: recorded', p.stderr + said):
        return
    children = [p for p in doc['processes'] if p['parent'] is not None and p['parent'] == doc['processes'][0]['id']]
    pids = {p['pid'] for p in children}
    tap.note(f'{len(children)} processes, {len(pids)} pids, {len(doc["sockets"])} sockets')
    tap.ok(len(children) == count and len(pids) < count, 'a process has its own id, whoever had its pid')
    ends = sorted((p['start'], p['end'], p['exit']) for p in children)
    tap.ok([e[2] for e in ends] == [{'code': i % 100} for i in range(count)], 'and its own exit')
    tap.ok(all(a[1] <= b[0] for a, b in zip(ends, ends[1:])), 'and its own time')
    held = {}
    for s in doc['sockets']:
        for d in s['descriptors']:
            held.setdefault(d['process'], []).append((d['from'], d['to'], d['how'], d['end']))
    bad = [p for p in children if sorted(d[2] for d in held.get(p['id'], [])) != ['socketpair'] * 4 or
           any(not p['start'] <= d[0] <= d[1] <= p['end'] for d in held[p['id']])]
    tap.ok(not bad, 'sockets are those of the process that had the number then', bad[:3])
    odd = [s for s in doc['sockets'] if s['uncertain'] or not s['closed']]
    tap.ok(not odd and not doc['trace']['lost']['events'], 'all are closed, none uncertain, nothing lost', odd[:3])


of_numbers_used_again()
of_report()
of_ndjson()
tap.done()
