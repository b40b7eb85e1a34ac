/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which errors are a state's, as the kernel returns them (inet_listen(), __inet_stream_connect(), tcp_sendmsg(),
 * unix_stream_connect(), unix_stream_sendmsg() and their kind), which is not always as POSIX has it.
 */
#include <errno.h>
#include <stddef.h>

#include "notes.h"

#define S(x) (1u << STATE_##x)
#define V(x) (1u << VERB_##x)

#define LIVE (~(S(NONE) | S(CLOSED)))
#define LINKED (S(CONNECTED) | S(HALF_CLOSED_LOCAL) | S(HALF_CLOSED_REMOTE))
#define LONE (S(CREATED) | S(BOUND) | S(FAILED) | S(LISTENING))
#define SHUT_ANY (V(SHUT_RD) | V(SHUT_WR) | V(SHUT_RDWR))
#define STREAM (1u << KIND_STREAM)
#define DATAGRAM (1u << KIND_DATAGRAM)

enum needs { NOTHING, NAME, NO_NAME, SEND_ENDED };

struct refusal {
	unsigned int kinds, verbs, states; /* bit sets */
	int errors[3];
	enum needs needs;
	const char *is; /* NULL: the state's name */
};

/* clang-format off */
static const struct refusal refusals[] = {
	{ STREAM | DATAGRAM, V(BIND),   LIVE,          { EINVAL },                      NAME,       "bound" },
	{ STREAM,   V(LISTEN),          S(CREATED),    { EINVAL },                      NO_NAME,    "not bound" }, /* unix */
	{ STREAM,   V(LISTEN),          LINKED | S(CONNECTING) | S(DISCONNECTED) | S(FAILED), { EINVAL }, NOTHING, NULL },
	{ STREAM,   V(ACCEPT),          LIVE & ~S(LISTENING), { EINVAL },               NOTHING,    "not listening" },
	{ DATAGRAM, V(LISTEN) | V(ACCEPT), LIVE,       { EOPNOTSUPP },                  NOTHING,    "not a stream" },
	{ STREAM,   V(CONNECT),         LINKED | S(DISCONNECTED) | S(LISTENING), { EISCONN }, NOTHING, NULL },
	{ STREAM,   V(CONNECT),         S(LISTENING),  { EINVAL },                      NOTHING,    NULL }, /* unix */
	{ STREAM,   V(CONNECT),         S(CONNECTING), { EALREADY },                    NOTHING,    NULL },
	{ STREAM,   V(SEND),            LONE,          { EPIPE, ENOTCONN, EOPNOTSUPP }, NOTHING,    "not connected" },
	{ STREAM,   V(SEND),            S(HALF_CLOSED_LOCAL) | S(DISCONNECTED), { EPIPE }, NOTHING, NULL },
	{ STREAM,   V(SEND),            LINKED,        { EISCONN },                     NOTHING,    "connected" }, /* to an address */
	{ DATAGRAM, V(SEND),            S(CREATED) | S(BOUND), { EDESTADDRREQ, ENOTCONN }, NOTHING,    "not connected" },
	{ DATAGRAM, V(SEND),            LIVE,          { EPIPE },                       SEND_ENDED, "shut down for sending" },
	{ STREAM,   V(RECV),            LONE,          { ENOTCONN, EINVAL },            NOTHING,    "not connected" },
	{ STREAM,   V(RECV),            S(DISCONNECTED), { ENOTCONN },                  NOTHING,    NULL },
	{ STREAM | DATAGRAM, SHUT_ANY | V(CONTROL), LIVE, { ENOTCONN },                 NOTHING,    "not connected" },
	{ STREAM,   V(IOCTL),           S(LISTENING),  { EINVAL },                      NOTHING,    NULL }, /* SIOCINQ, SIOCOUTQ */
};
/* clang-format on */

static bool has(const struct kernel_view *view, enum needs needs)
{
	switch (needs) {
	case NAME:
		return view->bound;
	case NO_NAME:
		return !view->bound;
	case SEND_ENDED:
		return (view->shutdown | view->own_shutdown) & SEND_SHUTDOWN;
	default:
		return true;
	}
}

static bool has_error(const struct refusal *r, int err)
{
	return err && (r->errors[0] == err || r->errors[1] == err || r->errors[2] == err);
}

const char *note_refusal(const struct kernel_view *view, enum state state, enum verb verb, int err)
{
	const struct refusal *r = refusals, *end = refusals + sizeof(refusals) / sizeof(refusals[0]);

	for (; r < end; r++)
		if (r->kinds >> lifecycle_kind(view->type) & r->verbs >> verb & r->states >> state & 1 &&
		    has_error(r, err) && has(view, r->needs))
			return r->is ? r->is : state_name(state);
	return NULL;
}

const char *note_request(const struct call *call)
{
	if (call->silent)
		return "no completion tells of its success (IOSQE_CQE_SKIP_SUCCESS)";
	return call->shot ? "multishot" : NULL;
}
