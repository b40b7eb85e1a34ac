#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The ways of 32-bit calls into the kernel: each program of tests/doors, recorded now, has the lives that its golden says.
# `tests/live/doors.t golden` makes the golden files anew.
set -u

cd "$(dirname "$0")/../.." || exit
if why=$(tests/doors/missing); then
	echo "1..0 # SKIP $why"
	exit
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck disable=SC2046 # words they are
PROGRAMS=doors tests/scenarios/record "$dir" $(tests/doors/names) 2>&1 | sed 's/^/# /'
if [ "${1:-}" = golden ]; then
	for capture in "$dir"/*.slt; do
		name=${capture##*/}
		"${BUILD:-build}/socklife" normalize "$capture" >"tests/goldens/doors/${name%.slt}.txt"
	done
	exit
fi
tests/scenarios/compare "$dir" doors >"$dir/tap"
grep -v '^1\.\.' "$dir/tap"
n=$(grep -c '^\(not \)*ok' "$dir/tap")
n=$((n + 1))

# arch/x86/entry/vdso/vdso32/system_call.S
if grep -qwE 'AuthenticAMD|HygonGenuine' /proc/cpuinfo; then
	echo "ok $n - __kernel_vsyscall by sysenter # SKIP this processor has no sysenter for 32-bit calls: they are by syscall"
else
	! grep -q '^not ok [0-9]* - vsyscall-' "$dir/tap" || printf 'not '
	echo "ok $n - __kernel_vsyscall by sysenter"
fi
echo "1..$n"
