/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A BPF program and this kernel: by its section, whether it is wanted, where it is attached, what became of it.
 */
#ifndef SOCKLIFE_PROGRAMS_H
#define SOCKLIFE_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_link;
struct bpf_map;
struct bpf_object;
struct bpf_program;

/*
 * What this kernel has no place for is not loaded, doctor and syscalls say so; nor are the pair of all calls and the pairs of
 * single native calls, unless they are wanted.
 */
void programs_leave_out(struct bpf_object *obj, bool pair, bool natives);
/* Nothing depends on it, and others would pay for it: it is not loaded. */
void program_leave_out(struct bpf_object *obj, struct bpf_program *prog);
/* One of the pair of all calls. */
bool program_is_pair(const struct bpf_program *prog);
/* Is it loaded, and attached to something for as long as the trace is. */
bool program_is_attached(const struct bpf_program *prog);
/* NULL and errno. */
struct bpf_link *program_attach(struct bpf_program *prog);
/* What an iterator program has written, whole objects at a time. 0 goes on. */
typedef int walk_fn(void *arg, char *bytes, size_t len);
/* Walks all tasks, files or the elements of `map` (else NULL) with an iterator program; fn NULL: it writes nothing. 0 or -errno. */
int program_walk(struct bpf_program *prog, const struct bpf_map *map, walk_fn *fn, void *arg);
/* Runs that the kernel left out, also where another did the work: bpf/twice.bpf.h. */
uint64_t programs_nested(struct bpf_object *obj);

#endif
