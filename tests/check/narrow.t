#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Every capture, read as if it had been narrowed: the sockets that are left are those of the whole document that match, with
# the events that were made on them, and nothing names what was left out.
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOCKLIFE = os.path.join(ROOT, os.environ.get('BUILD', 'build'), 'socklife')
CAPTURES = sorted(glob.glob(os.path.join(ROOT, 'tests/captures/*.slt')))
HEAD = struct.Struct('=8sHHIIIII')
EARLIER = ' not shown'


def narrowed(data, lines):
    """The capture with these lines in its header block."""
    magic, version, kind, records, _, packed, zero, _ = HEAD.unpack_from(data)
    text = zlib.decompress(data[HEAD.size:HEAD.size + packed]) + b''.join(b'narrow\0%s\0' % line.encode() for line in lines)
    block = zlib.compress(text)
    head = HEAD.pack(magic, version, kind, records, len(text), len(block), zero, 0)[:-4]
    return head + struct.pack('=I', zlib.crc32(block, zlib.crc32(head))) + block + data[HEAD.size + packed:]


def document(data, path):
    with open(path, 'wb') as f:
        f.write(data)
    return json.loads(subprocess.run([SOCKLIFE, 'export', path, '-f', 'json'], capture_output=True, check=True).stdout)


def port_of(address):
    return address.rsplit(':', 1)[1] if address and address[0] in '[0123456789' and ':' in address else None


def ports_of(sock, events):
    """Each that it had, or that a call on it named."""
    places = [sock.get('local'), sock.get('peer'), *(x['peer'] for k in ('peers', 'attempts') for x in sock.get(k, ()))]
    for e in events:
        if e['call'] not in ('accept', 'accept4'):
            places += [v for v in e['args'].values() if isinstance(v, str)]
            places += [v['name'] for v in e['args'].values() if isinstance(v, dict) and isinstance(v.get('name'), str)]
    return {port_of(p) for p in places} - {None}


def matches(sock, events, wanted):
    if 'family' in wanted and sock['family'] not in wanted['family']:
        return False
    if 'type' in wanted and sock['type'] not in wanted['type']:
        return False
    return 'port' not in wanted or (sock['family'] in ('AF_INET', 'AF_INET6') and bool(ports_of(sock, events) & set(wanted['port'])))


def names(doc):
    """The ids of sockets and of events that are named."""
    sockets = {s.get(k) for s in doc['sockets'] for k in ('peer_socket', 'listener')} | {e.get('socket') for e in doc['events']}
    events = {e.get('sent') for e in doc['events']}
    for s in doc['sockets']:
        events |= {x['cause'] for x in s['states'] if isinstance(x['cause'], int)}
        events |= {f[k] for f in s.get('in_flight', ()) for k in ('sent', 'received')}
    return sockets - {None}, events - {None}


def wrong(whole, doc, wanted):
    on = {}
    for e in whole['events']:
        on.setdefault(e.get('socket'), []).append(e)
    want = {s['id'] for s in whole['sockets'] if s['family'] and matches(s, on.get(s['id'], []), wanted)}
    got = {s['id'] for s in doc['sockets']}
    if want != got:
        return f'sockets {sorted(want)}, not {sorted(got)}'
    sockets, events = names(doc)
    told = {e['id'] for e in doc['events']}
    if sockets - got or events - told:
        return f'names sockets {sockets - got}, events {events - told} that are not there'
    need = {e['id'] for s in want for e in on.get(s, [])}
    cut = any(EARLIER in e.get('note', '') for e in doc['events'])
    if not cut and need - told:
        return f'events {sorted(need - told)} are missing'
    changed = {x['cause'] for s in doc['sockets'] for x in s['states']}
    failed = {e['id'] for e in whole['events'] if 'socket' not in e}
    if told - need - changed - failed:
        return f'events {sorted(told - need - changed - failed)} are of others'
    if doc['processes'] != whole['processes']:
        return 'other processes'
    return '' if doc['trace'].get('selection') else 'no selection is told of'


def common(whole):
    """A port of the capture, and one that is in none."""
    ports = sorted(p for s in whole['sockets'] for p in (port_of(s.get('local')), port_of(s.get('peer'))) if p)
    return ports[len(ports) // 2] if ports else '80'


def capture_wrong(path):
    tmp = os.path.join(scratch, os.path.basename(path))
    data = open(path, 'rb').read()
    whole = document(data, tmp)
    port = common(whole)
    for wanted in ({'family': ['AF_INET']}, {'family': ['AF_UNIX', 'AF_INET6']}, {'type': ['SOCK_DGRAM']}, {'port': [port]},
                   {'port': ['1', port], 'type': ['SOCK_STREAM'], 'family': ['AF_INET', 'AF_INET6']}):
        lines = [f'{kind} {value}' for kind, values in wanted.items() for value in values]
        why = wrong(whole, document(narrowed(data, lines), tmp), wanted)
        if why:
            return f'{os.path.basename(path)}, {lines}: {why}'
    os.unlink(tmp)
    return ''


with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as pool:
    bad = [why for why in pool.map(capture_wrong, CAPTURES) if why]
for why in bad:
    print('#', why)
print('not ok' if bad or not CAPTURES else 'ok', f'1 - {len(CAPTURES)} captures, narrowed in five ways')
print('1..1')
sys.exit(bool(bad))
