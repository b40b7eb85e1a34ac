/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a socket as tables of rules: (state, verb, outcome, what the kernel's socket says) -> state, one table
 * for stream, one for datagram. First match wins; no match is an anomaly, to be shown. Pure: no I/O, no
 * allocation, no globals; knows no record, no model.
 */
#ifndef SOCKLIFE_LIFECYCLE_H
#define SOCKLIFE_LIFECYCLE_H

#include <stdbool.h>

/* contract.md has their names, and state_name(). */
enum state {
	STATE_NONE, /* not created yet */
	STATE_CREATED,
	STATE_BOUND,
	STATE_LISTENING,
	STATE_CONNECTING,
	STATE_CONNECTED,
	STATE_HALF_CLOSED_LOCAL,
	STATE_HALF_CLOSED_REMOTE,
	STATE_DISCONNECTED,
	STATE_FAILED,
	STATE_CLOSED,
	STATES
};

enum verb {
	VERB_CREATE,
	VERB_PAIR,
	VERB_BIND,
	VERB_LISTEN,
	VERB_ACCEPT, /* on the listener */
	VERB_ACCEPTED, /* the new socket's birth */
	VERB_FOUND, /* a socket made where we did not see it: what the kernel says decides */
	VERB_START, /* connect() entered */
	VERB_CONNECT, /* connect() returned */
	VERB_DISSOLVE, /* connect(AF_UNSPEC) returned */
	VERB_SEND,
	VERB_RECV,
	VERB_SHUT_RD,
	VERB_SHUT_WR,
	VERB_SHUT_RDWR,
	VERB_CONTROL, /* names and options */
	VERB_DUP, /* descriptors: no effect on the state */
	VERB_FCNTL,
	VERB_IOCTL,
	VERB_CLOSE_RANGE,
	VERB_GETFD, /* pidfd_getfd */
	VERB_REGISTER, /* io_uring_register */
	VERB_TOLD, /* no call: the kernel told that the socket's state changed */
	VERB_CLOSE, /* one descriptor of several, no effect */
	VERB_LAST_CLOSE, /* the last descriptor is gone */
	VERBS,
	VERB_SHUTDOWN = VERB_SHUT_RD, /* in syscalls.h: decode makes it one of the three by its argument */
	VERB_SPLICE = VERB_RECV, /* the same: VERB_SEND where the socket is its second descriptor */
};

enum outcome {
	OUTCOME_OK,
	OUTCOME_EOF, /* a receive of 0 bytes that asked for more, on a stream */
	OUTCOME_PENDING, /* EINPROGRESS, EALREADY; on unix streams a connect's EAGAIN is an error */
	OUTCOME_AGAIN, /* EAGAIN */
	OUTCOME_INTERRUPTED, /* EINTR, ERESTARTSYS and its kind */
	OUTCOME_ERROR,
	OUTCOMES
};

/* What the kernel's socket says, boiled down by lifecycle_fact(). */
enum fact {
	FACT_UNKNOWN, /* not read */
	FACT_IDLE, /* neither connected nor listening, no local address */
	FACT_IDLE_BOUND, /* the same with a local address */
	FACT_LISTENING,
	FACT_CONNECTING, /* SYN_SENT */
	FACT_CONNECTED,
	FACT_LOCAL_ENDED, /* we ended sending */
	FACT_PEER_ENDED, /* the peer did */
	FACT_BOTH_ENDED,
	FACTS
};

enum socket_kind { KIND_STREAM, KIND_DATAGRAM };

/* SOCK_STREAM and SOCK_SEQPACKET are streams, everything else is a datagram socket. */
enum socket_kind lifecycle_kind(unsigned int type);

#define RCV_SHUTDOWN 1u /* sk_shutdown: include/net/sock.h */
#define SEND_SHUTDOWN 2u
#define SHUTDOWN_MASK (RCV_SHUTDOWN | SEND_SHUTDOWN)

struct kernel_view {
	unsigned int family;
	unsigned int type;
	unsigned int state; /* sk_state */
	unsigned int shutdown; /* sk_shutdown */
	unsigned int own_shutdown; /* what this end asked for with shutdown(), same bits */
	bool valid, bound, peer;
};

/*
 * AF_INET and AF_INET6 streams tell an end by sk_state (CLOSE_WAIT: the peer; FIN_WAIT: us; net/ipv4/tcp.c); unix ones
 * by sk_shutdown, which the peer's close and shutdown set as well as ours (net/unix/af_unix.c).
 */
enum fact lifecycle_fact(const struct kernel_view *view);

/*
 * The next state; `state` itself where nothing changes; STATES where no rule matches: an anomaly,
 * and the caller leaves the state alone.
 */
enum state lifecycle_next(enum socket_kind kind, enum state state, enum verb verb, enum outcome outcome,
			  enum fact fact);

const char *state_name(enum state state);
const char *verb_name(enum verb verb);
const char *outcome_name(enum outcome outcome);
const char *fact_name(enum fact fact);

#ifdef LIFECYCLE_TEST /* the rows, for the test that walks them */
struct rule {
	unsigned int states, verbs, outcomes, facts; /* bit sets */
	int next; /* enum state, or SAME */
};
#define SAME (-1)
extern const struct rule stream_rules[], datagram_rules[];
extern const unsigned int stream_rule_count, datagram_rule_count;
#endif

#endif
