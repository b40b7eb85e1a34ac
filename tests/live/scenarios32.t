#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every scenario as a 32-bit program, recorded now, has the lives that the golden of the 64-bit one says.
set -u

cd "$(dirname "$0")/../.." || exit
if why=$(tests/doors/missing); then
	echo "1..0 # SKIP $why"
	exit
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tests/scenarios/together "$dir" scenarios32 2>&1 | sed 's/^/# /'
tests/scenarios/compare "$dir" scenarios32
