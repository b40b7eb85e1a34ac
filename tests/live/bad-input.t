#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What record cannot do is told in one line, with the right exit status, and what was recorded is kept. (What the kernel or the
# user lacks: doctor.t. Damaged captures: tests/check/bad-capture.t.)
# shellcheck disable=SC2016 # what stands in single quotes is for the shell in the namespace
set -u

cd "$(dirname "$0")/../.." || exit
socklife=$(realpath "${BUILD:-build}")/socklife
export socklife
. tests/ok.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit

says() { # STATUS PATTERN ARG...: record ends so, with one line on standard error that has the pattern
	local status=$1 pattern=$2
	shift 2
	"$socklife" record "$@" >out 2>err
	[ $? = "$status" ] && [ "$(wc -l <err)" = 1 ] && grep -q "^socklife record: .*$pattern" err
	ok "record: $pattern"
}

in_namespace() { # SCRIPT [ARG]: with ARG as $0, in a mount namespace of our own; 99: the setting up failed
	unshare -m --propagation private sh -c "$@"
}

# Programs: one talks without end, one accepts, one has names as bad as they can be.
talks='
import os, socket, time
open("pid", "w").write(str(os.getpid()))
a, b = socket.socketpair()
while True: # slow enough for some blocks, of a second each, to fit on the disk
    a.send(b"x" * 10); b.recv(10); time.sleep(0.0003)'
accepts='
import socket
s = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(s.getsockname())
a = s.accept()[0]
c.send(b"x"); a.recv(1)'
names='
import ctypes, os, socket
ctypes.CDLL(None).prctl(15, b"\xff\x01c\x1b\xe2\x80\xae")
for name in (b"\0\xff\xfe\0\x80z", b"p\xc3\x28\n\x7f", b"\0\xe2\x80\xae\xc2\x85\\"):
    s = socket.socket(socket.AF_UNIX)
    s.bind(name)
    s.listen()
    c = socket.socket(socket.AF_UNIX)
    c.connect(name)
os.execv(b"./\xff\x1b[31m", [b"\xe2\x80\xae", b"\xf0\x28"])'

says 127 'cannot run ./none: No such file' -o a.slt -- ./none
[ ! -e a.slt ]
ok 'and no file is left'
printf 'precious' >a.slt
says 126 'cannot run /: Permission denied' -o a.slt -- /
[ "$(cat a.slt)" = precious ]
ok 'nor is one emptied that was there'
rm a.slt

true &
wait $!
says 1 "process $!: No such process" -o a.slt -p $!
[ ! -e a.slt ]
ok 'and no file is left'

# Ended while record starts: refused, or traced to its end.
bad=0
for delay in 0 0.01 0.03 0.05 0.1 0.2; do
	sleep 30 &
	pid=$!
	"$socklife" record -q -o b.slt -p $pid 2>err &
	sleep $delay
	kill $pid
	wait $!
	case "$?$(cat err)" in
	0 | "1socklife record: process $pid: "*) [ "$(wc -l <err)" -lt 2 ] || bad=1 ;;
	*) bad=1 ;;
	esac
done
[ $bad = 0 ]
ok 'a process that ends while record starts'

says 1 'cannot write .: Is a directory' -o . -- true
says 1 'cannot write no/such: No such file' -o no/such -- true
says 1 'cannot write a\\xff\\x0ab/c: No such file' -o "$(printf 'a\377\nb/c')" -- true
says 1 'cannot write /proc/version: ' -o /proc/version -- true
says 1 'cannot write /dev/full: No space left' -o /dev/full -- true
in_namespace 'mkdir ro && mount -t tmpfs -o ro none ro || exit 99
	exec "$socklife" record -o ro/a.slt -- touch ran' 2>err
[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'cannot write ro/a.slt: Read-only file system' err && [ ! -e ran ]
ok 'a file system that is read-only, and COMMAND is not run'
"$socklife" record -o - -- true 2>err | true
[ "${PIPESTATUS[0]}" = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'cannot write .*Broken pipe' err
ok 'a reader that went away'

in_namespace 'mkdir small && mount -t tmpfs -o size=60k none small || exit 99
	"$socklife" record -o small/a.slt -- /usr/bin/python3 -c "$0" 2>err
	status=$?
	kill $(cat pid) && cp small/a.slt full.slt && exit $status' "$talks"
[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'cannot write small/a.slt: No space left.* can be read' err
ok 'a disk that fills up while recording'
"$socklife" export full.slt -f json -o full.json 2>err && [ "$(wc -l <err)" = 1 ] && grep -q 'cut short' err &&
	jq -e '.trace.complete == false and (.events | length) > 500' full.json >out
ok 'and what was recorded until then can be read'

# A kernel without accept4: its tracepoints as they are, but for that. The pair of all calls would see it nevertheless.
in_namespace 'events=/sys/kernel/tracing/events
	mkdir events && cp -r $events/syscalls events && rm -r events/syscalls/*_accept4 &&
		mount --bind events $events && mount -t tmpfs none /sys/kernel/debug || exit 99
	"$socklife" syscalls >calls && "$socklife" doctor >doctor &&
	exec "$socklife" record --no-compat -q -o less.slt -- /usr/bin/python3 -c "$0"' "$accepts" 2>err && [ ! -s err ] &&
	grep -q '^accept4 .* no  *[^ ]*$' calls && grep -q '^calls  *no .*: accept4$' doctor
ok 'a kernel without accept4: syscalls and doctor say so, and the others are recorded'
"$socklife" export less.slt -f json >less.json 2>err && [ ! -s err ] &&
	jq -e '[.events[].call] | index("accept4") == null and index("listen") != null and index("connect") != null' less.json >out
ok 'and are in the file'
jq -e '[.sockets[] | select(.origin == "snapshot" and .bytes.received == 1)] | length == 1' less.json >out 2>err
ok 'what it had accepted is a socket of unknown beginning'

cp /bin/true "$(printf '\377\033[31m')"
"$socklife" record -q -o names.slt -- /usr/bin/python3 -c "$names" 2>err && [ ! -s err ]
ok 'names that are not UTF-8 are recorded'
for format in json ndjson text; do
	"$socklife" export names.slt -f $format >names.$format 2>err && [ ! -s err ] && iconv -f UTF-8 -t UTF-8 names.$format >out 2>err &&
		! LC_ALL=C.UTF-8 grep -nP '[\x{00}-\x{08}\x{0b}-\x{1f}\x{7f}-\x{9f}\x{202e}]' names.$format >err
	ok "$format: they are UTF-8, without control characters"
done
for command in report normalize; do
	"$socklife" $command names.slt >names.$command 2>err && iconv -f UTF-8 -t UTF-8 names.$command >out 2>err &&
		! LC_ALL=C.UTF-8 grep -nP '[\x{00}-\x{08}\x{0b}-\x{1f}\x{7f}-\x{9f}\x{202e}]' names.$command >err
	ok "$command: they are UTF-8, without control characters"
done
jq -e '([.sockets[].local] | contains(["unix:@\\xff\\xfe\\x00\\x80z", "unix:p\\xc3(\\x0a\\x7f", "unix:@\\xe2\\x80\\xae\\xc2\\x85\\\\"])) and
	.processes[0].args == ["\\xe2\\x80\\xae", "\\xf0("] and .processes[0].exe == "./\\xff\\x1b[31m" and
	.processes[0].execs[-1].comm == "\\xff\\x1b[31m"' names.json >out 2>err
ok 'json: a byte that is no UTF-8, control characters and bidi controls are \x and two digits'
# What is printed of a name can be read back: the schema is kept as well.
"$socklife" schema >schema.json && /usr/bin/python3 -c 'import json, jsonschema
jsonschema.validate(json.load(open("names.json")), json.load(open("schema.json")))
for line in open("names.ndjson"): json.loads(line)' 2>err
ok 'json: valid'

echo "1..$n"
