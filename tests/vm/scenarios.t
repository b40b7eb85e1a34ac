#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every scenario, recorded in a VM on each of KERNELS (6.1), has the lives that its golden says, as that kernel has them
# (tests/goldens/kernels). PROGRAMS: scenarios, and scenarios32 where there are such programs.
set -u

cd "$(dirname "$0")/../.." || exit
build=$(realpath "${BUILD:-build}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

tell() { # OK NAME [FILE]
	n=$((n + 1))
	echo "$1 $n - $2"
	[ -z "${3:-}" ] || sed 's/^/# /' "$3"
}

record() { # KERNEL PROGRAMS: what came out is in parts
	tests/vm/record "$1" "$dir" "$2" >"$dir/vm" 2>&1 || return
	rm -rf "$dir/goldens"
	mkdir "$dir/goldens"
	tests/vm/goldens "$(cat "$dir/$1/version")" "$dir/goldens" >>"$dir/vm" 2>&1
}

skipped() { # STATUS KERNEL PROGRAMS
	local why='no kernel can be fetched'
	[ "$1" != 7 ] || why='no QEMU can be fetched'
	[ "$1" = 8 ] || { [ "$1" = 7 ] && grep -q 'QEMU is missing' "$dir/vm"; } || return
	tell ok "$2 $3 # SKIP $why"
}

# A scenario that is not as its golden has two more chances: in a VM that is slow, what is at once elsewhere may be late.
kernel() { # KERNEL PROGRAMS
	local try status line name start=$SECONDS all=0 good=0 again=0
	declare -A is_good=()
	for try in 1 2 3; do
		record "$1" "$2"
		status=$?
		! skipped $status "$1" "$2" || return
		if [ $status != 0 ]; then
			tell 'not ok' "$1 $2" "$dir/vm"
			return
		fi
		GOLDENS=$dir/goldens tests/scenarios/compare "$dir/parts" "$2" >"$dir/tap"
		while IFS= read -r line; do
			name=${line#*- }
			[ -n "${is_good[$name]:-}" ] || is_good[$name]=$try
		done < <(grep '^ok' "$dir/tap")
		grep -q '^not ok' "$dir/tap" || break
	done
	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '*)
			name=${line#*- }
			all=$((all + 1))
			[ "${is_good[$name]:-0}" -le 1 ] || again=$((again + 1))
			if [ -n "${is_good[$name]:-}" ]; then good=$((good + 1)); fi
			tell "$([ -n "${is_good[$name]:-}" ] || echo 'not ')ok" "$1 $2 $name"
			;;
		'# '*) [ -n "${is_good[$name]:-}" ] || printf '%s\n' "$line" ;;
		esac
	done <"$dir/tap"
	echo "# $1 $2: $good of $all as their goldens ($again of them not at once), $((SECONDS - start)) s" >&2
}

for kernel in ${KERNELS:-6.1}; do
	for programs in ${PROGRAMS:-scenarios scenarios32}; do
		[ ! -d "$build/tests/$programs" ] || kernel "$kernel" "$programs"
	done
done
echo "1..$n"
