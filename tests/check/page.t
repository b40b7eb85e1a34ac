#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The page in chromium, opened from disk.
set -u

cd "$(dirname "$0")/../.." || exit
exec tests/web/run tests/web/page_*.test.ts
