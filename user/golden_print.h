/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What golden_print.c and golden_socket.c share of writing the golden form.
 */
#ifndef SOCKLIFE_GOLDEN_PRINT_H
#define SOCKLIFE_GOLDEN_PRINT_H

#include "call_text.h"
#include "golden.h"

struct golden_labels { /* a number for each value, from 1, in order of printing */
	uint32_t *values;
	size_t count;
};

struct golden_printer {
	const struct golden *g;
	FILE *out;
	struct golden_labels ports, autobinds;
	struct call_style style;
	bool failed; /* no memory */
};

void golden_print_address(void *printer, FILE *out, const struct address *a);
void golden_print_process(struct golden_printer *p, int64_t id); /* its name */
void golden_print_name(struct golden_printer *p, int64_t id); /* a socket's */
void golden_print_call(struct golden_printer *p, const struct golden_event *e); /* connect by NAME */
void golden_print_life(struct golden_printer *p, const struct life *l);

#endif
