/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an output implements: it is handed the model's objects as they end, reads them and changes nothing.
 */
#ifndef SOCKLIFE_EXPORTER_H
#define SOCKLIFE_EXPORTER_H

#include <stdio.h>

#include "model.h"

/* How far the replay has come, between two batches of records. */
struct progress {
	int input; /* descriptor that the next are read from, -1: there are no more */
	bool live; /* it is no file: what comes is shown as it comes */
	uint64_t start; /* of the trace: ns, CLOCK_REALTIME */
	int64_t now; /* ns since then */
	uint64_t lost; /* records, so far */
	/* each_life(lives, fn, arg): as model_each_life() */
	int (*each_life)(const void *lives, int (*fn)(void *arg, const struct life *life), void *arg);
	const void *lives;
};

/* Every function may be NULL. An object is valid during the call only. 0 goes on, -errno stops. */
struct exporter_ops {
	const char *format; /* as -f spells it */
	int passes; /* how often the capture is read: 2 needs a file that can be read again */
	int (*begin)(void *self, FILE *out, int pass); /* pass: from 0 */
	int (*event)(void *self, const struct event *event); /* when the call returned */
	int (*state)(void *self, const struct life *life, const struct state_span *span); /* a state has begun */
	int (*trouble)(void *self, const struct life *life, const struct trouble *trouble); /* as it happens */
	int (*process)(void *self, const struct process *process); /* ended, or the trace did */
	int (*life)(void *self, const struct life *life); /* a socket closed, or the trace ended */
	/* Before each batch, and once after the last. It may wait for the input; -ECANCELED ends it all, and is no failure. */
	int (*tick)(void *self, const struct progress *progress);
	int (*end)(void *self, const struct trace *trace, int pass);
	void *(*open)(void); /* makes self; NULL: no memory */
	void (*close)(void *self);
};

extern const struct exporter_ops export_json, export_ndjson, export_show, export_report, export_live, export_normalize;
extern const struct exporter_ops export_html, export_html_compressed;

/* What export_live sorts by at first. NULL, or the names of the columns there are where that is none. */
const char *export_live_sort(const char *column);

#endif
