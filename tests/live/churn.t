#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A process that opens and closes sockets as fast as it can (tests/live/churn.c) while one comes late to it, again and again. Then it
# is stopped wherever it is: what it holds is what ss and /proc say (witness.py), and nothing is uncertain.
import collections
import json
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import live
import witness
import witness_kernel

CHURN = os.path.join(live.BUILD, 'tests/live/churn')
RATE, TIMES = 50000, 20 if os.environ.get('LONG') else 5


class Churn:
    def __init__(self, tap):
        self.file = tap.path('opened')
        self.process = live.start(CHURN, RATE, self.file, stdout=-1)
        self.process.stdout.readline()

    def opened(self):
        with open(self.file, 'rb') as file:
            return int.from_bytes(file.read(8), sys.byteorder)

    def rate(self, seconds):
        """Sockets a second, of the next ones."""
        before = self.opened(), time.monotonic()
        time.sleep(seconds)
        return int((self.opened() - before[0]) / (time.monotonic() - before[1]))


def wait(what, seconds=20):
    for _ in range(seconds * 100):
        if what():
            return
        time.sleep(0.01)


def stopped(pid):
    return all(witness_kernel.read(f'/proc/{pid}/task/{tid}/stat').rpartition(')')[2].split()[0] == 'T'
               for tid in witness_kernel.listed(f'/proc/{pid}/task'))


def recorded(tap, churn, capture):
    """What there was when it was stopped, and how fast it had been meanwhile."""
    pid = churn.process.pid
    churn.process.send_signal(signal.SIGCONT)
    before = churn.opened(), time.monotonic()
    recorder = live.start(live.SOCKLIFE, 'record', '-q', '--buffer', '64M', '-o', capture, '-p', pid)
    wait(lambda: recorder.poll() is not None or (os.path.exists(capture) and os.path.getsize(capture)))
    time.sleep(0.1)
    churn.process.send_signal(signal.SIGSTOP)
    wait(lambda: stopped(pid))
    rate = int((churn.opened() - before[0]) / (time.monotonic() - before[1]))
    seen = witness_kernel.Seen('stopped', None, [pid])
    recorder.send_signal(signal.SIGINT)
    recorder.wait(60)
    return seen, rate


def document(capture):
    """Of what is open at the end, and how many sockets there were, and how many uncertain ones."""
    p = live.start(live.SOCKLIFE, 'export', capture, '-f', 'ndjson', stdout=subprocess.PIPE, text=True)
    doc, events, sockets, uncertain = {'processes': [], 'sockets': [], 'events': []}, collections.defaultdict(list), 0, []
    for line in p.stdout:
        o = json.loads(line)
        if o['kind'] == 'trace':
            doc['trace'] = o
        elif o['kind'] == 'process':
            doc['processes'].append(o)
        elif o['kind'] == 'event' and 'socket' in o:
            events[o['socket']].append(o)
        elif o['kind'] == 'socket':
            sockets += 1
            uncertain += [(o, events[o['id']])] if o['uncertain'] else []
            if not o['closed']:
                doc['sockets'].append(o)
                doc['events'] += events[o['id']]
            events.pop(o['id'], None)
    return (doc if p.wait() == 0 else None), sockets, uncertain


live.alone()
tap = live.Tap()
tally = witness.Tally()
os.chdir(tap.dir.name)
churn = Churn(tap)
try:
    alone = churn.rate(1)
    for i in range(TIMES):
        capture = tap.path('churn.slt')
        seen, rate = recorded(tap, churn, capture)
        doc, sockets, uncertain = document(capture)
        os.unlink(capture)
        if not tap.ok(doc and doc['trace']['complete'] and not doc['trace']['lost']['events'],
                      f'{i + 1}: whole, nothing lost, {sockets} sockets, {rate} a second', doc and doc['trace']):
            continue
        seen.name = f'stopped after {doc["trace"]["duration"] // 1000000} ms'
        model = witness.Model(doc, set(seen.pids), False)
        model.followed.clear() # what was unread at the attach is not told of the same time for all: it did not stand still
        witness.judge_all(tap, tally, str(i + 1), model, [seen])
        tap.ok(not uncertain, f'{i + 1}: nothing uncertain', '\n'.join(map(str, [len(uncertain), *uncertain[:3]])))
finally:
    churn.process.kill()
tally.note(tap)
tap.note(f'{alone} sockets a second when nobody looks')
tap.done()
