// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes, threads, and descriptor tables: who holds which socket by which number, from when to when. Tables are
 * the kernel's files_struct, which threads share, clone(CLONE_FILES) shares between processes, and fork copies.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "model_internal.h"

static struct table *table_get(struct model *m, uint64_t files)
{
	struct table *t;

	HASH_FIND(hh, m->tables, &files, sizeof(files), t);
	if (t)
		return t;
	t = model_alloc(m, sizeof(*t));
	if (!t)
		return NULL;
	t->files = files;
	HASH_ADD(hh, m->tables, files, sizeof(t->files), t);
	return t;
}

struct alias *alias_find(struct table *t, int fd)
{
	struct alias *a;

	HASH_FIND_INT(t->aliases, &fd, a);
	return a;
}

void alias_end(struct model *m, struct table *t, struct alias *a, enum end_by by)
{
	struct descriptor *d = &a->sock->life.descriptors[a->span];
	struct sock *s = a->sock;

	d->to = m->now;
	d->end = by;
	HASH_DEL(t->aliases, a);
	free(a);
	if (!--s->aliases)
		sock_closed(m, s, by);
}

static void alias_insert(struct model *m, struct table *t, const struct process *p, int fd, struct sock *s,
			 enum how how, bool cloexec)
{
	struct alias *a = model_alloc(m, sizeof(*a));
	struct descriptor *d;

	if (!a)
		return;
	a->span = s->life.descriptor_count;
	d = GROW(m, s->life.descriptors, s->life.descriptor_count);
	if (!d) {
		free(a);
		return;
	}
	if (!a->span) {
		s->life.pid = p->pid;
		memcpy(s->life.comm, p->comm, COMM_LEN);
	}
	*d = (struct descriptor){ .process = p->id, .fd = fd, .from = m->now, .to = OPEN, .how = how };
	if (how == HOW_SNAPSHOT)
		d->from = OPEN;
	a->fd = fd;
	a->sock = s;
	a->cloexec = cloexec;
	s->aliases++;
	HASH_ADD_INT(t->aliases, fd, a);
}

void alias_add(struct model *m, struct thread *th, int fd, struct sock *s, enum how how, bool cloexec, enum end_by old)
{
	struct alias *a = alias_find(th->table, fd);

	if (a) {
		/* Only dup2 takes a number that is in use; else an end was not seen. */
		a->sock->life.uncertain |= old != BY_DUP2;
		alias_end(m, th->table, a, old);
	}
	alias_insert(m, th->table, &th->proc->process, fd, s, how, cloexec);
}

/* The last process that used it is gone, or has another one now. */
static void table_leave(struct model *m, struct table *t, enum end_by by)
{
	struct alias *a, *next;

	if (!t || --t->users)
		return;
	HASH_ITER (hh, t->aliases, a, next)
		alias_end(m, t, a, by);
	HASH_DEL(m->tables, t);
	free(t);
}

static void table_join(struct proc *p, struct table *t)
{
	p->table = t;
	t->users++;
}

static void table_copy(struct model *m, struct proc *p, struct table *to, const struct table *from)
{
	for (struct alias *a = from->aliases; a; a = a->hh.next)
		alias_insert(m, to, &p->process, a->fd, a->sock, HOW_FORK, a->cloexec);
}

static struct proc *proc_find(struct model *m, uint32_t tgid)
{
	struct proc *p;

	HASH_FIND(hh, m->procs, &tgid, sizeof(tgid), p);
	return p;
}

static struct proc *proc_new(struct model *m, uint32_t tgid, uint32_t parent, const char *comm)
{
	struct proc *p = model_alloc(m, sizeof(*p)), *of = proc_find(m, parent);

	if (!p)
		return NULL;
	p->tgid = p->process.pid = tgid;
	p->process.id = ++m->last_process;
	p->process.parent = of ? of->process.id : 0;
	p->process.start = p->process.end = OPEN;
	memcpy(p->process.comm, comm, COMM_LEN);
	p->process.comm[COMM_LEN - 1] = 0;
	HASH_ADD(hh, m->procs, tgid, sizeof(p->tgid), p);
	return p;
}

static void proc_free(struct proc *p)
{
	for (size_t i = 0; i < p->process.exec_count; i++) {
		free(p->process.execs[i].exe);
		free(p->process.execs[i].args);
	}
	free(p->process.execs);
	free(p);
}

static void thread_forget(struct model *m, struct thread *t)
{
	t->proc->threads--;
	HASH_DEL(m->threads, t);
	free(t);
}

static void proc_retire(struct model *m, struct proc *p)
{
	struct thread *t, *next;

	table_leave(m, p->table, BY_EXIT);
	if (p->threads) { /* their ends were lost */
		HASH_ITER (hh, m->threads, t, next)
			if (t->proc == p)
				thread_forget(m, t);
	}
	HASH_DEL(m->procs, p);
	if (m->sink.process && !m->err)
		model_failed(m, m->sink.process(m->sink.arg, &p->process));
	proc_free(p);
}

static struct thread *thread_find(struct model *m, uint32_t tid)
{
	struct thread *t;

	HASH_FIND(hh, m->threads, &tid, sizeof(tid), t);
	return t;
}

static struct thread *thread_put(struct model *m, uint32_t tid, struct proc *p, struct table *table)
{
	struct thread *t = thread_find(m, tid);

	if (!t) {
		t = model_alloc(m, sizeof(*t));
		if (!t)
			return NULL;
		t->tid = tid;
		HASH_ADD(hh, m->threads, tid, sizeof(t->tid), t);
	} else {
		t->proc->threads--;
	}
	p->threads++;
	t->proc = p;
	t->table = table;
	return t;
}

void task_seen(struct model *m, const struct rec_task *r)
{
	struct proc *p = proc_find(m, r->tgid);
	struct table *t = table_get(m, r->files);

	if (!t)
		return;
	if (!p) {
		p = proc_new(m, r->tgid, r->parent, r->comm);
		if (!p)
			return;
	}
	if (!p->table) {
		table_join(p, t);
	} else if (p->table != t && !t->users) { /* the table of an unseen unshare(CLONE_FILES) */
		table_copy(m, p, t, p->table);
		t->users++;
		table_leave(m, p->table, BY_CLOSE);
		p->table = t;
	}
	thread_put(m, r->h.tid, p, t);
}

struct thread *thread_get(struct model *m, uint32_t tid)
{
	struct thread *t = thread_find(m, tid);
	struct rec_task lost = { .h.tid = tid, .tgid = tid, .files = 1ull << 63 | tid };

	if (t)
		return t;
	task_seen(m, &lost);
	return thread_find(m, tid);
}

static void child_table(struct model *m, struct proc *p, struct table *from, const struct rec_fork *r)
{
	struct table *t;

	if (r->files == r->from) {
		table_join(p, from);
		return;
	}
	t = table_get(m, r->files);
	if (!t)
		return;
	table_join(p, t);
	table_copy(m, p, t, from);
}

void task_forked(struct model *m, const struct rec_fork *r)
{
	struct thread *parent = thread_get(m, r->h.tid);
	struct proc *p = proc_find(m, r->tgid);

	if (!parent || m->err)
		return;
	if (r->tgid == r->parent_tgid) {
		thread_put(m, r->tid, parent->proc, parent->table);
		return;
	}
	if (p) /* its end was lost, the number is used again */
		proc_retire(m, p);
	p = proc_new(m, r->tgid, r->parent_tgid, r->comm);
	if (!p)
		return;
	p->process.start = m->now;
	child_table(m, p, parent->table, r);
	if (p->table)
		thread_put(m, r->tid, p, p->table);
}

static char *copy_words(struct model *m, const char *from, size_t len)
{
	char *to = model_alloc(m, len + 1);

	if (to)
		memcpy(to, from, len);
	return to;
}

static void exec_drop_cloexec(struct model *m, struct table *t)
{
	struct alias *a, *next;

	HASH_ITER (hh, t->aliases, a, next)
		if (a->cloexec)
			alias_end(m, t, a, BY_CLOEXEC);
}

/* An exec gives a process that shared its table one of its own. */
static void exec_table(struct model *m, struct proc *p, uint64_t files)
{
	struct table *t = table_get(m, files), *old = p->table;

	if (!t || t == old)
		return;
	table_join(p, t);
	if (old)
		table_copy(m, p, t, old);
	table_leave(m, old, BY_CLOSE);
}

int task_execed(struct model *m, const struct rec_exec *r)
{
	const char *file, *args;
	struct proc *p = proc_find(m, r->tgid);
	struct exec *e;
	int err = decode_exec(r, &file, &args);

	if (err)
		return err;
	if (!p)
		p = proc_new(m, r->tgid, r->parent, r->comm);
	e = p ? GROW(m, p->process.execs, p->process.exec_count) : NULL;
	if (!e)
		return 0;
	e->t = m->now;
	memcpy(e->comm, r->comm, COMM_LEN);
	memcpy(p->process.comm, r->comm, COMM_LEN);
	e->comm[COMM_LEN - 1] = p->process.comm[COMM_LEN - 1] = 0;
	e->exe = copy_words(m, file, r->file_len);
	e->args = copy_words(m, args, r->args_len);
	e->args_len = r->args_len;
	e->args_cut = r->args_all > r->args_len;
	exec_table(m, p, r->files);
	if (p->table) {
		exec_drop_cloexec(m, p->table);
		thread_put(m, r->h.tid, p, p->table);
	}
	return 0;
}

void task_exited(struct model *m, const struct rec_exit *r)
{
	struct thread *t = thread_find(m, r->h.tid);
	struct proc *p = proc_find(m, r->tgid);

	if (t)
		thread_forget(m, t);
	if (!p || r->live)
		return;
	p->process.end = m->now;
	p->process.exited = true;
	p->process.signal = WIFSIGNALED(r->code) ? WTERMSIG(r->code) : 0;
	p->process.code = WEXITSTATUS(r->code);
	proc_retire(m, p);
}

void tasks_finish(struct model *m)
{
	struct proc *p, *next;

	HASH_ITER (hh, m->procs, p, next) {
		if (m->sink.process && !m->err)
			model_failed(m, m->sink.process(m->sink.arg, &p->process));
	}
}

void tasks_free(struct model *m)
{
	struct proc *p, *next_p;
	struct thread *th, *next_th;
	struct table *t, *next_t;
	struct alias *a, *next_a;

	HASH_ITER (hh, m->procs, p, next_p) {
		HASH_DEL(m->procs, p);
		proc_free(p);
	}
	HASH_ITER (hh, m->threads, th, next_th) {
		HASH_DEL(m->threads, th);
		free(th);
	}
	HASH_ITER (hh, m->tables, t, next_t) {
		HASH_ITER (hh, t->aliases, a, next_a) {
			HASH_DEL(t->aliases, a);
			free(a);
		}
		HASH_DEL(m->tables, t);
		free(t);
	}
}
