/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the model share: model.c (records), model_calls.c, model_tasks.c (processes, threads), model_tables.c
 * (their descriptors), model_descriptors.c (what calls do to those), model_life.c (sockets, their states and spans),
 * model_peers.c (which two are one connection's ends), model_facts.c (what no call says: it hands facts to those whose
 * they are), model_queue.c (accept queues), model_trouble.c (what goes wrong underneath), model_flight.c (descriptors in
 * messages), model_messages.c and model_sums.c (what calls moved), model_arrivals.c (datagrams that wait), model_requests.c
 * (io_uring), model_slots.c (direct descriptors), model_snapshot.c, model_execs.c, model_histories.c. Nobody else includes it.
 */
#ifndef SOCKLIFE_MODEL_INTERNAL_H
#define SOCKLIFE_MODEL_INTERNAL_H

#include <sys/socket.h>
#include <uthash.h>

#include "model.h"

static inline bool is_inet(const struct life *l)
{
	return l->family == AF_INET || l->family == AF_INET6;
}

static inline bool is_tcp(const struct life *l)
{
	return is_inet(l) && l->type == SOCK_STREAM;
}

struct senders { /* threads that send datagrams */
	uint32_t tid; /* the last one, 0: not known */
	int64_t last; /* when one was told of */
	int64_t mixed_until; /* in what was told of before then, which came first is not known */
};

struct sock { /* a socket that may still be named: alive, or closed a short while ago */
	struct life life;
	uint64_t sk; /* key: the kernel's address */
	size_t aliases; /* open descriptors */
	struct alias *named; /* those */
	size_t leaving; /* of them, those that are about to end with their table */
	size_t in_flight; /* how often it is in messages that nobody has received */
	uint64_t moved_in, moved_out; /* of a unix socket: bytes of a stream, else messages */
	struct sock *lost_next; /* among those that go with one that is closed */
	struct kernel_view view; /* as last told, own_shutdown included */
	uint32_t backlog; /* effective, as last told */
	uint32_t references, inside; /* to its open file as a snapshot counted, at most; calls that it found inside */
	enum state state;
	bool in_attempt; /* the last attempt is open, or the program has not learned of its end */
	bool reports; /* the next connect() tells of this attempt, and starts none */
	int64_t connecting; /* the event of the connect() that is inside the kernel on it, 0: none */
	unsigned int left; /* the sk_state that it was told to leave, until a call has seen the next one; 0: none */
	int64_t ended; /* when it was told to be TCP_CLOSE, as long as it is; OPEN: it was not */
	int64_t came, unsent; /* bytes, then or as `counted`: received and waiting, not acknowledged; -1: not known */
	int64_t counted; /* when a close's entry told of them */
	int64_t found, looked; /* when a snapshot did, the first to tell of it, OPEN: it did not; when it counted */
	int64_t depth; /* of its accept queue, as last told; -1: not known */
	int64_t emptied; /* connections that went with the queue when it stopped to listen */
	int64_t drops; /* the kernel's counter when it was first told; -1: not yet */
	uint64_t peer_sk; /* as last told */
	unsigned int peer_ended; /* of a unix stream: what the other end did to its view.shutdown */
	uint64_t numbers; /* its connection's, as FACT_STATE has them, 0: not known */
	uint64_t pair; /* key: the same numbers, the lesser first; 0: another socket stands for them */
	UT_hash_handle by_pair;
	bool proven, loose; /* by the numbers the other end is; ours of them may be one less, as FACT_FOUND has it */
	struct tuple *tuple; /* its connection's, NULL: none or not known */
	struct sock *other; /* the other end, while both are here and have that connection */
	struct sock *tuple_next, **tuple_link; /* among those of its side */
	int64_t told; /* when it was told of with it */
	int side;
	int64_t closing; /* the event that is closing it, 0: none */
	struct inbox *inbox; /* of a datagram socket, NULL: nothing came */
	struct senders senders; /* on it */
	int64_t silent_until; /* what it sent before then to this port may be under way */
	unsigned int silent_port;
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
	struct table *in;
	struct sock *sock;
	struct alias *prev, *next; /* of the same socket */
	size_t span; /* number in sock->life.descriptors */
	bool cloexec;
	int64_t held; /* when a snapshot found it, OPEN: a call told of it */
	UT_hash_handle hh;
};

struct table { /* a descriptor table: the kernel's files_struct, or the direct descriptors of an io_uring ring */
	uint64_t files; /* key: the kernel's address of either */
	size_t users; /* processes and threads */
	struct proc *owner; /* of a ring's, which has no users: whose it is; else NULL */
	int fd; /* of a ring, as it was made; -1: not known */
	struct alias *aliases;
	UT_hash_handle hh;
};

struct place { /* that a number has */
	struct table *table; /* NULL: not known */
	int fd;
};

struct proc {
	struct process process;
	uint32_t tgid; /* key */
	uint32_t parent; /* tgid of the process that forked it */
	int64_t seen; /* first */
	struct table *table; /* its first thread's */
	size_t threads, gone; /* known ones, and those that linger */
	bool rings; /* it was seen to use io_uring */
	bool ended; /* and was told of: it goes with the last thread that lingers */
	int64_t copied; /* since then its table may have been copied from its parent's, -1: it was not */
	UT_hash_handle hh;
};

struct told { /* what facts say of the receive or send that returns next */
	uint64_t at; /* when it was entered, as in struct rec_fact */
	int64_t length, segment; /* of the datagram that was cut, of each one in it; 0: not told */
};

struct range { /* of a close_range() that has not returned: close_range(2) */
	uint64_t enter; /* ns, CLOCK_MONOTONIC */
	uint32_t first, last;
	bool unshares; /* a copy of the table leaves these numbers out */
	int fd; /* the lowest that was a socket's, the socket's id and address; 0: none */
	int64_t socket;
	uint64_t sk;
};

/* Or an io_uring request, of which a thread has many at once: what it knows of the call in progress, for each of its own. */
struct thread {
	uint32_t tid; /* key, of a thread */
	uint32_t shown; /* of a thread: its tid as seen from where it was recorded; 0: the same */
	uint64_t submitted; /* key, of a request */
	struct thread *owner; /* of a request: whose table and process it shares; NULL: it is a thread */
	struct thread *requests; /* of a thread, the oldest first */
	bool rings; /* of a thread: it was seen to use io_uring */
	struct proc *proc;
	struct table *table;
	uint64_t entered; /* ts of the entry that was told of */
	int64_t entered_event, entered_socket; /* the ids it was given, 0: none */
	struct call *out; /* the last one that was told of at its entry */
	struct alias ended; /* of a request, that its close() ended at its entry; sock NULL: none */
	uint64_t ended_ring; /* whose slot that was, 0: it was none */
	struct range range;
	struct right *rights; /* that its call passed or took: model_flight.c */
	size_t right_count;
	uint64_t rights_at; /* when that was entered */
	uint64_t taken; /* what the accept() that returns next took off the queue, 0: not told */
	struct told told;
	uint64_t reached; /* the socket that its call brought a datagram to last, 0: none */
	struct slot *slots; /* that its call left changed or used: model_slots.c */
	size_t slot_count;
	uint64_t slots_at; /* when that was entered */
	UT_hash_handle hh;
};

struct model {
	struct sink sink;
	uint64_t mono;
	uint64_t netns; /* that the interfaces are of */
	char *const *interfaces; /* "INDEX NAME" */
	char *const *reset_reasons; /* "NUMBER NAME" */
	uint16_t unix_partial; /* model_unix_partial() */
	int64_t now; /* of the record at hand, ns since the start */
	int64_t begun; /* when the call at hand was entered; OPEN: not known */
	int64_t last_process, last_socket, last_event;
	struct proc *procs;
	struct thread *threads;
	struct thread *gone[2]; /* they linger after their exit, the oldest first; 1: those that used io_uring */
	struct table *tables, *rings;
	struct sock *socks;
	struct tuple *tuples; /* of connections, model_peers.c */
	struct queue *queues; /* descriptors in messages, by the socket that is to receive them: model_flight.c */
	struct flying *astray; /* of them, those whose receiver is not in the trace, the oldest first */
	size_t astray_count;
	struct sock *pairs; /* by their connections' numbers, model_peers.c */
	struct pending *pending; /* connections that wait for accept(), model_queue.c; the oldest first */
	struct closed closed, waiting; /* waiting: for an accept() of their other end */
	char note[256]; /* of the event at hand */
	int err; /* the first failure of the sink or of memory; nothing goes on after it */
};

/* Memory: NULL and m->err set when there is none. grow() makes room for one more and returns it, zeroed. */
void *model_alloc(struct model *m, size_t size);
void *model_grow(struct model *m, void **items, size_t *count, size_t size);
#define GROW(m, items, count) ((typeof(items))model_grow(m, (void **)&(items), &(count), sizeof(*(items))))
int64_t model_time(const struct model *m, uint64_t ts);
void model_failed(struct model *m, int err); /* the first failure is the one that counts */
/* The name of rec_fact.extra of a FACT_RESET; NULL: not known. */
const char *model_reset_reason(const struct model *m, uint32_t extra);
/* A link-local address of a socket in network namespace netns gets its interface's name. */
void model_scope(const struct model *m, uint64_t netns, struct address *a);

/* model_calls.c */
int call_record(struct model *m, const struct rec_call *rec); /* 0, or -EBADMSG */
/* The id of the event of the call that the thread entered at `at`, which has not returned. */
int64_t event_ahead(struct model *m, struct thread *th, uint64_t at);
/* The call that the thread was told to have entered is told of as one that never returned. */
void call_abandoned(struct model *m, struct thread *th);
void event_note(struct model *m, struct event *e, const char *text); /* adds it to the event's */

/* model_tasks.c */
struct thread *thread_get(struct model *m, uint32_t tid); /* one that nobody told of gets a process of its own */
struct thread *thread_ringed(struct model *m, uint32_t tid); /* the same by io_uring: it may have exited */
void task_seen(struct model *m, const struct rec_task *r);
void task_forked(struct model *m, const struct rec_fork *r);
int task_execed(struct model *m, const struct rec_exec *r);
void task_exited(struct model *m, const struct rec_exit *r);
struct proc *proc_parent(struct model *m, const struct proc *p); /* NULL: not in the trace any more */
void thread_free(struct thread *t);
void tasks_finish(struct model *m);
void tasks_free(struct model *m);

/* model_tables.c */
struct alias *alias_find(struct table *t, int fd);
/* Names sock by a number from now on; what that named before is ended as `old`. */
void alias_add(struct model *m, struct thread *th, struct place at, struct sock *sock, enum how how, bool cloexec,
	       enum end_by old);
void alias_end(struct model *m, struct table *t, struct alias *a, enum end_by by);
/* Its end was none, and the number names nothing else: the span goes on. */
void alias_restore(struct model *m, struct table *t, struct sock *s, const struct alias *was);
struct table *table_find(struct model *m, uint64_t files);
struct table *table_new(struct model *m, uint64_t files);
/*
 * fd of a process was found to name sock, and nothing told how it came to. What was open before the trace is a snapshot, and
 * what a process forked meanwhile has of it came by the fork: then its parent has it too, or its close had been seen.
 */
void alias_found(struct model *m, struct proc *p, struct table *t, int fd, struct sock *sock);
void table_clear(struct model *m, struct table *t, enum end_by by, int64_t event); /* event: the cause, 0: none */
/* A process or a thread uses t, or none, from now on; what it used before ends with its last user. */
void table_use(struct model *m, struct table **used, struct table *t, enum end_by by);
/* left_out: numbers that are not copied; NULL: all are. */
void table_copy(struct model *m, struct proc *p, struct table *to, const struct table *from, struct range *left_out);
/*
 * The table that took old's place, which has `own` of old's users: where there are no others it is the same under
 * another name (old's was made up), else a copy (of unshare(CLONE_FILES), or of an exec).
 */
struct table *table_follow(struct model *m, struct proc *p, struct table *old, size_t own, uint64_t files,
			   struct range *left_out);

/* model_descriptors.c */
static inline struct place number_of(const struct thread *th, int fd)
{
	return (struct place){ th->table, fd };
}

/* A call was made on a number, which names s, although we may not have seen how it came to. */
void sock_used(struct model *m, struct thread *th, const struct call *c, struct place at, struct sock *s);
void call_closes(struct model *m, struct thread *th, const struct call *c, struct sock *s, int64_t event);
/* The event is the cause of the socket's end, if this was its last descriptor. */
void alias_closed(struct model *m, struct table *t, struct alias *a, enum end_by by, int64_t event);
/* A close() that took effect at its entry was cancelled. */
void call_uncloses(struct model *m, struct thread *th, struct sock *s);
/* close_range(). true: it returned, and c->sk is the socket with the lowest number of those in the range. */
bool call_ranges(struct model *m, struct thread *th, struct call *c);
/* fd is in the range; its socket may be the one with the lowest number. */
void range_found(struct range *r, int fd, const struct sock *s);
bool range_has(const struct range *r, int fd);
/*
 * The socket sk that a call made. NULL: that one was closed before the call returned, its number used again, and sk is what
 * it names now.
 */
struct sock *call_made(struct model *m, struct place at, uint64_t sk);
/* A descriptor of s came from another process. */
void sock_received(struct model *m, struct thread *th, const struct call *c, struct sock *s, int fd, enum how how,
		   bool cloexec);
/* It succeeded, and what it made is known: that of a request that told nobody is, where its slot is. */
bool call_makes(const struct call *c);
/* What a successful call did to descriptors. */
void call_descriptors(struct model *m, struct thread *th, const struct call *c, struct sock *s, int64_t event);

/* model_requests.c */
/* The thread that a record is about, of io_uring the request: `at` is when that was submitted. */
struct thread *thread_of(struct model *m, const struct rec_head *h, uint64_t at);
void request_forget(struct model *m, struct thread *rq); /* told of as one that never returned, if it was told of */
void requests_forget(struct model *m, struct thread *th); /* all of a thread's */
void requests_follow(struct thread *th); /* its process or table is another */
/* A request returns, before its rule is applied: what was told meanwhile as the kernel's doing may have been its. */
void request_returned(struct model *m, struct sock *s, const struct call *c, const struct event *e);

/* model_attempts.c */
void attempt_begin(struct model *m, struct sock *s, const struct call *c);
/* What a call says of the open attempt, after its rule was applied. */
void attempt_heard(struct model *m, struct sock *s, const struct call *c);
/* The kernel told what became of it; error 0: it connected. */
void attempt_over(struct model *m, struct sock *s, int error);
/* The name of that, for want of a call that brought it about. */
const char *attempt_fact(const struct sock *s);
/* The socket's end is the open attempt's. */
void attempt_closed(struct model *m, struct sock *s, enum end_by by);
void attempt_reopened(struct sock *s); /* that was none */
/* poll, select or epoll told the program of a socket that was connecting. */
void attempt_polled(struct model *m, struct sock *s);

/* model_facts.c */
void fact_told(struct model *m, const struct rec_fact *r);
/* The socket that a fact is about; NULL: not known, or its address may be another's by now. */
struct sock *fact_sock(struct model *m, uint64_t sk);
/* A connect() that was inside the kernel on s returns, before its rule is applied. */
void connect_returned(struct sock *s, const struct call *c, int64_t event);

/* model_queue.c */
void queue_told(struct model *m, const struct rec_fact *r);
/* A connection came up that is to wait for accept(), with these sequence numbers. */
void queue_arrived(struct model *m, uint64_t sk, uint64_t numbers);
/* s is what an accept() of th returns. */
void queue_accepted(struct model *m, struct thread *th, struct sock *listener, struct sock *s);
void queue_closed(struct sock *s);
void queues_free(struct model *m);

/* model_trouble.c */
void trouble_told(struct model *m, const struct rec_fact *r);
void trouble_happened(struct model *m, const struct sock *s, struct trouble t); /* hands it on */
/* What is thrown away with s. */
void trouble_closed(struct model *m, struct sock *s);

/* model_flight.c */
void flight_told(struct model *m, const struct rec_fact *r);
/* A call returned, on s or on none: what it has passed and taken, and what it discarded. */
void flights_moved(struct model *m, struct thread *th, const struct call *c, struct sock *s, const struct event *e);
/* Neither a descriptor nor a message holds s any more; what is in messages to it goes too. */
void sock_released(struct model *m, struct sock *s, enum end_by by);
/* Between two records: of the messages that nobody in the trace can receive only so many are kept in mind. */
void flights_trim(struct model *m);
void flights_free(struct model *m);

/* model_messages.c, model_sums.c: what a call that returned has moved is counted, or what many have */
void message_told(struct model *m, const struct rec_fact *r);
void sum_told(struct model *m, struct call *c);
void messages_moved(struct model *m, struct thread *th, const struct call *c, struct sock *s, struct event *e);

/* model_arrivals.c */
struct receipt { /* what a receive took */
	int messages;
	bool cut;
	int64_t copied, length; /* bytes copied; of all messages as they were sent; -1: not known */
};

void arrival_told(struct model *m, const struct rec_fact *r);
/* A send returned, which was of so many messages; 0: none. */
void arrivals_sent(struct model *m, struct thread *th, const struct call *c, struct sock *from, int64_t event,
		   uint64_t messages);
/* A receive returned: e->sent, and the length where that was not known. false: it took no message, but an end. */
bool arrivals_take(struct model *m, struct thread *th, const struct call *c, struct sock *s, struct receipt *r,
		   struct event *e);
void arrivals_purge(struct sock *s); /* its queue was thrown away */
void arrivals_lose(struct sock *s); /* what is in its queue is not known from now on */
void arrivals_free(struct sock *s);

/* model_unix.c */
void unix_told(struct model *m, struct sock *s); /* its peer is, by peer_sk */
void unix_shut(struct model *m, struct sock *s, unsigned int own,
	       int64_t event); /* own: as in kernel_view.own_shutdown */
void unix_closed(struct model *m, struct sock *s, enum end_by by);
/* Counts what a call has moved: moved_in, moved_out. */
void unix_counted(struct sock *s, const struct call *c);
/* Its last state, closed, was none: what that did to the other end is taken back. */
void unix_reopened(struct model *m, struct sock *s, bool certain);

/* model_peers.c */
/* The addresses that the kernel tells of s now. */
void peers_told(struct model *m, struct sock *s, const struct address *local, const struct address *peer);
/* The sequence numbers of the connection that s has from now on; 0: not known. */
void peers_numbered(struct model *m, struct sock *s, uint64_t numbers);
void peers_left(struct model *m, struct sock *s); /* it goes away; the other end keeps its id */

/* model_life.c */
struct sock *sock_find(struct model *m, uint64_t sk);
struct sock *sock_get(struct model *m, uint64_t sk); /* one that nobody told of is made, unknown; NULL for 0 */
/* One that a call has made: none that was there before. */
struct sock *sock_made(struct model *m, uint64_t sk);
void sock_told(struct model *m, const struct rec_sock *r);
int sock_named(struct model *m, const struct rec_name *r);
/* Applies a rule; the cause is an event. false: no rule allows it. */
bool sock_apply(struct model *m, struct sock *s, enum verb verb, enum outcome outcome, enum fact fact, int64_t cause);
/* The same where no call is the cause, but a kernel fact by its name (static storage). */
void sock_apply_fact(struct model *m, struct sock *s, enum verb verb, enum fact fact, const char *name);
/* The kernel's view of a call becomes the socket's, and a fact. */
enum fact sock_view(struct sock *s, const struct kernel_view *view);
/* A socket whose making we did not see starts as the kernel says it is. */
void sock_found(struct model *m, struct sock *s, enum origin origin);
void sock_retire(struct model *m, struct sock *s); /* hands it on and forgets it */
void sock_closed(struct model *m, struct sock *s, enum end_by by);
/* A call that began after the end proves that there was none: another descriptor was in flight, or not known. */
void sock_reopened(struct model *m, struct sock *s);
void sock_unclosed(struct model *m, struct sock *s); /* What ended it was cancelled: there is no doubt. */
void state_undo(struct sock *s); /* its last state was none: it has the one before */
/* Between two records: the closed ones that lingered longest are handed on. */
void lives_trim(struct model *m);
void lives_finish(struct model *m);
void lives_free(struct model *m);

#endif
