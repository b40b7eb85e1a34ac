/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the loader share: loader*.c, snapshot.c. Nobody else includes it. */
#ifndef SOCKLIFE_LOADER_INTERNAL_H
#define SOCKLIFE_LOADER_INTERNAL_H

#include <bpf/libbpf.h>

#include "../bpf/shared.h"
#include "../bpf/syscalls.h"
#include "loader.h"
#include "socklife.skel.h"

struct loader {
	struct socklife_bpf *skel;
	enum compat compat;
	int *rings; /* rings[cpu], -1 where there is none */
	unsigned int cpus;
	uint32_t *next_seq; /* cpus of them, and the snapshots' */
	uint32_t snapshot_seq;
	struct bpf_link *links[4 * CALLS + 128]; /* two pairs per call, and the others */
	size_t link_count;
};

/* Before and after loading. 0 or -errno. */
int select_configure(struct loader *l, const struct selection *s);
int select_fill(struct loader *l, const struct selection *s);

/* Before loading. 0 or -errno. */
int io_configure(struct loader *l, enum io_mode io);
/* Until what is told is the file's that has begun. */
void file_wait(const struct loader *l);

#endif
