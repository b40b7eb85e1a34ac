#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tools/vm: a program recorded in a VM, compared with its golden, and each way in which that can fail told apart. Is skipped where no
# kernel or QEMU can be had.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell in the guest
set -u

cd "$(dirname "$0")/../.." || exit
BUILD=$(realpath "${BUILD:-build}")
export BUILD
tools=$PWD/tools
. tests/ok.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 777 "$dir" # under sudo tools/vm runs as the user who called
umask 0
cd "$dir" || exit

ends() { # STATUS ARG...: tools/vm ends so
	local status=$1
	shift
	"$tools/vm" "$@" >out 2>err
	[ $? = "$status" ]
}

refused() { # PATTERN ARG...: usage, in one line that has PATTERN
	local pattern=$1
	shift
	ends 2 run "$@" && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q "^tools/vm: .*$pattern" err
	ok "refused: $pattern"
}

refused 'which --kernel' -- true
refused 'no kernel 2.6; there are: 5.10 6.1 6.12 sid' --kernel 2.6 -- true
refused 'kernel 6.1 is given twice' --kernel 6.1 bookworm -- true
refused 'COMMAND is missing' --kernel 6.1 --
refused 'nonesuch: not found' --kernel 6.1 -- nonesuch
refused './nonesuch: not found' --kernel 6.1 -- ./nonesuch
refused 'nonesuch is not there' --kernel 6.1 --add nonesuch -- true
refused 'nonesuch is not there' --image nonesuch -- true
refused '--limit 0 is no number' --kernel 6.1 --limit 0 -- true
refused '--limit needs a value' --kernel 6.1 --limit -- true
refused '--update needs --golden' --kernel 6.1 --update -- true
refused 'no golden in nonesuch' --kernel 6.1 --golden nonesuch -- true
refused 'what is --nonesuch' --nonesuch --kernel 6.1 -- true
ends 2 fetch 2.6
ok 'refused: fetch of a kernel that there is none of'
ends 0 --help && grep -q 'Exit status' out
ok 'help'
ends 0 list && grep -q '^5\.10 .*bullseye' out && grep -q '^sid' out
ok 'list'

golden() { # VERSION FILE: the golden for it; none: there is none
	[ "$("$tools/vm-golden" ranges g "$1")" = "${2:+ranges/$2}" ]
	ok "golden: of $1 is ${2:-none}"
}

mkdir ranges
golden 6.1.0 ''
touch ranges/g.5.10-6.2.txt ranges/g.6.1-6.1.txt ranges/g.6.12-.txt ranges/g.-5.4.txt ranges/g.6.15-6.20.txt ranges/g.6.x-.txt ranges/go.6.9-6.9.txt
golden 6.9.0 ''
golden 5.4.300 g.-5.4.txt
golden 5.5.0 ''
touch ranges/g.txt
golden 6.9.0 g.txt
golden 5.10.0-32-cloud-amd64 g.5.10-6.2.txt
golden 6.2.16 g.5.10-6.2.txt
golden 6.3.0 g.txt
golden 6.1.0 g.6.1-6.1.txt
golden 6.12.95+deb12 g.6.12-.txt
golden 6.16.1 g.6.15-6.20.txt
golden 6.20-rc1 g.6.15-6.20.txt
golden 7.2.13 g.6.12-.txt
"$tools/vm-golden" ranges g six 2>err
[ $? = 2 ] && [ "$(wc -l <err)" = 1 ]
ok 'golden: a version that is none'

# Machines that lack something: a PATH without QEMU, or with one that does nothing, and an apt that reaches nobody.
mkdir bin cache
ln -s /usr/bin/* /usr/sbin/* bin 2>err
rm -f bin/qemu-system-x86_64 bin/apt-get
printf '#!/bin/sh\nexit 100\n' >bin/apt-get
chmod +x bin/apt-get
lacking() { # STATUS PATTERN: so ends a run on such a machine
	XDG_CACHE_HOME=$dir/cache PATH=$dir/bin ends "$1" run --kernel 6.1 -- true && cat out err | grep -q "$2"
}
lacking 7 'QEMU is missing, and cannot be fetched'
ok 'no QEMU'
printf '#!/bin/sh\necho QEMU emulator version 10.0\n[ "$1" = --version ]\n' >bin/qemu-system-x86_64
chmod +x bin/qemu-system-x86_64
lacking 8 'kernel 6.1 cannot be fetched' && grep -q '^6\.1 .* not fetched' out
ok 'a kernel that cannot be fetched'

# From here on VMs are started.
program='echo x >/dev/udp/127.0.0.1/9'
in_vm() { # STATUS ARG...
	local status=$1
	shift
	ends "$status" run --kernel 6.1 "$@"
}
result() { # WORDS: that the table has
	grep -q "^6\.1 *6\.1[^ ]* *$1 *[0-9.]*$" out
}
skip=
kernel=$("$tools/vm-fetch" kernel 6.1 2>err) || skip='no kernel can be fetched'
"$tools/vm-fetch" qemu >out 2>err || skip=${skip:-no QEMU can be fetched}
vm() { # NAME FUNCTION
	if [ -n "$skip" ]; then
		echo "ok $((n += 1)) - $1 # SKIP $skip"
	else
		$2
		ok "$1"
	fi
}

broken_qemu() {
	mkdir -p cache/socklife && ln -s "$kernel" cache/socklife/kernel-6.1 && lacking 7 'VM failed' && grep -q '^-- qemu:' out
}
update() {
	in_vm 0 --golden golden --update --keep kept -- bash -c "$program; echo told" && result 'wrote golden.txt' &&
		grep -q 'AF_INET, SOCK_DGRAM' golden/golden.txt && [ "$(cat kept/6.1/output)" = told ]
}
alike() {
	sed 's/127.0.0.1:9/127.0.0.1:8/' golden/golden.txt >golden/golden.6.2-.txt
	in_vm 0 --golden golden -- bash -c "$program; echo told" && result alike
}
differs() {
	sed 's/127.0.0.1:9/127.0.0.1:8/' golden/golden.txt >golden/golden.5.10-6.1.txt
	in_vm 3 --golden golden -- bash -c "$program; echo told; exit 9" && result 'differs, program failed (9)' && grep -q '^told' out &&
		grep -q '^== .*golden.5.10-6.1.txt and 6.1' out && grep -q '^-.*127.0.0.1:8' out && grep -q '^+.*127.0.0.1:9' out
}
panics() {
	in_vm 5 -- sh -c 'echo c >/proc/sysrq-trigger' && result 'kernel panicked' && grep -q 'Kernel panic - not syncing' out
}
warns() {
	in_vm 5 -- sh -c 'echo "<4>WARNING: CPU: 0 PID: 1 at a/b.c:1" >/dev/kmsg' && result 'kernel warned, recorded' &&
		grep -q 'WARNING: CPU: 0' out
}
hangs() {
	in_vm 6 --limit 6 -- sleep 1000 && result 'hung, for 6 s'
}
not_recorded() { # a socklife that cannot
	mkdir build && printf '#!/bin/sh\necho socklife record: cannot >&2\nexit 1\n' >build/socklife && chmod +x build/socklife
	BUILD=$dir/build in_vm 4 -- true && result 'record failed' && grep -q '^socklife record: cannot' out
}
vm 'a QEMU that fails' broken_qemu
vm 'recorded, and the golden is made' update
vm 'alike, and goldens of other kernels do not matter' alike
vm 'differs from the golden of its range, and the program failed' differs
vm 'the kernel panics' panics
vm 'the kernel warns' warns
vm 'hangs' hangs
vm 'recording fails' not_recorded

echo "1..$n"
