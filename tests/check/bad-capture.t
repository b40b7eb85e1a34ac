#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A capture that is cut, changed, newer, foreign or empty: one line, the right exit status, and what can be believed is shown.
# (What the reader makes of every single byte: tests/unit/test_capture_damage.c.)
import json
import os
import subprocess
import tempfile

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOCKLIFE = os.path.join(ROOT, os.environ.get('BUILD', 'build'), 'socklife')
WHOLE = open(os.path.join(ROOT, 'tests/captures/tcp-connect-accept.slt'), 'rb').read()
EXPORTS = [['export', '-f', 'json'], ['export', '-f', 'ndjson'], ['show'], ['report'], ['normalize']]
count = 0


def ok(good, name, why=''):
    global count
    count += 1
    print(f'{"ok" if good else "not ok"} {count} - {name}', flush=True)
    for line in [] if good else str(why).splitlines():
        print(f'# {line}')


def run(command, data):
    """What command makes of these bytes: exit status, standard output, standard error."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        p = subprocess.run([SOCKLIFE, command[0], f.name] + command[1:], capture_output=True, timeout=60)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def document(data):
    """A document and None, or None and what is wrong with how it was refused."""
    status, out, err = run(EXPORTS[0], data)
    if status == 1 and not out and err.count('\n') == 1 and err.startswith('socklife export: '):
        return None, None
    if status or (err and err.count('\n') != 1):
        return None, f'exit status {status}, {err!r}'
    doc = json.loads(out)
    wrong = [e.message for e in schema.iter_errors(doc)]
    if wrong or doc['trace']['complete'] == bool(err):
        return None, f'complete {doc["trace"]["complete"]}, {err!r}, {wrong[:1]}'
    return doc, None


schema = json.loads(subprocess.run([SOCKLIFE, 'schema'], capture_output=True).stdout)
schema = jsonschema.validators.validator_for(schema)(schema)
whole, trouble = document(WHOLE)
ok(whole and whole['trace']['complete'] and whole['events'], 'the capture as it is', trouble)

bad, kept, read = [], 0, 0
for cut in range(1, len(WHOLE), max(1, len(WHOLE) // 200)):
    doc, trouble = document(WHOLE[:cut])
    if trouble or (doc and doc['trace']['complete']):
        bad.append(f'{cut} bytes: {trouble or "complete"}')
    read += doc is not None
    kept += bool(doc and doc['events'] == whole['events'])
ok(not bad, f'cut anywhere: one line, a valid document or none ({read} are read)', '\n'.join(bad[:5]))
ok(kept and read > kept, f'all events are kept while their block is whole ({kept} cuts)', f'{read} read')

bad = []
for at in range(0, len(WHOLE), max(1, len(WHOLE) // 200)):
    doc, trouble = document(WHOLE[:at] + bytes([WHOLE[at] ^ 0x10]) + WHOLE[at + 1:])
    if trouble or (doc and (doc['trace']['complete'] or doc['events'] not in ([], whole['events']))):
        bad.append(f'byte {at}: {trouble or doc["trace"]}')
ok(not bad, 'a byte changed anywhere is noticed', '\n'.join(bad[:5]))

for command in EXPORTS:
    name = ' '.join(command)
    bad = []
    for n in range(1, len(WHOLE), len(WHOLE) // 25):
        for data in (WHOLE[:n], WHOLE[:n] + bytes([WHOLE[n] ^ 1]) + WHOLE[n + 1:]):
            status, out, err = run(command, data)
            if status not in (0, 1) or err.count('\n') != 1 or (status and out):
                bad.append(f'byte {n}: exit status {status}, {err!r}')
    ok(not bad, f'{name}: cut or changed, one line', '\n'.join(bad[:5]))
    for data, says in ((b'', 'empty, not a socklife capture'), (b'\x7fELF' * 100, 'not a socklife capture'),
                       (WHOLE[:8] + b'\2\0' + WHOLE[10:], 'version 2 is newer than this socklife reads'),
                       (WHOLE[:8], 'cut short in its first block')):
        status, out, err = run(command, data)
        ok(status == 1 and not out and err.count('\n') == 1 and says in err, f'{name}: {says}', (status, out, err))
status, out, err = run(EXPORTS[0], WHOLE + WHOLE)
ok(status == 0 and json.loads(out)['events'] == whole['events'], 'what follows the end is not read', err)
print(f'1..{count}')
