#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The golden form is the same of a capture and of what is exported of it, from a file and from a pipe.
set -u

cd "$(dirname "$0")/../.." || exit
socklife=${BUILD:-build}/socklife
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

ok() { # NAME, after the command whose status is told
	result=$?
	n=$((n + 1))
	[ $result = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

same() { # CAPTURE
	"$socklife" normalize "$1" >"$dir/golden" && [ -s "$dir/golden" ] &&
		"$socklife" export "$1" -f json | "$socklife" normalize - | cmp - "$dir/golden" &&
		"$socklife" export "$1" -f ndjson | "$socklife" normalize - | cmp - "$dir/golden"
}

: >"$dir/other"
for capture in tests/captures/[!iu]*.slt; do
	same "$capture" >>"$dir/other" 2>&1 || echo "$capture" >>"$dir/other"
done
[ ! -s "$dir/other" ]
ok 'of captures, of their json and of their ndjson'
sed 's/^/# /' "$dir/other"

capture=tests/captures/tcp-connect-accept.slt
same $capture && "$socklife" export $capture -f json -o "$dir/json" && "$socklife" normalize "$dir/json" | cmp - "$dir/golden"
ok 'of a json file'
cp "$dir/golden" "$dir/in"
"$socklife" normalize "$dir/in" | cmp - "$dir/golden" && "$socklife" normalize - <"$dir/in" | cmp - "$dir/golden"
ok 'of a golden form'
# shellcheck disable=SC2002 # a pipe it is to be
cat $capture | "$socklife" normalize - | cmp - "$dir/golden" && "$socklife" normalize - <$capture | cmp - "$dir/golden"
ok 'of a capture from a pipe, and from standard input'
mkfifo "$dir/fifo"
cat $capture >"$dir/fifo" &
"$socklife" normalize "$dir/fifo" | cmp - "$dir/golden"
ok 'of a named pipe'

says() { # PATTERN, of $dir/in
	"$socklife" normalize - <"$dir/in" >"$dir/out" 2>"$dir/err"
	[ $? = 1 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" = 1 ] &&
		grep -q "^socklife normalize: standard input: $1" "$dir/err"
	ok "refused: $1"
}

head -c 3000 "$dir/json" >"$dir/in"
says 'line [0-9]* ends in the middle: it was cut short, export it again'
sed 's/"tid":/"tod":/' "$dir/json" >"$dir/in"
says 'line [0-9]* has an object whose .tid. is not there'
sed 's/"call":"bind"/"call":"bond"/' "$dir/json" >"$dir/in"
says 'line [0-9]* has an object whose .call. is not there or not what'
sed 's/"version":1/"version":2/' "$dir/json" >"$dir/in"
says 'line [0-9]* is of another version'
cat "$dir/json" "$dir/json" >"$dir/in"
says 'line [0-9]* is of something that follows the end'
echo '{"socklife": 1}' >"$dir/in"
says 'line 1 is not of a document that socklife exports'
echo 'Dear diary' >"$dir/in"
says 'not a socklife capture, nor what it exports as json or ndjson, nor a golden form'
echo 'socklife golden form 2' >"$dir/in"
says "its golden form is another than this socklife's"
: >"$dir/in"
says 'empty'
"$socklife" normalize "$dir/json" >/dev/full 2>"$dir/err"
[ $? = 1 ] && [ "$(wc -l <"$dir/err")" = 1 ] && grep -q 'No space left on device' "$dir/err"
ok 'a full disk'
echo "1..$n"
