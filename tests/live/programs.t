#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Real programs and their servers (tests/live/workload), recorded: their sockets are rebuilt as they were.
import collections
import itertools
import os
import sys

sys.dont_write_bytecode = True
import live
from live import states

live.alone()
tap = live.Tap()
schema = live.Schema()
STREAM = ['created', 'connecting', 'connected']


def record(name, *options):
    capture = tap.path(name + '.slt')
    p = live.run(live.SOCKLIFE, 'record', '-q', '-o', capture, *options, '--', live.WORKLOAD, name, tap.path(name))
    tap.ok(p.returncode == 0, f'{name}: the programs do their work', p.stdout + p.stderr)
    doc, said = live.export(capture)
    if not live.sound(tap, schema, name, doc, said):
        tap.done()
        sys.exit(1)
    return doc


def clients_of(doc, server, kind='SOCK_STREAM'):
    return [s for s in doc['sockets']
            if s.get('role') == 'active' and s['type'] == kind and s.get('peer') == server and 'failed' not in states(s)]


def listener_of(doc, local):
    found = [s for s in doc['sockets'] if s.get('role') == 'passive' and s.get('local') == local]
    return found[0] if len(found) == 1 else {'id': 0, 'states': []}


def only_listener(doc):
    """Its address."""
    return [s['local'] for s in doc['sockets'] if s.get('role') == 'passive'].pop()


def accepted_by(doc, listener):
    return [s for s in doc['sockets'] if s.get('listener') == listener['id'] and s['origin'] == 'accept']


def mirrored(client, server):
    return client['bytes'] == {'sent': server['bytes']['received'], 'received': server['bytes']['sent']}


def messages(sock):
    return tuple(sock['messages'][k] for k in ('sent', 'received', 'truncated', 'dropped'))


def streams(name, doc, server, count, local=None):
    """count clients (None: any number) connected to server, which listens there or on local, accepted each, and both ends agree."""
    clients, listener = clients_of(doc, server), listener_of(doc, local or server)
    accepted = accepted_by(doc, listener)
    by_id = {s['id']: s for s in accepted}
    ends = [by_id.get(c.get('peer_socket')) for c in clients]
    what = f'{name}: {len(clients)} clients'
    tap.ok(clients and count in (None, len(clients)) and len(accepted) == len(clients),
           f'{what}, {len(accepted)} accepted', f'{count} expected')
    tap.ok(states(listener)[:3] == ['created', 'bound', 'listening'] and states(listener)[-1] == 'closed',
           f'{name}: the listener only listens', listener)
    wrong = [c for c in clients if [s for s in states(c) if s != 'bound'][:3] != STREAM or states(c)[-1] != 'closed']
    tap.ok(not wrong, f'{what}: {", ".join(STREAM)}, ... closed', wrong[:1])
    wrong = [s for s in accepted if states(s)[0] not in ('connected', 'half-closed-remote') or states(s)[-1] != 'closed']
    tap.ok(not wrong, f'{name}: accepted ones are connected from birth, whose other end may have ended, and closed', wrong[:1])
    wrong = [(c, e) for c, e in zip(clients, ends)
             if not e or e.get('peer_socket') != c['id'] or not mirrored(c, e) or not c['bytes']['sent']]
    tap.ok(not wrong and len({e['id'] for e in ends if e}) == len(clients), f'{what}: each has its other end, and they agree in bytes',
           wrong[:1])
    queue(name, listener, accepted)
    return clients, accepted


def queue(name, listener, accepted):
    """Who was accepted had waited, and nobody else is in the queue at the end."""
    backlog = listener.get('backlog', {})
    wrong = [s for s in accepted if not s['queued']['from'] <= s['queued']['to'] <= s['states'][0]['from']]
    tap.ok(not wrong, f'{name}: each waited for its accept()', wrong[:1])
    tap.ok(accepted and 1 <= backlog['deepest'] <= backlog['effective'] + 1 and backlog['unaccepted'] == 0 and
           backlog['overflows'] == (None if 'unix:' in listener['local'] else 0) and # no counter there
           backlog['deepest'] == max(depth for _, depth in listener['queue']) and listener['queue'][-1][1] == 0,
           f'{name}: {backlog.get("deepest")} at most in the queue, none left in it', (backlog, listener.get('queue', [])[-5:]))


def at_once(socks):
    """How many of them were open at the same time."""
    steps = sorted([(s['states'][0]['from'], 1) for s in socks] + [(s['closed']['t'], -1) for s in socks])
    return max(itertools.accumulate(step for _, step in steps))


def spans(doc, sock):
    """Its descriptors in order of time: the process's comm, how it came and how it went."""
    comms = {p['id']: p['comm'] for p in doc['processes']}
    return [(comms[d['process']], d['how'], d['end']) for d in sorted(sock['descriptors'], key=lambda d: d['from'])]


def by_children(name, doc, accepted):
    """Accepted by the server, forked to a process of its own, closed by the server, and ended with that process."""
    wrong = [s for s in accepted if [how[1:] for how in spans(doc, s)] != [('accept', 'close'), ('fork', 'exit')] or
             s['closed']['t'] != max(d['to'] for d in s['descriptors'])]
    last = [s for s in accepted if s['closed']['by'] == 'exit'] # unless the child is gone before the server closes its own
    children = {s['descriptors'][-1]['process'] for s in accepted}
    tap.ok(not wrong and len(children) == len(accepted) and last,
           f'{name}: {len(accepted)} connections, a process each, whose exit closes {len(last)}', wrong[:1])


def curl():
    doc = record('curl')
    size = sum(i * 1000 for i in range(1, 21))
    for name, server in (('ipv4', '127.0.0.1:8080'), ('ipv6', '[::1]:8080'), ('unix', f'unix:{tap.path("curl")}/nginx.sock')):
        clients, _ = streams(f'curl, {name}', doc, server, 1)
        tap.ok(all(c['bytes']['received'] > size for c in clients), f'curl, {name}: {size} bytes and their headers', clients)
    client = clients_of(doc, '127.0.0.1:8080')[0]
    tap.ok(client['local'].startswith('127.0.0.1:') and [a['outcome'] for a in client['attempts']] == ['connected'],
           'curl, ipv4: one attempt, and the port that the kernel chose', client)


def dns():
    doc = record('dns')
    server = '127.0.0.1:5353'
    streams('dig +tcp', doc, server, 1)
    asks = clients_of(doc, server, 'SOCK_DGRAM')
    answers = [s for s in doc['sockets'] if s['type'] == 'SOCK_DGRAM' and s.get('local') == server]
    tap.ok(len(asks) == len(answers) == 1, 'dig: one socket asks, one answers', asks + answers)
    ask, answer = asks[0], answers[0]
    tap.ok(states(ask)[-2:] == ['connected', 'closed'] and states(answer) == ['created', 'bound', 'closed'],
           'dig: asks connected, is answered unconnected', [states(ask), states(answer)])
    tap.ok(mirrored(ask, answer) and messages(ask) == messages(answer) == (1, 1, 0, 0),
           'dig: a message each way, of the same bytes', [ask, answer])
    heard = [e for e in doc['events'] if e['socket'] == answer['id'] and e.get('bytes') == ask['bytes']['sent']]
    tap.ok(heard and ask['local'] in str(heard[0]['args']), 'dnsmasq: the message names its sender', heard)


def redis():
    doc = record('redis')
    clients, accepted = streams('redis', doc, '127.0.0.1:6379', None)
    most = at_once(accepted)
    tap.ok(len(clients) > 100 and most >= 50, f'redis: {most} connections at once')


def http():
    doc = record('http')
    _, accepted = streams('http.server', doc, '127.0.0.1:8000', 20)
    main = {e['tid'] for e in doc['events'] if e['call'] == 'accept4' and e['ret'] >= 0}
    tids = [{e['tid'] for e in doc['events'] if e['socket'] == s['id']} - main for s in accepted]
    tap.ok(len(main) == 1 and {len(t) for t in tids} == {1} and len(set.union(*tids)) == 20,
           'http.server: one thread accepts, each connection has a thread of its own', tids)


def socat():
    doc = record('socat')
    server = [s for s in doc['sockets'] if s.get('local') == 'unix:server']
    askers = [s for s in doc['sockets'] if s.get('local', '').startswith('unix:client')]
    tap.ok(len(server) == 1 and len(askers) == 3, 'socat: a server and three clients', server + askers)
    tap.ok(messages(server[0]) == (3, 3, 0, 0) and server[0]['bytes'] == {'sent': 30, 'received': 30},
           'socat: three messages each way', server)
    tap.ok(all(messages(s) == (1, 1, 0, 0) and states(s) == ['created', 'bound', 'closed'] for s in askers),
           'socat: a message each way a client, which only binds', askers)
    tap.ok(len(server[0]['descriptors']) > 3 and {d['how'] for d in server[0]['descriptors']} >= {'socket', 'fork'},
           'socat: the children that answer hold it by fork', server[0]['descriptors'])
    pairs = {s['id']: s for s in doc['sockets'] if s['origin'] == 'socketpair'}
    wrong = [s for s in pairs.values() if pairs.get(s['peer_socket'], {}).get('peer_socket') != s['id']]
    tap.ok(len(pairs) > 6 and not wrong, f'socat: {len(pairs)} ends of socketpairs know each other', wrong)


def nc():
    doc = record('nc')
    accepts = [e for e in doc['events'] if e['call'].startswith('accept')]
    tap.ok(len(accepts) == 1 and accepts[0].get('error') == 'ERESTARTSYS' and accepts[0]['dur'] > 200000000,
           'nc: its accept() waited until SIGINT', accepts)
    tap.ok([p['exit'] for p in doc['processes'] if p['comm'] == 'nc'] == [{'signal': 'SIGINT'}], 'nc: SIGINT ended it')
    listener = listener_of(doc, '127.0.0.1:8001')
    tap.ok(listener.get('closed', {}).get('by') == 'exit', 'nc: its listener ended with it', listener)


def socat_streams():
    doc = record('socat_streams')
    for name, server in (('TCP4', '127.0.0.1:9010'), ('TCP6', '[::1]:9011'), ('UNIX', 'unix:listen'), ('ABSTRACT', 'unix:@socklife-socat')):
        local = server.replace('127.0.0.1', '0.0.0.0').replace('::1', '::')
        clients, accepted = streams(f'socat {name}', doc, server, 3, local)
        tap.ok(all(c['bytes'] == {'sent': 10, 'received': 10} for c in clients), f'socat {name}: ten bytes each way', clients)
        wrong = [s for s in accepted if [how[1] for how in spans(doc, s)][:2] != ['accept', 'fork']]
        tap.ok(not wrong, f'socat {name}: a child has it', wrong[:1])


def socat_udp():
    doc = record('socat_udp')
    server = [s for s in doc['sockets'] if s.get('local') == '127.0.0.1:9012']
    client = [s for s in doc['sockets'] if s.get('peer') == '127.0.0.1:9012' and s.get('role') == 'active' and s not in server]
    tap.ok(len(server) == len(client) == 1 and server[0].get('peer') == client[0]['local'] and
           states(server[0])[:3] == ['created', 'bound', 'connected'] and states(client[0])[:2] != ['created', 'bound'],
           'socat UDP-LISTEN: connects to the first who sends', server + client)
    tap.ok(messages(server[0])[0] == messages(client[0])[1] == 1 and messages(client[0])[0] == 1,
           'socat UDP-LISTEN: a message each way', server + client)
    server = [s for s in doc['sockets'] if s.get('local') == '[::1]:9013']
    clients = [s for s in doc['sockets'] if s.get('peer') == '[::1]:9013']
    tap.ok(len(server) == 1 and len(clients) == 3 and messages(server[0])[::3] == (3, 0) and
           all(messages(c) == (1, 1, 0, 0) and c['bytes'] == {'sent': 10, 'received': 10} for c in clients),
           'socat UDP-RECVFROM: three clients, a message each way', server + clients)


def postgres():
    doc = record('postgres')
    for name, server, count in (('unix', f'unix:{tap.path("postgres")}/.s.PGSQL.5433', 2), ('ipv4', '127.0.0.1:5433', 1),
                                ('ipv6', '[::1]:5433', 1)):
        clients, accepted = streams(f'psql, {name}', doc, server, count)
        by_children(f'psql, {name}', doc, accepted)
        tap.ok(max(c['bytes']['received'] for c in clients) > 500000, f'psql, {name}: the whole table', clients)


def asyncio():
    doc = record('asyncio')
    socks = [s for s in doc['sockets'] if s['attempts']]
    for name, server in (('ipv4', '127.0.0.1:9014'), ('ipv6', '[::1]:9014'), ('unix', 'unix:asyncio')):
        clients, _ = streams(f'asyncio, {name}', doc, server, 10)
        tries = [c['attempts'] for c in clients]
        want = ('EINPROGRESS', 'connected') if name != 'unix' else (0, 'connected')
        how = {'poll', 'SO_ERROR'} if name != 'unix' else {'return'}
        tap.ok(all(len(t) == 1 and (t[0]['returned'], t[0]['outcome']) == want and t[0]['learned']['how'] in how and
                   t[0]['from'] <= t[0]['to'] <= t[0]['learned']['t'] for t in tries),
               f'asyncio, {name}: {want[0]}, connected, and learned by {" or ".join(sorted(how))}', tries[:2])
        refused = [s for s in socks if s['attempts'][0]['peer'] == server and s['attempts'][0]['outcome'] == 'ECONNREFUSED']
        want = ('EINPROGRESS', {'poll', 'SO_ERROR'}) if name != 'unix' else ('ECONNREFUSED', {'return'})
        tap.ok(len(refused) == 1 and len(refused[0]['attempts']) == 1 and refused[0]['attempts'][0]['returned'] == want[0] and
               refused[0]['attempts'][0]['learned']['how'] in want[1] and states(refused[0])[-2:] == ['failed', 'closed'],
               f'asyncio, {name}: {want[0]}, refused', refused)
    nothing = [s['attempts'] for s in socks if s['attempts'][0]['peer'] == 'unix:nothing']
    tap.ok(len(nothing) == 1 and nothing[0][0]['outcome'] == 'ENOENT', 'asyncio, unix: nothing there', nothing)


def activation():
    """Listeners that went through an exec, were passed on in one message, and connections that were passed on."""
    doc = record('pass')
    ids = {e['id']: e for e in doc['events']}
    for server in ('127.0.0.1:9022', '[::1]:9022', 'unix:pass.sock'):
        _, accepted = streams(f'pass, {server}', doc, server, 3)
        listener = listener_of(doc, server)
        tap.ok([how[1:] for how in spans(doc, listener)] == [('socket', 'close'), ('fork', 'close'), ('scm_rights', 'exit')],
               f'pass, {server}: handed on by fork and exec, then in a message', listener)
        accepted.sort(key=lambda s: s['states'][0]['from'])
        hows = [[how[1:] for how in spans(doc, s)] for s in accepted]
        tap.ok(hows == [[('accept', 'close')], [('accept', 'close'), ('scm_rights', 'close')], [('accept', 'close')]],
               f'pass, {server}: the second connection was passed on', hows)
        owners = [s['descriptors'][-1]['process'] for s in accepted]
        tap.ok(owners[0] != owners[1] == owners[2], f'pass, {server}: the third was accepted where the listener is now', owners)
        for s in (listener, accepted[1]):
            flights, (*_, given, taken) = s.get('in_flight', []), sorted(s['descriptors'], key=lambda d: d['from'])
            calls = [[ids[f[k]]['call'] for k in ('sent', 'received') if f[k]] for f in flights]
            tap.ok(calls == [['sendmsg', 'recvmsg']] and given['from'] <= flights[0]['from'] <= flights[0]['to'] and
                   flights[0]['to'] == taken['from'], f'pass, {server}: in flight from sendmsg() to recvmsg()', s)


def threads():
    doc = record('threads', '--buffer', '64M')
    socks = doc['sockets']
    sockets, descriptors = map(int, open(tap.path('threads/counts')).read().split())
    spans = [d for s in socks for d in s['descriptors']]
    tap.ok(len(socks) == sockets and len(spans) == descriptors, f'threads: {sockets} sockets, {descriptors} descriptors',
           (len(socks), len(spans)))
    wrong = [s for s in socks if not s['closed'] or s['closed']['by'] != 'close' or states(s)[-1] != 'closed']
    tap.ok(not wrong, 'threads: each was closed', wrong[:1])
    wrong = [s for s in socks if any(d['end'] != 'close' or not s['states'][0]['from'] <= d['from'] <= d['to'] <= s['closed']['t']
                                     for d in s['descriptors'])]
    tap.ok(not wrong, 'threads: and each of its descriptors', wrong[:1])
    kinds = collections.Counter((s['family'], s['type']) for s in socks)
    tap.ok(sorted(kinds.values()) == [sockets // 5] * 3 + [sockets // 5 * 2], 'threads: of each kind as many as were made', kinds)
    pairs = {s['id']: s for s in socks if s['origin'] == 'socketpair'}
    wrong = [s for s in pairs.values() if pairs.get(s.get('peer_socket'), {}).get('peer_socket') != s['id']]
    tap.ok(len(pairs) == sockets // 5 * 2 and not wrong, f'threads: {len(pairs)} ends of pairs know each other', wrong[:1])
    unread = collections.Counter(s['closed'].get('unread') for s in pairs.values())
    tap.ok(unread == {0: len(pairs) // 2, 1: len(pairs) // 2}, 'threads: half of them threw a byte away', unread)


def forks():
    doc = record('forks')
    _, accepted = streams('forks', doc, only_listener(doc), 50)
    by_children('forks', doc, accepted)


def many():
    doc = record('many', '--buffer', '64M')
    clients, accepted = streams('many', doc, only_listener(doc), 10000)
    tap.ok(at_once(clients) == at_once(accepted) == 10000, 'many: 10,000 at once')
    tap.ok(all(c['bytes'] == {'sent': 5, 'received': 3} for c in clients), 'many: five bytes there and three back')


def all_of_them():
    """-a: the server was there before, and is no descendant."""
    capture, where = tap.path('all.slt'), tap.path('served')
    server = live.start(live.WORKLOAD, 'nginx_server', where, stdout=-1, text=True)
    server.stdout.readline()
    p = live.run(live.SOCKLIFE, 'record', '-q', '-a', '-o', capture, '--', 'curl', '-s', 'http://127.0.0.1:8080/20')
    server.terminate()
    server.wait()
    tap.ok(p.returncode == 0 and len(p.stdout) == 20000, '-a: curl works', p.stderr)
    doc, said = live.export(capture)
    here = os.stat('/proc/self/ns/net').st_ino # others run on this machine as well
    doc['sockets'] = [s for s in doc['sockets'] if s['netns'] == here]
    ids = {s['id'] for s in doc['sockets']}
    doc['events'] = [e for e in doc['events'] if e['socket'] in ids]
    live.sound(tap, schema, '-a', doc, said)
    client, listener = clients_of(doc, '127.0.0.1:8080'), listener_of(doc, '127.0.0.1:8080')
    tap.ok(len(client) == 1 and states(client[0])[:3] == STREAM and states(client[0])[-1] == 'closed',
           '-a: the client', client)
    tap.ok(listener.get('origin') == 'snapshot' and states(listener) == ['listening'] and listener['states'][0]['to'] is None,
           '-a: the listener was there before, and still is', listener)
    accepted = accepted_by(doc, listener)
    tap.ok(len(accepted) == 1 and mirrored(client[0], accepted[0]) and client[0].get('peer_socket') == accepted[0]['id'],
           '-a: the accepted socket knows its listener, and both ends each other', accepted)


os.chmod(tap.dir.name, 0o755) # postgres is nobody

for load in (curl, dns, redis, http, socat, socat_streams, socat_udp, nc, postgres, asyncio, activation, threads, forks, many,
             all_of_them):
    load()
tap.done()
