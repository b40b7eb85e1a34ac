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

record() { # KERNEL PROGRAMS [NAME...]: what came out is in parts
	tests/vm/record "$1" "$dir" "${@:2}" >"$dir/vm" 2>&1 || return
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

# A scenario that is not as its golden has two more chances, without the others: in a VM that is slow, what is at once elsewhere may
# be late.
kernel() { # KERNEL PROGRAMS
	local try status line name skip start=$SECONDS again=0
	local names=() wrong=()
	declare -A as_golden=() skips=() why=()
	for try in 1 2 3; do
		record "$1" "$2" "${wrong[@]}"
		status=$?
		! skipped $status "$1" "$2" || return
		if [ $status != 0 ]; then
			tell 'not ok' "$1 $2" "$dir/vm"
			return
		fi
		GOLDENS=$dir/goldens tests/scenarios/compare "$dir/parts" "$2" >"$dir/tap"
		wrong=()
		while IFS= read -r line; do
			case $line in
			'# '*)
				why[$name]+=$line$'\n'
				continue
				;;
			1..*) continue ;;
			esac
			name=${line#*- } skip=''
			[[ $name != *' # SKIP'* ]] || skip=" # ${name#* # }"
			name=${name%% # *} why[$name]=''
			[ $try != 1 ] || names+=("$name")
			[ -z "${as_golden[$name]:-}" ] || continue
			case $line in
			'ok '*) as_golden[$name]=$try skips[$name]=$skip ;;
			*) wrong+=("$name") ;;
			esac
		done <"$dir/tap"
		[ ${#wrong[@]} != 0 ] || break
	done
	for name in "${names[@]}"; do
		if [ -n "${as_golden[$name]:-}" ]; then
			tell ok "$1 $2 $name${skips[$name]}"
			[ "${as_golden[$name]}" = 1 ] || again=$((again + 1))
		else
			tell 'not ok' "$1 $2 $name"
			printf '%s' "${why[$name]}"
		fi
	done
	echo "# $1 $2: $((${#names[@]} - ${#wrong[@]})) of ${#names[@]} as their goldens ($again of them not at once), $((SECONDS - start)) s" >&2
}

for kernel in ${KERNELS:-6.1}; do
	for programs in ${PROGRAMS:-scenarios scenarios32}; do
		[ ! -d "$build/tests/$programs" ] || kernel "$kernel" "$programs"
	done
done
echo "1..$n"
