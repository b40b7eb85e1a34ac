#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every scenario, recorded now, has the lives that its golden says.
set -u

cd "$(dirname "$0")/../.." || exit
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tests/scenarios/record "$dir" 2>&1 | sed 's/^/# /'
tests/scenarios/compare "$dir"
