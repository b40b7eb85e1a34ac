#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each call is shown by a golden in each way that `socklife syscalls` says it has: tests/doors, tests/uring.
set -u

cd "$(dirname "$0")/../.." || exit
text=$(mktemp)
trap 'rm -f "$text"' EXIT
cat tests/goldens/doors/*.txt tests/goldens/uring/*.txt >"$text"
"${BUILD:-build}/socklife" syscalls | awk -v text="$text" '
NR > 1 {
	ways = split($NF, way, ",")
	for (i = 1; i <= ways; i++)
		if (way[i] != "syscall" && way[i] != "x32")
			wanted[++count] = $1 " via " way[i]
}
END {
	while ((getline line < text) > 0)
		if (match(line, /^\t[a-z0-9_]+[(]/) && match(line, / via [a-z0-9_]+$/))
			there[substr(line, 2, index(line, "(") - 2) substr(line, RSTART)] = 1
	for (i = 1; i <= count; i++)
		print (wanted[i] in there ? "ok " : "not ok ") i " - " wanted[i]
	print "1.." count
}'
