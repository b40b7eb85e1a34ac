/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this kernel offers, and what this user may do with it: a table of facts, asked by doctor and before loading.
 */
#ifndef SOCKLIFE_KERNEL_FACTS_H
#define SOCKLIFE_KERNEL_FACTS_H

#include <stdbool.h>
#include <stddef.h>

enum have { HAVE_NO, HAVE_YES, HAVE_UNKNOWN };

#define KERNEL_TEXT 256

struct kernel_fact {
	const char *name;
	bool needed; /* without it record cannot work */
	/* Fills text (KERNEL_TEXT bytes) with what there is or, where it is missing, what and where, and what to do or what it costs. */
	enum have (*probe)(char *text);
};

/* The first that is missing explains the ones after it; ends without a name. */
extern const struct kernel_fact kernel_facts[];

/* NULL when record can work, else one line: what is missing, where, and what to do (static storage). */
const char *kernel_missing(void);
/* Does the kernel have the call, as its tracepoints say. HAVE_UNKNOWN where tracefs is missing or not for us to read. */
enum have kernel_has_call(const char *name);
/* As the kernel's tracepoints sys_enter_... and sys_exit_... spell a call of the table. */
const char *kernel_call_event(const char *name);
/* For tracing programs. */
bool kernel_has_task_storage(void);
/* enum sk_rst_reason, "NUMBER NAME", NULL-terminated; NULL: the kernel has none, or no memory. The caller frees list and items. */
char **kernel_reset_reasons(void);

#endif
