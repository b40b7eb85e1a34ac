/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the exporters make objects of the model with, and a way to run an exporter on them.
 */
#ifndef EXPORT_OBJECTS_H
#define EXPORT_OBJECTS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exporter.h"

static inline struct address inet(const char *host, unsigned int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct address a;

	inet_pton(AF_INET, host, &in.sin_addr);
	address_set(&a, &in, sizeof(in));
	return a;
}

static inline struct address unix_abstract(const char *name, size_t len)
{
	struct address a = { .len = (uint16_t)(3 + len), .bytes = { AF_UNIX } };

	memcpy(a.bytes + 3, name, len);
	return a;
}

static inline struct call call_of(int id, uint32_t tid, int64_t ret, int err)
{
	return (struct call){
		.row = &call_rows[id],
		.tid = tid,
		.fd = 3,
		.ret = ret,
		.err = err,
		.bytes = -1,
		.args = { 3 },
	};
}

static const struct process nobody = { .id = 1, .pid = 100, .comm = "nobody", .start = -1, .end = -1 };

static inline struct event event_of(int64_t id, int64_t t, int64_t dur, int64_t process, const struct call *call)
{
	return (struct event){
		.id = id,
		.t = t,
		.dur = dur,
		.process = process,
		.by = &nobody,
		.call = call,
		.backlog_effective = -1,
	};
}

static const struct trace plain_trace = {
	.start = 1700000000123456789,
	.duration = 5000000000,
	.host = "here",
	.kernel = "6.1.0",
	.arch = "x86_64",
	.tool = "socklife 0",
	.complete = true,
};

/* What is told in each pass, in this order. */
struct told {
	const struct event *events;
	size_t event_count;
	const struct process *processes;
	size_t process_count;
	const struct life *lives;
	size_t life_count;
	const struct trouble *troubles; /* of the first life, before the events */
	size_t trouble_count;
	const struct trace *trace;
};

static inline int tell(const struct exporter_ops *ops, void *self, const struct told *told)
{
	int err = 0;
	size_t i, k;

	for (i = 0; !err && ops->trouble && i < told->trouble_count; i++)
		err = ops->trouble(self, told->lives, &told->troubles[i]);
	for (i = 0; !err && ops->event && i < told->event_count; i++)
		err = ops->event(self, &told->events[i]);
	for (i = 0; !err && i < told->life_count; i++) {
		for (k = 0; !err && ops->state && k < told->lives[i].state_count; k++)
			err = ops->state(self, &told->lives[i], &told->lives[i].states[k]);
		if (!err && ops->life)
			err = ops->life(self, &told->lives[i]);
	}
	for (i = 0; !err && ops->process && i < told->process_count; i++)
		err = ops->process(self, &told->processes[i]);
	return err;
}

/* What the exporter writes; free() it. */
static inline char *export_text(const struct exporter_ops *ops, const struct told *told)
{
	void *self = ops->open();
	int pass, err = 0;
	size_t len = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);

	for (pass = 0; !err && pass < ops->passes; pass++) {
		err = ops->begin(self, out, pass);
		if (!err)
			err = tell(ops, self, told);
		if (!err)
			err = ops->end(self, told->trace ? told->trace : &plain_trace, pass);
	}
	ops->close(self);
	fclose(out);
	if (!err)
		return text;
	free(text);
	return NULL;
}

static inline void assert_exported(const struct exporter_ops *ops, const struct told *told, const char *want)
{
	char *text = export_text(ops, told);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

#endif
