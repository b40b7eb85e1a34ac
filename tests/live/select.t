#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Which processes are recorded: each way to say it alone, two of a kind, two kinds, and what changes afterwards. Beside each
# that must be recorded stands one that must not.
import contextlib
import ctypes
import os
import sys
import time

sys.dont_write_bytecode = True
import live
from actors import ACTOR, Actor, Recording, actors

live.alone()
tap = live.Tap()
Recording.path = tap.path
libc = ctypes.CDLL(None, use_errno=True)


def is_recorded(name, r, *wanted):
    """Exactly these processes made calls, and no other is known."""
    wanted = {w.pid if isinstance(w, Actor) else w for w in wanted}
    tap.ok(r.doc and r.who() == wanted and set(r.pids.values()) == wanted and not r.doc['trace']['lost']['events'],
           name, f'{wanted} expected, {r.doc and r.who()} there, {r.pids}, {r.said}')


def command_recorded(name, options, script, *comms):
    """As a COMMAND: the processes that made calls are called so."""
    file = tap.path('command.slt')
    p = live.run(live.SOCKLIFE, 'record', '-q', '-o', file, *options, '--', '/usr/bin/python3', '-c', 'lines = %r.splitlines()\n%s' % (
        script, ACTOR.replace('sys.stdin', 'lines').replace("print('.', flush=True)", 'pass')))
    doc, said = live.export(file)
    by = {p['id']: p['comm'] for p in doc['processes']} if doc else {}
    tap.ok(p.returncode == 0 and doc and sorted({by[e['process']] for e in doc['events']}) == sorted(comms), name,
           f'{comms} expected, {by}, {p.stderr} {said}')


def refused(name, status, word, *options):
    p = live.run(live.SOCKLIFE, 'record', '-q', '-o', tap.path('refused.slt'), *options)
    tap.ok(p.returncode == status and word in p.stderr and p.stderr.count('\n') == 1, name, f'{p.returncode} {p.stderr}')


def all_call(*made):
    for a in made:
        a.do('call()')


def kinds():
    with actors({'comm': 'sel-one'}, {'comm': 'sel-two'}, {'comm': 'sel-one', 'uid': 1234}, {'comm': 'sel-two', 'uid': 1234}, {}) as made:
        one, two, one_user, two_user, other = made
        for name, options, wanted in (
            ('a pid', ('-p', one.pid), (one,)),
            ('two pids', ('-p', one.pid, f'--pid={two.pid}'), (one, two)),
            ('a name', ('--comm', 'sel-one'), (one, one_user)),
            ('two names', ('--comm', 'sel-one', '--comm', 'sel-two'), (one, one_user, two, two_user)),
            ('a user', ('--uid', '1234'), (one_user, two_user)),
            ('two users', ('--uid', '1234', '--uid', 'root', '--comm', 'sel-two'), (two, two_user)),
            ('a name and a user', ('--comm', 'sel-one', '--uid', '1234'), (one_user,)),
            ('a name among pids', ('-p', one.pid, '-p', two.pid, '--comm', 'sel-one'), (one,)),
            ('a name among all', ('-a', '-p', two.pid, '--comm', 'sel-one'), (one, one_user)),
            ('a user among pids', ('-p', one.pid, '-p', two_user.pid, '--uid', '1234'), (two_user,)),
        ):
            with Recording(*options) as r:
                all_call(*made)
            is_recorded(name, r, *wanted)
        with Recording('-a') as r:
            all_call(*made)
        tap.ok({a.pid for a in made} <= r.who(), 'all processes', (made, r.who()))
        tap.ok(r.process.pid not in r.pids.values(), 'but not socklife itself')
        with Recording('--comm', 'socklife', '--comm', 'sel-one') as r:
            all_call(*made)
        is_recorded('nor by its name', r, one, one_user)


def children():
    # In the document a process keeps the name that it had when it was first told of.
    command_recorded('a command and its children', (), 'rename("sel-top")\ncall()\nchild("call()")', 'python3', 'sel-top')
    command_recorded('a command without its children', ('--no-follow',), 'rename("sel-top")\ncall()\nchild("call()")', 'python3')
    command_recorded('of a command and its children those of a name', ('--comm', 'sel-kid'),
                     'rename("sel-top")\ncall()\nchild("call()", "rename(\'sel-kid\')", "call()")', 'sel-kid')
    with actors({'comm': 'sel-one'}, {}) as (one, other):
        for name, options, count in (
            ('a pid and its children', ('-p', one.pid), 2),
            ('a pid without its children', ('-p', one.pid, '--no-follow'), 1),
            ('a name and its children', ('--comm', 'sel-one'), 2),
        ):
            with Recording(*options) as r:
                for a in (one, other):
                    a.do('call()', "child('rename(\"sel-kid\")', 'call()')")
            by = {p['pid']: p.get('parent') and r.pids[p['parent']] for p in r.doc['processes']}
            tap.ok(len(r.who()) == count and one.pid in r.who() and other.pid not in r.pids.values() and
                   all(pid == one.pid or by[pid] == one.pid for pid in r.who()), name, r.doc['processes'])
        with Recording('--comm', 'sel-one', '--no-follow') as r:
            one.do('call()', "child('call()')", "child('rename(\"sel-kid\")', 'call()')", 'child(\'os.execv("/bin/true", ["true"])\')')
            other.do('call()', "child('call()')")
        tap.ok(len(r.who()) == 3 and not other.pid in r.pids.values(),
               'without the children of a name, but for what has the name itself', r.doc['processes'])
        with Recording('--comm', 'sel-kid', '-p', one.pid) as r:
            for a in (one, other):
                a.do('call()', 'child("child(\'rename(\\"sel-kid\\")\', \'call()\')", "call()")')
        by = [p['comm'] for p in r.doc['processes']]
        tap.ok(len(r.who()) == 1 and by == ['sel-kid'], 'a grandchild that comes to match, of what was asked for', r.doc['processes'])


def changes():
    link = tap.path('sel-exec')
    os.symlink('/usr/bin/python3', link)
    with actors({}, {}) as (one, other):
        with Recording('--comm', 'sel-exec') as r:
            all_call(one, other)
            one.do(f'os.execv({link!r}, ["sel-exec", "-u", "-c", {"print(chr(46))" + ACTOR!r}])')
            all_call(one, other)
        is_recorded('an exec gives it the name', r, one)
        tap.ok([p['execs'][-1]['exe'] for p in r.doc['processes']] == [link] and len([e for e in r.doc['events'] if e['call'] == 'socketpair']) == 1,
               'from that exec on', (r.doc['processes'], [e['call'] for e in r.doc['events']]))
    with actors({}, {}) as (one, other):
        with Recording('--comm', 'sel-new') as r:
            one.do('call()', 'rename("sel-new")', 'call()', 'rename("sel-old")', 'call()')
            all_call(other)
        is_recorded('it is renamed, and goes on being recorded under another name', r, one)
        tap.ok(len([e for e in r.doc['events'] if e['call'] == 'socketpair']) == 2, 'not from before', len(r.doc['events']))
    with actors({}, {}) as (one, other):
        one.do('a, b = socket.socketpair()', 'go, went = threading.Event(), threading.Event()',
               'threading.Thread(target=lambda: (b.recv(1), call(), went.set()), daemon=True).start()')
        with Recording('--comm', 'sel-late') as r:
            one.do('rename("sel-late")', 'call()', 'a.send(b"x")', 'went.wait()')
            all_call(other)
        is_recorded('it is renamed, and has another thread', r, one)
        blocked = [e for e in r.doc['events'] if e['call'] == 'recvfrom' and 'before the trace' in e.get('note', '')]
        threads = {e['tid'] for e in r.doc['events'] if e['call'] == 'socketpair'}
        tap.ok(len(threads) == 2 and len(blocked) == 1, 'that too is recorded, in the call in which it waited', r.doc['events'])
    with actors({}, {}) as (one, other):
        with Recording('--uid', '4321') as r:
            one.do('call()', 'os.setresuid(-1, 4321, -1)', 'call()', 'os.setresuid(-1, 0, -1)', 'call()')
            other.do('call()', 'os.setresuid(-1, 4322, -1)', 'call()')
        is_recorded('it becomes another user, and goes on being recorded as root', r, one)
        tap.ok(len([e for e in r.doc['events'] if e['call'] == 'socketpair']) == 2, 'not from before', len(r.doc['events']))
        with Recording('--uid', '4321', '--comm', 'sel-both') as r:
            for change in ('call()', 'os.setuid(4321)', 'call()', 'rename("sel-both")', 'call()'):
                one.do(change)
            other.do('rename("sel-both")', 'call()')
        is_recorded('it becomes another user, and then has the name', r, one)
        tap.ok(len([e for e in r.doc['events'] if e['call'] == 'socketpair']) == 1, 'when both match', len(r.doc['events']))


def numbers(pid):
    """What its descriptors name, where that is a socket."""
    links = {int(fd): os.readlink(f'/proc/{pid}/fd/{fd}') for fd in os.listdir(f'/proc/{pid}/fd')}
    return {(fd, to[8:-1]) for fd, to in links.items() if to.startswith('socket:[')}


def brought():
    """A process that comes to match while it is recorded: what it has by then is known, although no call tells of it."""
    link = tap.path('sel-have')
    os.symlink('/usr/bin/python3', link)
    again = f'os.execv({link!r}, ["sel-have", "-u", "-c", {"print(chr(46))" + ACTOR!r}])'
    makes = ('l = socket.create_server(("127.0.0.1", 0))', 'a, b = socket.socketpair()', 'c = socket.create_connection(l.getsockname())',
             'u = os.dup(b.fileno())')
    inherits = 'exec("for x in (l, b, c): os.set_inheritable(x.fileno(), True)")'
    for name, options, steps in (
        ('by a new name', ('--comm', 'sel-have'), ('rename("sel-have")',)),
        ('by an exec', ('--comm', 'sel-have'), (inherits, again)),
        ('by its user', ('--uid', '4321'), ('os.setresuid(-1, 4321, -1)',)),
    ):
        with actors({}, {}) as (one, other):
            for a in (one, other):
                a.do(*makes)
            with Recording(*options) as r:
                time.sleep(1.2) # it has been looked at what there was
                one.do(*steps)
                time.sleep(1.2)
                have = numbers(one.pid)
            held = {(d['fd'], s['inode']) for s in r.doc['sockets'] for d in s['descriptors'] if d['to'] is None}
            tap.ok(len(have) >= 3 and held == have, f'it matches {name}: its descriptors are those of /proc', (held, have))
            tap.ok({s['origin'] for s in r.doc['sockets']} == {'snapshot'} and not [s for s in r.doc['sockets'] if s['uncertain']] and
                   {p['pid'] for p in r.doc['processes']} == {one.pid} and not r.doc['trace']['lost']['events'],
                   f'{name}: found, and nobody else\'s', r.doc['sockets'])
            tap.ok('listening' in {live.states(s)[-1] for s in r.doc['sockets']}, f'{name}: in their states', r.doc['sockets'])
    with actors({'comm': 'sel-have'}, {'comm': 'sel-have'}) as (one, other):
        with Recording('--comm', 'sel-have', '--no-follow') as r:
            time.sleep(1.2)
            one.do(*makes, 'go, went = os.pipe()', 'exec("if not os.fork(): os.read(go, 1); os._exit(0)")')
            time.sleep(1.2)
            kid, = (int(pid) for pid in open(f'/proc/{one.pid}/task/{one.pid}/children').read().split())
            have = numbers(kid)
            one.do('os.write(went, b"x")', 'os.wait()')
        kids = [p['id'] for p in r.doc['processes'] if p['pid'] == kid]
        held = {(d['fd'], s['inode']) for s in r.doc['sockets'] for d in s['descriptors'] if d['process'] in kids}
        tap.ok(len(kids) == 1 and len(have) == 5 and held == have, 'a child that is traced for its own name has its descriptors', (held, have, r.doc['processes']))
        tap.ok({s['origin'] for s in r.doc['sockets']} == {'socket', 'socketpair'} and not [s for s in r.doc['sockets'] if s['uncertain']],
               'which are those that its parent made', r.doc['sockets'])


def mount(kind, options, name):
    """In a mount namespace of our own. The directory, None where the kernel has none of it."""
    where = tap.path(name)
    os.mkdir(where)
    return where if not libc.mount(b'none', where.encode(), kind, 0, options) else None


@contextlib.contextmanager
def directories(*paths):
    for path in paths:
        os.mkdir(path)
    yield
    for path in reversed(paths):
        os.rmdir(path)


def move(actor, cgroup):
    with open(f'{cgroup}/cgroup.procs', 'w') as f:
        f.write(str(actor.pid))


def cgroup(where, name, relative):
    top, below, beside = f'{where}/socklife-a', f'{where}/socklife-a/b', f'{where}/socklife-c'
    container = '0123456789abcdef' * 4
    scope = f'{where}/socklife-a/docker-{container}.scope'
    other_scope = f'{where}/socklife-a/cri-containerd-{container[:12]}{"5" * 52}.scope'
    with directories(top, below, beside, scope), actors({}, {}, {}, {}) as made:
        for actor, to in zip(made, (top, below, beside, scope)):
            move(actor, to)
        in_top, in_below, in_beside, in_scope = made
        for what, given, wanted in (
            ('a cgroup and those below', (top,), (in_top, in_below, in_scope)),
            ('one without any below', (below,), (in_below,)),
            ('two of them', (below, beside), (in_below, in_beside)),
            ('a container', (container[:12],), (in_scope,)),
            ('a container by its whole id', (container,), (in_scope,)),
        ) + ((('one by its path from the root', ('socklife-a/b', '/socklife-c'), (in_below, in_beside)),) if relative else ()):
            with Recording(*(o for path in given for o in ('--cgroup', path))) as r:
                all_call(*made)
            is_recorded(f'{name}: {what}', r, *wanted)
        in_below.do('go = threading.Event()', 'threading.Thread(target=lambda: (go.wait(), call(), went.set()), daemon=True).start()',
                    'went = threading.Event()')
        with Recording('--cgroup', beside) as r:
            all_call(in_top, in_below)
            move(in_below, beside)
            in_below.do('call()', 'go.set()', 'went.wait()')
            move(in_below, top)
            all_call(in_below, in_top)
        is_recorded(f'{name}: it is moved there, and away', r, in_below)
        made_by = [e['tid'] for e in r.doc['events'] if e['call'] == 'socketpair']
        tap.ok(len(made_by) == 3 and len(set(made_by)) == 2, f'{name}: all its threads, and not from before', r.doc['events'])
        with directories(other_scope):
            refused(f'{name}: an id of two containers', 2, 'several containers', '--cgroup', container[:12])


def unmount(where, kind, options):
    """A hierarchy of v1 goes when none of its cgroups is left, those that were removed a moment ago among them; and not at once."""
    for _ in range(5):
        libc.umount2(where.encode(), 2) # MNT_DETACH
        time.sleep(0.5)
        if not options or 'name=socklife-test' not in open('/proc/self/cgroup').read():
            return
        libc.mount(b'none', where.encode(), kind, 0, options)
    libc.umount2(where.encode(), 2)


def cgroups():
    libc.unshare(0x20000) # CLONE_NEWNS
    libc.mount(b'none', b'/', None, 1 << 18 | 1 << 14, None) # MS_PRIVATE, MS_REC
    for kind, options, name in ((b'cgroup2', None, 'v2'), (b'cgroup', b'none,name=socklife-test', 'v1')):
        where = mount(kind, options, name)
        if not where:
            tap.ok(True, f'# skip cgroup {name}: cannot be mounted')
            continue
        try:
            cgroup(where, name, name == 'v2')
        finally:
            unmount(where, kind, options)
    refused('no such cgroup', 2, 'no such cgroup', '--cgroup', '/socklife-none')
    refused('no such container', 2, 'no container', '--cgroup', 'fedcba9876543210')


def wrong():
    for name, status, word, *options in (
        ('nothing to trace', 2, 'nothing to trace', '--family', 'inet'),
        ('an unknown family', 2, "unknown family 'inet7'", '-a', '--family', 'inet7'),
        ('an unknown type', 2, "unknown type 'strem'", '-a', '--type', 'strem'),
        ('an unknown user', 2, "unknown user 'nobody-there'", '--uid', 'nobody-there'),
        ('too long a name', 2, "'a-name-of-more-'", '--comm', 'a-name-of-more-than-15-bytes'),
        ('too high a port', 2, '65535', '-a', '--port', '65536'),
        ('a process that is not there', 1, 'process 4000000', '-p', '4000000'),
    ):
        refused(name, status, word, *options)


for part in (kinds, children, changes, brought, cgroups, wrong):
    if not sys.argv[2:] or part.__name__ in sys.argv[2:]:
        part()
tap.done()
