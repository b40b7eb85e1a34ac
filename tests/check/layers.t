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
	mkdir -p "$tree/bpf" "$tree/user" "$tree/web/src"
	case $1 in
	web/*) printf '// first\nimport { x } from %s;\n' "$2" >"$tree/$1" ;;
	*) printf '#include <stdbool.h>\n#include %s\n' "$2" >"$tree/$1" ;;
	esac
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
breach web/src/document.ts '"./state"' 'the document knows nothing of what is shown'
breach web/src/layout.ts '"preact"' 'the layout draws nothing'
breach web/src/paint.ts '"./actions"' 'drawing changes nothing'
breach web/src/anything.ts '"./document"' 'a new file of the page needs a row'

tools/check-layers >&2
ok 'no file includes what it may not know'

# The modules without I/O, memory and variables: they call each other and these few, and what they have is read-only.
pure='text lifecycle notes names names_ioctl names_options address decode decode_rows pack'
calls='mem(chr|cmp|cpy|move|set)|bcmp|str(cmp|n?len)|snprintf|inet_ntop|ntohs|strerrorname_np|sigabbrev_np'
added='_GLOBAL_OFFSET_TABLE_|__unnamed_.*|__stack_chk_fail|__(mem.*|snprintf|str.*)_chk|__(asan|ubsan|odr)_.*' # by the compiler
sections='\.text.*|\.rodata.*|\.data\.rel\.ro.*'

symbols() { # OBJECT...: name, class, section of each
	nm -f sysv "$@" | awk -F'|' 'NF == 7 { gsub(/ /, ""); print $1, $3, $7 }'
}

impurities() { # OBJECT: what it has or calls and may not
	[ -e "$1" ] && symbols "$1" | grep -vxE "($added) .*|($calls) U \*UND\*|[^ ]+ [^Uu] ($sections)" |
		grep -vxE "($own) U .*" | sed "s|^|$1: |"
}

# shellcheck disable=SC2254 # a pattern it is
plant() { # NAME SOURCE PATTERN: of an object of it these symbols are told
	printf '%s\n' "$2" | ${CC:-cc} -O2 -x c -c -o "$tree/plant.o" - &&
		case $(impurities "$tree/plant.o" | awk '{ print $2 }') in
		$3) ;;
		*) false ;;
		esac
	ok "$1"
}

# shellcheck disable=SC2046,SC2086 # a word a module
own=$(symbols $(printf "${BUILD:-build}/user/%s.o " $pure) | awk '$2 ~ /[A-TV-Z]/ { print $1 }' | paste -sd '|')

plant 'read-only tables of pointers are no variables' \
	'const char *const names[] = { "a", "b" }; const char *name(int i) { static const char *const own[] = { "c" }; return i ? *own : names[i]; }' ''
plant 'an initialised static is a variable' 'int next(void) { static int count = 3; return count++; }' '*count*'
plant 'a static without a value is a variable' 'static int seen; int once(void) { return seen++; }' 'seen'
plant 'a global is a variable' 'int limit = 3;' 'limit'
plant 'a thread'"'"'s own is a variable' '__thread int mine;' 'mine'
plant 'strdup() is memory' 'char *strdup(const char *); char *copy(const char *s) { return strdup(s); }' 'strdup'
plant 'mmap() is memory' 'void *mmap(void *, long, int, int, int, long); void *page(void) { return mmap(0, 1, 3, 34, -1, 0); }' 'mmap'
plant 'errno is a variable' '#include <errno.h>
int last(void) { return errno; }' '__errno_location'

for module in $pure; do
	found=$(impurities "${BUILD:-build}/user/$module.o" || echo "no $module.o")
	[ -z "$found" ] || ! echo "$found" >&2
	ok "$module has no I/O, no memory and no variables"
done

echo "1..$n"
