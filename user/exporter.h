/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an output implements: it is handed the model's objects as they end, reads them and changes nothing.
 */
#ifndef SOCKLIFE_EXPORTER_H
#define SOCKLIFE_EXPORTER_H

#include <stdio.h>

#include "model.h"

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
	int (*end)(void *self, const struct trace *trace, int pass);
	void *(*open)(void); /* makes self; NULL: no memory */
	void (*close)(void *self);
};

extern const struct exporter_ops export_json, export_ndjson, export_show, export_report, export_normalize;
extern const struct exporter_ops export_html, export_html_compressed;

#endif
