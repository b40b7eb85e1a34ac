// SPDX-License-Identifier: GPL-2.0-only
/* All programs, as one object. */
#include "snapshot.bpf.h"
#include "uring_complete.bpf.h"

char LICENSE[] SEC("license") = "GPL";
