#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tools/demo: what it records, what it says of it, and the page that it leaves.
# shellcheck disable=SC2016 # the dollars in single quotes are jq's
set -u

cd "$(dirname "$0")/../.." || exit
build=$(realpath "${BUILD:-build}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ln -s "$build/socklife" "$build/tests" "$dir"
n=0

ok() { # NAME, after the command whose status is told
	result=$?
	n=$((n + 1))
	[ $result = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

has() { # NAME FILTER: true of the document
	jq -e "$2" "$dir/json" >/dev/null
	ok "$1"
}

BUILD=$dir DISPLAY=:1 SUDO_UID=65534 SUDO_GID=65534 tools/demo >"$dir/said" 2>&1
ok 'it can be recorded'
sed 's/^/# /' "$dir/said"
"$build/socklife" export "$dir/demo.slt" -f json -o "$dir/json"
ok 'it can be replayed'

has 'complete, and nothing is lost' '.trace.complete and .trace.lost.events == 0'
has 'sockets: six of the stream, two of the datagrams' \
	'[.sockets[].type] | (map(select(. == "SOCK_STREAM")) | length == 6) and (map(select(. == "SOCK_DGRAM")) | length == 2)'
has 'two of them from one listener' \
	'(.sockets[] | select(.role == "passive").id) as $id | [.sockets[] | select(.listener == $id)] | length == 2'
has 'workers have them by fork, and dup them' \
	'[.sockets[] | select(.origin == "accept").descriptors | map(.how)] == [["accept", "fork", "dup"], ["accept", "fork", "dup"]]'
has 'clients end sending first, and are answered all the same' \
	'[.sockets[] | select(any(.states[]; .state == "half-closed-local")).bytes.received] == [33, 33]'
has 'one client comes too late' '[.sockets[] | select(any(.states[]; .state == "failed")).attempts[].outcome] == ["ECONNREFUSED"]'
has 'one datagram has no answer' '[.events[] | select(.call == "recvfrom" and .error == "ECONNREFUSED")] | length == 1'
has 'all are closed' 'all(.sockets[]; .closed.by == "close")'

[ "$(wc -l <"$dir/said")" = 5 ] && [ "$(sed -n 1p "$dir/said")" = "$dir/demo.html" ]
ok 'it says where the page is, and three lines on it'
want=$(jq -r '"recorded: \(.sockets | length) sockets of \(.processes | length) processes, \(.events | length) calls in "' \
	"$dir/json")
sed -n 2p "$dir/said" | grep -q "^${want}[0-9.]* s, 0 records lost$"
ok 'the first is true'
[ "$(sed -n 3,4p "$dir/said")" = "$(jq -r '
	def of(t): .sockets | map(select(.type == t));
	def bytes: map(.bytes.sent) | add;
	def descriptors(how): map(.descriptors[] | select(.how == how)) | length;
	of("SOCK_STREAM") as $stream | of("SOCK_DGRAM") as $datagram |
	"stream: \($stream | length) sockets, 2 of them accepted; \($stream | bytes) bytes sent; 2 half-closed, 1 refused;" +
	" descriptors: \($stream | descriptors("dup")) by dup, \($stream | descriptors("fork")) by fork",
	"datagram: \($datagram | length) sockets; \($datagram | bytes) bytes sent; 1 refused"' "$dir/json")" ]
ok 'and so are the others'
[ "$(tail -n 1 "$dir/said")" = "To look at it: xdg-open $dir/demo.html" ]
ok 'on a desktop it says how to open it'

[ "$(stat -c '%u:%g' "$dir/demo.slt" "$dir/demo.html" | uniq)" = 65534:65534 ]
ok 'the files belong to the user who called'
jq -r '.sockets[].local // empty' "$dir/json" | while read -r address; do
	grep -qF "$address" "$dir/demo.html" || exit
done
ok 'the page has all the addresses'

echo "1..$n"
