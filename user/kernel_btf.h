/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The types and functions of this kernel, as its BTF says.
 */
#ifndef SOCKLIFE_KERNEL_BTF_H
#define SOCKLIFE_KERNEL_BTF_H

#include <stdbool.h>

#include "kernel_facts.h"

struct btf;

/* NULL: there is none. */
const struct btf *kernel_btf(void);
/* One that a tp_btf program can use. HAVE_UNKNOWN where there is no BTF. */
enum have kernel_has_tracepoint(const char *name);
/* A function of its own. */
bool kernel_has_function(const char *name);
/*
 * A task may be preempted in a tp_btf program (7.0 and later), and in one of a single system call's tracepoint. Until it goes on
 * the kernel leaves out every run of that program on its CPU: bpf/twice.bpf.h, bpf/tasks.bpf.h.
 */
bool kernel_preempts_tracepoints(void);
/* A struct of that name with such a member. */
bool kernel_struct_has(const char *name, const char *member);
/* Does one of a tracepoint's arguments point to a struct of this name. */
bool kernel_tracepoint_takes(const char *name, const char *type);

#endif
