# SPDX-License-Identifier: GPL-2.0-only
# Processes that do what a test tells them, and what is recorded while they do.
import contextlib
import os
import signal
import subprocess
import time

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
    """What is done in a `with` is recorded; the document is in .doc then. Its file is where the test's Tap.path says."""
    path, number = None, 0

    def __init__(self, *options):
        Recording.number += 1
        self.file = self.path(f'{Recording.number}.slt')
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
