#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every scenario, recorded now, has the lives that its golden says.
set -u

cd "$(dirname "$0")/../.." || exit
socklife=${BUILD:-build}/socklife
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

names=$(basename -s .c tests/scenarios/*.c)
if [ "$(id -u)" != 0 ]; then
	for name in $names; do
		echo "ok $((++n)) - $name # SKIP needs root"
	done
	echo "1..$n"
	exit
fi

# Most of the time goes into loading the programs.
xargs -P "$(nproc)" -I NAME tests/scenarios/run NAME "$dir/NAME.slt" <<<"$names" >"$dir/said" 2>&1
sed 's/^/# /' "$dir/said"
for name in $names; do
	n=$((n + 1))
	if "$socklife" normalize "$dir/$name.slt" >"$dir/text" && diff -u "tests/goldens/$name.txt" "$dir/text" >"$dir/diff"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$dir/diff"
	fi
done
echo "1..$n"
