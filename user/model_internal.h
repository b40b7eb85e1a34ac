/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the model share: model.c (records and calls), model_tasks.c (processes, threads), model_tables.c
 * (their descriptors), model_descriptors.c (what calls do to those), model_life.c (sockets, their states and spans),
 * model_peers.c (which two are one connection's ends). Nobody else includes it.
 */
#ifndef SOCKLIFE_MODEL_INTERNAL_H
#define SOCKLIFE_MODEL_INTERNAL_H

#include <uthash.h>

#include "model.h"

struct sock { /* a socket that may still be named: alive, or closed a short while ago */
	struct life life;
	uint64_t sk; /* key: the kernel's address */
	size_t aliases; /* open descriptors */
	struct kernel_view view; /* as last told, own_shutdown included */
	uint32_t backlog; /* effective, as last told */
	enum state state;
	bool in_attempt; /* the last attempt is open, or the program has not learned of its end */
	bool reports; /* the next connect() tells of this attempt, and starts none */
	uint64_t peer_sk; /* as last told */
	struct tuple *tuple; /* its connection's, NULL: none or not known */
	struct sock *other; /* the other end, while both are here and have that tuple */
	struct sock *tuple_next, **tuple_link; /* among those of its side */
	int64_t told; /* when it was told of with it */
	int side;
	int closing; /* the event that is closing it, 0: none */
	UT_hash_handle hh;
	struct closed *closed; /* where it lingers; NULL: it has not been closed */
	struct sock *older, *newer; /* there */
};

struct closed { /* sockets that linger after their close */
	struct sock *oldest, *newest;
	size_t count;
};

struct alias { /* a descriptor that names a socket */
	int fd; /* key, in its table */
	struct sock *sock;
	size_t span; /* index in sock->life.descriptors */
	bool cloexec;
	UT_hash_handle hh;
};

struct table { /* a descriptor table: the kernel's files_struct */
	uint64_t files; /* key */
	size_t users; /* processes and threads */
	struct alias *aliases;
	UT_hash_handle hh;
};

struct proc {
	struct process process;
	uint32_t tgid; /* key */
	uint32_t parent; /* tgid of the process that forked it */
	struct table *table; /* its first thread's */
	size_t threads; /* known ones */
	UT_hash_handle hh;
};

struct thread {
	uint32_t tid; /* key */
	struct proc *proc;
	struct table *table;
	uint64_t entered; /* ts of the entry that was told of */
	int entered_event, entered_socket; /* the ids it was given, 0: none */
	UT_hash_handle hh;
};

struct model {
	struct sink sink;
	uint64_t mono;
	uint64_t netns; /* that the interfaces are of */
	char *const *interfaces; /* "INDEX NAME" */
	int64_t now; /* of the record at hand, ns since the start */
	int last_process, last_socket, last_event;
	struct proc *procs;
	struct thread *threads;
	struct table *tables;
	struct sock *socks;
	struct tuple *tuples; /* of connections, model_peers.c */
	struct closed closed, waiting; /* waiting: for an accept() of their other end */
	int err; /* the first failure of the sink or of memory; nothing goes on after it */
};

/* Memory: NULL and m->err set when there is none. grow() makes room for one more and returns it, zeroed. */
void *model_alloc(struct model *m, size_t size);
void *model_grow(struct model *m, void **items, size_t *count, size_t size);
#define GROW(m, items, count) ((typeof(items))model_grow(m, (void **)&(items), &(count), sizeof(*(items))))

int64_t model_time(const struct model *m, uint64_t ts);
/* The first failure is the one that counts. */
void model_failed(struct model *m, int err);

/* A link-local address of a socket in network namespace netns gets its interface's name. */
void model_scope(const struct model *m, uint64_t netns, struct address *a);

/* model_tasks.c */
struct thread *thread_get(struct model *m, uint32_t tid); /* one that nobody told of gets a process of its own */
void task_seen(struct model *m, const struct rec_task *r);
void task_forked(struct model *m, const struct rec_fork *r);
int task_execed(struct model *m, const struct rec_exec *r);
void task_exited(struct model *m, const struct rec_exit *r);
struct proc *proc_parent(struct model *m, const struct proc *p); /* NULL: not in the trace any more */
void tasks_finish(struct model *m);
void tasks_free(struct model *m);

/* model_tables.c */
struct alias *alias_find(struct table *t, int fd);
/* Names sock by fd from now on; what the number named before is ended as `old`. */
void alias_add(struct model *m, struct thread *th, int fd, struct sock *sock, enum how how, bool cloexec,
	       enum end_by old);
void alias_end(struct model *m, struct table *t, struct alias *a, enum end_by by);
struct table *table_find(struct model *m, uint64_t files);
struct table *table_new(struct model *m, uint64_t files);
/*
 * fd of a process was found to name sock, and nothing told how it came to. What was open before the trace is a snapshot, and
 * what a process forked meanwhile has of it came by the fork: then its parent has it too, or its close had been seen.
 */
void alias_found(struct model *m, struct proc *p, struct table *t, int fd, struct sock *sock);
void table_clear(struct model *m, struct table *t, enum end_by by);
/* A process or a thread uses t, or none, from now on; what it used before ends with its last user. */
void table_use(struct model *m, struct table **used, struct table *t, enum end_by by);
void table_copy(struct model *m, struct proc *p, struct table *to, const struct table *from);
/*
 * The table that took old's place, which has `own` of old's users: where there are no others it is the same under
 * another name (old's was made up), else a copy (of an unseen unshare(CLONE_FILES), or of an exec).
 */
struct table *table_follow(struct model *m, struct proc *p, struct table *old, size_t own, uint64_t files);

/* model_descriptors.c */
/* A call was made on fd, which names s, although we may not have seen how it came to. */
void sock_used(struct model *m, struct thread *th, const struct call *c, int fd, struct sock *s);
void call_closes(struct model *m, struct thread *th, const struct call *c, struct sock *s, int event);
/* What a successful call did to descriptors. */
void call_descriptors(struct model *m, struct thread *th, const struct call *c, struct sock *s, int event);

/* model_attempts.c */
void attempt_begin(struct model *m, struct sock *s, const struct call *c);
/* What a call says of the open attempt, after its rule was applied. */
void attempt_heard(struct model *m, struct sock *s, const struct call *c);
/* The socket's end is the open attempt's. */
void attempt_closed(struct model *m, struct sock *s);

/* model_peers.c */
/* The addresses that the kernel tells of s now. */
void peers_told(struct model *m, struct sock *s, const struct address *local, const struct address *peer);
/* s goes away; the other end keeps its id. */
void peers_left(struct model *m, struct sock *s);

/* model_life.c */
struct sock *sock_find(struct model *m, uint64_t sk);
struct sock *sock_get(struct model *m, uint64_t sk); /* one that nobody told of is made, unknown; NULL for 0 */
/* One that a call has made: none that was there before. */
struct sock *sock_made(struct model *m, uint64_t sk);
void sock_told(struct model *m, const struct rec_sock *r);
int sock_named(struct model *m, const struct rec_name *r);
/* Applies a rule; the cause is an event. false: no rule allows it. */
bool sock_apply(struct model *m, struct sock *s, enum verb verb, enum outcome outcome, enum fact fact, int cause);
/* The kernel's view of a call becomes the socket's, and a fact. */
enum fact sock_view(struct sock *s, const struct kernel_view *view);
/* A socket whose making we did not see starts as the kernel says it is. */
void sock_found(struct model *m, struct sock *s, enum origin origin);
void sock_closed(struct model *m, struct sock *s, enum end_by by);
/* A call that began after the end proves that there was none: another descriptor was in flight, or not known. */
void sock_reopened(struct sock *s);
/* Between two records: the closed ones that lingered longest are handed on. */
void lives_trim(struct model *m);
void lives_finish(struct model *m);
void lives_free(struct model *m);

#endif
