// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "clock.h"

#define SLACK_NS 50000000ull /* a program between its clock and its ring may be preempted, with its CPU, for so long */

struct ring_source {
	struct source src;
	struct ring_buffer **rings;
	const int *fds;
	unsigned int cpus;
	uint64_t until; /* of this round */
	record_fn *fn;
	void *arg;
	int err;
};

/* libbpf stops consuming after a record that the callback answers with a negative number. */
static int ring_record(void *ctx, void *data, size_t size)
{
	struct ring_source *r = ctx;
	const struct rec_head *rec = data;

	(void)size;
	r->err = r->fn(r->arg, rec);
	return r->err || rec->ts > r->until ? -ECANCELED : 0;
}

static int ring_read(struct source *src, record_fn *fn, void *arg)
{
	struct ring_source *r = (struct ring_source *)src;
	struct rec_head mark = { .kind = REC_MARK, .len = sizeof(mark) };

	r->until = clock_ns(CLOCK_MONOTONIC);
	r->fn = fn;
	r->arg = arg;
	r->err = 0;
	for (unsigned int cpu = 0; cpu < r->cpus && !r->err; cpu++)
		if (r->rings[cpu])
			ring_buffer__consume(r->rings[cpu]);
	mark.ts = r->until > SLACK_NS ? r->until - SLACK_NS : 0;
	if (!r->err)
		r->err = fn(arg, &mark);
	return r->err ? r->err : 1;
}

static void ring_close(struct source *src)
{
	struct ring_source *r = (struct ring_source *)src;

	for (unsigned int cpu = 0; r->rings && cpu < r->cpus; cpu++)
		ring_buffer__free(r->rings[cpu]);
	free(r->rings);
	free(r);
}

static const struct source_ops ring_ops = { .read = ring_read, .close = ring_close };

int ring_open(struct source **src, const int *fds, unsigned int cpus)
{
	struct ring_source *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	if (!r)
		return err;
	r->src.ops = &ring_ops;
	r->fds = fds;
	r->cpus = cpus;
	r->rings = calloc(cpus, sizeof(*r->rings));
	for (unsigned int cpu = 0; r->rings && cpu < cpus; cpu++) {
		if (fds[cpu] < 0)
			continue;
		r->rings[cpu] = ring_buffer__new(fds[cpu], ring_record, r, NULL);
		if (!r->rings[cpu]) {
			err = -errno;
			goto out;
		}
	}
	if (r->rings) {
		*src = &r->src;
		return 0;
	}
out:
	ring_close(&r->src);
	return err;
}

int ring_watch(struct source *src, int epoll, unsigned long tag)
{
	struct ring_source *r = (struct ring_source *)src;
	/* A ring with anything in it is always ready; only its wake-ups count. */
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u64 = tag };

	for (unsigned int cpu = 0; cpu < r->cpus; cpu++)
		if (r->fds[cpu] >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, r->fds[cpu], &ev))
			return -errno;
	return 0;
}
