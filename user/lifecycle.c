/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a socket: the rule tables, their look-up and the names. Owns the rules and nothing
 * else; knows no record, no call, no model.
 *
 * The kernel's socket is believed before the verb. The verb counts where the view can't tell two
 * situations apart (a failed connect() and a lost connection are both TCP_CLOSE) or there is no view
 * (a family whose socket we do not read, a descriptor that was gone at the call's exit).
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "lifecycle.h"

#ifndef LIFECYCLE_TEST
struct rule {
	unsigned int states, verbs, outcomes, facts; /* bit sets */
	int next; /* enum state, or SAME */
};
#define SAME (-1)
#define RULES static const
#else
#define RULES const
#endif

#define S(x) (1u << STATE_##x)
#define V(x) (1u << VERB_##x)
#define O(x) (1u << OUTCOME_##x)
#define F(x) (1u << FACT_##x)

#define ANY (~0u)
#define LIVE (ANY & ~(S(NONE) | S(CLOSED)))
#define HALVES (S(HALF_CLOSED_LOCAL) | S(HALF_CLOSED_REMOTE))
#define LINKED (S(CONNECTED) | HALVES) /* at least one way is open */
#define FRESH (S(CREATED) | S(BOUND) | S(FAILED)) /* connect() may start from here */
#define TRYING (FRESH | S(CONNECTING))

#define BIRTH (V(CREATE) | V(PAIR) | V(ACCEPTED)) /* happen to what is not there yet */
#define LATER (ANY & ~BIRTH)
#define SHUT_ANY (V(SHUT_RD) | V(SHUT_WR) | V(SHUT_RDWR))
#define NEUTRAL /* no effect of their own */ \
	(V(FOUND) | V(START) | V(CONTROL) | V(DUP) | V(FCNTL) | V(IOCTL) | V(CLOSE_RANGE) | V(GETFD) | V(REGISTER) | \
	 V(TOLD) | V(CLOSE))
#define GOOD (O(OK) | O(EOF))
#define BAD (ANY & ~GOOD)
#define IDLES (F(IDLE) | F(IDLE_BOUND))

/* clang-format off */
RULES struct rule stream_rules[] = {
	/* The end. A call blocked inside the kernel may still return after it: absorbing. */
	{ S(CLOSED), ANY,            ANY,   ANY, SAME },
	{ ANY,       V(LAST_CLOSE),  ANY,   ANY, STATE_CLOSED },

	/* Birth: socket(2), socketpair(2), accept(2). What waited in a queue may have been ended by its peer. */
	{ S(NONE), V(CREATE),              O(OK), ANY,                          STATE_CREATED },
	{ S(NONE), V(PAIR),                O(OK), ANY,                          STATE_CONNECTED },
	{ S(NONE), V(FOUND) | V(ACCEPTED), O(OK), F(CONNECTED),                 STATE_CONNECTED },
	{ S(NONE), V(FOUND) | V(ACCEPTED), O(OK), F(LOCAL_ENDED),               STATE_HALF_CLOSED_LOCAL },
	{ S(NONE), V(FOUND) | V(ACCEPTED), O(OK), F(PEER_ENDED),                STATE_HALF_CLOSED_REMOTE },
	{ S(NONE), V(FOUND) | V(ACCEPTED), O(OK), F(BOTH_ENDED),                STATE_DISCONNECTED },
	{ S(NONE), V(ACCEPTED),            O(OK), IDLES,                        STATE_DISCONNECTED },
	{ S(NONE), V(ACCEPTED),            O(OK), ANY,                          STATE_CONNECTED },
	{ S(NONE), V(FOUND),               O(OK), F(UNKNOWN) | F(IDLE),         STATE_CREATED },
	{ S(NONE), V(FOUND),               O(OK), F(IDLE_BOUND),                STATE_BOUND },
	{ S(NONE), V(FOUND),               O(OK), F(LISTENING),                 STATE_LISTENING },
	{ S(NONE), V(FOUND),               O(OK), F(CONNECTING),                STATE_CONNECTING },

	/* bind(2). With IP_BIND_ADDRESS_NO_PORT (ip(7)) the kernel has no port yet: the call is believed. */
	{ FRESH, V(BIND), O(OK), IDLES | F(UNKNOWN), STATE_BOUND },

	/*
	 * connect(2), net/ipv4/af_inet.c:__inet_stream_connect. A lost connection can't be connected again (EISCONN)
	 * before AF_UNSPEC, and a connect() while connecting reports only: its return tells.
	 */
	{ FRESH,         V(START),    ANY,   IDLES | F(UNKNOWN), STATE_CONNECTING },
	{ S(CONNECTING), V(START),    ANY,   IDLES,              SAME },
	{ LIVE,          V(DISSOLVE), O(OK), F(IDLE),            STATE_CREATED },
	{ LIVE,          V(DISSOLVE), O(OK), F(IDLE_BOUND),      STATE_BOUND },
	/* It was connected, and reset before it returned. */
	{ TRYING,        V(CONNECT),  O(OK), IDLES,              STATE_DISCONNECTED },
	/* A unix socket that gave up waiting for room in the backlog is unconnected: unix_stream_connect(). */
	{ FRESH,         V(CONNECT),  BAD,   IDLES,              STATE_FAILED },

	/* What the kernel says, whatever the call: also how a non-blocking connect() ended, or what a loss hid. */
	{ LIVE, LATER, ANY, F(LISTENING),   STATE_LISTENING },
	{ LIVE, LATER, ANY, F(CONNECTING),  STATE_CONNECTING },
	{ LIVE, LATER, ANY, F(CONNECTED),   STATE_CONNECTED },
	{ LIVE, LATER, ANY, F(LOCAL_ENDED), STATE_HALF_CLOSED_LOCAL },
	{ LIVE, LATER, ANY, F(PEER_ENDED),  STATE_HALF_CLOSED_REMOTE },
	{ LIVE, LATER, ANY, F(BOTH_ENDED),  STATE_DISCONNECTED },

	/* Neither connected nor listening: what it was before says what that means. */
	{ LINKED | S(DISCONNECTED), LATER, ANY, IDLES,         STATE_DISCONNECTED },
	{ S(CONNECTING),            LATER, ANY, IDLES,         STATE_FAILED },
	/* shutdown(SHUT_RD) on a TCP listener disconnects it: inet_shutdown() */
	{ S(LISTENING),             LATER, ANY, F(IDLE),       STATE_CREATED },
	{ S(LISTENING) | S(CREATED), LATER, ANY, F(IDLE_BOUND), STATE_BOUND },
	{ FRESH,                    LATER, ANY, IDLES,         SAME },

	/*
	 * From here on the kernel's socket was not read: the verb decides. An interrupted connect() goes on
	 * (POSIX), a unix client may name itself when it is connected, AF_ALG accepts without listen().
	 */
	{ TRYING, V(CONNECT), O(OK),                       ANY, STATE_CONNECTED },
	{ TRYING, V(CONNECT), O(PENDING) | O(INTERRUPTED), ANY, STATE_CONNECTING },
	{ TRYING, V(CONNECT), O(AGAIN) | O(ERROR),         ANY, STATE_FAILED },
	{ S(BOUND), V(DISSOLVE), O(OK), ANY, SAME },
	{ LIVE, V(DISSOLVE), O(OK), ANY, STATE_CREATED },
	{ LINKED | S(DISCONNECTED) | S(CONNECTING), V(BIND), O(OK), ANY, SAME },
	{ FRESH | S(LISTENING), V(LISTEN), O(OK), ANY, STATE_LISTENING },
	{ S(LISTENING) | S(BOUND), V(ACCEPT), O(OK), ANY, SAME },

	/* Moved bytes tell that a non-blocking connect() succeeded; 0 is the peer's end (recv(2)). */
	{ S(CONNECTING),                V(SEND) | V(RECV), O(OK),  ANY, STATE_CONNECTED },
	{ S(CONNECTED) | S(CONNECTING), V(RECV),           O(EOF), ANY, STATE_HALF_CLOSED_REMOTE },
	{ S(HALF_CLOSED_LOCAL),         V(RECV),           O(EOF), ANY, STATE_DISCONNECTED },
	{ LINKED | S(DISCONNECTED),     V(RECV),           GOOD,   ANY, SAME },
	{ S(CONNECTED) | S(HALF_CLOSED_REMOTE), V(SEND),   O(OK),  ANY, SAME },

	/* shutdown(2). No state says that only receiving was ended by us. */
	{ S(CONNECTED),              V(SHUT_WR),             O(OK), ANY, STATE_HALF_CLOSED_LOCAL },
	{ S(HALF_CLOSED_REMOTE),     V(SHUT_WR),             O(OK), ANY, STATE_DISCONNECTED },
	{ LINKED,                    V(SHUT_RDWR),           O(OK), ANY, STATE_DISCONNECTED },
	{ LINKED | S(DISCONNECTED),  SHUT_ANY,               O(OK), ANY, SAME },

	/* A call that failed did nothing, and some never do anything. */
	{ LIVE, LATER,   BAD, ANY, SAME },
	{ LIVE, NEUTRAL, ANY, ANY, SAME },
};

/*
 * Datagram and every other type: the other end has no part in the state, connect() can be called again
 * and again, and shutdown() leaves no trace (udp(7), unix(7)). An eof is a message of no bytes: like ok.
 */
RULES struct rule datagram_rules[] = {
	{ S(CLOSED), ANY,           ANY, ANY, SAME },
	{ ANY,       V(LAST_CLOSE), ANY, ANY, STATE_CLOSED },

	{ S(NONE), V(CREATE),             O(OK), ANY,           STATE_CREATED },
	{ S(NONE), V(PAIR) | V(ACCEPTED), O(OK), ANY,           STATE_CONNECTED },
	{ S(NONE), V(FOUND),              O(OK), F(CONNECTED),  STATE_CONNECTED },
	{ S(NONE), V(FOUND),              O(OK), F(IDLE_BOUND), STATE_BOUND },
	{ S(NONE), V(FOUND),              O(OK), ANY,           STATE_CREATED },

	{ S(CREATED) | S(BOUND), V(BIND), O(OK), IDLES | F(UNKNOWN), STATE_BOUND },
	/* AF_UNSPEC drops an address that nobody bound: net/ipv4/udp.c:__udp_disconnect() */
	{ LIVE, V(DISSOLVE), O(OK), F(IDLE), STATE_CREATED },

	/*
	 * What the kernel says: a send binds (EDESTADDRREQ or not), and a unix peer that is
	 * gone is forgotten by the send that finds it so: unix_dgram_sendmsg().
	 */
	{ LIVE,         LATER, ANY, F(CONNECTED),  STATE_CONNECTED },
	{ LIVE,         LATER, ANY, F(IDLE_BOUND), STATE_BOUND },
	{ S(CONNECTED), LATER, ANY, F(IDLE),       STATE_CREATED },
	{ LIVE,         LATER, ANY, F(IDLE),       SAME },

	{ LIVE,         V(CONNECT),  O(OK), ANY, STATE_CONNECTED },
	{ S(CONNECTED), V(DISSOLVE), O(OK), ANY, STATE_CREATED },
	{ LIVE, V(BIND) | V(DISSOLVE) | V(SEND) | V(RECV) | SHUT_ANY, GOOD, ANY, SAME },
	{ LIVE, LATER,   BAD, ANY, SAME },
	{ LIVE, NEUTRAL, ANY, ANY, SAME },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#ifdef LIFECYCLE_TEST
const unsigned int stream_rule_count = COUNT(stream_rules);
const unsigned int datagram_rule_count = COUNT(datagram_rules);
#endif

enum socket_kind lifecycle_kind(unsigned int type)
{
	return type == SOCK_STREAM || type == SOCK_SEQPACKET ? KIND_STREAM : KIND_DATAGRAM;
}

static enum fact fact_idle(const struct kernel_view *view)
{
	return view->bound ? FACT_IDLE_BOUND : FACT_IDLE;
}

/*
 * Both ends' shutdown() and the peer's close() are in sk_shutdown (unix_shutdown(), unix_release_sock());
 * sk_state never leaves ESTABLISHED.
 */
static enum fact fact_unix_stream(const struct kernel_view *view)
{
	switch (view->state) {
	case TCP_LISTEN:
		return FACT_LISTENING;
	case TCP_ESTABLISHED:
		break;
	default:
		return fact_idle(view);
	}
	if ((view->shutdown & SHUTDOWN_MASK) == SHUTDOWN_MASK)
		return FACT_BOTH_ENDED;
	if (view->shutdown & SEND_SHUTDOWN)
		return FACT_LOCAL_ENDED;
	return view->shutdown & ~view->own_shutdown & RCV_SHUTDOWN ? FACT_PEER_ENDED : FACT_CONNECTED;
}

/*
 * A FIN received sets RCV_SHUTDOWN as our SHUT_RD does, but leaves ESTABLISHED and FIN_WAIT in the same
 * step (tcp_fin()): in those it is ours. SYN_RECV is a Fast Open child, as good as connected, or a
 * simultaneous open: the verb knows.
 */
static enum fact fact_inet_stream(const struct kernel_view *view)
{
	static const enum fact facts[] = {
		[TCP_ESTABLISHED] = FACT_CONNECTED,
		[TCP_SYN_SENT] = FACT_CONNECTING,
		[TCP_SYN_RECV] = FACT_UNKNOWN,
		[TCP_FIN_WAIT1] = FACT_LOCAL_ENDED,
		[TCP_FIN_WAIT2] = FACT_LOCAL_ENDED,
		[TCP_TIME_WAIT] = FACT_BOTH_ENDED,
		[TCP_CLOSE] = FACT_IDLE,
		[TCP_CLOSE_WAIT] = FACT_PEER_ENDED,
		[TCP_LAST_ACK] = FACT_BOTH_ENDED,
		[TCP_LISTEN] = FACT_LISTENING,
		[TCP_CLOSING] = FACT_BOTH_ENDED,
	};
	enum fact fact = view->state < COUNT(facts) ? facts[view->state] : FACT_UNKNOWN;

	if (fact == FACT_IDLE)
		return fact_idle(view);
	if (fact == FACT_CONNECTED && view->shutdown & SEND_SHUTDOWN)
		fact = FACT_LOCAL_ENDED;
	if (fact == FACT_LOCAL_ENDED && view->shutdown & RCV_SHUTDOWN)
		fact = FACT_BOTH_ENDED;
	return fact;
}

/*
 * unix_dgram_connect() marks the other end's sk_state too, so its peer counts. A raw socket's "port" is its
 * protocol, and tells nothing.
 */
static enum fact fact_datagram(const struct kernel_view *view)
{
	bool connected = view->family == AF_UNIX ? view->peer : view->state == TCP_ESTABLISHED;

	if (connected)
		return FACT_CONNECTED;
	return view->type == SOCK_RAW && view->family != AF_UNIX && view->family != AF_NETLINK ? FACT_UNKNOWN
											       : fact_idle(view);
}

enum fact lifecycle_fact(const struct kernel_view *view)
{
	bool inet = view->family == AF_INET || view->family == AF_INET6;

	if (!view->valid || (!inet && view->family != AF_UNIX && view->family != AF_NETLINK))
		return FACT_UNKNOWN;
	if (lifecycle_kind(view->type) == KIND_DATAGRAM)
		return fact_datagram(view);
	if (!inet)
		return fact_unix_stream(view);
	/* an SCTP socket of many associations has no state of its own */
	return view->type == SOCK_STREAM ? fact_inet_stream(view) : FACT_UNKNOWN;
}

static bool rule_matches(const struct rule *rule, enum state state, enum verb verb, enum outcome outcome,
			 enum fact fact)
{
	return rule->states >> state & rule->verbs >> verb & rule->outcomes >> outcome & rule->facts >> fact & 1;
}

enum state lifecycle_next(enum socket_kind kind, enum state state, enum verb verb, enum outcome outcome, enum fact fact)
{
	const struct rule *rule = kind == KIND_STREAM ? stream_rules : datagram_rules;
	const struct rule *end = rule + (kind == KIND_STREAM ? COUNT(stream_rules) : COUNT(datagram_rules));

	for (; rule < end; rule++)
		if (rule_matches(rule, state, verb, outcome, fact))
			return rule->next == SAME ? state : (enum state)rule->next;
	return STATES;
}

const char *state_name(enum state state)
{
	static const char *const names[STATES] = {
		[STATE_NONE] = "none",
		[STATE_CREATED] = "created",
		[STATE_BOUND] = "bound",
		[STATE_LISTENING] = "listening",
		[STATE_CONNECTING] = "connecting",
		[STATE_CONNECTED] = "connected",
		[STATE_HALF_CLOSED_LOCAL] = "half-closed-local",
		[STATE_HALF_CLOSED_REMOTE] = "half-closed-remote",
		[STATE_DISCONNECTED] = "disconnected",
		[STATE_FAILED] = "failed",
		[STATE_CLOSED] = "closed",
	};
	return names[state];
}

const char *verb_name(enum verb verb)
{
	static const char *const names[VERBS] = {
		[VERB_CREATE] = "create",
		[VERB_PAIR] = "pair",
		[VERB_BIND] = "bind",
		[VERB_LISTEN] = "listen",
		[VERB_ACCEPT] = "accept",
		[VERB_ACCEPTED] = "accepted",
		[VERB_FOUND] = "found",
		[VERB_START] = "start",
		[VERB_CONNECT] = "connect",
		[VERB_DISSOLVE] = "dissolve",
		[VERB_SEND] = "send",
		[VERB_RECV] = "recv",
		[VERB_SHUT_RD] = "shut-rd",
		[VERB_SHUT_WR] = "shut-wr",
		[VERB_SHUT_RDWR] = "shut-rdwr",
		[VERB_CONTROL] = "control",
		[VERB_DUP] = "dup",
		[VERB_FCNTL] = "fcntl",
		[VERB_IOCTL] = "ioctl",
		[VERB_CLOSE_RANGE] = "close-range",
		[VERB_GETFD] = "getfd",
		[VERB_REGISTER] = "register",
		[VERB_TOLD] = "told",
		[VERB_CLOSE] = "close",
		[VERB_LAST_CLOSE] = "last-close",
	};
	return names[verb];
}

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOMES] = {
		[OUTCOME_OK] = "ok",
		[OUTCOME_EOF] = "eof",
		[OUTCOME_PENDING] = "pending",
		[OUTCOME_AGAIN] = "again",
		[OUTCOME_INTERRUPTED] = "interrupted",
		[OUTCOME_ERROR] = "error",
	};
	return names[outcome];
}

const char *fact_name(enum fact fact)
{
	static const char *const names[FACTS] = {
		[FACT_UNKNOWN] = "unknown",         [FACT_IDLE] = "idle",
		[FACT_IDLE_BOUND] = "idle-bound",   [FACT_LISTENING] = "listening",
		[FACT_CONNECTING] = "connecting",   [FACT_CONNECTED] = "connected",
		[FACT_LOCAL_ENDED] = "local-ended", [FACT_PEER_ENDED] = "peer-ended",
		[FACT_BOTH_ENDED] = "both-ended",
	};
	return names[fact];
}
