#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The witnesses, of programs that were recorded from their start: tests/live/moments, witness.py.
import os
import sys

sys.dont_write_bytecode = True
import live
import witness
import witness_kernel

MOMENTS = os.path.join(live.ROOT, 'tests/live/moments')


def watched(tap, name, *options):
    """The document, and what was seen at each moment."""
    capture, seen = tap.path(name + '.slt'), []
    p = live.start(live.SOCKLIFE, 'record', '-q', '-o', capture, *options, '--', MOMENTS, name, tap.path(name), stdin=-1, stdout=-1,
                   stderr=open(tap.path(name + '.said'), 'w'), text=True)
    for line in p.stdout:
        command = [next(witness_kernel.descendants(p.pid))] if not seen else []
        seen.append(witness_kernel.Seen(line.strip(), seen[-1] if seen else None, command))
        p.stdin.write('\n')
        p.stdin.flush()
    tap.ok(p.wait() == 0 and len(seen) == 6, f'{name}: the programs do their work', open(tap.path(name + '.said')).read())
    doc, said = live.export(capture)
    tap.ok(doc and doc['trace']['complete'] and doc['trace']['lost']['events'] == 0, f'{name}: whole, nothing lost', (said, doc and doc['trace']))
    return doc, seen


live.alone()
tap = live.Tap()
tally = witness.Tally()
os.chmod(tap.dir.name, 0o755) # postgres is nobody
for name, options in (('sockets', ()), ('families', ()), ('tables', ()), ('blocked', ()), ('nginx', ('-a',)), ('redis', ()),
                      ('postgres', ()), ('sshd', ()), ('container', ()), ('activation', ())):
    if not live.chosen(name):
        continue
    doc, moments = watched(tap, name, *options)
    if doc:
        model = witness.Model(doc, {pid for seen in moments for pid in seen.pids}, '-a' in options)
        witness.judge_all(tap, tally, name, model, moments)
tally.note(tap)
tap.done()
