#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The wire format compiles alone, without holes, for both compilers and both sides.
set -u

cd "$(dirname "$0")/../.." || exit
include=/usr/include/$(uname -m)-linux-gnu
n=0

alone() { # HEADER COMPILER...
	header=$1
	shift
	n=$((n + 1))
	if "$@" -I"$include" -std=gnu11 -Wall -Wextra -Wpadded -Werror -x c -fsyntax-only "$header" >&2; then
		echo "ok $n - $header: $*"
	else
		echo "not ok $n - $header: $*"
	fi
}

for header in bpf/event.h bpf/syscalls.h; do
	alone "$header" gcc
	alone "$header" clang
	alone "$header" clang -target bpf
done
echo "1..$n"
