#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each rule has its scenarios, each scenario its capture and its golden, and the script that says so finds what is missing.
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

finds() { # SCRIPT WORDS NAME: after the change by SCRIPT, in the scenarios of a copy, exactly this is said
	rm -rf "${tree:?}/tests"
	mkdir -p "$tree/tests/scenarios"
	cp tests/scenarios/RULES tests/scenarios/*.c "$tree/tests/scenarios"
	(cd "$tree/tests/scenarios" && eval "$1")
	! said=$(tools/check-rules "$tree" 2>&1) && [ "$said" = "tests/scenarios: $2" ]
	ok "$3"
}

finds 'rm peek.c' 'a case without its scenario: peek.c' 'a case without its scenario'
finds 'cp peek.c peep.c' 'a scenario of no case: peep.c' 'a scenario of no case'
finds 'sed -i "s/^	SHUT_WR .*/	SHUT_WR | - | half-close/; /^25/,/^$/s/ inet6 unix |/ unix |/; s/udp6 unix | shutdown-d/unix | shutdown-d/" RULES' \
	'rule without a scenario, and a family: 25 inet6' 'a rule without a scenario of a family'
finds 'sed -i "s/^16\\. /17. /" RULES' "rules are missing or too many in RULES: $(seq -s ' ' 15) 17 $(seq -s ' ' 17 35) 35a 35b 40" \
	'a rule that is not there'
finds 'cp peek.c unix-peek.c; echo "	again | - | unix-peek" >>RULES' 'two sources of one program: unix-peek' \
	'two sources of one program'
rm -f "$tree"/tests/scenarios/*
echo '	a case | somewhere | peek' >"$tree/tests/scenarios/RULES"
! tools/check-rules "$tree" 2>/dev/null
ok 'a family that is none'

tools/check-rules >&2
ok 'each rule has its scenarios'

tests/scenarios/rows | cut -f 4 | sort -u >"$tree/names"
for kind in captures/*.slt goldens/*.txt; do
	# shellcheck disable=SC2086 # a pattern it is
	basename -s ".${kind##*.}" -a tests/$kind | sort | diff "$tree/names" - | grep '^[<>]' >&2
	[ $? = 1 ]
	ok "each scenario has its own, and none else, in tests/$kind"
done

echo "1..$n"
