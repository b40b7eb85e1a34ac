# SPDX-License-Identifier: GPL-2.0-only
# Servers and their clients: real ones, and such as sshd, containers and socket activation have: loads of tests/live/moments.
import os
import select
import signal
import socket
import subprocess
import sys
import time

import moments
from moments import DIR, TCP, UNIX, ended, forked, moment, server, talks, wait

NOBODY = 65534


def ask(client, size):
    """A whole request for a file of so many thousand bytes, and its answer but for size bytes that nobody reads."""
    client.send(b'GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n' % (size // 1000))
    answer = b''
    while len(answer) < size:
        answer += client.recv(10000)


def to_nginx(count):
    """As many of IPv4 as of IPv6 and of unix."""
    for i in range(count):
        sock = socket.socket((socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)[i % 3], socket.SOCK_STREAM)
        sock.connect((('127.0.0.1', 8080), ('::1', 8080), f'{DIR}/nginx.sock')[i % 3])
        yield sock


def nginx():
    """200 that are kept alive."""
    nginx = server()
    clients = list(to_nginx(200))
    for c in clients[:180]:
        ask(c, 1000)
    for c in clients[150:190]:
        c.send(b'GET /2 HTTP/1.1\r\nHost: local')
    for c in clients[:10]:
        c.send(b'GET /3 HTTP/1.1\r\nHost: localhost\r\n\r\n') # nobody reads what comes
    moment('200 are kept alive')
    for c in clients[150:190]:
        c.send(b'host\r\n\r\n')
        while not c.recv(10000).endswith(b'2222'):
            pass
    moment('the other half of 40 requests')
    for c in clients[::2]:
        c.close()
    moment('half of them are closed')
    clients += to_nginx(30)
    for c in (*clients[191:200:2], *clients[200:]):
        ask(c, 20000)
    moment('30 more')
    nginx.terminate()
    nginx.wait()
    moment('nginx is gone')
    for c in clients:
        c.close()
    moment('all are closed')


def redis():
    redis = server()
    clients = [talks('redis-cli', '-p', '6379') for _ in range(30)]
    for c in clients[:25]:
        wait(c, 'ping')
    for c in clients[:10]:
        wait(c, 'subscribe news')
    for c in clients[10:15]:
        c.stdin.write('blpop queue 0\n')
        c.stdin.flush()
    moment('ten listen, five are blocked')
    wait(clients[20], 'publish news it')
    wait(clients[20], 'rpush queue 1 2')
    moment('ten heard it, two go on')
    for c in clients[5:9]:
        c.kill()
        c.wait()
    moment('four are killed')
    for c in clients[25:]:
        wait(c, 'ping')
    wait(clients[26], 'client kill type pubsub')
    moment('all that listen are thrown out')
    redis.terminate()
    redis.wait()
    moment('redis is gone')
    for c in clients[:15]:
        c.kill()
    ended(*clients)
    moment('all are gone')


def postgres():
    postgres = server()
    where = [DIR, DIR, '127.0.0.1', '::1', '::1']
    clients = [talks('psql', '-XAtq', '-h', host, '-p', '5433', '-U', 'nobody', 'postgres') for host in where]
    pids = [wait(c, 'select pg_backend_pid();').strip() for c in clients]
    moment('connected')
    wait(clients[0], 'begin;', 'select 1;')
    moment('one is in a transaction')
    wait(clients[1], r'\c postgres nobody 127.0.0.1', 'select 1;')
    moment('one connected anew')
    clients[2].kill()
    clients[2].wait()
    time.sleep(0.1)
    moment('one is killed')
    wait(clients[0], f'select pg_terminate_backend({pids[3]});')
    time.sleep(0.1)
    moment('a backend is terminated')
    postgres.terminate()
    postgres.wait()
    moment('postgres is gone')
    ended(*clients)


def unprivileged(conn, monitor):
    """Speaks with the stranger until he has said who he is."""
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    conn.send(b'hello')
    if conn.recv(10):
        monitor.send(b'auth')


def session(conn):
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    ours, its = socket.socketpair()
    shell = subprocess.Popen(['cat'], stdin=its, stdout=its)
    its.close()
    while data := conn.recv(100):
        ours.send(data)
        conn.send(ours.recv(100))
    ours.close()
    shell.wait()


def monitor(conn, startup):
    ours, its = socket.socketpair()
    child = forked(lambda: (ours.close(), startup.close(), unprivileged(conn, its)))
    its.close()
    said = ours.recv(10)
    ours.close()
    os.waitpid(child, 0)
    startup.close()
    if said:
        child = forked(session, conn)
        conn.close()
        os.waitpid(child, 0)


def daemon(listener):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    starting = []
    while True:
        ready, _, _ = select.select([listener, *starting], [], [])
        for startup in set(ready) & set(starting):
            starting.remove(startup)
            startup.close()
        if listener in ready:
            conn = listener.accept()[0]
            ours, its = socket.socketpair()
            forked(lambda: (signal.signal(signal.SIGCHLD, signal.SIG_DFL), listener.close(), ours.close(),
                            [s.close() for s in starting], monitor(conn, its)))
            starting.append(ours)
            conn.close()
            its.close()


def sshd():
    """As sshd does it: a daemon that forks for each connection, a monitor and an unprivileged child with socketpairs between."""
    listener = socket.create_server(('127.0.0.1', 2222))
    pid = forked(daemon, listener)
    listener.close()
    clients = [socket.create_connection(('127.0.0.1', 2222)) for _ in range(10)]
    for c in clients:
        c.recv(10)
    moment('ten that have not said who they are')
    for c in clients[::2]:
        c.send(b'me')
    moment('five sessions')
    for c in clients[::2]:
        c.send(b'something')
        c.recv(20)
    clients += [socket.create_connection(('127.0.0.1', 2222)) for _ in range(5)]
    for c in clients[10:]:
        c.recv(10)
    moment('five more')
    for c in clients[:5]:
        c.close()
    moment('five have left')
    for c in clients[10:]:
        c.send(b'me')
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    moment('the daemon is gone, the sessions live on')
    for c in clients:
        c.close()
    moment('all have left')


def does(**verbs):
    """Does what standard input says, a line each, and says so."""
    print('ready', flush=True)
    for line in sys.stdin:
        verb, *args = line.split()
        verbs[verb](*args)
        print('done', flush=True)


def contained():
    """The first process of a container."""
    listeners, conns = [socket.create_server(('', 8000)), socket.create_server(('::1', 8000), family=socket.AF_INET6)], []

    def worker():
        forked(lambda: (conns[-1].recv(100, socket.MSG_WAITALL), time.sleep(1000)))

    does(accept=lambda: conns.append(listeners[0].accept()[0]), talk=lambda: [c.send(b'from within') for c in conns], worker=worker,
         out=lambda: conns.append(socket.create_connection(('10.9.0.1', 9000))), close=lambda: conns.pop(0).close(),
         inside=lambda: conns.extend([socket.create_connection(('::1', 8000)), listeners[1].accept()[0]]))


def container():
    """A container with a network, pids and mounts of its own, and a veth pair from there to here."""
    box = talks('unshare', '-n', '-p', '-m', '-f', '--mount-proc', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', sys.argv[0],
                'contained', DIR, stderr=subprocess.DEVNULL)
    box.stdout.readline()
    within = ('nsenter', '-t', str(box.pid), '-n', 'ip')
    for command in (('ip', 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'in', 'netns', str(box.pid)),
                    (*within, 'addr', 'add', '10.9.0.2/24', 'dev', 'in'), (*within, 'link', 'set', 'in', 'up'),
                    ('ip', 'addr', 'add', '10.9.0.1/24', 'dev', 'out'), ('ip', 'link', 'set', 'out', 'up')):
        subprocess.run(command, check=True)
    listener = socket.create_server(('10.9.0.1', 9000))
    clients = [socket.create_connection(('10.9.0.2', 8000)) for _ in range(5)]
    wait(box, 'accept')
    wait(box, 'accept')
    wait(box, 'worker')
    wait(box, 'accept')
    wait(box, 'inside')
    wait(box, 'talk')
    clients[0].send(b'from outside')
    clients[1].recv(4)
    moment('in a container')
    clients[2].send(b'from outside')
    wait(box, 'talk')
    moment('data both ways')
    wait(box, 'accept')
    wait(box, 'out')
    clients.append(listener.accept()[0])
    moment('one from within')
    wait(box, 'worker')
    clients.append(socket.create_connection(('10.9.0.2', 8000)))
    moment('another worker')
    wait(box, 'close')
    clients[3].shutdown(socket.SHUT_WR)
    clients.pop(1).close()
    moment('ends')
    subprocess.run(['kill', '-9', open(f'/proc/{box.pid}/task/{box.pid}/children').read().strip()], check=True)
    box.wait()
    moment('the container is gone')


def service():
    """Has its listeners from descriptor 3 on (sd_listen_fds(3)), and behind them a channel to who started it."""
    count = int(os.environ['LISTEN_FDS'])
    listeners = [socket.socket(fileno=fd) for fd in range(3, 3 + count)]
    channel, conns = socket.socket(fileno=3 + count), []
    take = lambda: conns.extend(socket.socket(fileno=fd) for fd in socket.recv_fds(channel, 1, 9)[1])

    def give():
        socket.send_fds(channel, [b'1'], [conns[0].fileno()])
        conns.pop(0).close()

    def again():
        print('done', flush=True)
        for s in conns[1:]:
            s.set_inheritable(True)
        os.execv(sys.argv[0], [sys.argv[0], 'service', DIR])

    does(accept=lambda: conns.extend(s.accept()[0] for s in listeners if s.type == socket.SOCK_STREAM), take=take, give=give,
         again=again, hear=lambda: [s.recv(9) for s in listeners if s.type == socket.SOCK_DGRAM])


def executor():
    """What there is from descriptor 100 on is from 3 on in the service."""
    for i in range(int(os.environ['LISTEN_FDS']) + 1):
        os.dup2(100 + i, 3 + i)
        os.close(100 + i)
    os.execve(sys.argv[0], [sys.argv[0], 'service', DIR], {**os.environ, 'LISTEN_PID': str(os.getpid())})


class Manager:
    """What systemd does for a service: it opens its sockets, and hands them on by fork and exec."""
    def __init__(self):
        self.sockets = [moments.listening(*kind, 5) for kind in TCP + UNIX[:1]] + [moments.bound(*moments.DATAGRAM[0])]
        self.each = moments.listening(*TCP[0], 5) # Accept=yes
        self.start()

    def start(self):
        ours, its = socket.socketpair()
        high = [os.dup2(s.fileno(), 100 + i) for i, s in enumerate((*self.sockets, its))]
        env = {**os.environ, 'LISTEN_FDS': str(len(self.sockets))}
        self.service = talks(sys.argv[0], 'executor', DIR, env=env, pass_fds=high)
        for fd in high:
            os.close(fd)
        its.close()
        self.channel = ours
        self.service.stdout.readline()

    def serve(self, client):
        """Accept=yes: each connection has a service of its own."""
        conn = self.each.accept()[0]
        cat = subprocess.Popen(['cat'], stdin=conn, stdout=conn)
        conn.close()
        return client, cat

    def passes(self, socks):
        socket.send_fds(self.channel, [b'1'], [s.fileno() for s in socks])
        for s in socks:
            s.close()
        wait(self.service, 'take')


def activation():
    """Listeners and connections that were inherited, and some that were passed."""
    m = Manager()
    streams = m.sockets[:3]
    clients = [moments.connected(s) for s in streams * 2]
    wait(m.service, 'accept')
    each = [m.serve(moments.connected(m.each)) for _ in range(3)]
    m.passes([streams[0].accept()[0], *socket.socketpair()])
    moment('activated')
    clients += [moments.connected(s) for s in streams]
    wait(m.service, 'accept')
    each.append(m.serve(moments.connected(m.each)))
    each[0][0].send(b'something')
    moment('accepted both ways')
    wait(m.service, 'give')
    given = socket.recv_fds(m.channel, 1, 9)[1]
    m.passes([streams[2].accept()[0]])
    moments.connected(m.sockets[3]).send(b'1')
    wait(m.service, 'hear')
    moment('passed back and forth')
    wait(m.service, 'again')
    m.service.stdout.readline()
    moment('the service is a new program')
    ended(m.service)
    m.channel.close()
    m.start()
    clients += [moments.connected(s) for s in streams]
    wait(m.service, 'accept')
    moment('started again')
    each.pop()[0].close()
    for s in (*m.sockets, m.each):
        s.close()
    moment('its own are closed')
    for client, cat in each:
        client.close()
        cat.wait()
    os.close(given[0])
    ended(m.service)


LOADS = {'nginx': nginx, 'redis': redis, 'postgres': postgres, 'sshd': sshd, 'container': container, 'contained': contained,
         'activation': activation, 'service': service, 'executor': executor}
