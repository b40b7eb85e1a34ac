#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/vm/golden-update: what is right stays, what is not is made such that the patches give what was recorded, and each way in which
# that can fail is told. No VM is started: what was recorded are the goldens as a kernel has them, changed.
set -u

cd "$(dirname "$0")/../.." || exit
. tests/ok.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
BUILD=$(realpath "${BUILD:-build}")
export BUILD GOLDENS=$dir/goldens RECORDED=$dir/recorded

recorded_on() { # KERNEL: all is as in the tree
	kernel=$1
	rm -rf "$GOLDENS" "$RECORDED"
	mkdir "$GOLDENS" "$RECORDED"
	cp -r tests/goldens/*.txt tests/goldens/kernels "$GOLDENS"
	tests/vm/goldens "$kernel" "$RECORDED" >"$dir/out" 2>"$dir/err"
}
otherwise() { # NAME...: is recorded
	local name
	for name; do sed -i '0,/^	socket(/s//	not_a_socket(/' "$RECORDED/$name.txt"; done
}
update() { # PATCH [NAME...]
	tests/vm/golden-update "$1" "$kernel" "${@:2}" >"$dir/out" 2>"$dir/err"
}
give() { # do the patches give what was recorded?
	rm -rf "$dir/given"
	mkdir "$dir/given"
	tests/vm/goldens "$kernel" "$dir/given" >"$dir/out" 2>&1 && diff -r "$dir/given" "$RECORDED" >"$dir/out"
}
lines() { # FOLDER: of patches, with patch and scenario
	(cd "$1" && awk 'FNR == 1 { name = "reason.txt" } /^--- / { name = $2 } { print FILENAME "/" name ": " $0 }' ./*)
}
changed() { # PATCH/NAME...: these parts are not as in the tree, and no other
	diff <(lines tests/goldens/kernels) <(lines "$GOLDENS/kernels") >"$dir/out"
	[ "$(sed -n 's|^[<>] \./\(.*\)\.patch/\([^:]*\)\.txt: .*|\1/\2|p' "$dir/out" | sort -u | paste -s -d ' ')" = "$*" ]
}
refused() { # TEXT ARG...: by one line, and nothing is changed
	rm -rf "$dir/before"
	cp -r "$GOLDENS/kernels" "$dir/before"
	! tests/vm/golden-update "${@:2}" >"$dir/out" 2>"$dir/err" && [ ! -s "$dir/out" ] && [ "$(cat "$dir/err")" = "golden-update: $1" ] &&
		diff -r "$dir/before" "$GOLDENS/kernels" >"$dir/out"
	ok "refused: $1"
}

all_made_anew() {
	local patch
	for patch in $(tests/vm/goldens "$kernel"); do update "$patch" || return; done
}
for version in 5.10 6.1; do
	recorded_on $version && give && all_made_anew &&
		diff -r tests/goldens/kernels "$GOLDENS/kernels" >"$dir/out"
	ok "recorded on $version as it is: each patch stays"
done

# Of scenarios that a nearer or a farther patch has too.
while read -r version patch name; do
	recorded_on "$version"
	otherwise "$name"
	! give && update "$patch" && give && changed "$patch/$name"
	ok "$patch: another $name, recorded on $version"
done <<'END'
5.10 before-6.10-reset-reason shutdown-rd
6.1 before-6.6-close unix-queue-of-three
6.1 before-6.5-udp6-drop udp6-receive-queue-full
6.1 before-6.3-data-ready udp6-receive-queue-full
5.10 before-5.14-error-report tcp-linger-zero
END

recorded_on 6.1
otherwise tcp-io-calls tcp6-io-calls peek
update before-6.4-nowait.patch tcp6-io-calls && changed before-6.4-nowait/tcp6-io-calls
ok 'no other than the scenario asked for'
update before-6.4-nowait && ! give && changed before-6.4-nowait/tcp-io-calls before-6.4-nowait/tcp6-io-calls
ok 'all that the patch has'
update before-6.4-nowait peek && give && changed before-6.4-nowait/{peek,tcp-io-calls,tcp6-io-calls} &&
	[ "$(grep '^---' "$GOLDENS/kernels/before-6.4-nowait.patch" | head -n 1)" = '--- peek.txt' ]
ok 'one that it has not, at its place'

# The kernel has two of three as their goldens say; the third too.
recorded_on 6.1
sed -i 's/EOPNOTSUPP/EAGAIN/' "$RECORDED"/{tcp,unix}-io-calls.txt
update before-6.4-nowait && give && changed before-6.4-nowait/{tcp,unix}-io-calls &&
	[ "$(grep '^---' "$GOLDENS/kernels/before-6.4-nowait.patch")" = '--- tcp6-io-calls.txt' ]
ok 'parts that go away'
rm "$RECORDED/tcp6-io-calls.txt"
"$BUILD/socklife" export tests/captures/tcp6-io-calls.slt -f json >"$RECORDED/tcp6-io-calls.json" 2>"$dir/err" &&
	update before-6.4-nowait && [ ! -e "$GOLDENS/kernels/before-6.4-nowait.patch" ] && grep -q 'nothing is left of before-6.4-nowait' "$dir/err"
ok 'a patch of which nothing is left, by a recording and not its golden form'

# A golden that has become another one.
recorded_on 6.1
sed -i 's/TCP_ABORT_ON_CLOSE/TCP_STATE/' "$GOLDENS/shutdown-rd.txt"
refused 'before-6.10-reset-reason does not fit the golden of shutdown-rd: make it anew first' before-6.6-close 6.1
update before-6.10-reset-reason && give && update before-6.6-close && changed before-6.10-reset-reason/shutdown-rd
ok 'the nearer first, and the farther is right'
sed -i 's/effective 5, deepest 2/effective 5, deepest 4/' "$RECORDED/unix-queue-of-three.txt"
refused 'before-6.3-data-ready does not fit what 6.1 recorded of unix-queue-of-three: make it anew first, or remove unix-queue-of-three from it' \
	before-6.6-close 6.1
update before-6.3-data-ready && give && changed before-6.10-reset-reason/shutdown-rd before-6.3-data-ready/unix-queue-of-three
ok 'the farther, where the nearer are right'

# A farther patch changes what another one made of it; and one fits what was recorded, but would change something else.
recorded_on 6.1
sed 's/EOPNOTSUPP/ENOSYS/; s/EAGAIN/EOPNOTSUPP/' tests/goldens/kernels/before-6.4-nowait.patch >"$GOLDENS/kernels/before-6.2-more.patch"
sed -i 's/EOPNOTSUPP/ENOSYS/' "$RECORDED"/*-io-calls.txt
give && otherwise tcp-io-calls && update before-6.5-udp6-drop tcp-io-calls && give && cmp tests/goldens/kernels/before-6.4-nowait.patch \
	"$GOLDENS/kernels/before-6.4-nowait.patch" >"$dir/out"
ok 'two farther patches of one line'
recorded_on 6.1
grep -B 3 -A 3 RWF_NOWAIT "$RECORDED/tcp-io-calls.txt" | cat tests/goldens/tcp-io-calls.txt - >"$dir/out"
cp "$dir/out" "$RECORDED/tcp-io-calls.txt"
refused 'before-6.4-nowait does not fit what 6.1 recorded of tcp-io-calls: make it anew first, or remove tcp-io-calls from it' \
	before-6.5-udp6-drop 6.1 tcp-io-calls

recorded_on 6.1
refused 'which PATCH, and which KERNEL?' before-6.6-close
refused "no patch nonesuch; there are: $(basename -s .patch -a tests/goldens/kernels/* | LC_ALL=C sort | paste -s -d ' ')" nonesuch 6.1
refused 'before-5.14-error-report is not for kernel 6.1' before-5.14-error-report 6.1
refused 'no golden of a scenario nonesuch' before-6.6-close 6.1 nonesuch
rm "$RECORDED/shutdown-rd.txt"
refused 'kernel 6.1 did not record shutdown-rd' before-6.6-close 6.1
sed -i '/^---/,$d' "$GOLDENS/kernels/before-6.6-close.patch"
refused 'before-6.6-close has no scenario yet: which NAME?' before-6.6-close 6.1
unset RECORDED
mkdir "$dir/build"
BUILD=$dir/build refused "not recorded: tools/vm: $dir/build/tests/scenarios is not there (see tools/vm --help)" before-6.3-data-ready bookworm
echo "1..$n"
