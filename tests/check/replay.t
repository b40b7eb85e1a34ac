#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every committed capture still gives its golden; needs no root and no BPF. `make golden` makes both anew.
exec "$(dirname "$0")/../scenarios/compare" tests/captures
