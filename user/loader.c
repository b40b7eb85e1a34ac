// SPDX-License-Identifier: GPL-2.0-only
#include "loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "kernel_btf.h"
#include "kernel_doors.h"
#include "kernel_facts.h"
#include "loader_internal.h"
#include "programs.h"
#include "socklife-probe.skel.h"
#include "socklife-threads.skel.h"

#define FILE_AHEAD_NS 1000000
#define SEEN_BYTES 104 /* of kernel memory that an entry of `sockets` takes */
#define SEEN_MAX (1u << 18)
#define RING_MIN 16384 /* an exec's record is 4 kB, and room for it must be there in one piece */

static struct loader *volatile left; /* its links go with the process that holds them last */

static char error_line[256];

static int fail(const char **error, int err, const char *what)
{
	snprintf(error_line, sizeof(error_line), "%s: %s: see socklife doctor, or try -v", what, strerror(-err));
	*error = error_line;
	return err;
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

/*
 * One skeleton for the three objects: they differ in how kernel memory is read and where a thread's state is, not in names
 * of maps, variables and programs.
 */
static const void *object_bytes(size_t *size)
{
	if (!kernel_has_task_storage())
		return socklife_threads_bpf__elf_bytes(size);
	return kernel_has_function("bpf_rdonly_cast") ? socklife_bpf__elf_bytes(size)
						      : socklife_probe_bpf__elf_bytes(size);
}

static struct socklife_bpf *skel_open(void)
{
	struct socklife_bpf *skel = calloc(1, sizeof(*skel));

	if (!skel || socklife_bpf__create_skeleton(skel))
		goto out;
	skel->skeleton->data = (void *)object_bytes(&skel->skeleton->data_sz);
	if (!bpf_object__open_skeleton(skel->skeleton, NULL))
		return skel;
out:
	socklife_bpf__destroy(skel);
	return NULL;
}

static uint64_t ring_size(uint64_t bytes)
{
	uint64_t size = RING_MIN;

	while (size < bytes)
		size *= 2;
	return size;
}

/* Made before loading: the verifier wants to know what the outer map will hold. */
static int rings_make(struct loader *l, uint64_t bytes)
{
	for (unsigned int cpu = 0; cpu < l->cpus; cpu++) {
		char path[64];
		int fd;

		l->rings[cpu] = -1;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
		/* A CPU that is not there needs no ring; the first has no such file. */
		if (cpu && access(path, F_OK) && errno == ENOENT && cpu >= (unsigned int)sysconf(_SC_NPROCESSORS_CONF))
			continue;
		fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "socklife_ring", 0, 0, bytes, NULL);
		if (fd < 0)
			return -errno;
		l->rings[cpu] = fd;
	}
	bpf_map__set_max_entries(l->skel->maps.rings, l->cpus);
	return bpf_map__set_inner_map_fd(l->skel->maps.rings, l->rings[0]);
}

/* Who is not in the map any more is told of anew, and not of what the kernel does to it: half a percent of memory. */
static void sockets_size(struct loader *l)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE),
		 entries = memory / 200 / SEEN_BYTES;

	if (entries > bpf_map__max_entries(l->skel->maps.sockets))
		bpf_map__set_max_entries(l->skel->maps.sockets, entries < SEEN_MAX ? (uint32_t)entries : SEEN_MAX);
}

/*
 * Tracepoint programs may have the kernel make room for an entry when it comes since it has an allocator for them (6.1);
 * before, a map that does not have all its memory from the start is a warning in the kernel's log.
 */
static void maps_fill(struct loader *l)
{
	struct bpf_map *map;

	if (kernel_has_function("bpf_mem_alloc_init"))
		return;
	bpf_object__for_each_map(map, l->skel->obj) if (bpf_map__type(map) == BPF_MAP_TYPE_HASH)
		bpf_map__set_map_flags(map, 0);
	if (kernel_doors()->there[VIA_IO_URING])
		return;
	bpf_map__set_max_entries(l->skel->maps.requests, 1);
	bpf_map__set_max_entries(l->skel->maps.labels, 1);
}

static int rings_hand_over(struct loader *l)
{
	int map = bpf_map__fd(l->skel->maps.rings);

	for (unsigned int cpu = 0; cpu < l->cpus; cpu++)
		if (l->rings[cpu] >= 0 && bpf_map_update_elem(map, &cpu, &l->rings[cpu], BPF_ANY))
			return -errno;
	return 0;
}

/* The programs look at a socket of ours and must find in it what fstat(2) says: the chain of kernel types holds. */
static int probe(struct loader *l)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err = 0;
	uint64_t args[1] = { fd };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (bpf_prog_test_run_opts(bpf_program__fd(l->skel->progs.probe_socket), &opts))
		err = -errno;
	else if (l->skel->bss->probe_answer.inode != st.st_ino)
		err = -EOPNOTSUPP;
	else
		l->skel->bss->socket_ops = l->skel->bss->probe_answer.ops;
	close(fd);
	return err;
}

static void loader_free(struct loader *l)
{
	for (size_t i = 0; i < l->link_count; i++)
		bpf_link__destroy(l->links[i]);
	for (unsigned int cpu = 0; l->rings && cpu < l->cpus; cpu++)
		if (l->rings[cpu] >= 0)
			close(l->rings[cpu]);
	socklife_bpf__destroy(l->skel);
	free(l->rings);
	free(l->next_seq);
	free(l);
}

int loader_open(struct loader **loader, const struct loader_config *config, const char **error)
{
	uint64_t bytes = ring_size(config->ring_bytes);
	struct loader *l = calloc(1, sizeof(*l));
	int err = -ENOMEM;

	if (!config->verbose)
		libbpf_set_print(print_nothing);
	if (l)
		l->skel = skel_open();
	if (!l || !l->skel) {
		free(l);
		return fail(error, err, "opening the BPF programs");
	}
	l->cpus = libbpf_num_possible_cpus();
	if (l->cpus > MAX_CPUS) {
		err = fail(error, -E2BIG, "more than 1024 CPUs");
		goto out;
	}
	l->rings = malloc(l->cpus * sizeof(*l->rings));
	l->next_seq = calloc(l->cpus + 1, sizeof(*l->next_seq));
	if (!l->rings || !l->next_seq)
		goto out;
	memset(l->rings, -1, l->cpus * sizeof(*l->rings));
	l->skel->rodata->wake_at = bytes / 4;
	l->skel->rodata->cqe_in_words = !kernel_tracepoint_takes("io_uring_complete", "io_uring_cqe");
	l->compat = config->compat;
	l->skel->rodata->preempted = kernel_preempts_tracepoints();
	l->skel->rodata->native_by_pair = config->compat == COMPAT_NOW;
	programs_leave_out(l->skel->obj, config->compat != COMPAT_NEVER, !l->skel->rodata->native_by_pair);
	err = select_configure(l, config->selection);
	if (!err)
		err = io_configure(l, config->io);
	if (!err)
		sockets_size(l);
	maps_fill(l);
	err = rings_make(l, bytes);
	if (err) {
		fail(error, err, "making the rings (a smaller --buffer needs less memory)");
		goto out;
	}
	err = socklife_bpf__load(l->skel);
	if (!err)
		err = select_fill(l, config->selection);
	if (!err)
		err = rings_hand_over(l);
	if (err) {
		fail(error, err, "the kernel refused the BPF programs");
		goto out;
	}
	err = probe(l);
	if (err) {
		fail(error, err, "the BPF programs cannot read the kernel's sockets");
		goto out;
	}
	*loader = l;
	return 0;
out:
	loader_free(l);
	return err;
}

static int attach(struct loader *l, struct bpf_program *prog)
{
	struct bpf_link *link = program_attach(prog);

	if (!link)
		return -errno;
	l->links[l->link_count++] = link;
	return 0;
}

/* They begin at once: who forks while they are attached would be seen, and not who ends. */
int loader_attach(struct loader *l)
{
	struct bpf_program *prog;
	int err = 0;

	l->skel->bss->stopped = 1;
	bpf_object__for_each_program (prog, l->skel->obj)
		if (!err && program_is_attached(prog) && (l->compat == COMPAT_NOW || !program_is_pair(prog)))
			err = attach(l, prog);
	l->skel->bss->stopped = 0;
	return err;
}

uint64_t loader_matched(const struct loader *l)
{
	return l->skel->bss->matched_last;
}

bool loader_compat_seen(const struct loader *l)
{
	return l->skel->bss->compat_seen;
}

int loader_attach_compat(struct loader *l)
{
	struct bpf_program *prog;
	int err = 0;

	bpf_object__for_each_program (prog, l->skel->obj)
		if (!err && program_is_pair(prog) && program_is_attached(prog))
			err = attach(l, prog);
	return err;
}

const int *loader_rings(const struct loader *l, unsigned int *count)
{
	*count = l->cpus;
	return l->rings;
}

/* A program that takes the time must see it before that has come. */
uint64_t loader_begin_file(struct loader *l)
{
	return l->skel->bss->file_start = clock_ns(CLOCK_MONOTONIC) + FILE_AHEAD_NS;
}

int loader_stop(struct loader *l)
{
	const struct bpf_map *const pending[] = { l->skel->maps.requests, l->skel->maps.silents };
	int err;

	l->skel->bss->stopped = 1;
	err = program_walk(l->skel->progs.task_blocked, NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof(pending) / sizeof(*pending); i++)
		if (!err && bpf_program__autoload(l->skel->progs.uring_pending))
			err = program_walk(l->skel->progs.uring_pending, pending[i], NULL, NULL);
	return err ? err : program_walk(l->skel->progs.file_queue, NULL, NULL, NULL);
}

/* A program is left out first, then the second of it runs. Kernels before 5.12 do not count the former. */
static uint64_t nested(const struct loader *l)
{
	uint64_t again = 0, interrupted = 0, left_out;

	for (unsigned int cpu = 0; cpu < l->cpus && cpu < MAX_CPUS; cpu++) {
		again += *(volatile __u64 *)&l->skel->bss->cpus[cpu].again;
		interrupted += *(volatile __u64 *)&l->skel->bss->cpus[cpu].interrupted;
	}
	left_out = programs_nested(l->skel->obj);
	return (left_out > again ? left_out - again : 0) + interrupted;
}

void loader_totals(const struct loader *l, struct capture_trailer *trailer)
{
	trailer->cpus = l->cpus + 1;
	trailer->next_seq = l->next_seq;
	trailer->nested = nested(l);
	memset(trailer->lost, 0, sizeof(trailer->lost));
	for (unsigned int cpu = 0; cpu < l->cpus && cpu < MAX_CPUS; cpu++) {
		l->next_seq[cpu] = l->skel->bss->cpus[cpu].seq;
		for (int i = 0; i < LOSS_KINDS; i++)
			trailer->lost[i] += l->skel->bss->cpus[cpu].lost[i];
	}
	l->next_seq[l->cpus] = l->snapshot_seq;
}

struct loader_uring loader_uring(const struct loader *l)
{
	return (struct loader_uring){
		.silent = l->skel->bss->uring_silent,
		.unclear = l->skel->bss->uring_unclear,
		.unlisted = l->skel->bss->uring_unlisted,
		.hidden = l->skel->bss->uring_hidden,
		.slots = l->skel->bss->uring_slots,
		.before = l->skel->bss->uring_before,
		.full = l->skel->bss->uring_full,
	};
}

void loader_leave(struct loader *l, int output)
{
	int parent = syscall(SYS_pidfd_open, getpid(), 0);
	struct pollfd wait = { .fd = parent, .events = POLLIN };

	left = l;
	if (parent < 0 || fork())
		return;
	setsid();
	close(output);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	poll(&wait, 1, -1);
	_exit(0);
}
