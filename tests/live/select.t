#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Which processes and sockets are recorded: each way to say it alone, two of a kind, two kinds, and what changes afterwards.
# Beside each that must be recorded stands one that must not.
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import live

ACTOR = r'''
import array, ctypes, os, socket, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
def call(): # one that tells who made it
    a, b = socket.socketpair()
    a.send(b'x'); b.recv(1); a.close(); b.close()
def rename(name):
    libc.prctl(15, name.encode()) # PR_SET_NAME
def child(*steps): # a child that does it
    pid = os.fork()
    if not pid:
        for step in steps: exec(step, globals())
        os._exit(0)
    os.waitpid(pid, 0)
for line in sys.stdin:
    exec(line, globals())
    print('.', flush=True)
'''

live.alone()
tap = live.Tap()
libc = ctypes.CDLL(None, use_errno=True)


class Actor:
    """A process that does what it is told; its main thread goes on to read what."""
    def __init__(self, comm=None, uid=None, exe='/usr/bin/python3'):
        self.process = live.start(exe, '-u', '-c', ACTOR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.do('pass')
        if comm:
            self.do(f'rename({comm!r})')
        if uid is not None:
            self.do(f'os.setresuid({uid}, {uid}, 0)') # it may become root again

    def do(self, *steps):
        for step in steps:
            self.process.stdin.write(step + '\n')
            self.process.stdin.flush()
            assert self.process.stdout.readline() == '.\n', step

    def end(self):
        self.process.stdin.close()
        self.process.wait()


@contextlib.contextmanager
def actors(*args):
    made = [Actor(**a) for a in args]
    yield made
    for a in made:
        a.end()


class Recording:
    """What is done in a `with` is recorded; the document is in .doc then."""
    number = 0

    def __init__(self, *options):
        Recording.number += 1
        self.file = tap.path(f'{Recording.number}.slt')
        self.options = options

    def __enter__(self):
        self.process = live.start(live.SOCKLIFE, 'record', '-o', self.file, *self.options, stderr=subprocess.PIPE, text=True)
        while self.process.poll() is None and not (os.path.exists(self.file) and os.path.getsize(self.file)):
            time.sleep(0.01)
        return self

    def __exit__(self, *what):
        self.process.send_signal(signal.SIGINT)
        self.said = self.process.communicate()[1]
        self.doc, said = live.export(self.file)
        self.said += said
        self.pids = {p['id']: p['pid'] for p in self.doc['processes']} if self.doc else {}

    def who(self):
        """The processes that made calls."""
        return {self.pids[e['process']] for e in self.doc['events']}

    def records(self):
        return int(self.said.split(': ')[1].split()[0])


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


NET = '''
def net(): # calls on sockets of all kinds
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            if family == socket.AF_NETLINK and kind == socket.SOCK_STREAM: continue
            s = socket.socket(family, kind)
            s.setblocking(False)
            s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
            try: s.recv(1)
            except OSError: pass
            d = s.dup(); s.close(); d.close()
'''
define = f'exec({NET!r}, globals())'


def kinds_of(doc):
    return {(s['family'], s['type']) for s in doc['sockets']}


def sockets():
    stream, dgram = 'SOCK_STREAM', 'SOCK_DGRAM'
    with actors({'comm': 'sel-net'}, {}) as (one, other):
        for a in (one, other):
            a.do(define)
        for name, options, wanted in (
            ('a family', ('--family', 'inet'), {('AF_INET', stream), ('AF_INET', dgram)}),
            ('two families', ('--family', 'AF_INET6', '--family=netlink'), {('AF_INET6', stream), ('AF_INET6', dgram), ('AF_NETLINK', dgram)}),
            ('a type', ('--type', 'stream'), {('AF_INET', stream), ('AF_INET6', stream), ('AF_UNIX', stream)}),
            ('a type by its number, and a family', ('--type', '2', '--family', 'unix'), {('AF_UNIX', dgram)}),
        ):
            with Recording('--comm', 'sel-net', *options) as r:
                for a in (one, other):
                    a.do('net()')
            tap.ok(r.doc and kinds_of(r.doc) == wanted and r.who() == {one.pid} and
                   all(len(s['descriptors']) == 2 and s['states'][-1]['state'] == 'closed' for s in r.doc['sockets']),
                   name, (r.doc and kinds_of(r.doc), r.said))
            odd = {e['call'] for e in r.doc['events']} - {'socket', 'getsockname', 'getsockopt', 'recvfrom', 'dup', 'fcntl', 'ioctl', 'close'}
            others = [e for e in r.doc['events'] if not e.get('socket')]
            tap.ok(not odd and not others, f'{name}: no call on another', (odd, others[:3]))
        busy = 'for _ in range(1000): a.send(b"x"); b.recv(1)'
        for a in (one, other):
            a.do('import time', 'a, b = socket.socketpair()', 's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)')
        with Recording('--comm', 'sel-net', '--family', 'inet') as r:
            for a in (one, other):
                a.do(f'exec({busy!r})', 's.getsockname()', 'x = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)',
                     'exec("for _ in range(1000): x.getsockname()")')
        tap.ok(r.records() < 50 and [e['call'] for e in r.doc['events']] == ['getsockname'],
               'what is left out is refused in the kernel', (r.said, r.doc['events'][:3]))


def carried():
    """Of unix sockets that are left out only what they carry is told."""
    with actors({'comm': 'sel-net'}, {}) as (one, other):
        pair = ('a, b = socket.socketpair()', 's = socket.socket(socket.AF_INET, socket.SOCK_STREAM)', 'u = socket.socket(socket.AF_UNIX)',
                'x = socket.socket(socket.AF_INET6)', 'socket.send_fds(a, [b"x"], [s.fileno(), u.fileno(), x.fileno()])',
                's.close()', '_, fds, _, _ = socket.recv_fds(b, 1, 3)', 'print(*fds, file=sys.stderr)')
        with Recording('--comm', 'sel-net', '--family', 'inet') as r:
            for a in (one, other):
                a.do(*pair[:-1], 'os.close(fds[1])', 'os.close(fds[0])')
        s = r.doc['sockets'][0] if len(r.doc['sockets']) == 1 else {'id': 0, 'descriptors': []}
        tap.ok([(d['how'], d['end']) for d in s['descriptors']] == [('socket', 'close'), ('scm_rights', 'close')] and
               len(s['in_flight']) == 1 and s['in_flight'][0]['to'] and s['closed']['by'] == 'close' and not s['uncertain'],
               'a socket that travels through one that is left out', r.doc['sockets'])
        tap.ok(r.who() == {one.pid} and all(e.get('socket') == s['id'] or e['call'] in ('sendmsg', 'recvmsg') for e in r.doc['events']),
               'and nothing else', r.doc['events'])


    with actors({'comm': 'sel-net'}) as (one,):
        with Recording('--comm', 'sel-net', '--family', 'inet') as r:
            one.do('a, b = socket.socketpair()', 's = socket.socket(socket.AF_INET, socket.SOCK_STREAM)', 'n = s.fileno()', 'a.send(b"plain")',
                   'socket.send_fds(a, [b"x"], [n])', 's.close()', 'socket.recv_fds(b, 2, 1)', 'b.recv(2)',
                   '_, fds, _, _ = socket.recv_fds(b, 2, 1)', 'os.close(fds[0])')
        s = r.doc['sockets'][0] if len(r.doc['sockets']) == 1 else {'descriptors': []}
        tap.ok([(d['how'], d['end']) for d in s['descriptors']] == [('socket', 'close'), ('scm_rights', 'close')] and
               len(s['in_flight']) == 1 and s['in_flight'][0]['from'] and s['in_flight'][0]['to'] and not s['uncertain'],
               'behind bytes that nobody was told of', r.doc['sockets'])


def replaced():
    """dup2() of what is left out onto what is in ends that, and the number is nobody's then."""
    for what, family in (('a unix socket', 'AF_UNIX'), ('another', 'AF_INET6')):
        with actors({'comm': 'sel-net'}, {}) as (one, other):
            with Recording('--comm', 'sel-net', '--family', 'inet') as r:
                for a in (one, other):
                    a.do('s = socket.socket(socket.AF_INET)', f'u = socket.socket(socket.{family})', 'n = s.fileno()',
                         'os.dup2(u.fileno(), n)', 'os.close(n)', 't = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)', 't.getsockname()',
                         'os.dup2(t.fileno(), u.fileno())', 't.close()', 'u.close()')
            first, second = r.doc['sockets'] if len(r.doc['sockets']) == 2 else ({'descriptors': []},) * 2
            tap.ok([(d['how'], d['end']) for d in first['descriptors']] == [('socket', 'dup2')] and first['closed']['by'] == 'dup2' and
                   r.who() == {one.pid}, f'{what} takes the number of one that is in', r.doc['sockets'])
            tap.ok([(d['how'], d['end']) for d in second['descriptors']] == [('socket', 'close'), ('dup', 'close')] and
                   not first['uncertain'] and not second['uncertain'] and first['descriptors'][0]['fd'] == second['descriptors'][0]['fd'],
                   f'{what}: the number is used again, and its own is taken', r.doc['sockets'])


for part in (kinds, children, changes, cgroups, wrong, sockets, carried, replaced):
    if not sys.argv[2:] or part.__name__ in sys.argv[2:]:
        part()
tap.done()
