#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The page's parts that need no browser.
set -u

cd "$(dirname "$0")/../.." || exit
shopt -s extglob
exec tests/web/run tests/web/!(page_*).test.ts
