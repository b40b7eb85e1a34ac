#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every scenario, recorded now by a pair of programs for each call, as for -p and --comm (bpf/native.bpf.h), and not by the one
# pair for all calls that COMMAND has where 32-bit programs can run (bpf/compat.bpf.h).
set -u

cd "$(dirname "$0")/../.." || exit
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
OPTIONS=--no-compat tests/scenarios/together "$dir" 2>&1 | sed 's/^/# /'
tests/scenarios/compare "$dir"
