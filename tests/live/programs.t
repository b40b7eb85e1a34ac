#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Real programs and their servers (tests/live/workload), recorded: their sockets are rebuilt as they were.
import os
import sys

sys.dont_write_bytecode = True
import live
from live import states

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
    return [s for s in doc['sockets'] if s.get('role') == 'active' and s['type'] == kind and s.get('peer') == server]


def listener_of(doc, local):
    found = [s for s in doc['sockets'] if s.get('role') == 'passive' and s.get('local') == local]
    return found[0] if len(found) == 1 else {'id': 0, 'states': []}


def accepted_by(doc, listener):
    return [s for s in doc['sockets'] if s.get('listener') == listener['id'] and s['origin'] == 'accept']


def mirrored(client, server):
    return client['bytes'] == {'sent': server['bytes']['received'], 'received': server['bytes']['sent']}


def other_end(client, accepted):
    """The accepted socket of a client: by its id where the kernel says it (unix), else by the addresses."""
    for s in accepted:
        if s['id'] == client.get('peer_socket') or (client.get('local') and s.get('peer') == client['local']):
            return s
    return None


def streams(name, doc, server, count, up=STREAM):
    """count clients (None: any number) connected to server, which accepted each of them, and both ends agree."""
    clients, listener = clients_of(doc, server), listener_of(doc, server)
    accepted = accepted_by(doc, listener)
    ends = [other_end(c, accepted) for c in clients]
    what = f'{name}: {len(clients)} clients'
    tap.ok(clients and count in (None, len(clients)) and len(accepted) == len(clients),
           f'{what}, {len(accepted)} accepted', f'{count} expected')
    tap.ok(states(listener) == ['created', 'bound', 'listening', 'closed'], f'{name}: the listener only listens', listener)
    wrong = [c for c in clients if [s for s in states(c) if s != 'bound'][:3] != up or states(c)[-1] != 'closed']
    tap.ok(not wrong, f'{what}: {", ".join(up)}, ... closed', wrong[:1])
    wrong = [s for s in accepted if states(s)[0] != 'connected' or states(s)[-1] != 'closed']
    tap.ok(not wrong, f'{name}: accepted ones are connected from birth, and closed', wrong[:1])
    wrong = [(c, e) for c, e in zip(clients, ends) if not e or not mirrored(c, e) or not c['bytes']['sent']]
    tap.ok(not wrong and len({e['id'] for e in ends if e}) == len(clients), f'{what}: each has its other end, and they agree in bytes',
           wrong[:1])
    return clients, accepted


def curl():
    doc = record('curl')
    size = sum(i * 1000 for i in range(1, 21))
    for name, server in (('ipv4', '127.0.0.1:8080'), ('ipv6', '[::1]:8080'), ('unix', f'unix:{tap.path("curl")}/nginx.sock')):
        up = STREAM if name != 'unix' else ['created', 'connected']
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
    tap.ok(mirrored(ask, answer) and ask['messages'] == answer['messages'] == {'sent': 1, 'received': 1, 'truncated': 0},
           'dig: a message each way, of the same bytes', [ask, answer])
    heard = [e for e in doc['events'] if e['socket'] == answer['id'] and e.get('bytes') == ask['bytes']['sent']]
    tap.ok(heard and ask['local'] in str(heard[0]['args']), 'dnsmasq: the message names its sender', heard)


def redis():
    doc = record('redis')
    clients, accepted = streams('redis', doc, '127.0.0.1:6379', None)
    open_at = sorted([(c['states'][0]['from'], 1) for c in accepted] + [(c['closed']['t'], -1) for c in accepted])
    most = now = 0
    for _, step in open_at:
        now += step
        most = max(most, now)
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
    tap.ok(server[0]['messages'] == {'sent': 3, 'received': 3, 'truncated': 0} and server[0]['bytes'] == {'sent': 30, 'received': 30},
           'socat: three messages each way', server)
    tap.ok(all(s['messages'] == {'sent': 1, 'received': 1, 'truncated': 0} and states(s) == ['created', 'bound', 'closed']
               for s in askers), 'socat: a message each way a client, which only binds', askers)
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


def all_of_them():
    """-a: the server was there before, and is no descendant."""
    capture, where = tap.path('all.slt'), tap.path('served')
    server = live.start(live.WORKLOAD, 'nginx', where, stdout=-1, text=True)
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
    tap.ok(len(accepted) == 1 and mirrored(client[0], accepted[0]), '-a: the accepted socket knows its listener', accepted)


live.alone()

for load in (curl, dns, redis, http, socat, nc, all_of_them):
    load()
tap.done()
