#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# doctor and record say in one line what this kernel or this user lacks. What is missing is covered up in a mount
# namespace of our own.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell in the namespace
set -u

cd "$(dirname "$0")/../.." || exit
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 777 "$dir"
cp "${BUILD:-build}/socklife" "$dir/socklife" # where another user can run it
export socklife=$dir/socklife out=$dir/out.slt
n=0

ok() { # NAME, after the command whose status is told
	local result=$?
	n=$((n + 1))
	[ $result = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

# NAME PATTERN SETUP [COMMAND...]: with SETUP done, and run by COMMAND, both refuse in a line that has PATTERN.
refused() {
	local name=$1 pattern=$2 setup=$3 text
	shift 3
	text=$(unshare -m --propagation private sh -c "$setup"' || exit 99
		exec "$@"' sh "$@" "$socklife" doctor 2>&1)
	[ $? = 1 ] && grep -q "^record cannot work: $pattern" <<<"$text"
	ok "doctor: $name"
	text=$(unshare -m --propagation private sh -c "$setup"' || exit 99
		exec "$@"' sh "$@" "$socklife" record -o "$out" -- true 2>&1)
	[ $? = 1 ] && [ "$(wc -l <<<"$text")" = 1 ] && grep -q "^socklife record: $pattern" <<<"$text" && [ ! -e "$out" ]
	ok "record: $name"
}

"$socklife" doctor | grep -qx 'record can work'
ok 'doctor: record can work here'

refused 'not root' 'not root: run with sudo' : setpriv --reuid 65534 --regid 65534 --clear-groups
refused 'a container without CAP_BPF' 'root without CAP_BPF' : setpriv --bounding-set -bpf,-sys_admin
refused 'root of a user namespace' 'root of a user namespace only' : unshare -Ur
refused 'no BTF' 'no BTF: /sys/kernel/btf/vmlinux' 'mount -t tmpfs none /sys/kernel/btf'
refused 'no tracefs' 'tracefs is not mounted: mount -t tracefs' \
	'mount -t tmpfs none /sys/kernel/tracing && mount -t tmpfs none /sys/kernel/debug'
refused 'no system call tracepoints' '/sys/kernel/.*/events/syscalls is missing' \
	'mount -t tmpfs none /sys/kernel/tracing && mount -t tmpfs none /sys/kernel/debug && mkdir /sys/kernel/tracing/events'
refused 'lockdown' 'kernel lockdown is confidentiality' \
	'mount -t tmpfs none /sys/kernel/security && echo none integrity "[confidentiality]" >/sys/kernel/security/lockdown'

unshare -m --propagation private sh -c 'mount -t tmpfs none /sys/kernel/security || exit 99
	echo none "[integrity]" confidentiality >/sys/kernel/security/lockdown
	exec "$socklife" doctor' >"$dir/text" && grep -q '^lockdown *yes' "$dir/text"
ok 'doctor: lockdown in integrity mode is fine'

setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+bpf,+perfmon,+dac_read_search \
	--ambient-caps=+bpf,+perfmon,+dac_read_search "$socklife" doctor >"$dir/text"
ok 'doctor: three capabilities are enough'

# A kernel without one of the calls: a tracefs as the kernel's, without its tracepoint.
unshare -m --propagation private sh -c 'events=/sys/kernel/tracing/events/syscalls
	calls=$(ls $events) && mount -t tmpfs none /sys/kernel/debug && mount -t tmpfs none /sys/kernel/tracing &&
	mkdir -p $events && cd $events && mkdir $calls && rmdir sys_enter_dup2 sys_exit_dup2 || exit 99
	"$socklife" doctor; "$socklife" syscalls' >"$dir/text"
grep -q '^calls  *no  .*: dup2$' "$dir/text" && grep -q '^dup2 .* no  *[^ ]*$' "$dir/text" && grep -qx 'record can work' "$dir/text"
ok 'doctor: a call that the kernel does not have is named, and record can work'


# The ways in: what the kernel says of each, and what is not asked of it (send, recv: no native calls on most).
"$socklife" doctor >"$dir/text"
grep -q '^calls  *yes  *all [0-9]*$' "$dir/text"
ok 'doctor: a call that comes by socketcall only is not missed'
int80() { # the kernel runs 32-bit programs: by trying one
	printf 'int main(void) { return 0; }' >"$dir/a.c" && gcc -m32 -static -o "$dir/a" "$dir/a.c" 2>"$dir/err" && "$dir/a"
}
if [ "$(uname -m)" = x86_64 ] && int80; then
	grep -q '^32-bit programs  *yes  *int 0x80, sysenter, direct calls.* costs [0-9]* to [0-9]* ns more' "$dir/text" &&
		grep -q '^socketcall  *yes  *all 20' "$dir/text"
	ok 'doctor: 32-bit programs and socketcall are watched, and what that costs'
else
	echo "ok $((n += 1)) - doctor: 32-bit programs # SKIP this machine runs or builds none"
fi
grep -q '^io_uring  *yes  *requests with their arguments' "$dir/text"
ok 'doctor: io_uring is watched'

echo "1..$n"
