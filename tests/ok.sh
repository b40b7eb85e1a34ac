#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a test in shell sources: ok NAME writes the line of TAP that the status of the command before asks for, and of one that failed
# what it said, in $dir/out and $dir/err.
# shellcheck disable=SC2154 # dir is the test's
n=0
ok() { # NAME
	local result=$? file
	n=$((n + 1))
	if [ $result = 0 ]; then
		echo "ok $n - $1"
		return
	fi
	echo "not ok $n - $1"
	for file in "$dir/out" "$dir/err"; do
		[ ! -e "$file" ] || sed 's/^/# /' "$file"
	done
}
