#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The three BPF objects go by one skeleton (user/loader.c): their variables must lie at the same places.
set -u

gen=${BUILD:-build}/gen
layout() {
	sed -n '/struct socklife.*__\(bss\|data\|rodata\) {/,/^\t}/p' "$gen/$1.skel.h" | sed 's/socklife[a-z_]*bpf__//'
}
n=0
for object in socklife-probe socklife-threads; do
	n=$((n + 1))
	[ "$(layout socklife | wc -l)" -gt 10 ] && [ "$(layout socklife)" = "$(layout $object)" ] || printf 'not '
	echo "ok $n - $object has its variables where socklife has them"
done
echo "1..$n"
