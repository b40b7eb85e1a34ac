#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Which sockets of a process are recorded, by family and type, and what becomes of the others: beside each that must be
# recorded stands one that must not.
import sys

sys.dont_write_bytecode = True
import live
from actors import Recording, actors

live.alone()
tap = live.Tap()
Recording.path = tap.path

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


for part in (sockets, carried, replaced):
    if not sys.argv[2:] or part.__name__ in sys.argv[2:]:
        part()
tap.done()
