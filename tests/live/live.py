# SPDX-License-Identifier: GPL-2.0-only
# What the live tests in Python share: TAP, a network namespace and a directory of their own, recordings as documents.
import json
import os
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('BUILD', 'build'))
SOCKLIFE = os.path.join(BUILD, 'socklife')
MANY = 2000 # jsonschema takes half a millisecond for one
ORDINARY = ('truncated', 'discarded', 'not allowed: ', 'entered before the trace began') # notes on what programs do
WORKLOAD = os.path.join(ROOT, 'tests/live/workload')


def alone():
    """Starts the test anew in a network namespace with nothing but lo, so that ports can be fixed. Its arguments are chosen()."""
    if sys.argv[1:2] != ['alone']:
        script = 'ip link set lo up && exec "$@"'
        os.execvp('unshare', ['unshare', '-n', 'sh', '-c', script, 'sh', '/usr/bin/python3', sys.argv[0], 'alone', *sys.argv[1:]])


def chosen(name):
    """All are, unless some are named."""
    return not sys.argv[2:] or name in sys.argv[2:]


class Tap:
    def __init__(self):
        self.count = 0
        self.dir = tempfile.TemporaryDirectory(prefix='socklife-')

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def ok(self, good, name, why=''):
        """Says whether it is good; if not, and why not."""
        self.count += 1
        print(f'{"ok" if good else "not ok"} {self.count} - {name}', flush=True)
        if not good and why:
            self.note(why)
        return good

    def note(self, text):
        for line in str(text).splitlines():
            print(f'# {line}', flush=True)

    def done(self):
        print(f'1..{self.count}')
        self.dir.cleanup()


def foreground():
    """SIGINT as a shell's foreground has it, also where make was started in a background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(*args, **more):
    """Runs it to its end."""
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, preexec_fn=foreground, timeout=120, **more)


def start(*args, **more):
    return subprocess.Popen([str(a) for a in args], preexec_fn=foreground, **more)


def export(capture):
    """The document, and what was said on standard error."""
    p = run(SOCKLIFE, 'export', capture, '-f', 'json')
    return (json.loads(p.stdout) if p.returncode == 0 else None), p.stderr


class Schema:
    """What `socklife schema` prints, compiled once."""
    def __init__(self):
        import jsonschema
        schema = json.loads(run(SOCKLIFE, 'schema').stdout)
        cls = jsonschema.validators.validator_for(schema)
        cls.check_schema(schema)
        self.validator = cls(schema)

    def wrong(self, doc):
        """The first error in a line, '' when the document is valid; where there are many sockets or events, the first of them are."""
        for e in self.validator.iter_errors({**doc, 'sockets': doc['sockets'][:MANY], 'events': doc['events'][:MANY]}):
            return f'{"/".join(map(str, e.absolute_path))}: {e.message[:300]}'
        return ''


def states(sock):
    return [s['state'] for s in sock['states']]


def sound(tap, schema, name, doc, said=''):
    """What holds of every recording: whole, valid, nothing lost, nothing uncertain, nothing that the rules do not know."""
    if not tap.ok(doc is not None, f'{name}: there is a document', said):
        return False
    trace = doc['trace']
    tap.ok(trace['complete'] and not trace['lost']['events'] and not said, f'{name}: whole, nothing lost', f'{trace} {said}')
    wrong = schema.wrong(doc)
    tap.ok(not wrong, f'{name}: valid by the schema', wrong)
    odd = [s for s in doc['sockets'] if s['uncertain']]
    odd += [e for e in doc['events'] if 'note' in e and not e['note'].startswith(ORDINARY)]
    tap.ok(not odd, f'{name}: nothing uncertain, no anomaly', '\n'.join(map(str, odd[:5])))
    return True
