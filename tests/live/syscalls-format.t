#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every row of the table has as many arguments as the kernel says: with more, attaching fails; with fewer, facts are missed. What
# is no native call here comes by another way.
set -u

cd "$(dirname "$0")/../.." || exit
socklife=${BUILD:-build}/socklife
for events in /sys/kernel/tracing/events /sys/kernel/debug/tracing/events; do
	[ -d $events/syscalls ] && break
done

"$socklife" syscalls | (
	n=0
	read -r _ # the heading
	while read -r call args _ kernel doors; do
		n=$((n + 1))
		format=$events/syscalls/sys_enter_$call/format
		[ -e "$format" ] || format=$events/syscalls/sys_enter_${call}64/format # sendfile
		if [ ! -e "$format" ]; then
			case "$kernel $doors" in
			'no none') echo "ok $n - $call # SKIP this kernel has none" ;;
			'no socketcall') echo "ok $n - $call: by socketcall only" ;;
			*) echo "not ok $n - $call: kernel: $kernel, doors: $doors" ;;
			esac
			continue
		fi
		count=$(grep -c 'field:' "$format")
		count=$((count - $(grep -Ec 'field:.*(common_|__syscall_nr)' "$format")))
		[ "$kernel $args ${doors%%,*}" = "yes $count syscall" ] && echo "ok $n - $call" || echo "not ok $n - $call: $args, the kernel says $count"
	done
	echo "1..$n"
)
