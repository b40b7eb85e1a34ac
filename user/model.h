/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls become lives: processes, descriptor tables, sockets with their states and descriptors. Owns all memory of it; no
 * stdio. Knows decoded calls, not the wire of a REC_CALL. Objects are handed to the sink as they end and then freed, so
 * that memory follows what is alive.
 *
 * Times are ns since the trace's start, -1 where open or not known. Ids are integers from 1, one sequence for
 * each of processes, sockets and events; 0 is none.
 */
#ifndef SOCKLIFE_MODEL_H
#define SOCKLIFE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "decode.h"
#include "lifecycle.h"

#define OPEN (-1)
#define QUEUE_MAX 4096
#define ERRORS_MAX 64
#define HISTORY_MAX 1024 /* spans, of which some have ended: model_histories.h */

struct exec {
	int64_t t;
	char comm[COMM_LEN];
	char *exe; /* as given to execve, any bytes but NUL; NULL: not known */
	char *args; /* each word ended by NUL, args_len bytes */
	size_t args_len;
	bool args_cut;
};

struct process {
	int64_t id;
	uint32_t pid; /* tgid, as seen from where it was recorded */
	uint32_t inner_pid; /* in its own pid namespace; 0: that is the initial one */
	int64_t parent; /* process id, 0: not in the trace */
	char comm[COMM_LEN]; /* the last one seen */
	struct exec *execs; /* exec_count of them, the last is the current program */
	size_t exec_count; /* at most HISTORY_MAX */
	uint64_t execs_omitted; /* those after the first */
	int64_t start; /* the fork, -1: before the trace */
	int64_t end; /* -1: still there */
	bool exited; /* code and signal are known */
	int code; /* exit status, where signal is 0 */
	int signal;
};

enum how {
	HOW_SOCKET,
	HOW_ACCEPT,
	HOW_SOCKETPAIR,
	HOW_DUP,
	HOW_FORK,
	HOW_SCM_RIGHTS,
	HOW_PIDFD_GETFD,
	HOW_SNAPSHOT,
	HOWS
};
enum end_by { BY_OPEN, BY_CLOSE, BY_DUP2, BY_CLOEXEC, BY_EXIT, BY_CLOSE_RANGE, ENDS };
enum origin { ORIGIN_SOCKET, ORIGIN_ACCEPT, ORIGIN_SOCKETPAIR, ORIGIN_SNAPSHOT, ORIGIN_RECEIVED, ORIGINS };
enum role { ROLE_NONE, ROLE_ACTIVE, ROLE_PASSIVE };
enum learned { LEARNED_NOT, LEARNED_RETURN, LEARNED_SO_ERROR, LEARNED_CONNECT, LEARNED_POLL, LEARNED_IO };

struct state_span {
	enum state state;
	int64_t from, to; /* to: -1 open, and of a closed state */
	int64_t cause; /* event id, 0: a kernel fact */
	const char *fact; /* its name, where cause is 0 */
};

struct peer_span {
	struct address peer;
	int64_t from, to;
};

struct attempt {
	int64_t from, to;
	struct address peer;
	bool did_return;
	int returned; /* errno of the connect(), 0 */
	enum { ATTEMPT_OPEN, ATTEMPT_CONNECTED, ATTEMPT_ERROR, ATTEMPT_INTERRUPTED, ATTEMPT_ABANDONED } outcome;
	int error; /* errno, with ATTEMPT_ERROR */
	int64_t learned_t; /* -1: never */
	enum learned learned;
};

struct descriptor {
	size_t number; /* those of the socket in order, from 0 */
	int64_t process; /* id */
	int fd;
	int64_t from, to;
	enum how how;
	enum end_by end;
	bool direct; /* fd is a slot of an io_uring ring's */
};

struct flight { /* of a descriptor in a message: SCM_RIGHTS, unix(7) */
	size_t number; /* as in struct descriptor */
	int64_t from, to;
	int64_t sent, received; /* events, 0: not known, or never received */
	bool forgotten; /* nobody would see its end */
};

enum history { HISTORY_STATES, HISTORY_PEERS, HISTORY_ATTEMPTS, HISTORY_DESCRIPTORS, HISTORY_FLIGHTS, HISTORIES };

struct depth { /* of a listener's accept queue, from t on */
	int64_t t;
	uint32_t depth;
};

struct reset {
	int64_t t;
	bool sent;
	const char *reason; /* the kernel's name of it (model_reset_reasons()), NULL: not known */
};

struct queued_error {
	int64_t t;
	int error; /* errno */
};

enum trouble_kind { TROUBLE_RETRANSMIT, TROUBLE_RESET, TROUBLE_ERROR, TROUBLE_DROP, TROUBLE_OVERFLOW };

struct trouble { /* underneath a socket, as it happens */
	int64_t t;
	enum trouble_kind kind;
	bool sent; /* a reset: by us */
	const char *reason; /* of a reset, as in struct reset */
	int error; /* TROUBLE_ERROR: errno */
	uint64_t count; /* how many at once: of an overflow what the listener's counter went up by, else 1 */
};

struct life { /* of a socket */
	int64_t id;
	uint64_t inode; /* 0: not known */
	bool known; /* family, type, protocol, netns are */
	unsigned int family, type, protocol;
	uint64_t netns;
	uint32_t flags; /* SOCK_CLOEXEC, SOCK_NONBLOCK at creation */
	enum origin origin;
	enum role role;
	struct address local, peer; /* the last known; len 0: none */
	int64_t peer_socket, listener; /* socket ids, 0: none or not known */
	bool listened;
	int64_t backlog_asked, backlog_effective;
	struct depth *queue; /* at most QUEUE_MAX: of two that stand side by side the deeper one is kept then */
	size_t queue_count;
	int64_t deepest, unaccepted, overflows; /* of the queue; -1: not known, or not over yet */
	int64_t queued_from, queued_to; /* an accepted one's wait in it; from -1: not known */
	struct state_span *states;
	size_t state_count;
	struct peer_span *peers;
	size_t peer_count;
	struct attempt *attempts;
	size_t attempt_count;
	struct descriptor *descriptors;
	size_t descriptor_count;
	struct flight *flights;
	size_t flight_count;
	uint64_t omitted[HISTORIES]; /* spans that had ended, to make room for others */
	uint64_t sent, received; /* bytes */
	uint64_t messages_sent, messages_received; /* datagrams */
	uint64_t truncated, dropped;
	uint64_t retransmits;
	struct reset *resets;
	size_t reset_count;
	struct queued_error *errors; /* at most ERRORS_MAX, the first ones */
	size_t error_count;
	uint32_t pid; /* of the process that held it first, and its comm then */
	char comm[COMM_LEN];
	int64_t created; /* when the first thing about it was seen */
	int64_t closed; /* -1: still open */
	enum end_by closed_by;
	int64_t unread, unsent; /* bytes that were thrown away with it; -1: not known */
	int64_t found_unread, found_unsent; /* of origin snapshot: what it held when it was found; -1: not known */
	bool held; /* a call was inside the kernel on it when it closed */
	bool held_io_uring; /* the same of an io_uring request */
	bool uncertain;
};

struct event { /* a call that returned, or never did */
	int64_t id;
	int64_t t, dur; /* dur -1: never returned */
	int64_t process; /* id */
	const struct process *by; /* the same, as it is at the call's return */
	const struct call *call;
	int64_t socket; /* id, 0: none */
	const struct life *life; /* NULL: none */
	int64_t backlog_effective; /* of a listen that succeeded, else -1 */
	int64_t sent; /* of a receive: the event that sent the message, 0: not known for certain */
	const char *note; /* NULL: none; valid as long as the event */
};

struct loss_interval {
	int64_t from, to;
	uint64_t events;
	const char *reason;
};

struct blind {
	const char *what; /* could not be seen */
	int64_t from, to;
};

struct trace {
	uint64_t start; /* ns, CLOCK_REALTIME */
	int64_t duration;
	const char *host, *kernel, *arch, *tool;
	char **command; /* NULL-terminated; NULL: none */
	bool complete; /* false: the capture was cut short */
	const char *io; /* sends and receives were counted: "summary" or "none"; NULL: each is told of */
	char *const *selection; /* how it was narrowed, NULL-terminated; NULL: it was not */
	uint64_t lost; /* events */
	struct loss_interval *losses;
	size_t loss_count;
	const struct blind *blind;
	size_t blind_count;
};

struct sink { /* who is told; each may be NULL; 0 goes on, anything else stops and is returned */
	int (*event)(void *arg, const struct event *event);
	int (*state)(void *arg, const struct life *life, const struct state_span *span);
	int (*process)(void *arg, const struct process *process);
	int (*life)(void *arg, const struct life *life);
	int (*trouble)(void *arg, const struct life *life, const struct trouble *trouble);
	void *arg;
};

struct model;
/* mono: ns of CLOCK_MONOTONIC at the trace's start. NULL: no memory. */
struct model *model_new(uint64_t mono, const struct sink *sink);
/* The interfaces of network namespace netns ("INDEX NAME", NULL-terminated): names for addresses' scopes. Stays the caller's. */
void model_interfaces(struct model *m, uint64_t netns, char *const *interfaces);
/* The recording kernel's enum sk_rst_reason ("NUMBER NAME", NULL-terminated, or NULL). Stays the caller's; lives point into it. */
void model_reset_reasons(struct model *m, char *const *reasons);
/* Of unix sockets of these types (a bit each) not all sends and receives were recorded. */
void model_unix_partial(struct model *m, uint16_t types);
/* A record in order of time. 0, what the sink returned, -ENOMEM, -EBADMSG (the record contradicts itself). */
int model_record(struct model *m, const struct rec_head *rec);
/* Every socket that is open now, in no order; what fn returns but 0 stops and is returned. */
int model_each_life(const struct model *m, int (*fn)(void *arg, const struct life *life), void *arg);
/* The end of the trace, ns of CLOCK_MONOTONIC: what is open is handed on as open. */
int model_finish(struct model *m, uint64_t end);
void model_free(struct model *m);

const char *how_name(enum how how);
const char *end_name(enum end_by end);
const char *origin_name(enum origin origin);
const char *learned_name(enum learned learned);

#endif
