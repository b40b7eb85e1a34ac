#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every committed capture still gives its golden; needs no root and no BPF. `make golden` makes both anew.
set -u

cd "$(dirname "$0")/../.." || exit
socklife=${BUILD:-build}/socklife
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

for scenario in tests/scenarios/*.c; do
	name=$(basename "$scenario" .c)
	n=$((n + 1))
	if "$socklife" normalize "tests/captures/$name.slt" >"$dir/text" 2>"$dir/diff" &&
		diff -u "tests/goldens/$name.txt" "$dir/text" >"$dir/diff"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$dir/diff"
	fi
done
echo "1..$n"
