#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# record itself: how it selects, how it ends, what it leaves.
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import live

live.alone()
tap = live.Tap()
schema = live.Schema()
NC = ('nc', '-l', '127.0.0.1', '8001')

# Three threads that pass a byte to and fro, a thread that waits, and what it says when it is so far.
THREADS = '''
import socket, threading, time
def talk(a, b):
    while True:
        a.send(b"x"); b.recv(1); time.sleep(0.002)
for _ in range(3):
    threading.Thread(target=talk, args=socket.socketpair()).start()
s = socket.create_server(("127.0.0.1", 8002))
print("ready", flush=True)
s.accept()
'''
FORKS = '''
import os, socket, threading
thread = threading.Thread(target=socket.socket, args=(socket.AF_INET6,))
thread.start()
thread.join()
if os.fork():
    os.wait()
    socket.socket(socket.AF_INET)
else:
    socket.socket(socket.AF_UNIX)
'''
# A listener and two workers, each of which looks at it; what they say: its inode, and that all are there.
PREFORK = '''
import os, socket, time
s = socket.create_server(("127.0.0.1", 8003))
for _ in range(2):
    if not os.fork():
        break
else:
    print(os.fstat(s.fileno()).st_ino, flush=True)
while True:
    s.getsockname(); time.sleep(0.05)
'''
# Children that accept, each one connection, and end; the parent leaves its listener alone.
PER_CONNECTION = '''
import os, socket, time
s = socket.create_server(("127.0.0.1", 8004))
print(os.fstat(s.fileno()).st_ino, flush=True)
while True:
    if not os.fork():
        c = socket.create_connection(("127.0.0.1", 8004))
        s.accept()
        os._exit(0)
    os.wait()
    time.sleep(0.05)
'''
# While nobody reads the rings: calls that fill this CPU's, then forks. What it says: the children, which act when all is calm.
LOST_FORKS = '''
import os, signal, socket, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
a, b = socket.socketpair()
os.kill(os.getppid(), signal.SIGSTOP)
for _ in range(1000):
    a.send(b"x"); b.recv(1)
children = []
for i in range(20):
    child = os.fork()
    if not child:
        time.sleep(0.5 + i / 50)
        socket.socket(socket.AF_INET)
        time.sleep(0.1)
        os._exit(0)
    children.append(child)
os.kill(os.getppid(), signal.SIGCONT)
print(*children, flush=True)
for _ in children:
    os.wait()
'''
TALKS = '''
import socket, time
a, b = socket.socketpair()
while True:
    a.send(b"x"); b.recv(1); time.sleep(0.001)
'''
FLOODS = '''
import os, signal, socket
a, b = socket.socketpair()
os.kill(os.getppid(), signal.%s)
for _ in range(%d):
    a.send(b"x"); b.recv(1)
os.kill(os.getppid(), signal.SIGCONT)
'''


# A 32-bit program: a pair at once, then, when somebody has written to it or half a second (with an argument, 20) is over, a socket.
COMPAT = '''
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct pollfd wait = { .events = POLLIN };
	int fd[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	write(1, "ready\\n", 6);
	poll(&wait, 1, argc > 1 ? 20000 : 500);
	close(socket(AF_INET, SOCK_DGRAM, 0));
	return 0;
}
'''


def python(script):
    return ['/usr/bin/python3', '-I', '-c', script] # -I: no look at the home directory, which may ask nscd


def record(name, *args):
    return live.run(live.SOCKLIFE, 'record', '-q', '-o', tap.path(name), *args)


def until(what, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def listens(port):
    """In this network namespace; without a socket."""
    return any(line.split()[1].endswith(f':{port:04X}') and line.split()[3] == '0A'
               for line in open('/proc/net/tcp').readlines()[1:])


def programs_of(pid):
    """The ids of the BPF programs that a process holds."""
    ids = set()
    for fd in os.listdir(f'/proc/{pid}/fdinfo'):
        ids |= {int(line.split()[1]) for line in open(f'/proc/{pid}/fdinfo/{fd}') if line.startswith('prog_id:')}
    return ids


def programs_gone(ids, seconds):
    def gone():
        return not ids & {p['id'] for p in json.loads(live.run('bpftool', '-j', 'prog', 'list').stdout)}
    return until(gone, seconds)


def statuses():
    os.chmod(tap.dir.name, 0o755)
    for want, name, command in (
            (0, 'success', ['true']),
            (7, 'its status', ['sh', '-c', 'exit 7']),
            (137, '128+N when signal N killed it', ['sh', '-c', 'kill -9 $$']),
            (127, '127 when it is not there', ['/no/such/command']),
            (126, '126 when it may not be executed', ['/etc/passwd'])):
        got = record('status.slt', '--', *command)
        tap.ok(got.returncode == want, f'exit status: {name}', f'{got.returncode}, not {want}: {got.stderr}')
    p = live.run(live.SOCKLIFE, 'record', '-o', tap.path('status.slt'), '--', 'true')
    tap.ok(p.stderr.count('\n') == 1 and ' records, 0 lost, ' in p.stderr, 'a line sums it up', p.stderr)
    tap.ok(os.stat(tap.path('status.slt')).st_mode & 0o777 == 0o600, 'a capture is for its owner only')


def interrupted():
    """SIGINT to socklife alone: it hands it on, and ends at once."""
    p = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path('int.slt'), '--', *NC)
    tap.ok(until(lambda: listens(8001)), 'nc waits for a call')
    time.sleep(0.2)
    ids = programs_of(p.pid)
    tap.ok(len(ids) > 20, f'{len(ids)} BPF programs are loaded')
    begin = time.monotonic()
    p.send_signal(signal.SIGINT)
    status = p.wait()
    took = (time.monotonic() - begin) * 1000
    tap.ok(status == 130, 'SIGINT: exit status 130', status)
    tap.note(f'record ended {took:.1f} ms after SIGINT')
    tap.ok(took < 100, 'SIGINT: record ended within 100 ms')
    doc, said = live.export(tap.path('int.slt'))
    if live.sound(tap, schema, 'SIGINT', doc, said):
        accept = [e for e in doc['events'] if e['call'].startswith('accept')]
        tap.ok(len(accept) == 1 and accept[0].get('error') == 'ERESTARTSYS' and doc['processes'][0]['exit'] == {'signal': 'SIGINT'},
               'SIGINT: the accept() that it interrupted, and what ended nc', accept)
    tap.ok(programs_gone(ids, 10), 'nothing is left attached')


def still_blocked():
    """COMMAND goes on after the signal: record ends all the same, and its call is in the file as one that has not returned."""
    p = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path('open.slt'), '--',
                   'sh', '-c', 'trap "" INT; exec "$@"', 'sh', *NC)
    until(lambda: listens(8001))
    time.sleep(0.2)
    begin = time.monotonic()
    p.send_signal(signal.SIGINT)
    status = p.wait()
    took = (time.monotonic() - begin) * 1000
    tap.ok(status == 0 and took < 150, 'a COMMAND that ignores SIGINT does not hold it up', f'{status}, {took:.1f} ms')
    doc, said = live.export(tap.path('open.slt'))
    if live.sound(tap, schema, 'ignored SIGINT', doc, said):
        accept = [e for e in doc['events'] if e['call'].startswith('accept')]
        tap.ok(len(accept) == 1 and accept[0]['dur'] is accept[0]['ret'] is None, 'its accept() is still open', accept)
        tap.ok(listens(8001) and doc['processes'][0]['end'] is None and doc['processes'][0]['exit'] is None, 'and nc goes on')
        os.kill(doc['processes'][0]['pid'], signal.SIGKILL)


def terminal():
    """Ctrl-C: the terminal sends it to both, COMMAND gets it once."""
    pid, fd = pty.fork()
    if not pid:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        count = 'n=0; trap "n=$((n + 1))" INT; sleep 20 & echo up; wait; sleep 0.02; kill $!; exit $((40 + n))'
        os.execv(live.SOCKLIFE, [live.SOCKLIFE, 'record', '-q', '-o', tap.path('tty.slt'), '--', 'sh', '-c', count])
    os.read(fd, 2)
    time.sleep(0.1)
    os.write(fd, b'\x03')
    _, status = os.waitpid(pid, 0)
    tap.ok(os.waitstatus_to_exitcode(status) == 41, 'Ctrl-C: COMMAND gets it once, and its status is passed on',
           os.waitstatus_to_exitcode(status))
    os.close(fd)


def process():
    """-p: a process with threads that was there before."""
    p = live.start(*python(THREADS), stdout=subprocess.PIPE)
    p.stdout.readline()
    got = record('pid.slt', '-p', p.pid, '--duration', '0.5')
    tap.ok(got.returncode == 0 and p.poll() is None, '-p and --duration: the process goes on', got.stderr)
    doc, said = live.export(tap.path('pid.slt'))
    if live.sound(tap, schema, '-p', doc, said):
        talk = {(e['tid'], e['call']) for e in doc['events'] if e['call'] != 'accept4'}
        wait = [(e['t'], e['dur'], e.get('note')) for e in doc['events'] if e['call'] == 'accept4']
        tap.ok(len({tid for tid, _ in talk}) == 3 and {call for _, call in talk} == {'sendto', 'recvfrom'},
               '-p: all its threads, what they do from now on', talk)
        tap.ok(wait == [(0, None, 'entered before the trace began')], '-p: and what one of them waits for', wait)
        tap.ok(len(doc['sockets']) == 7 and {s['origin'] for s in doc['sockets']} == {'snapshot'} and
               {s['states'][0]['state'] for s in doc['sockets']} == {'connected', 'listening'}, '-p: its sockets were there before')
    second = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path('pid2.slt'), '-p', p.pid)
    until(lambda: os.path.exists(tap.path('pid2.slt')) and os.path.getsize(tap.path('pid2.slt')), 20)
    p.kill()
    p.wait()
    tap.ok(until(lambda: second.poll() == 0), '-p: ends when the process does', second.poll())
    second.kill()


def late():
    """A call that was in progress when the trace began, by a process that was there."""
    code = 'import socket; s = socket.create_server(("127.0.0.1", 8003)); print("ready", flush=True); s.accept(); s.accept()'
    p = live.start(*python(code), stdout=subprocess.PIPE)
    p.stdout.readline()
    until(lambda: open(f'/proc/{p.pid}/wchan').read().startswith('inet_csk'), 5)
    tracer = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path('late.slt'), '-p', p.pid)
    until(lambda: os.path.exists(tap.path('late.slt')) and os.path.getsize(tap.path('late.slt')), 20)
    time.sleep(0.5)
    for _ in range(2):
        socket.create_connection(('127.0.0.1', 8003)).close()
    p.wait()
    tap.ok(until(lambda: tracer.poll() == 0), 'late: the recording ends with the process', tracer.poll())
    doc, said = live.export(tap.path('late.slt'))
    if live.sound(tap, schema, 'late', doc, said):
        accepts = [e for e in doc['events'] if e['call'] == 'accept4' and e['ret'] >= 0]
        made = [s for s in doc['sockets'] if s['origin'] == 'accept']
        listener = [s for s in doc['sockets'] if s.get('role') == 'passive']
        tap.ok(len(accepts) == len(made) == 2 and accepts[0]['t'] == 0 and accepts[0]['dur'] > 0 and
               accepts[0].get('note') == 'entered before the trace began' and 'note' not in accepts[1],
               'late: an accept() that waited before the trace is known when it returns', accepts)
        tap.ok(len(listener) == 1 and {s['listener'] for s in made} == {listener[0]['id']} and
               listener[0]['origin'] == 'snapshot', 'late: what it accepted has its listener', doc['sockets'])


def duration():
    begin = time.monotonic()
    got = record('duration.slt', '--duration', '0.5', '--', 'sh', '-c', 'echo $$; exec sleep 20 >/dev/null 2>&1')
    took = time.monotonic() - begin
    pid = int(got.stdout)
    alive = os.path.exists(f'/proc/{pid}')
    tap.ok(got.returncode == 0 and 0.5 < took < 5 and alive, '--duration: ends, COMMAND goes on', (got, took, alive))
    os.kill(pid, signal.SIGKILL)


def no_follow():
    for options, families in (((), ['AF_INET', 'AF_INET6', 'AF_UNIX']), (('--no-follow',), ['AF_INET', 'AF_INET6'])):
        record('follow.slt', *options, '--', *python(FORKS))
        doc, _ = live.export(tap.path('follow.slt'))
        got = sorted(s['family'] for s in doc['sockets'])
        tids = {e['tid'] for e in doc['events']}
        tap.ok(got == families and len(tids) == len(families) and len(doc['processes']) == len(families) - 1,
               f'{options or "follow"}: {families}, the thread\'s own too', (got, tids, doc['processes']))


def holders(doc, inode):
    """The socket with this inode, and its descriptors by pid."""
    sock, = (s for s in doc['sockets'] if s['inode'] == inode)
    pids = {p['id']: p['pid'] for p in doc['processes']}
    by_pid = {}
    for d in sock['descriptors']:
        by_pid.setdefault(pids[d['process']], []).append(d)
    return sock, by_pid


def prefork():
    """What was forked before the trace: each process has had its descriptor of the listener all along."""
    p = live.start(*python(PREFORK), stdout=subprocess.PIPE, text=True)
    inode = p.stdout.readline().strip()
    workers = [int(pid) for pid in open(f'/proc/{p.pid}/task/{p.pid}/children').read().split()]
    for name, selection, want in (('-p', ('-p', p.pid), {p.pid}), ('-p of all', [w for pid in (p.pid, *workers) for w in ('-p', pid)],
                                  {p.pid, *workers}), ('-a', ('-a',), {p.pid, *workers})):
        record('prefork.slt', *selection, '--duration', '0.5')
        doc, _ = live.export(tap.path('prefork.slt'))
        sock, by_pid = holders(doc, inode)
        spans = [(d['fd'], d['how'], d['from'], d['to'], d['end']) for ds in by_pid.values() for d in ds]
        tap.ok(set(by_pid) == want and spans == [(3, 'snapshot', None, None, 'open')] * len(want),
               f'a listener shared before the trace, {name}: all descriptors are of the snapshot', by_pid)
        tap.ok(sock['origin'] == 'snapshot' and live.states(sock) == ['listening'] and sock['closed'] is None and
               not sock['uncertain'], f'{name}: it listens all the time', sock)
    for pid in (*workers, p.pid):
        os.kill(pid, signal.SIGKILL)
    p.wait()


def per_connection():
    """A child that ends takes its own descriptor of the listener with it, and no more."""
    p = live.start(*python(PER_CONNECTION), stdout=subprocess.PIPE, text=True)
    inode = p.stdout.readline().strip()
    record('children.slt', '-p', p.pid, '--duration', '0.7')
    p.kill()
    p.wait()
    doc, said = live.export(tap.path('children.slt'))
    if live.sound(tap, schema, '-p, forks', doc, said):
        sock, by_pid = holders(doc, inode)
        own = by_pid.pop(p.pid, [])
        tap.ok([(d['how'], d['from'], d['to'], d['end']) for d in own] == [('snapshot', None, None, 'open')],
               '-p, forks: the parent has its listener all the time', own)
        ended = [(ds[0]['how'], ds[0]['end']) for ds in by_pid.values() if len(ds) == 1 and ds[0]['to'] is not None]
        tap.ok(len(by_pid) > 2 and ended.count(('fork', 'exit')) >= len(by_pid) - 1,
               f'-p, forks: {len(by_pid)} children had it from fork to exit', by_pid)
        tap.ok(live.states(sock) == ['listening'] and sock['closed'] is None, '-p, forks: it listens all the time', sock)


def lost_forks():
    """A child whose fork was lost is traced all the same."""
    p = record('forks.slt', '--buffer', '16K', '--', *python(LOST_FORKS))
    children = {int(pid) for pid in p.stdout.split()}
    doc, said = live.export(tap.path('forks.slt'))
    pids = {p['id']: p['pid'] for p in doc['processes']}
    made = {pids[e['process']]: e['socket'] for e in doc['events'] if e['call'] == 'socket' and e['tid'] in children}
    inet = {s['id'] for s in doc['sockets'] if s['family'] == 'AF_INET'}
    forked = {p['pid'] for p in doc['processes'] if p['start'] is not None}
    tap.ok(len(children - forked) > 10, 'forks are among what was lost', (doc['trace']['lost'], children & forked, said))
    tap.ok(len(children) == 20 and set(made) == children and set(made.values()) == inet and not schema.wrong(doc),
           'every child that was forked then is seen', (sorted(children - set(made)), len(inet), schema.wrong(doc)))


def compat_program():
    """Where the COMPAT program is; None: this machine builds or runs none."""
    with open(tap.path('compat.c'), 'w') as f:
        f.write(COMPAT)
    built = live.run('gcc', '-m32', '-static', '-w', '-o', tap.path('compat'), tap.path('compat.c'))
    try:
        return None if built.returncode or live.run(tap.path('compat')).returncode else tap.path('compat')
    except OSError:
        return None


def compat_recorded(name, capture, calls, early=None):
    """The document, where these calls came by the ways of 32-bit programs, and no others; an early one may have been seen."""
    doc, said = live.export(tap.path(capture))
    got = [(e['call'], e['via']) for e in doc['events'] if e['call'] in ('socket', 'socketpair') and e['call'] != early]
    tap.ok([call for call, via in got if via in ('ia32', 'socketcall')] == calls and len(got) == len(calls) and not schema.wrong(doc),
           f'{name}: its calls are {calls}', (got, said, schema.wrong(doc)))
    return doc


def compat_late(name, capture, *command, early=None):
    """Records a process from when it has said that it is there, and then writes a line to it."""
    p = live.start(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    tracer = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path(capture), '-p', p.pid)
    until(lambda: os.path.exists(tap.path(capture)) and os.path.getsize(tap.path(capture)), 20)
    p.stdin.write('\n')
    p.stdin.flush()
    p.wait()
    until(lambda: tracer.poll() is not None)
    return compat_recorded(name, capture, ['socket'], early)


def compat():
    """When 32-bit programs are watched, and what is said of the time when they were not."""
    program = compat_program()
    if not program:
        tap.ok(True, 'a 32-bit program # SKIP it can be neither built nor run here')
        return
    record('compat.slt', '--', program)
    doc = compat_recorded('a 32-bit COMMAND', 'compat.slt', ['socketpair', 'socket'])
    tap.ok(doc['trace']['blind'] == [], 'a 32-bit COMMAND: nothing is blind', doc['trace']['blind'])

    p = live.run(live.SOCKLIFE, 'record', '--no-compat', '-o', tap.path('without.slt'), '--', program)
    doc = compat_recorded('--no-compat', 'without.slt', [])
    tap.ok(doc['trace']['blind'] == [{'what': '32-bit programs, socketcall: --no-compat', 'from': 0, 'to': doc['trace']['duration']}],
           '--no-compat: it was blind all the time', doc['trace'])
    tap.ok(p.stderr.count('\n') == 2 and 'a 32-bit program was ' in p.stderr, '--no-compat: a line says what is missing', p.stderr)

    doc = compat_late('-p of a 32-bit process', 'process.slt', program, 'wait')
    tap.ok(doc['trace']['blind'] == [], '-p of a 32-bit process: nothing is blind', doc['trace']['blind'])

    doc = compat_late('-p, then the exec of a 32-bit program', 'exec.slt', 'sh', '-c', 'echo; read x; exec "$0"', program,
                      early='socketpair')
    blind = doc['trace']['blind']
    tap.ok([(b['what'], b['from']) for b in blind] == [('32-bit programs, socketcall', 0)], 'it was blind before', blind)
    made = {e['call']: e['t'] for e in doc['events']}
    tap.ok(blind and 'socket' in made and 0 < blind[0]['to'] < made['socket'] - 200_000_000, 'not for long after the exec', (blind, made))


def pipe():
    """-o - into export: COMMAND's own output goes to standard error."""
    p = live.run('sh', '-c', '"$0" record -q -o - -- sh -c "echo hello; curl -s http://127.0.0.1:1/" | "$0" export - -f ndjson',
                 live.SOCKLIFE)
    lines = [json.loads(line) for line in p.stdout.splitlines()]
    kinds = {line['kind'] for line in lines}
    tap.ok(p.stderr == 'hello\n' and {'trace', 'process', 'socket', 'event'} <= kinds, 'record -o - | export - -f ndjson', (p.stderr, kinds))
    tap.ok(any(line.get('call') == 'connect' and line.get('error') in ('ECONNREFUSED', 'EINPROGRESS') for line in lines),
           'and the calls are in it')


def under_sudo():
    user = {'SUDO_UID': '65534', 'SUDO_GID': '65534'}
    p = live.run(live.SOCKLIFE, 'record', '-q', '-o', tap.path('sudo.slt'), '--', 'true', env={**os.environ, **user})
    st = os.stat(tap.path('sudo.slt'))
    tap.ok(p.returncode == 0 and (st.st_uid, st.st_gid) == (65534, 65534), 'under sudo the capture is the user\'s', p.stderr)


def link_local():
    """The scope of a link-local address is its interface's name: in a network namespace with one that has such an address."""
    script = 'import socket; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); ' \
        's.bind(("fe80::1234", 7, 0, socket.if_nametoindex("v0")))'
    make = 'ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up && ' \
        'ip addr add fe80::1234/64 dev v0 nodad && exec "$@"'
    p = live.run('unshare', '-n', 'sh', '-c', make, 'sh', live.SOCKLIFE, 'record', '-q', '-o', tap.path('scope.slt'), '--',
                 *python(script))
    doc, _ = live.export(tap.path('scope.slt'))
    tap.ok('[fe80::1234%v0]:7' in [s.get('local') for s in doc['sockets']], 'a link-local address has its interface', p.stderr)


def killed():
    p = live.start(live.SOCKLIFE, 'record', '-q', '-o', tap.path('killed.slt'), '--', *python(TALKS))
    until(lambda: os.path.exists(tap.path('killed.slt')) and os.path.getsize(tap.path('killed.slt')), 20)
    time.sleep(2.5)
    ids = programs_of(p.pid)
    children = open(f'/proc/{p.pid}/task/{p.pid}/children').read().split()
    p.kill()
    p.wait()
    doc, said = live.export(tap.path('killed.slt'))
    tap.ok(doc and doc['trace']['complete'] is False and len(doc['events']) > 300 and not schema.wrong(doc),
           'SIGKILL: what was recorded can be read', said)
    tap.ok(said.count('\n') == 1 and 'cut short' in said, 'SIGKILL: one line says that it was cut', said)
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    tap.ok(len(ids) > 20 and programs_gone(ids, 10), 'SIGKILL: nothing is left attached')


def loss():
    p = record('loss.slt', '--buffer', '16K', '--fail-on-loss', '--', *python(FLOODS % ('SIGSTOP', 1000)))
    doc, said = live.export(tap.path('loss.slt'))
    lost = doc['trace']['lost']
    tap.ok(p.returncode == 3 and lost['events'] > 0, '--fail-on-loss: exit status 3', (p, lost['events']))
    tap.ok(lost['intervals'] and sum(i['events'] for i in lost['intervals']) == lost['events'] and not schema.wrong(doc),
           'each loss has its place', (lost['events'], lost['intervals'][:3], schema.wrong(doc)))
    tap.ok(record('floods.slt', '--fail-on-loss', '--', *python(FLOODS % ('SIGCONT', 100000))).returncode == 0, 'the default buffer loses nothing')


for test in (statuses, interrupted, still_blocked, terminal, process, late, duration, no_follow, prefork, per_connection, compat, pipe, under_sudo, link_local, killed, loss,
             lost_forks):
    test()
tap.done()
