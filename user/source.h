/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where records come from: the kernel's rings, or a capture. A source hands on records as it finds them, in order within
 * one CPU only, and a REC_MARK now and then; user/order.h puts them in order of time.
 */
#ifndef SOCKLIFE_SOURCE_H
#define SOCKLIFE_SOURCE_H

#include "../bpf/event.h"

/* A record is valid during the call. 0 goes on; anything else stops and is returned by source_read(). */
typedef int record_fn(void *arg, const struct rec_head *rec);

struct source;

struct source_ops {
	int (*read)(struct source *src, record_fn *fn, void *arg);
	void (*close)(struct source *src);
};

struct source { /* first member of each kind of source */
	const struct source_ops *ops;
};

/* Hands a batch of records to fn. 1: there may be more; 0: the end; -errno. */
static inline int source_read(struct source *src, record_fn *fn, void *arg)
{
	return src->ops->read(src, fn, arg);
}

static inline void source_close(struct source *src)
{
	if (src)
		src->ops->close(src);
}

#endif
