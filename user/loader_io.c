// SPDX-License-Identifier: GPL-2.0-only
/* What the programs count instead of telling of each send and receive: which programs do, and when they tell of it. */
#include <errno.h>

#include "loader_internal.h"
#include "programs.h"

int io_configure(struct loader *l, enum io_mode io)
{
	struct socklife_bpf *skel = l->skel;

	skel->rodata->io_mode = io;
	bpf_program__set_autoload(skel->progs.sums_walk, io != IO_FULL);
	if (io != IO_FULL)
		return 0;
	program_leave_out(skel->obj, skel->progs.enter_execve);
	program_leave_out(skel->obj, skel->progs.enter_execveat);
	return bpf_map__set_max_entries(skel->maps.sums, 1);
}

struct walk {
	int (*between)(void *arg);
	void *arg;
};

static int chunk_read(void *arg, char *bytes, size_t len)
{
	const struct walk *w = arg;

	(void)bytes, (void)len;
	return w->between(w->arg);
}

int loader_io_flush(struct loader *l, bool all, int (*between)(void *arg), void *arg)
{
	struct walk walk = { .between = between, .arg = arg };
	struct socklife_bpf *skel = l->skel;

	if (skel->rodata->io_mode == IO_FULL || (skel->rodata->io_mode == IO_NONE && !all))
		return 0;
	file_wait(l);
	skel->bss->sums_all = all;
	return program_walk(skel->progs.sums_walk, skel->maps.sums, chunk_read, &walk);
}
