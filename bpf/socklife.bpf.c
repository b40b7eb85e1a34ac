// SPDX-License-Identifier: GPL-2.0-only
/* All programs, as one object. */
#include "calls.bpf.h"
#include "tasks.bpf.h"

char LICENSE[] SEC("license") = "GPL";
