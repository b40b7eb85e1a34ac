/* SPDX-License-Identifier: GPL-2.0-only */
/* What a snapshot found: model_snapshot.c. For the parts of the model alone. */
#ifndef SOCKLIFE_MODEL_SNAPSHOT_H
#define SOCKLIFE_MODEL_SNAPSHOT_H

#include "model_histories.h"

/* Is a fact, which says `at`, of this call: of a late one the facts have no entry. */
static inline bool told_with(const struct call *c, uint64_t at)
{
	return c->late || at == c->enter;
}

void held_told(struct model *m, const struct rec_fact *r);
void found_told(struct model *m, const struct rec_fact *r);
void pids_told(struct model *m, const struct rec_fact *r);
/*
 * The call at hand returns, and made what the snapshot found while it ran: that its number names sk, or sk itself. What the
 * number names then.
 */
struct alias *held_undone(struct model *m, struct place at, uint64_t sk);
bool sock_undone(struct model *m, struct sock *s);
/* All that the snapshot found in a table came there by the fork that is told of now. */
void held_forked(struct model *m, struct table *t);

/* model_descriptors.c: held_undone() of the numbers that a call which returns has made. */
void made_undone(struct model *m, const struct thread *th, const struct call *c);

/* model_tasks.c */
struct thread *thread_find(struct model *m, uint32_t tid);

/* model_tables.c */
bool alias_was(const struct proc *p, int fd, const struct sock *s); /* the number named s, and was seen to end */
void alias_insert(struct model *m, struct table *t, const struct process *p, int fd, struct sock *s, enum how how,
		  bool cloexec, int64_t from);
void table_execed(struct model *m, struct table *t); /* what is close-on-exec is closed */
/* What another thread opened while the table was copied, for so many ns, may have been too late for it. */
void copy_doubted(struct model *m, struct proc *p, const struct table *from, uint32_t took);
void alias_unlink(struct table *t, struct alias *a); /* neither its span nor its socket ends */
/*
 * The table that a record names for the first time. What is in it a snapshot tells after it, unless the thread has it
 * under another name.
 */
struct table *table_seen(struct model *m, struct proc *p, struct thread *th, const struct rec_task *r);

/* model_peers.c: what FACT_FOUND says of the connection that s has. */
void peers_found(struct model *m, struct sock *s, uint64_t numbers);
/* model_unix.c: a datagram socket that others were told to send to. */
void unix_found(struct model *m, struct sock *s);
/* model_queue.c: what was told of a listener's queue before the listener was found. */
void queue_found(struct model *m, struct sock *s);
bool queue_holds(struct model *m, const struct sock *listener, uint64_t sk); /* sk waits to be accepted */
size_t queue_known(const struct model *m,
		   const struct sock *listener); /* of those that wait in it, how many came since */

#endif
