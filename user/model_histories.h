/* SPDX-License-Identifier: GPL-2.0-only */
/* The histories of a socket, which may live for long: model_histories.c. For the parts of the model alone. */
#ifndef SOCKLIFE_MODEL_HISTORIES_H
#define SOCKLIFE_MODEL_HISTORIES_H

#include "model_internal.h"

/*
 * As GROW(). A history that has HISTORY_MAX spans loses the oldest of those that have ended, which are counted in l->omitted.
 * The first span, which tells how it came to be, the last, and all that have not ended are kept.
 */
void *history_grow(struct model *m, struct life *l, enum history h);
struct exec *execs_grow(struct model *m, struct process *p); /* the same of its execs */
/* One by its number; NULL: it was dropped. */
struct descriptor *descriptor_find(const struct life *l, size_t number);
struct flight *flight_find(const struct life *l, size_t number);

/* model_execs.c */
int exec_told(struct model *m, struct process *p, const struct rec_exec *r); /* 0, or -EBADMSG */
void execs_free(struct process *p);

#endif
