#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the commands say and how they exit when they are called wrongly, or on files that are no captures.
set -u

cd "$(dirname "$0")/../.." || exit
socklife=$(realpath "${BUILD:-build}")/socklife
capture=$PWD/tests/captures/tcp-connect-accept.slt
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit
n=0

ok() { # NAME, after the command whose status is told
	result=$?
	n=$((n + 1))
	[ $result = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

says() { # STATUS PATTERN ARG...: exits so, with one line on standard error that has the pattern, and prints nothing
	status=$1 pattern=$2
	shift 2
	"$socklife" "$@" >out 2>err
	[ $? = "$status" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q "^socklife.*: .*$pattern" err
	ok "socklife $*: $pattern"
}

"$socklife" 2>err
[ $? = 2 ] && grep -q '^usage: socklife COMMAND' err
ok 'without a command: usage'
"$socklife" --version | grep -Eqx 'socklife [0-9]+\.[0-9]+\.[0-9]+'
ok '--version'
for command in $("$socklife" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	"$socklife" "$command" --help | grep -q "^usage: socklife $command" && "$socklife" "$command" --version | grep -q '^socklife '
	ok "$command --help and --version"
done

says 2 "unknown command 'frobnicate'.*--help" frobnicate
says 2 "unknown option '--frobnicate'" --frobnicate
says 2 'unknown option --frobnicate.*export --help' export x --frobnicate
says 2 'usage: socklife show FILE' show
says 2 "unexpected 'b'" show a b
says 2 "unexpected 'x'" doctor x
says 2 'json, ndjson, text, html' export a
says 2 "unknown format 'tar': there are json, ndjson, text, html" export a -f tar
says 2 '--compress is for -f html, not for -f json' export a -f json --compress
says 2 'nothing to trace' record
says 2 "wants a number above 0, not 'x'" record -p x
says 2 "wants a size" record --buffer 1T true
says 2 "wants seconds" record --duration 0 true

echo 'no capture at all, but long enough to hold the head of a block' >foreign
: >empty
says 1 'no-such: No such file' show no-such
says 1 'Is a directory' show .
says 1 'not a socklife capture' show foreign
says 1 'not a socklife capture' report empty
says 1 'foreign is the capture itself' export foreign -f json -o foreign
[ -s foreign ]
ok 'and it is still there'
says 1 'no/such: No such file' export "$capture" -f json -o no/such
echo old >precious
says 1 'no-such: No such file' export no-such -f json -o precious
says 1 'not a socklife capture' export foreign -f ndjson -o precious
# shellcheck disable=SC2002 # a pipe is what is tested
cat "$capture" | "$socklife" export - -f json -o precious 2>err
[ $? = 1 ] && [ "$(cat precious)" = old ]
ok 'OUT keeps what it has while there is no capture to replace it'
"$socklife" export "$capture" -f json -o precious && grep -q '^{"format":"socklife-timeline"' precious
ok 'and is replaced by one'
cp foreign "$(printf 'two\nlines')"
says 1 'two\\x0alines: not a socklife capture' show "$(printf 'two\nlines')"

"$socklife" export - -f json <foreign 2>err
[ $? = 1 ] && grep -q 'standard input: not a socklife capture' err
ok 'json reads a file on standard input'
# shellcheck disable=SC2002 # a pipe is what is tested
cat foreign | "$socklife" export - -f json 2>err
[ $? = 1 ] && grep -q 'json needs to read the capture twice, and standard input is a pipe.*-f ndjson' err
ok 'json refuses a pipe, and names ndjson'
# shellcheck disable=SC2002 # a pipe is what is tested
cat "$capture" | "$socklife" export - -f html --compress -o page 2>err
[ $? = 1 ] && [ ! -e page ] && grep -q 'html needs to read the capture twice, and standard input is a pipe' err
ok 'html refuses a pipe, and writes nothing'
"$socklife" export - -f html <"$capture" >page && tail -n 1 page | grep -qx '</body></html>' &&
	grep -c 'class="head"' page | grep -qx 1 && grep -c '^<script type="application/json" class="chunk">' page | grep -qx 1
ok 'html is a page with the data in it'
"$socklife" export "$capture" -f html --compress -o page && "$socklife" export "$capture" -f html --compress | cmp -s - page &&
	grep -c '^<script type="application/gzip" class="' page | grep -qx 2
ok 'and with --compress packed, always the same'

"$socklife" syscalls 2>err >/dev/full
[ $? = 1 ] && [ "$(cat err)" = 'socklife syscalls: standard output: No space left on device' ]
ok 'a full disk is told'

echo "1..$n"
