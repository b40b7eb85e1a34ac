# SPDX-License-Identifier: GPL-2.0-only
# What ss and /proc say of processes that stand still: their descriptors, the sockets of their network namespaces, and the
# calls that they wait in.
import collections
import ctypes
import os
import re
import time

import live

INODE = re.compile(r'socket:\[(\d+)\]')
USER = re.compile(r'\("[^"]*",pid=(\d+),fd=(\d+)\)')
LIBC = ctypes.CDLL(None)
SYS_KCMP = {'x86_64': 312, 'aarch64': 272}.get(os.uname().machine)
KCMP_FILES = 2
CLOSED = ('FIN-WAIT-1', 'FIN-WAIT-2', 'LAST-ACK', 'CLOSING', 'TIME-WAIT')
UNISTD = '/usr/include/asm-generic/unistd.h' if os.uname().machine != 'x86_64' else '/usr/include/x86_64-linux-gnu/asm/unistd_64.h'


def read(path):
    """'' of a process that is gone."""
    try:
        with open(path, errors='surrogateescape') as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ''


def listed(path):
    try:
        return [int(name) for name in os.listdir(path)]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def link(path):
    try:
        return os.readlink(path)
    except (FileNotFoundError, ProcessLookupError):
        return ''


def descendants(pid):
    """Processes below it, parents first."""
    for task in listed(f'/proc/{pid}/task'):
        for child in map(int, read(f'/proc/{pid}/task/{task}/children').split()):
            yield child
            yield from descendants(child)


def family_of(pids):
    """Those of them that are there, and their descendants."""
    there = [p for p in pids if os.path.exists(f'/proc/{p}')]
    return list(dict.fromkeys(p for pid in there for p in (pid, *descendants(pid))))


def call_names():
    """Of the calls that are traced, by number."""
    traced = {line.split()[0] for line in live.run(live.SOCKLIFE, 'syscalls').stdout.splitlines()[1:]}
    numbers = re.findall(r'#define __NR_(\w+) (\d+)$', open(UNISTD).read(), re.M)
    return {int(number): name for name, number in numbers if name in traced}


def calls_of(pid, names):
    """The traced calls that its threads wait in: (tid, call, the socket's inode), where it is of a socket."""
    for tid in listed(f'/proc/{pid}/task'):
        number, *args = read(f'/proc/{pid}/task/{tid}/syscall').split() or ['']
        if not args or int(number) not in names:
            continue
        socket = INODE.match(link(f'/proc/{pid}/task/{tid}/fd/{int(args[0], 16)}'))
        if socket:
            yield tid, names[int(number)], socket.group(1)


def tables_of(pid):
    """A thread of each descriptor table of the process."""
    tids = []
    for tid in listed(f'/proc/{pid}/task'):
        if all(LIBC.syscall(SYS_KCMP, tid, other, KCMP_FILES, 0, 0) for other in tids) and listed(f'/proc/{pid}/task/{tid}/fd'):
            tids.append(tid)
    return tids


def sockets_of(pid, tid):
    """(fd, inode, flags) of each descriptor of a socket; the flags as fcntl() gives them."""
    where = f'/proc/{pid}/task/{tid}'
    for fd in listed(f'{where}/fd'):
        socket = INODE.match(link(f'{where}/fd/{fd}'))
        if socket:
            yield fd, socket.group(1), int(re.search(r'flags:\s*(\d+)', read(f'{where}/fdinfo/{fd}')).group(1), 8)


def address(text):
    """As socklife spells it, None where there is none."""
    if text in ('*', '*:*', '0.0.0.0:*', '[::]:*'):
        return None
    return re.sub(r'\](%[^:]*):', r'\1]:', text.replace('*:', '[::]:'))


def unix_row(row, rest):
    local, inode, _, peer = rest[:4]
    ways = next(word for word in rest if word in ('<->', '<--', '-->', '---'))
    row.update(inode=inode, local=None if local == '*' else f'unix:{local}', peer_inode=peer, state=f'{row["state"]} {ways}')


def ss_row(line):
    kind, state, received, sent, *rest = line.split()
    row = {'kind': kind, 'state': state, 'queues': [int(received), int(sent)],
           'users': {(int(pid), int(fd)) for pid, fd in USER.findall(line)}}
    if kind.startswith('u_'):
        unix_row(row, rest)
        return row
    inode = re.search(r' ino:(\d+)', line)
    row.update(inode=inode.group(1) if inode else None, local=rest[0], peer=rest[1])
    if kind in ('tcp', 'udp', 'raw', 'mptcp'):
        row.update(local=address(rest[0]), peer=address(rest[1]))
    elif kind == 'nl':
        protocol, port = rest[0].split(':')
        groups = re.search(r'groups=(\w+)', line).group(1)
        row['local'] = f'{protocol}:{int(port) % 2**32}/{int(groups, 16)}'
    return row


def netlink_inodes(pid):
    """Of the netlink sockets of its network namespace, by protocol, port and groups."""
    rows = [line.split() for line in read(f'/proc/{pid}/net/netlink').splitlines()[1:]]
    return {f'{row[1]}:{row[2]}/{int(row[3], 16)}': row[9] for row in rows if row[2] != '0'} # the kernel's


def inode_of(row, pid, netlink):
    """ss does not tell it of all."""
    if row['kind'] == 'nl':
        return netlink.get(row['local'])
    if not row['inode'] and row['users']:
        return INODE.match(link('/proc/%d/fd/%d' % min(row['users']))).group(1)
    return row['inode']


def ss_rows(pid):
    """What ss says of each socket of the process's network namespace that has an inode, by that."""
    rows, netlink = {}, netlink_inodes(pid)
    for line in live.run('nsenter', '-t', pid, '-n', 'ss', '-anpeOH').stdout.splitlines():
        row = ss_row(line)
        inode = inode_of(row, pid, netlink)
        if not inode or inode == '0': # those that wait for accept(), or that nobody holds any more; the kernel's own
            continue
        if row['kind'] == 'mptcp':
            rows[inode]['mptcp'] = row['state']
        else:
            rows.setdefault(inode, row)
    return rows


def program_of(pid):
    """comm, exe, args; of a first thread that has ended another one says the rest."""
    tid = next((tid for tid in (pid, *listed(f'/proc/{pid}/task')) if link(f'/proc/{tid}/exe')), pid)
    return read(f'/proc/{pid}/comm').strip(), link(f'/proc/{tid}/exe'), read(f'/proc/{tid}/cmdline').rstrip('\0').split('\0')


def numbers_of(pid):
    """Its pid in each of the namespaces that it is in, the innermost last."""
    status = re.search(r'^NSpid:\s*(.*)', read(f'/proc/{pid}/status'), re.M)
    return [int(pid) for pid in status.group(1).split()] if status else []


class Seen:
    """Of the processes that were seen before or are given by pid, and their descendants, which all stand still."""
    def __init__(self, name, before, pids, calls={}):
        """calls: what call_names() says, or nothing."""
        time.sleep(0.1) # until what was done has been done to the other end as well
        self.name = name
        self.pids = pids = family_of([*pids, *(before.pids if before else [])])
        self.calls = {c for pid in pids for c in calls_of(pid, calls)}
        self.descriptors, self.flags, self.own = collections.Counter(), {}, set()
        self.same = dict(before.same) if before else {} # pid -> the first of those that share or shared a table with it
        self.tables = []
        for pid in pids:
            self.see(pid)
        namespaces = {os.stat(f'/proc/{pid}/ns/net').st_ino: pid for pid in reversed(pids) if link(f'/proc/{pid}/ns/net')}
        self.rows = {(netns, inode): row for netns, pid in namespaces.items() for inode, row in ss_rows(pid).items()}
        self.tasks = {int(tid) for pid in pids for tid in listed(f'/proc/{pid}/task')}
        self.inner = {pid: numbers_of(pid) for pid in pids}
        self.programs = {pid: program_of(pid) for pid in pids}
        self.t = time.clock_gettime_ns(time.CLOCK_REALTIME)

    def see(self, pid):
        """The tables of a process that no other one has."""
        self.same.setdefault(pid, pid)
        for tid in tables_of(pid):
            shared = [owner for owner, other in self.tables if not LIBC.syscall(SYS_KCMP, tid, other, KCMP_FILES, 0, 0)]
            self.tables.append((pid, tid))
            self.same[pid] = self.same[shared[0]] if shared else self.same[pid]
            for fd, inode, flags in sockets_of(pid, tid):
                if tid != pid:
                    self.own.add((pid, fd, inode))
                if not shared:
                    self.descriptors[self.same[pid], fd, inode] += 1
                self.flags.setdefault(inode, []).append(flags)

    def held(self):
        """Inodes that one of the processes has a descriptor of."""
        return {inode for _, _, inode in self.descriptors}

    def flying(self):
        """Those that nobody has a descriptor of: in a message that nobody has received."""
        held = self.held()
        return {inode for (_, inode), row in self.rows.items()
                if not row['users'] and inode not in held and row['state'] not in CLOSED} # of mptcp with its inode
