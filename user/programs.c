// SPDX-License-Identifier: GPL-2.0-only
#include "programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/syscalls.h"
#include "kernel_btf.h"
#include "kernel_doors.h"
#include "kernel_facts.h"

bool program_is_pair(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	return !strncmp(section, "tp_btf/sys_e", 12) || !strncmp(section, "tracepoint/raw_syscalls/", 24);
}

/* The call whose tracepoint it is for, NULL: for none. */
static const char *program_call(const struct bpf_program *prog)
{
	const char *name = strstr(bpf_program__section_name(prog), "/sys_e");

	return name && !program_is_pair(prog) ? strchr(name + 5, '_') + 1 : NULL;
}

/* What a thread does by itself is told by one of two programs: bpf/tasks.bpf.h. */
static bool is_of_other_kernels(const struct bpf_program *prog)
{
	static const char *const steady[] = { "sys_enter", "sys_exit", "sched_process_fork", "sched_process_exec",
					      "sched_process_exit" };
	const char *section = bpf_program__section_name(prog), *tracepoint = strrchr(section, '/');

	for (size_t i = 0; tracepoint && i < sizeof(steady) / sizeof(*steady); i++)
		if (!strcmp(tracepoint + 1, steady[i]))
			return !strncmp(section, "tp_btf/", 7) == kernel_preempts_tracepoints();
	return false;
}

/* Of those that there are two of: bpf/twice.bpf.h. */
static bool is_second(const struct bpf_program *prog)
{
	const char *name = bpf_program__name(prog);
	size_t len = strlen(name);

	return len > 6 && !strcmp(name + len - 6, "_again");
}

/* On many connections softirqs interrupt one program again and again; others are hardly left out but where tasks may be. */
static bool is_idle_second(const struct bpf_program *prog)
{
	return is_second(prog) && strcmp(bpf_program__name(prog), "fact_state_again") && !kernel_preempts_tracepoints();
}

/* A kernel may lack a call or a tracepoint, and all of io_uring's programs go by what its tracepoints tell together. */
static bool is_wanted(const struct bpf_program *prog, bool pair, bool natives)
{
	const char *section = bpf_program__section_name(prog), *call = program_call(prog);

	if (is_of_other_kernels(prog) || is_idle_second(prog))
		return false;
	if (call)
		return natives && kernel_has_call(call) != HAVE_NO;
	if (program_is_pair(prog))
		return pair;
	if (!strncmp(section, "tp_btf/io_uring_", 16) || !strcmp(section, "iter/bpf_map_elem"))
		return kernel_doors()->there[VIA_IO_URING];
	return strncmp(section, "tp_btf/", 7) || kernel_has_tracepoint(section + 7) != HAVE_NO;
}

void programs_leave_out(struct bpf_object *obj, bool pair, bool natives)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, obj)
		if (!is_wanted(prog, pair, natives))
			bpf_program__set_autoload(prog, false);
}

void program_leave_out(struct bpf_object *obj, struct bpf_program *prog)
{
	struct bpf_program *second;
	char name[64];

	snprintf(name, sizeof(name), "%s_again", bpf_program__name(prog));
	second = bpf_object__find_program_by_name(obj, name);
	bpf_program__set_autoload(prog, false);
	if (second)
		bpf_program__set_autoload(second, false);
}

struct bpf_link *program_attach(struct bpf_program *prog)
{
	const char *call = program_call(prog);
	char event[64];

	if (call)
		snprintf(event, sizeof(event), "sys_%s_%s",
			 strstr(bpf_program__section_name(prog), "/sys_enter") ? "enter" : "exit",
			 kernel_call_event(call));
	return call ? bpf_program__attach_tracepoint(prog, "syscalls", event) : bpf_program__attach(prog);
}

bool program_is_attached(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	return bpf_program__autoload(prog) && (!strncmp(section, "tracepoint/", 11) || !strncmp(section, "tp_btf/", 7));
}

int program_walk(struct bpf_program *prog, const struct bpf_map *map, walk_fn *fn, void *arg)
{
	union bpf_iter_link_info info = { .map.map_fd = map ? (__u32)bpf_map__fd(map) : 0 };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = map ? &info : NULL,
		    .link_info_len = map ? sizeof(info) : 0);
	struct bpf_link *link = bpf_program__attach_iter(prog, &opts);
	int fd, err = 0;
	ssize_t n;
	/* The kernel's own is of eight pages, and what one program writes is never cut in two: kernel/bpf/bpf_iter.c */
	static _Alignas(8) char buf[8 * 65536];

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		err = -errno;
		goto out;
	}
	while (!err && ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EAGAIN)))
		if (n > 0 && fn)
			err = fn(arg, buf, (size_t)n);
	if (!err && n < 0)
		err = -errno;
	close(fd);
out:
	bpf_link__destroy(link);
	return err;
}

uint64_t programs_nested(struct bpf_object *obj)
{
	struct bpf_program *prog;
	uint64_t sum = 0;

	bpf_object__for_each_program (prog, obj) {
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);

		if (!is_second(prog) && bpf_program__fd(prog) >= 0 &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			sum += info.recursion_misses;
	}
	return sum;
}
