#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The borders between the parts hold, and the script that says so finds a breach.
set -u

cd "$(dirname "$0")/../.." || exit
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
n=0

ok() { # NAME, after the command whose status is told
	result=$?
	n=$((n + 1))
	[ $result = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

breach() { # FILE INCLUDE NAME
	rm -rf "${tree:?}"/*
	mkdir -p "$tree/bpf" "$tree/user"
	printf '#include <stdbool.h>\n#include %s\n' "$2" >"$tree/$1"
	[ "$(tools/check-layers "$tree" | cut -d: -f1,2)" = "$1:2" ]
	ok "$3"
}

breach user/model.c '<stdio.h>' 'the model has no stdio'
breach user/model_tables.c '"capture.h"' 'the model knows no capture'
breach user/lifecycle.c '<stdlib.h>' 'the rules do not allocate'
breach user/decode.c '<unistd.h>' 'decoding has no system calls'
breach user/names.c '"model.h"' 'nothing includes to its left'
breach user/json.c '"../bpf/event.h"' 'an exporter knows no wire'
breach user/report.c '"order.h"' 'an exporter knows no source'
breach user/anything.c '"replay.h"' 'a new file is an exporter until it has a row'
breach user/replay.c '<bpf/libbpf.h>' 'only loader and rings know libbpf'
breach bpf/calls.bpf.c '"../user/model.h"' 'the kernel side knows nothing of user/'

tools/check-layers >&2
ok 'no file includes what it may not know'

# What the pure modules call of the C library, and the variables that they have.
impure='U ((m|c|re)alloc|reallocarray|free|v?f?printf|f?puts|f?open|f?read|f?write|exit|abort|getenv|time|clock_gettime)$| [bBC] '
for module in text lifecycle names address decode pack; do
	object=${BUILD:-build}/user/$module.o
	[ -e "$object" ] && ! nm "$object" | grep -v -e __asan -e __odr | grep -E "$impure" >&2
	ok "$module has no I/O, no memory and no variables"
done

echo "1..$n"
