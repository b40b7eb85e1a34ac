#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Being there late: programs that have been running are recorded by pid, by name, or with all others. What was there before, and
# what becomes of it at five moments more, is what ss and /proc say (witness.py).
import atexit
import os
import signal
import sys
import time

sys.dont_write_bytecode = True
import live
import witness
import witness_attach
import witness_kernel

MOMENTS = os.path.join(live.ROOT, 'tests/live/moments')
CALLS = witness_kernel.call_names()


def pids_of(pids):
    return [word for pid in pids for word in ('-p', pid)]


def all_pids(pids):
    return pids, pids_of(pids)


def everybody(pids):
    return pids, ['-a']


def named(comm):
    """Those processes only, by pid."""
    def choose(pids):
        pids = [pid for pid in pids if witness_kernel.read(f'/proc/{pid}/comm').strip() == comm]
        return pids, pids_of(pids)

    return choose


def by_comm(comm):
    return lambda pids: (named(comm)(pids)[0], ['--comm', comm])


def contained(pids):
    """Those in a pid namespace of their own."""
    here = os.stat('/proc/self/ns/pid').st_ino
    pids = [pid for pid in pids if os.stat(f'/proc/{pid}/ns/pid').st_ino != here]
    return pids, pids_of(pids)


def by_cgroup(pids):
    """In a control group of their own, which is there as long as they are."""
    where = next((line.split()[4] for line in open('/proc/self/mountinfo') if ' - cgroup2 ' in line), None)
    if not where:
        return pids, pids_of(pids)
    group = os.path.join(where, f'socklife-{os.getpid()}')
    os.makedirs(group, exist_ok=True)
    atexit.register(os.rmdir, group)
    for pid in pids:
        with open(os.path.join(group, 'cgroup.procs'), 'w') as file:
            file.write(str(pid))
    return pids, ['--cgroup', group]


def recorded(capture, said, *options):
    """The recorder, which sees everything from now on."""
    recorder = live.start(live.SOCKLIFE, 'record', '-q', '-o', capture, *options, stderr=open(said, 'w'))
    for _ in range(400):
        if recorder.poll() is not None or (os.path.exists(capture) and os.path.getsize(capture)):
            break
        time.sleep(0.05)
    return recorder


def end(recorder):
    if recorder.poll() is None:
        recorder.send_signal(signal.SIGINT)
    return recorder.wait(60)


def run(tap, name, load, at, choose):
    """What was seen at the moment of the attach and at those after it, and the document."""
    capture, said = tap.path(name + '.slt'), tap.path(name + '.said')
    programs = live.start(MOMENTS, load, tap.path(name), stdin=-1, stdout=-1, stderr=open(tap.path(name + '.out'), 'w'), text=True)
    seen, recorder = [], None
    for i, line in enumerate(programs.stdout):
        if i == at:
            chosen, options = choose(witness_kernel.family_of([programs.pid]))
            recorder = recorded(capture, said, *options)
        if i >= at:
            last = seen[-1] if seen else None
            seen.append(witness_kernel.Seen(line.strip(), last, [] if last else chosen, CALLS))
        programs.stdin.write('\n')
        programs.stdin.flush()
    status = programs.wait(60), end(recorder)
    tap.ok(status == (0, 0) and len(seen) == 6 - at, f'{name}: the programs do their work, and so does the recorder',
           (status, len(seen), open(said).read(), open(tap.path(name + '.out')).read()))
    doc, said = live.export(capture)
    tap.ok(doc and doc['trace']['complete'] and doc['trace']['lost']['events'] == 0, f'{name}: whole, nothing lost', (said, doc and doc['trace']))
    return doc, seen


def judge(tap, tally, name, doc, seen, others):
    model = witness.Model(doc, {pid for moment in seen for pid in moment.pids}, others)
    before = seen[0].flying()
    witness.judge_all(tap, tally, name, model, seen, before)
    witness_attach.judge(tap, tally, name, model, seen)


LOADS = (
    ('sockets', 0, all_pids), ('sockets', 1, all_pids), ('sockets', 2, all_pids), ('sockets', 3, all_pids),
    ('sockets', 4, all_pids), ('families', 0, all_pids), ('families', 3, all_pids), ('tables', 0, all_pids),
    ('tables', 3, all_pids), ('blocked', 0, all_pids), ('nginx', 0, named('nginx')), ('nginx', 0, everybody),
    ('nginx', 0, by_comm('nginx')), ('redis', 0, all_pids), ('redis', 0, named('redis-server')), ('redis', 0, by_cgroup),
    ('postgres', 0, all_pids), ('sshd', 0, all_pids), ('sshd', 1, everybody), ('container', 0, all_pids),
    ('container', 0, everybody), ('container', 0, contained), ('activation', 0, all_pids),
)

live.alone()
tap = live.Tap()
tally = witness.Tally()
os.chmod(tap.dir.name, 0o755) # postgres is nobody
for i, (load, at, choose) in enumerate(LOADS):
    if not live.chosen(load):
        continue
    name = f'{load}-{i}'
    doc, seen = run(tap, name, load, at, choose)
    if doc:
        judge(tap, tally, name, doc, seen, choose is everybody)
tally.note(tap)
tap.done()
