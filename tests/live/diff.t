#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# socklife diff on recordings: two runs of a program are alike, also under load; a change of it (planted.h) is found, where it is and
# nowhere else; each scenario is alike to its committed capture.
import collections
import concurrent.futures
import contextlib
import glob
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
import live

PLANTED = os.path.join(live.BUILD, 'tests/live/planted')
FORKING = 'forks', 'pass' # more where it is chance who is first: in this folder
LONG = bool(os.environ.get('LONG'))
TIMES = 20 if LONG else 3


class Run:
    """A recording of planted or another program, and the names that the golden form has for its roles."""
    def __init__(self, tap, name, change, *part, program=PLANTED):
        self.capture = tap.path(name + '.slt')
        self.dir = tap.path(name)
        os.mkdir(self.dir)
        shutil.copy(program, self.dir)
        p = live.run(live.SOCKLIFE, 'record', '-q', '-o', self.capture, '--', './' + os.path.basename(program), *part,
                     cwd=self.dir, env={**os.environ, 'CHANGE': str(change)})
        shutil.rmtree(self.dir)
        self.trouble = p.stderr if p.returncode else ''
        self.roles = dict(line.split() for line in p.stdout.splitlines())

    def names(self):
        """Role to name: as the golden form, processes by their tree, sockets by who had them first."""
        doc, _ = live.export(self.capture)
        names, children, comms, births = {}, collections.defaultdict(list), collections.Counter(), collections.Counter()
        for p in doc['processes']:
            children[p.get('parent')].append(p)

        def walk(p):
            comm = p['execs'][-1]['comm'] if p['execs'] else p['comm']
            comms[comm] += 1
            names[p['id']] = names[str(p['pid'])] = comm + (f'.{comms[comm]}' if comms[comm] > 1 else '')
            for child in children[p['id']]:
                walk(child)

        for p in children[None]:
            walk(p)
        for s in doc['sockets']:
            first = names[s['descriptors'][0]['process']]
            births[first] += 1
            names[s['inode']] = f'{first}#{births[first]}'
        return {role: names.get(number) for role, number in self.roles.items()}


def diff(a, b, *options):
    """Exit status, {(kind, change, a, b)}, and all that was said."""
    p = live.run(live.SOCKLIFE, 'diff', '-f', 'json', *options, a, b)
    text = live.run(live.SOCKLIFE, 'diff', *options, a, b)
    if p.returncode != text.returncode or p.returncode > 1:
        return 2, set(), f'{p.returncode} and {text.returncode}: {p.stderr}'
    doc = json.loads(p.stdout)
    return p.returncode, {(h['kind'], h['change'], h.get('a'), h.get('b')) for h in doc['hunks']}, text.stdout + text.stderr


def expected(differs, a, b):
    """The same set, from a row of the table."""
    hunks = set()
    for role in differs.split():
        change = {'-': 'removed', '+': 'added'}.get(role[0], 'changed')
        role = role.lstrip('-+')
        hunks.add(('process' if role[0] == '@' else 'socket', change, None if change == 'added' else a[role],
                   None if change == 'removed' else b[role]))
    return hunks


def shown(hunks):
    return ', '.join(f'{change} {a or b}' for kind, change, a, b in sorted(hunks, key=str)) or 'nothing'


class Load:
    """Two processes that do nothing but run."""
    def __enter__(self):
        self.loops = [live.start('sh', '-c', 'while :; do :; done') for _ in range(2)]

    def __exit__(self, *_):
        for loop in self.loops:
            loop.kill()
            loop.wait()


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def alike(tap, base):
    """The same program again, under load, and the same recording in other forms."""
    with Load():
        runs = [(base, run) for run in in_parallel(lambda i: Run(tap, f'again{i}', 0), range(TIMES))]
        for name in FORKING: # with ports of their own: not several at once
            program = os.path.join(live.BUILD, 'tests/live', name)
            first, *again = [Run(tap, f'{name}{i}', 0, program=program) for i in range(TIMES)]
            runs += [(first, run) for run in again]
    same = 0
    for first, run in runs:
        status, hunks, text = diff(first.capture, run.capture)
        same += tap.ok(not run.trouble and not status and not text, f'{os.path.basename(run.dir)}, under load, is alike',
                       run.trouble + text)
    tap.note(f'{same} of {len(runs)} runs under load alike')
    for form, args in (('json', ('export', '-f', 'json')), ('ndjson', ('export', '-f', 'ndjson')), ('golden', ('normalize',))):
        other = tap.path('other.' + form)
        with open(other, 'w') as file:
            live.start(live.SOCKLIFE, args[0], base.capture, *args[1:], stdout=file).wait()
        for a, b in (base.capture, other), (other, base.capture):
            status, hunks, text = diff(a, b)
            tap.ok(not status and not text, f'{os.path.basename(a)} and {os.path.basename(b)} are alike', text)


def planted(tap, base, table):
    """Each change is found, and nothing else."""
    names = base.names()
    rows = [row for row in table if '~' not in row[2]]
    runs = in_parallel(lambda row: Run(tap, f'change{row[0]}', row[0]), rows)
    found = wrong = 0
    for (number, what, differs), run in zip(rows, runs):
        status, hunks, text = diff(base.capture, run.capture)
        right = expected(differs, names, run.names())
        found += status == 1 and right <= hunks
        wrong += len(hunks - right)
        tap.ok(not run.trouble and status == 1 and hunks == right, f'{number}: {what}: {differs}',
               f'{run.trouble}\nnot found: {shown(right - hunks)}\nfalse: {shown(hunks - right)}\n{text}')
    tap.note(f'{found} of {len(rows)} planted changes found, {wrong} false hunks')


def counted(tap, table):
    """What only --strict compares: a part of the program alone, where no order is chance."""
    for number, what, differs in (row for row in table if '~' in row[2]):
        differs = differs.replace('~', '')
        part = differs.split('-')[0]
        first, again, run = in_parallel(lambda change: Run(tap, f'{part}{change[0]}', change[1], part),
                                        (('first', 0), ('again', 0), ('changed', number)))
        status, hunks, text = diff(first.capture, again.capture, '--strict')
        tap.ok(not status, f'{part}: two runs are alike with --strict', text)
        status, hunks, text = diff(first.capture, run.capture)
        tap.ok(not status, f'{number}: {what}: alike', text)
        status, hunks, text = diff(first.capture, run.capture, '--strict')
        tap.ok(hunks == expected(differs, first.names(), run.names()), f'{number}: {what}: found with --strict: {differs}', text)


def scenarios(tap):
    """Each as the committed capture has it; LONG: again and again under load."""
    here = os.path.join(live.ROOT, 'tests')
    compared = same = 0
    for i in range(TIMES if LONG else 1):
        recorded = tap.path('scenarios')
        os.mkdir(recorded)
        with Load() if LONG else contextlib.nullcontext():
            live.start(os.path.join(here, 'scenarios/together'), recorded).wait()
        for name in sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(here, 'captures/*.slt'))):
            status, hunks, text = diff(os.path.join(here, 'captures', name + '.slt'), os.path.join(recorded, name + '.json'))
            compared += 1
            same += not status and not text
            if not LONG or status or text:
                tap.ok(not status and not text, f'{name} is alike to its capture', text)
        shutil.rmtree(recorded)
        if LONG:
            tap.ok(compared, f'scenarios, round {i + 1}: {same} of {compared} alike')
    tap.note(f'{same} of {compared} runs of scenarios alike')


live.alone()
tap = live.Tap()
rows = [line.split('\t') for line in live.run(PLANTED, 'table').stdout.splitlines()][1:]
base = Run(tap, 'base', 0)
tap.ok(not base.trouble and base.roles, 'the program is recorded', base.trouble)
if live.chosen('alike'):
    alike(tap, base)
if live.chosen('planted'):
    planted(tap, base, rows)
if live.chosen('strict'):
    counted(tap, rows)
if live.chosen('scenarios'):
    scenarios(tap)
tap.done()
