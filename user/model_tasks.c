// SPDX-License-Identifier: GPL-2.0-only
/* Processes and threads: fork, exec, exit, and which descriptor table (model_tables.c) each of them uses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "model_slots.h"
#include "model_snapshot.h"

#define GONE_MAX 256 /* threads of each kind kept after their exit: a kernel thread ends what their rings still did */
#define NOWHERE (1ull << 62) /* | tgid: key of the table that an ended process has */

static struct proc *proc_find(struct model *m, uint32_t tgid)
{
	struct proc *p;

	HASH_FIND(hh, m->procs, &tgid, sizeof(tgid), p);
	return p;
}

static void proc_forked_by(struct model *m, struct proc *p, uint32_t parent)
{
	const struct proc *of = proc_find(m, parent);

	p->parent = parent;
	p->process.parent = of ? of->process.id : 0;
}

static struct proc *proc_new(struct model *m, uint32_t tgid, uint32_t parent, const char *comm)
{
	struct proc *p = model_alloc(m, sizeof(*p));

	if (!p)
		return NULL;
	p->tgid = p->process.pid = tgid;
	p->process.id = ++m->last_process;
	proc_forked_by(m, p, parent);
	p->seen = m->now;
	p->process.start = p->process.end = p->copied = OPEN;
	memcpy(p->process.comm, comm, COMM_LEN);
	p->process.comm[COMM_LEN - 1] = 0;
	HASH_ADD(hh, m->procs, tgid, sizeof(p->tgid), p);
	return p;
}

struct proc *proc_parent(struct model *m, const struct proc *p)
{
	struct proc *of = proc_find(m, p->parent);

	return of && of->process.id == p->process.parent ? of : NULL;
}

static void proc_free(struct proc *p)
{
	execs_free(&p->process);
	free(p);
}

void thread_free(struct thread *t)
{
	free(t->out);
	free(t->rights);
	free(t->slots);
	free(t);
}

static void proc_release(struct model *m, struct proc *p)
{
	if (!p->ended || p->gone)
		return;
	table_use(m, &p->table, NULL, BY_EXIT);
	rings_end(m, p);
	proc_free(p);
}

/* One that lingers. */
static void thread_forget(struct model *m, struct thread *t)
{
	struct proc *p = t->proc;

	requests_forget(m, t);
	HASH_DEL(m->gone[t->rings], t);
	thread_free(t);
	p->gone--;
	proc_release(m, p);
}

static void gone_add(struct model *m, struct thread *t)
{
	struct thread **gone = &m->gone[t->rings];

	HASH_ADD(hh, *gone, tid, sizeof(t->tid), t);
	if (HASH_COUNT(*gone) > GONE_MAX)
		thread_forget(m, *gone);
}

static struct thread *gone_find(struct model *m, uint32_t tid)
{
	struct thread *t;

	HASH_FIND(hh, m->gone[true], &tid, sizeof(tid), t);
	if (!t)
		HASH_FIND(hh, m->gone[false], &tid, sizeof(tid), t);
	return t;
}

static void thread_end(struct model *m, struct thread *t)
{
	call_abandoned(m, t);
	t->proc->threads--;
	t->proc->gone++;
	table_use(m, &t->table, NULL, BY_EXIT);
	HASH_DEL(m->threads, t);
	gone_add(m, t);
}

/* Those whose ends were lost. */
static void proc_threads_end(struct model *m, struct proc *p)
{
	struct thread *t, *next;

	if (!p->threads)
		return;
	HASH_ITER (hh, m->threads, t, next)
		if (t->proc == p)
			thread_end(m, t);
}

/* Of two that were there before the trace the child may have been found first. */
static void proc_tell(struct model *m, struct proc *p)
{
	const struct proc *of = p->process.parent || p->process.start != OPEN ? NULL : proc_find(m, p->parent);

	if (of && of != p && of->process.start == OPEN)
		p->process.parent = of->process.id;
	if (m->sink.process && !m->err)
		model_failed(m, m->sink.process(m->sink.arg, &p->process));
}

static void proc_retire(struct model *m, struct proc *p)
{
	proc_threads_end(m, p);
	table_use(m, &p->table, p->gone ? table_new(m, NOWHERE | p->tgid) : NULL, BY_EXIT);
	rings_end(m, p);
	HASH_DEL(m->procs, p);
	proc_tell(m, p);
	p->ended = true;
	proc_release(m, p);
}

struct thread *thread_find(struct model *m, uint32_t tid)
{
	struct thread *t;

	HASH_FIND(hh, m->threads, &tid, sizeof(tid), t);
	return t;
}

static struct thread *thread_put(struct model *m, uint32_t tid, struct proc *p, struct table *table)
{
	struct thread *t = thread_find(m, tid), *gone = t ? NULL : gone_find(m, tid);

	if (gone)
		thread_forget(m, gone);
	if (!t) {
		t = model_alloc(m, sizeof(*t));
		if (!t)
			return NULL;
		t->tid = tid;
		t->shown = tid == p->tgid ? p->process.pid : 0;
		HASH_ADD(hh, m->threads, tid, sizeof(t->tid), t);
	} else {
		t->proc->threads--;
	}
	p->threads++;
	t->proc = p;
	table_use(m, &t->table, table, BY_CLOSE);
	requests_follow(t);
	return t;
}

void task_seen(struct model *m, const struct rec_task *r)
{
	struct proc *p = proc_find(m, r->tgid);
	struct thread *th = thread_find(m, r->h.tid);
	struct table *t = table_find(m, r->files);

	if (!p)
		p = proc_new(m, r->tgid, r->parent, r->comm);
	if (!p)
		return;
	if (!t)
		t = table_seen(m, p, th, r);
	if (!t)
		return;
	if (!p->table || r->h.tid == p->tgid)
		table_use(m, &p->table, t, BY_CLOSE);
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

struct thread *thread_ringed(struct model *m, uint32_t tid)
{
	struct thread *t = thread_find(m, tid), *gone = t ? NULL : gone_find(m, tid);

	if (!gone) {
		t = t ? t : thread_get(m, tid);
		if (t)
			t->rings = true;
		return t;
	}
	gone->table = gone->proc->table;
	if (!gone->rings) {
		HASH_DEL(m->gone[false], gone);
		gone->rings = true;
		gone_add(m, gone);
	}
	return gone;
}

/* found: a snapshot did, and the table with it. */
static struct table *child_table(struct model *m, struct proc *p, struct table *from, const struct rec_fork *r,
				 bool found)
{
	struct table *t = table_find(m, r->files);

	if (r->files == r->from || t == from)
		return from;
	if (t && found)
		held_forked(m, t);
	else if (t) /* the end of its last user was lost */
		table_clear(m, t, BY_EXIT, 0);
	else
		t = table_new(m, r->files);
	if (t) {
		table_copy(m, p, t, from, NULL);
		copy_doubted(m, p, from, r->took);
	}
	return t;
}

/* It was found before its fork was told of: while that ran. Else its end was lost, and the number is used again. */
static bool found_forking(const struct model *m, const struct proc *p, const struct rec_fork *r)
{
	return p && p->process.start == OPEN && p->table && p->table->files == r->files &&
	       (!r->took || p->seen >= m->now - (int64_t)r->took);
}

static struct proc *child_of(struct model *m, struct proc *p, bool found, const struct rec_fork *r)
{
	if (p && !found) {
		proc_retire(m, p);
		p = NULL;
	}
	if (p)
		proc_forked_by(m, p, r->parent_tgid);
	else
		p = proc_new(m, r->tgid, r->parent_tgid, r->comm);
	if (p)
		p->process.start = m->now;
	return p;
}

void task_forked(struct model *m, const struct rec_fork *r)
{
	struct thread *parent = thread_get(m, r->h.tid);
	struct proc *p = proc_find(m, r->tgid);
	const bool found = found_forking(m, p, r);
	struct table *t;

	if (!parent)
		return;
	if (r->tgid == r->parent_tgid || p == parent->proc)
		p = parent->proc;
	else
		p = child_of(m, p, found, r);
	t = p ? child_table(m, p, parent->table, r, found && p != parent->proc) : NULL;
	if (!t)
		return;
	if (!p->table)
		table_use(m, &p->table, t, BY_EXIT);
	thread_put(m, r->tid, p, t);
}

/* An exec ends all threads but its own, and gives a process that shared its table one of its own. */
static void exec_table(struct model *m, struct proc *p, const struct rec_exec *r)
{
	struct thread *th = thread_find(m, r->old_tid);
	struct table *t;

	if (th && th->proc == p) {
		table_use(m, &p->table, th->table, BY_EXIT);
		thread_end(m, th);
	}
	proc_threads_end(m, p);
	t = table_find(m, r->files);
	if (!t)
		t = table_follow(m, p, p->table, 1, r->files, NULL);
	if (!t)
		return;
	table_use(m, &p->table, t, BY_CLOSE);
	table_execed(m, t);
	rings_execed(m, p);
	thread_put(m, r->h.tid, p, t);
}

int task_execed(struct model *m, const struct rec_exec *r)
{
	struct proc *p = proc_find(m, r->tgid);
	const bool found = r->h.flags & EXEC_FOUND;
	int err;

	if (found && (!p || p->process.exec_count)) /* what it has executed since is told */
		return 0;
	if (!p)
		p = proc_new(m, r->tgid, r->parent, r->comm);
	err = p ? exec_told(m, &p->process, r) : 0;
	if (p && !err && !found)
		exec_table(m, p, r);
	return err;
}

void task_exited(struct model *m, const struct rec_exit *r)
{
	struct thread *t = thread_find(m, r->h.tid);
	struct proc *p = proc_find(m, r->tgid);

	if (t)
		thread_end(m, t);
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

	HASH_ITER (hh, m->procs, p, next)
		proc_tell(m, p);
}

static void threads_free(struct thread **threads)
{
	struct thread *th, *next_th, *rq, *next_rq;

	HASH_ITER (hh, *threads, th, next_th) {
		HASH_ITER (hh, th->requests, rq, next_rq) {
			HASH_DEL(th->requests, rq);
			thread_free(rq);
		}
		HASH_DEL(*threads, th);
		if (th->proc->ended && !--th->proc->gone)
			proc_free(th->proc);
		thread_free(th);
	}
}

void tasks_free(struct model *m)
{
	struct proc *p, *next_p;
	struct table *t, *next_t;
	struct alias *a, *next_a;

	threads_free(&m->gone[false]);
	threads_free(&m->gone[true]);
	threads_free(&m->threads);
	HASH_ITER (hh, m->procs, p, next_p) {
		HASH_DEL(m->procs, p);
		proc_free(p);
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
