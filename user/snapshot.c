// SPDX-License-Identifier: GPL-2.0-only
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "loader_internal.h"
#include "programs.h"

#define EXE_BYTES 1024
#define ARGS_BYTES 3072 /* as of an exec: bpf/tasks.bpf.h */

#define PAUSE_NS 5000000

struct snapshot {
	struct loader *loader;
	record_fn *fn;
	int (*between)(void *arg);
	void *arg;
	struct rec_task task; /* whose program is to be told of; h.kind 0: none */
	uint32_t *told; /* processes whose was */
	size_t count, room;
	uint64_t pause; /* until then the rings can wait: to read them after each chunk takes long where much comes */
};

struct program { /* what a process runs */
	struct rec_exec exec;
	char data[EXE_BYTES + ARGS_BYTES + 8]; /* and the padding */
};

static int give(struct snapshot *s, struct rec_head *rec)
{
	rec->cpu = (uint16_t)s->loader->cpus;
	rec->seq = s->loader->snapshot_seq++;
	return s->fn(s->arg, rec);
}

static bool program_told(struct snapshot *s, uint32_t tgid)
{
	for (size_t i = s->count; i--;)
		if (s->told[i] == tgid)
			return true;
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		uint32_t *told = reallocarray(s->told, room, sizeof(*told));

		if (!told)
			return true;
		s->told = told;
		s->room = room;
	}
	s->told[s->count++] = tgid;
	return false;
}

static ssize_t read_file(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, to, size);

	if (fd >= 0)
		close(fd);
	return n;
}

/* proc(5): exe is where the program is, cmdline its arguments as they are in its memory now. tid: of a thread that is alive, as seen from here. */
static int program_give(struct snapshot *s, uint32_t tid)
{
	const struct rec_task *t = &s->task;
	struct program p = { .exec.tgid = t->tgid, .exec.parent = t->parent };
	char path[64];
	ssize_t file, args;

	snprintf(path, sizeof(path), "/proc/%u/exe", tid);
	file = readlink(path, p.data, EXE_BYTES);
	if (file < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%u/cmdline", tid);
	args = read_file(path, p.data + file, ARGS_BYTES);
	p.exec.file_len = (uint32_t)file;
	p.exec.args_len = args < 0 ? 0 : (uint32_t)args;
	p.exec.args_all = p.exec.args_len + (args == ARGS_BYTES);
	memset(p.data + file + p.exec.args_len, 0, 8);
	memcpy(p.exec.comm, t->comm, COMM_LEN);
	p.exec.h = (struct rec_head){
		.ts = t->h.ts,
		.tid = t->h.tid,
		.kind = REC_EXEC,
		.flags = EXEC_FOUND,
		.len = (uint16_t)(sizeof(p.exec) + PAD8(p.exec.file_len + p.exec.args_len)),
	};
	return give(s, &p.exec.h);
}

static int record_give(struct snapshot *s, struct rec_head *rec)
{
	const struct rec_fact *pids = (const struct rec_fact *)rec;
	bool inside = rec->kind == REC_FACT && pids->fact == FACT_PIDS;
	uint32_t tid = inside ? (uint32_t)pids->other : s->task.h.tid;
	int err = give(s, rec);

	if (!err && s->task.h.kind && tid && !program_told(s, s->task.tgid))
		err = program_give(s, tid);
	s->task.h.kind = 0;
	if (rec->kind == REC_TASK)
		s->task = *(const struct rec_task *)rec;
	return err;
}

static int chunk_read(void *arg, char *bytes, size_t len)
{
	struct snapshot *s = arg;
	struct rec_head *rec;
	int err = 0;

	for (size_t at = 0; at < len && !err; at += rec->len) {
		rec = (struct rec_head *)(bytes + at);
		if (len - at < sizeof(*rec) || rec->len < sizeof(*rec) || rec->len > len - at)
			return -EBADMSG;
		err = record_give(s, rec);
	}
	if (err || clock_ns(CLOCK_MONOTONIC) < s->pause)
		return err;
	err = s->between(s->arg);
	s->pause = clock_ns(CLOCK_MONOTONIC) + PAUSE_NS;
	return err;
}

static int walk(struct snapshot *s, struct bpf_program *prog, bool ends)
{
	s->loader->skel->bss->walk_ends = ends;
	return program_walk(prog, NULL, chunk_read, s);
}

void file_wait(const struct loader *l)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	while (clock_ns(CLOCK_MONOTONIC) < l->skel->bss->file_start)
		nanosleep(&ms, NULL);
}

int snapshot_take(struct loader *l, uint64_t since, record_fn *fn, int (*between)(void *arg), void *arg)
{
	struct snapshot s = { .loader = l, .fn = fn, .between = between, .arg = arg };
	int err;

	file_wait(l);
	l->skel->bss->walk_from = since;
	err = walk(&s, l->skel->progs.file_snapshot, false);
	if (!err)
		err = walk(&s, l->skel->progs.task_waiting, false);
	free(s.told);
	return err;
}

int snapshot_open_calls(struct loader *l, record_fn *fn, int (*between)(void *arg), void *arg)
{
	struct snapshot s = { .loader = l, .fn = fn, .between = between, .arg = arg };

	file_wait(l);
	return walk(&s, l->skel->progs.task_waiting, true);
}
