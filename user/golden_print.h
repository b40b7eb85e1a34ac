/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What golden_print.c, golden_call.c, golden_socket.c and golden_text.c share of writing the golden form.
 */
#ifndef SOCKLIFE_GOLDEN_PRINT_H
#define SOCKLIFE_GOLDEN_PRINT_H

#include "golden.h"
#include "golden_label.h"

struct golden_printer {
	const struct golden *g;
	FILE *out;
	struct golden_labels ports, autobinds, temporaries; /* numbered in order of printing */
	bool failed; /* no memory */
};

/* Texts of the json format: nothing but what is safe on a terminal is printed of them. */
void golden_print_text(FILE *out, const char *text);
void golden_print_paths(struct golden_printer *p, const char *text); /* what was made up at random gets a number */
void golden_print_address(struct golden_printer *p, const char *text);
void golden_print_value(FILE *out, const cJSON *item); /* an integer, or text; null */

void golden_print_process(struct golden_printer *p, int64_t id); /* its name */
void golden_print_name(struct golden_printer *p, int64_t id); /* a socket's */
void golden_print_by(struct golden_printer *p, const struct golden_event *e); /* connect by NAME */
void golden_print_call(struct golden_printer *p, const struct call_row *row, const cJSON *event); /* close(3) = 0 */
void golden_print_life(struct golden_printer *p, const cJSON *life);

#endif
