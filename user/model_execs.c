// SPDX-License-Identifier: GPL-2.0-only
/* What a process ran: its execs, by an exec or as a snapshot found it. */
#include <stdlib.h>
#include <string.h>

#include "model_histories.h"

static char *copy_words(struct model *m, const char *from, size_t len)
{
	char *to = model_alloc(m, len + 1);

	if (to)
		memcpy(to, from, len);
	return to;
}

/* A program that sets its title (setproctitle(3)) leaves empty words where its arguments were. */
static size_t title_len(const char *args, size_t len)
{
	while (len && !args[len - 1] && (len == 1 || !args[len - 2]))
		len--;
	return len;
}

int exec_told(struct model *m, struct process *p, const struct rec_exec *r)
{
	const char *file, *args;
	int err = decode_exec(r, &file, &args);
	struct exec *e = err ? NULL : execs_grow(m, p);

	if (!e)
		return err;
	e->t = r->h.flags & EXEC_FOUND ? OPEN : m->now;
	memcpy(e->comm, r->comm, COMM_LEN);
	memcpy(p->comm, r->comm, COMM_LEN);
	e->exe = copy_words(m, file, r->file_len);
	e->args = copy_words(m, args, r->args_len);
	e->args_len = e->args && r->h.flags & EXEC_FOUND ? title_len(e->args, r->args_len) : r->args_len;
	e->args_cut = r->args_all > r->args_len;
	return 0;
}

void execs_free(struct process *p)
{
	for (size_t i = 0; i < p->exec_count; i++) {
		free(p->execs[i].exe);
		free(p->execs[i].args);
	}
	free(p->execs);
}
