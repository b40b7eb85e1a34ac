# SPDX-License-Identifier: GPL-2.0-only
# Sockets of all families in all states, with descriptors everywhere and calls that wait: loads of tests/live/moments.
import os
import signal
import socket
import subprocess
import threading

import moments
from moments import DATAGRAM, LIBC, TCP, UNIX, bound, connected, dissolve, forked, listening, moment

CLONE_FILES = 0x400
SYS_CLONE, SYS_EXIT = {'x86_64': (56, 60), 'aarch64': (220, 93)}.get(os.uname().machine, (0, 0))


class Streams:
    """A listener of a kind, three clients, two of them accepted; and one with no room for the second of its clients."""
    def __init__(self, family, kind):
        self.listener = listening(family, kind, 3)
        self.clients = [connected(self.listener) for _ in range(3)]
        self.servers = [self.listener.accept()[0] for _ in range(2)]
        self.full = listening(family, kind, 0)
        self.waits = [connected(self.full)]
        if family != socket.AF_UNIX:
            self.waits.append(connected(self.full, False))
        else:
            threading.Thread(target=lambda: self.waits.append(connected(self.full))).start()
        self.refused = connected(bound(family, kind))

    def talk(self):
        self.clients[0].send(b'12345')
        self.clients[1].send(b'1234')
        self.servers[0].recv(2)
        self.servers[1].recv(4)

    def halves(self):
        self.clients[0].shutdown(socket.SHUT_WR)
        self.servers[1].close()
        self.servers[1] = self.listener.accept()[0]
        self.servers[1].shutdown(socket.SHUT_WR)
        self.clients[2].shutdown(socket.SHUT_WR)
        reset = connected(self.listener)
        unread = self.listener.accept()[0]
        reset.send(b'never read')
        unread.close()
        self.clients.append(reset)

    def end(self):
        self.full.close()
        self.listener.close()
        self.clients[0].close()
        self.servers[0].close()


class Datagrams:
    def __init__(self, family, kind):
        self.servers = [bound(family, kind) for _ in range(2)]
        self.clients = [connected(self.servers[0]), bound(family, kind)]
        self.clients[1].connect(self.servers[0].getsockname())
        self.clients[1].send(b'1234')

    def turn(self):
        self.clients[0].connect(self.servers[1].getsockname())
        dissolve(self.clients[1])


class Aliases:
    """Descriptors everywhere: here by dup, in a child by fork, in a program by exec, passed to the child, and on their way."""
    def __init__(self, held):
        near, self.far = socket.socketpair()
        socket.send_fds(near, [b'1'], [held.listener.fileno(), held.clients[0].fileno()])
        passed = [bound(*TCP[0]), bound(*DATAGRAM[2])]
        socket.send_fds(near, [b'2'], [s.fileno() for s in passed])
        for s in passed:
            s.close()
        self.own = [held.listener.dup(), os.dup2(held.full.fileno(), 200)]
        self.program = subprocess.Popen(['cat'], stdin=subprocess.PIPE, pass_fds=[held.full.fileno(), 200])
        end, begin = os.pipe()
        self.begin = begin
        self.child = os.fork()
        if not self.child:
            os.close(begin)
            socket.recv_fds(self.far, 1, 2)
            os.read(end, 1)
            os._exit(0)
        self.near = near

    def end(self):
        os.close(self.begin)
        os.waitpid(self.child, 0)
        moments.ended(self.program)
        self.near.close()
        self.far.close()


def sockets():
    kinds = TCP + UNIX + DATAGRAM
    kept = [socket.socket(*kind) for kind in kinds] + [bound(*kind) for kind in kinds]
    moment('created and bound')
    streams, datagrams = [Streams(*kind) for kind in TCP + UNIX], [Datagrams(*kind) for kind in DATAGRAM]
    kept += [end for _, kind in (*UNIX, DATAGRAM[2]) for end in socket.socketpair(socket.AF_UNIX, kind)]
    both = socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True)
    kept += [both, socket.create_connection(('127.0.0.1', both.getsockname()[1])), both.accept()[0]]
    for s in streams:
        s.talk()
    moment('listening, connecting, connected')
    for s in streams:
        s.halves()
    moment('ended by one side, by both, reset')
    for d in datagrams:
        d.turn()
    moment('datagrams to somebody else, and to nobody')
    aliases = Aliases(streams[0])
    moment('many descriptors, and none')
    aliases.end()
    for s in streams:
        s.end()
    moment('what is left')


def of_families():
    """Those of other families and protocols that this kernel has, by (family, type, protocol), where they are bound."""
    mptcp = getattr(socket, 'IPPROTO_MPTCP', 262)
    for row, address in (((socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE), (0, 5)),
                         ((socket.AF_NETLINK, socket.SOCK_DGRAM, socket.NETLINK_ROUTE), None),
                         ((socket.AF_NETLINK, socket.SOCK_RAW, 16), (0, 0)),
                         ((socket.AF_PACKET, socket.SOCK_DGRAM, 0x300), ('lo', 3)),
                         ((socket.AF_PACKET, socket.SOCK_RAW, 0), None),
                         ((socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), ('127.0.0.1', 0)),
                         ((socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6), None),
                         ((socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE), ('127.0.0.1', 0)),
                         ((socket.AF_VSOCK, socket.SOCK_STREAM, 0), (socket.VMADDR_CID_ANY, 9999)),
                         ((44, socket.SOCK_RAW, 0), None), # AF_XDP
                         ((socket.AF_INET6, socket.SOCK_STREAM, mptcp), None),
                         ((socket.AF_INET, socket.SOCK_STREAM, mptcp), ('127.0.0.1', 0))):
        try:
            sock = socket.socket(*row)
        except OSError:
            continue
        if address:
            sock.bind(address)
        yield row, sock


def families():
    kept = dict(of_families())
    mptcp = [sock for (*_, protocol), sock in kept.items() if protocol == 262 and sock.getsockname()[1]]
    plain, clients = listening(*TCP[0], 3), []
    for listener in mptcp:
        listener.listen(3)
        clients += [socket.create_connection(listener.getsockname())] # falls back to TCP
    for to in (*mptcp, plain):
        for _ in mptcp:
            clients.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262))
            clients[-1].connect(to.getsockname())
    moment('there')
    for (family, kind, protocol), sock in kept.items():
        if family == socket.AF_NETLINK:
            sock.setblocking(False)
            sock.connect((0, 0))
        elif kind == socket.SOCK_RAW and protocol == socket.IPPROTO_ICMP or protocol == socket.IPPROTO_UDPLITE:
            sock.connect(('127.0.0.1', 9))
        elif family == socket.AF_VSOCK:
            sock.listen(3)
    moment('connected, listening')
    servers = [listener.accept()[0] for listener in mptcp for _ in range(2)]
    for s in clients + servers:
        s.send(b'12345')
    moment('mptcp is accepted')
    for s in servers:
        s.recv(2)
        s.shutdown(socket.SHUT_WR)
    moment('half closed')
    for s in servers:
        s.close()
    for sock in list(kept.values())[::2]:
        sock.close()
    moment('half of them are closed')
    for sock in (*kept.values(), *clients):
        sock.close()
    moment('none is left')


class Thread(threading.Thread):
    """A thread that does what it is told, one thing after the other."""
    def __init__(self):
        super().__init__(daemon=True)
        self.todo, self.done = threading.Semaphore(0), threading.Semaphore(0)
        self.start()

    def run(self):
        while True:
            self.todo.acquire()
            self.result = self.what(*self.args)
            self.done.release()

    def does(self, what, *args):
        self.what, self.args = what, args
        self.todo.release()
        self.done.acquire()
        return self.result


def steps(end, *todo):
    """Each when a byte comes, until the other end is closed."""
    for what in todo:
        if not os.read(end, 1):
            return
        what()
    os.read(end, 1)


def leaderless(end):
    """The thread that was the process's first is gone, the others live on."""
    other, kept = Thread(), [bound(*TCP[0]), *socket.socketpair()]

    def run():
        steps(end, lambda: kept.append(other.does(bound, *TCP[1])), kept[0].close,
              lambda: (other.does(LIBC.unshare, CLONE_FILES), other.does(kept[1].close)))
        os._exit(0)

    threading.Thread(target=run).start()
    LIBC.syscall(SYS_EXIT, 0)


def go(begin):
    os.write(begin, b'1')


def tables():
    """Threads with a table of their own, processes that share one, and a process whose first thread is gone."""
    kept = [bound(*TCP[0]) for _ in range(4)] + [*socket.socketpair()]
    ends, begins = zip(os.pipe(), os.pipe())
    sharer = LIBC.syscall(SYS_CLONE, CLONE_FILES | signal.SIGCHLD, 0, 0, 0, 0)
    if not sharer:
        steps(ends[0], lambda: kept.append(bound(*DATAGRAM[0])), lambda: os.close(kept[0].detach()))
        os._exit(0)
    gone = forked(leaderless, ends[1])
    own, shares = Thread(), Thread()
    own.does(LIBC.unshare, CLONE_FILES)
    mine = [own.does(bound, *TCP[1]) for _ in range(2)]
    own.does(os.close, kept[3].fileno())
    shared = [shares.does(bound, *DATAGRAM[1])]
    moment('three tables, two processes')
    go(begins[0])
    mine.append(own.does(bound, *UNIX[0]))
    moment('one more in each')
    go(begins[1])
    shares.does(os.close, kept[1].detach())
    moment('the one without a leader has opened one')
    go(begins[0])
    go(begins[1])
    own.does(os.close, mine[0].detach())
    moment('closed here and there')
    shares.does(LIBC.unshare, CLONE_FILES)
    shares.does(os.close, shared[0].fileno())
    go(begins[1])
    moment('another thread with a table of its own')
    os.kill(gone, signal.SIGKILL)
    os.waitpid(gone, 0)
    os.kill(sharer, signal.SIGKILL)
    os.waitpid(sharer, 0)
    moment('one process is left')
    os._exit(0)


def fill(sock, *to):
    sock.setblocking(False)
    try:
        while True:
            sock.sendto(b'x' * 4096, *to) if to else sock.send(b'x' * 4096)
    except BlockingIOError:
        sock.setblocking(True)


def waits(call, *args):
    """A thread that waits in it, and what becomes of that is the same to us."""
    def run():
        try:
            call(*args)
        except OSError:
            pass

    threading.Thread(target=run, daemon=True).start()


class Blocked:
    """Calls that wait, of each kind."""
    def __init__(self):
        self.servers = [listening(*kind, 5) for kind in TCP + UNIX]
        self.clients, self.accepted = [], []
        for server in self.servers:
            for _ in range(4):
                self.clients.append(connected(server))
                self.accepted.append(server.accept()[0])
        self.bound = [bound(*kind) for kind in DATAGRAM]
        self.full = [listening(*kind, 0) for kind in TCP[:1] + UNIX]
        self.fill = [connected(full) for full in self.full]
        self.trying = [socket.socket(s.family, s.type) for s in self.full]
        self.target, self.sender = bound(*DATAGRAM[2]), socket.socket(*DATAGRAM[2])

    def wait(self):
        for sock, to in zip(self.trying, self.full):
            waits(sock.connect, to.getsockname())
        for server in self.servers:
            waits(server.accept)
        reads = [lambda s: s.recv(100), lambda s: os.read(s.fileno(), 100), lambda s: s.recvmsg(100, 100),
                 lambda s: os.readv(s.fileno(), [bytearray(100)])]
        for i, sock in enumerate(self.clients):
            waits(reads[i % 4], sock)
        for sock in self.bound:
            waits(sock.recvfrom, 100)
        writes = [lambda s: s.send(b'y' * 9000), lambda s: os.write(s.fileno(), b'y' * 9000), lambda s: s.sendmsg([b'y' * 9000])]
        for i, sock in enumerate(self.accepted[::4]):
            fill(self.clients[4 * i])
            waits(writes[i % 3], self.clients[4 * i])
        fill(self.sender, self.target.getsockname())
        waits(self.sender.sendto, b'z', self.target.getsockname())


def blocked():
    b = Blocked()
    b.wait()
    end, begin = os.pipe()
    child = forked(lambda: (os.close(begin), b.servers[0].accept(), os.read(end, 1)))
    moment('all of them wait')
    for sock in b.accepted[1::4]:
        sock.send(b'something')
    for sock in b.bound:
        connected(sock).send(b'something')
    moment('something came for some')
    late = [connected(server) for server in b.servers] + [connected(b.servers[0])]
    moment('connections were accepted')
    for sock in b.accepted[::4]:
        sock.recv(200000)
    b.target.recv(9000)
    moment('there is room')
    for sock in b.accepted[2::4]:
        sock.shutdown(socket.SHUT_WR)
    for sock in b.accepted[3::4]:
        sock.close()
    for sock in b.full[1:]: # of TCP the next SYN could come at any time
        sock.accept()[0].close()
    moment('ends of files')
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    late.clear()
    moment('the rest waits for ever')
    os._exit(0)


LOADS = {'sockets': sockets, 'families': families, 'tables': tables, 'blocked': blocked}
