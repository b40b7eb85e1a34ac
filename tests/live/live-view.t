#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# What comes through a pipe is shown as it comes: by ndjson and show; with colours on a terminal; by report --live, in place.
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata
import sys

sys.dont_write_bytecode = True
import live

live.alone()
tap = live.Tap()
SOCKLIFE = live.SOCKLIFE
ESCAPE = re.compile(r'\x1b\[[?0-9;]*[A-Za-z]')
ENTER, LEAVE = '\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'
PYTHON = tap.path('b\x1b[2Jad漢') # a program's name as well
os.symlink(os.path.realpath(sys.executable), PYTHON)
# A connect() that fails, and when: twelve times.
PULSE = '''
import socket, time
for port in range(8101, 8113):
    socket.socket().connect_ex(("127.0.0.1", port))
    print(port, time.monotonic(), flush=True)
    time.sleep(0.3)
'''
# A stream that 5000 bytes go over, 20 times a second; a listener with one that waits; a socket's name as bad as it can be.
TRAFFIC = '''
import socket, time
evil = socket.socket(socket.AF_UNIX); evil.bind(b"\\0\\x1b]0;x\\x07\\xe2\\x80\\xae")
s = socket.create_server(("127.0.0.1", 8001))
c = socket.create_connection(s.getsockname()); a = s.accept()[0]
waits = socket.create_connection(s.getsockname())
while True:
    c.send(b"x" * 5000); a.recv(5000); time.sleep(0.05)
'''


def recording(program, *selection, out=subprocess.PIPE):
    """A recording to its standard output; the program's goes to `said`."""
    said = open(tap.path('said'), 'w')
    return live.start(SOCKLIFE, 'record', '-q', *selection, '-o', '-', '--', 'sh', '-c', 'exec "$@" >&2', 'sh', PYTHON, '-c', program,
                      stdout=out, stderr=said)


def told_when():
    return {int(port): float(at) for port, at in (line.split() for line in open(tap.path('said')))}


def delays(reader, port_of):
    """How long after a call its line came, at most, and how many lines."""
    rec = recording(PULSE)
    p = live.start(*reader, stdin=rec.stdout, stdout=subprocess.PIPE, text=True)
    came = {}
    for line in p.stdout:
        now = time.monotonic()
        if port_of(line):
            came[port_of(line)] = now
    rec.wait()
    told = told_when()
    return max((came[port] - told[port] for port in came), default=99), len(came)


def port_of_text(line):
    found = re.search(r'\] connect\(.*:(81\d\d)', line)
    return found and int(found[1])


def port_of_json(line):
    o = json.loads(line)
    return o['kind'] == 'event' and o['call'] == 'connect' and int(o['args']['addr'].rsplit(':', 1)[1])


class Terminal:
    """A program on a terminal of its own, and what it has written there."""
    def __init__(self, args, stdin=None, size=(16, 150), env=None):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            if stdin:
                os.dup2(stdin.fileno(), 0)
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', *size, 0, 0))
            live.foreground()
            os.execve(args[0], [str(a) for a in args], {**os.environ, **(env or {})})
        self.text, self.status = '', None
        self.bytes = b''

    def read(self, seconds):
        """What comes in that time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                break
            try:
                data = os.read(self.fd, 65536)
            except OSError: # nobody has it open any more
                break
            self.bytes += data
        self.text = self.bytes.decode(errors='replace').replace('\r\n', '\n')
        return self.text

    def until(self, pattern, seconds=10):
        """Whether it comes."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.read(0.2), re.S):
            if time.monotonic() > end:
                return False
        return True

    def keys(self, keys):
        os.write(self.fd, keys.encode())

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def modes(self):
        return termios.tcgetattr(self.fd)[3] & (termios.ICANON | termios.ECHO)

    def frames(self):
        return [ESCAPE.sub('', f).rstrip('\n').split('\n') for f in self.text.split('\x1b[H')[1:]]

    def end(self):
        """Its exit status, -N where signal N killed it; what it wrote is read."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            self.read(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.read(0.1)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)


def stop(rec):
    rec.send_signal(signal.SIGINT)
    rec.stdout.close()
    return rec.wait()


# The pipe.
late, lines = delays((SOCKLIFE, 'show', '-'), port_of_text)
tap.ok(late < 1 and lines == 12, f'show: a line comes within a second ({late:.2f} s)', f'{lines} lines')
late, lines = delays((SOCKLIFE, 'export', '-', '-f', 'ndjson'), port_of_json)
tap.ok(late < 1 and lines == 12, f'ndjson: a line comes within a second ({late:.2f} s)', f'{lines} lines')

# Colours.
capture = tap.path('pulse.slt')
rec = recording(PULSE, out=open(capture, 'wb'))
rec.wait()
plain = live.run(SOCKLIFE, 'show', capture).stdout
piped = subprocess.run([SOCKLIFE, 'show', '-'], stdin=subprocess.Popen(['cat', capture], stdout=subprocess.PIPE).stdout,
                       capture_output=True, text=True)
tap.ok(plain and '\x1b' not in plain and plain == piped.stdout, 'show: no colours without a terminal, from a pipe neither')
t = Terminal((SOCKLIFE, 'show', capture))
status = t.end()
coloured = t.text
tap.ok(status == 0 and ESCAPE.sub('', coloured) == plain, 'show: on a terminal the text is the same', coloured[:2000])
call = re.compile(r'^\x1b\[2m[0-9.]+\x1b\[0m \[\d+ \x1b\[\d\dm\S+\x1b\[0m\] connect\(.*\) = \x1b\[31m-1 ECONNREFUSED \(.*\)\x1b\[0m <', re.M)
state = re.compile(r'^\x1b\[36m[0-9. ]+ socket \d+ created -> connecting\x1b\[0m$', re.M)
tap.ok(len(call.findall(coloured)) == 12 and len(state.findall(coloured)) == 12, 'show: on a terminal it has colours', coloured[:2000])
t = Terminal((SOCKLIFE, 'show', capture), env={'NO_COLOR': '1'})
tap.ok(t.end() == 0 and t.text == plain, 'show: not with NO_COLOR')
t = Terminal((SOCKLIFE, 'show', capture), env={'NO_COLOR': ''})
tap.ok(t.end() == 0 and t.text == coloured, 'show: an empty NO_COLOR is none')

# A connect() that waits is shown on a terminal before it returns.
waits = '''
import os, socket, time
s = socket.socket(); s.bind(("127.0.0.1", 8002)); s.listen(0)
c = [socket.socket() for _ in range(2)]
for one in c[:1]: one.connect(s.getsockname())
c[1].settimeout(None)
c[1].connect(s.getsockname())
'''
rec = recording(waits)
t = Terminal((SOCKLIFE, 'show', '-'), rec.stdout)
tap.ok(t.until(r'socket 3 created -> connecting', 6), 'show: what a call that has not returned does is shown', t.text)
stop(rec)
t.end()

# report --live.
for args, why in ((('--live',), 'needs a terminal'), (('--sort', 'id'), '--sort is for --live'),
                  (('--live', '--sort', 'nothing'), "unknown column 'nothing': there are id, process, ")):
    p = live.run(SOCKLIFE, 'report', *args, capture)
    tap.ok(p.returncode == 2 and why in p.stderr and p.stderr.count('\n') == 1, f'report {" ".join(args)}: {why}', p.stderr)

rec = recording(TRAFFIC)
t = Terminal((SOCKLIFE, 'report', '--live', '-'), rec.stdout)
before = t.modes()
good = t.until(r'\n\x1b\[K *\d+ [^\n]* connected [^\n]*127.0.0.1:8001 +9\d\.\dK ')
frame = t.frames()[-1] if t.frames() else []
tap.ok(good, 'live: a line has what a socket sends in a second', '\n'.join(frame))
tap.ok(re.search(r'sockets: 5 open, 5 seen  lost: 0', frame[0]) and re.match(r'calls/s: [3-5]\d ', frame[1]), 'live: the head counts', frame[:2])
tap.ok(any(re.search(r' listening .* 1/128 ', line) for line in frame), 'live: a listener has its queue', '\n'.join(frame))
tap.ok(t.text.startswith(ENTER, t.text.find('\x1b')) and before and not t.modes(), 'live: the screen is its own, and keys come at once')
controls = re.sub(r'\x1b\[[?0-9;]*[A-Za-z]|\n', '', t.text)
tap.ok(not re.search(r'[\x00-\x1f\x7f-\x9f\u202e]', controls) and r'b\x1b[2Jad漢[' in t.text and r'unix:@\x1b]0;x\x07' in t.text and
       t.text.count('\x1b[2J') == 1, 'live: no name of a program gets at the terminal', ascii(frame))
t.keys('i')
time.sleep(0.3)
t.read(0.3)
ids = [int(line.split()[0]) for line in t.frames()[-1][4:]]
t.keys('i')
t.read(0.6)
back = [int(line.split()[0]) for line in t.frames()[-1][4:]]
tap.ok(ids == sorted(ids) and back == ids[::-1] and len(ids) == 5,
       'live: a key sorts, again reverses', f'{ids} {back}')
t.keys('\x1b[A\x1bOS')
t.read(0.5)
tap.ok([int(line.split()[0]) for line in t.frames()[-1][4:]] == back, 'live: the arrows and their kind sort nothing')
t.resize(7, 31)
count = len(t.frames())
os.kill(t.pid, signal.SIGWINCH)
t.read(0.5)
small = t.frames()[-1]
tap.ok(len(t.frames()) > count and len(small) == 7 and max(map(width, small)) <= 31 and any(width(line) == 31 for line in small),
       'live: another size of the terminal, at once', '\n'.join(small))
t.resize(3, 10)
t.read(1.5)
tap.ok(len(t.frames()[-1]) <= 3 and max(map(width, t.frames()[-1])) <= 10, 'live: however small', '\n'.join(t.frames()[-1]))
t.resize(16, 150)
t.read(1.5)
t.keys('q')
status = t.end()
after = t.text.partition(LEAVE)[2]
tap.ok(status == 0 and after.count('\n') == 9 and 'listening' in ESCAPE.sub('', after), 'live: q ends it, and the last frame stays',
       f'{status} {after}')
stop(rec)

# How it ends.
for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
    rec = recording(TRAFFIC)
    t = Terminal((SOCKLIFE, 'report', '--live', '-'), rec.stdout)
    t.until(r'5 open')
    os.kill(t.pid, number)
    t.read(0.5)
    modes = t.modes()
    status = t.end()
    tap.ok(status == -number and t.text.endswith(LEAVE) and modes == before, f'live: {number.name} leaves the terminal as it was',
           f'{status} {ascii(t.text[-80:])}')
    stop(rec)

rec = recording('import socket; a, b = socket.socketpair(); a.send(b"x"); __import__("time").sleep(1.5)')
t = Terminal((SOCKLIFE, 'report', '--live', '-'), rec.stdout)
good = t.until('the capture has ended')
count = len(t.frames())
t.read(1.5)
tap.ok(good and len(t.frames()) == count and LEAVE not in t.text and '2 seen' in t.frames()[-1][0], 'live: at the end the last frame stays',
       '\n'.join(t.frames()[-1]))
t.keys('q')
tap.ok(t.end() == 0 and '2 seen' in t.text.partition(LEAVE)[2], 'live: until q')
stop(rec)

rec = recording(TRAFFIC, '--port', '8001', '--type', 'stream')
t = Terminal((SOCKLIFE, 'report', '--live', '--sort', 'local', '-'), rec.stdout)
good = t.until(r'4 open, 4 seen')
tap.ok(good and 'unix' not in t.text, 'live: of a selection by port, those alone', t.text[-500:])
t.keys('q')
t.end()
stop(rec)

broken = tap.path('broken.slt')
data = bytearray(open(capture, 'rb').read())
open(broken, 'wb').write(data[:len(data) // 2])
t = Terminal((SOCKLIFE, 'report', '--live', broken))
t.until('the capture has ended')
t.keys('q')
status = t.end()
tap.ok(status == 0 and 'cut short' in t.text.partition(LEAVE)[2], 'live: what is wrong with a capture is told on the normal screen',
       ascii(t.text[-300:]))
t = Terminal((SOCKLIFE, 'report', '--live', '/dev/null'))
tap.ok(t.end() == 1 and ENTER not in t.text and 'empty' in t.text, 'live: no capture, no screen', ascii(t.text))
tap.done()
