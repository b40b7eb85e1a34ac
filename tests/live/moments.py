# SPDX-License-Identifier: GPL-2.0-only
# What the programs of tests/live/moments share: the moments, sockets of all kinds, and other programs that they talk to.
import ctypes
import itertools
import os
import socket
import subprocess
import sys

NAME, DIR = sys.argv[1:3] if len(sys.argv) > 2 else ('', '')
HERE = os.path.dirname(os.path.abspath(__file__))
TCP = [(socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_STREAM)]
UNIX = [(socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_SEQPACKET)]
DATAGRAM = [(socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET6, socket.SOCK_DGRAM), (socket.AF_UNIX, socket.SOCK_DGRAM)]
LIBC = ctypes.PyDLL(None, use_errno=True)
paths = itertools.count()


def moment(name):
    """Stands still."""
    print(name, flush=True)
    sys.stdin.readline()


def bound(family, kind):
    sock = socket.socket(family, kind)
    path = f'{DIR}/{next(paths)}' if kind != socket.SOCK_SEQPACKET else f'\0socklife-{next(paths)}'
    sock.bind({socket.AF_INET: ('127.0.0.1', 0), socket.AF_INET6: ('::1', 0), socket.AF_UNIX: path}[family])
    return sock


def listening(family, kind, backlog):
    sock = bound(family, kind)
    sock.listen(backlog)
    return sock


def connected(server, block=True):
    sock = socket.socket(server.family, server.type)
    sock.setblocking(block)
    try:
        sock.connect(server.getsockname())
    except (BlockingIOError, ConnectionRefusedError):
        pass
    return sock


def dissolve(sock):
    nothing = ctypes.create_string_buffer(16) # AF_UNSPEC
    if LIBC.connect(sock.fileno(), nothing, 16):
        raise OSError


def wait(process, *lines):
    """Says this to a program, and waits for its answer to the last of it."""
    for line in lines:
        process.stdin.write(line + '\n')
    process.stdin.flush()
    return process.stdout.readline()


def talks(*args, **more):
    return subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more)


def server():
    """The load's server, of tests/live/workload."""
    process = talks(os.path.join(HERE, 'workload'), f'{NAME}_server', DIR)
    process.stdout.readline()
    return process


def ended(*processes):
    for process in processes:
        process.stdin.close()
        process.wait()


def forked(program, *args):
    """A child that runs it and exits with 0."""
    pid = os.fork()
    if not pid:
        program(*args)
        os._exit(0)
    return pid
