/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/notes.c: which errors are explained by the state that a socket is in, and which are not.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../../user/notes.h"

static void assert_note(const struct kernel_view *view, enum state state, enum verb verb, int err, const char *is)
{
	const char *note = note_refusal(view, state, verb, err);

	if (!is)
		assert_null(note);
	else
		assert_string_equal(note, is);
}

static void calls_on_a_stream_in_the_wrong_state(void **arg)
{
	const struct kernel_view v = { .type = SOCK_STREAM, .bound = true };
	static const struct {
		enum state state;
		enum verb verb;
		int err;
		const char *is;
	} cases[] = {
		{ STATE_BOUND, VERB_BIND, EINVAL, "bound" },
		{ STATE_CONNECTED, VERB_LISTEN, EINVAL, "connected" },
		{ STATE_FAILED, VERB_LISTEN, EINVAL, "failed" },
		{ STATE_BOUND, VERB_ACCEPT, EINVAL, "not listening" },
		{ STATE_CONNECTED, VERB_CONNECT, EISCONN, "connected" },
		{ STATE_HALF_CLOSED_REMOTE, VERB_CONNECT, EISCONN, "half-closed-remote" },
		{ STATE_LISTENING, VERB_CONNECT, EISCONN, "listening" },
		{ STATE_LISTENING, VERB_CONNECT, EINVAL, "listening" },
		{ STATE_CONNECTING, VERB_CONNECT, EALREADY, "connecting" },
		{ STATE_CREATED, VERB_SEND, EPIPE, "not connected" },
		{ STATE_LISTENING, VERB_SEND, ENOTCONN, "not connected" },
		{ STATE_FAILED, VERB_SEND, EPIPE, "not connected" },
		{ STATE_HALF_CLOSED_LOCAL, VERB_SEND, EPIPE, "half-closed-local" },
		{ STATE_DISCONNECTED, VERB_SEND, EPIPE, "disconnected" },
		{ STATE_CONNECTED, VERB_SEND, EISCONN, "connected" },
		{ STATE_CREATED, VERB_SEND, EOPNOTSUPP, "not connected" },
		{ STATE_BOUND, VERB_RECV, ENOTCONN, "not connected" },
		{ STATE_CREATED, VERB_RECV, EINVAL, "not connected" },
		{ STATE_LISTENING, VERB_RECV, EINVAL, "not connected" },
		{ STATE_DISCONNECTED, VERB_RECV, ENOTCONN, "disconnected" },
		{ STATE_CREATED, VERB_SHUT_WR, ENOTCONN, "not connected" },
		{ STATE_LISTENING, VERB_CONTROL, ENOTCONN, "not connected" },
		{ STATE_LISTENING, VERB_IOCTL, EINVAL, "listening" },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_note(&v, cases[i].state, cases[i].verb, cases[i].err, cases[i].is);
}

static void calls_on_a_datagram_socket_in_the_wrong_state(void **arg)
{
	struct kernel_view v = { .type = SOCK_DGRAM };

	(void)arg;
	assert_note(&v, STATE_CREATED, VERB_LISTEN, EOPNOTSUPP, "not a stream");
	assert_note(&v, STATE_BOUND, VERB_ACCEPT, EOPNOTSUPP, "not a stream");
	assert_note(&v, STATE_CREATED, VERB_SEND, EDESTADDRREQ, "not connected");
	assert_note(&v, STATE_BOUND, VERB_SEND, ENOTCONN, "not connected");
	assert_note(&v, STATE_BOUND, VERB_SHUT_RD, ENOTCONN, "not connected");
	assert_note(&v, STATE_CONNECTED, VERB_SEND, EPIPE, NULL); /* the peer's reading was ended */
	v.own_shutdown = 2;
	assert_note(&v, STATE_CONNECTED, VERB_SEND, EPIPE, "shut down for sending");
}

static void a_name_counts_where_the_kernel_has_one(void **arg)
{
	struct kernel_view v = { .type = SOCK_STREAM };

	(void)arg;
	assert_note(&v, STATE_CREATED, VERB_BIND, EINVAL, NULL); /* a wrong address */
	assert_note(&v, STATE_CREATED, VERB_LISTEN, EINVAL, "not bound");
	v.bound = true;
	assert_note(&v, STATE_CREATED, VERB_LISTEN, EINVAL, NULL);
	assert_note(&v, STATE_CONNECTED, VERB_BIND, EINVAL, "bound");
}

static void errors_with_another_reason_have_no_note(void **arg)
{
	const struct kernel_view v = { .type = SOCK_STREAM, .bound = true };

	(void)arg;
	assert_note(&v, STATE_CREATED, VERB_BIND, EADDRINUSE, NULL);
	assert_note(&v, STATE_BOUND, VERB_LISTEN, EADDRINUSE, NULL);
	assert_note(&v, STATE_LISTENING, VERB_ACCEPT, EINVAL, NULL); /* flags */
	assert_note(&v, STATE_LISTENING, VERB_ACCEPT, EMFILE, NULL);
	assert_note(&v, STATE_CONNECTING, VERB_CONNECT, EISCONN, NULL); /* it tells of a success */
	assert_note(&v, STATE_CONNECTED, VERB_SEND, EPIPE, NULL); /* the peer's end */
	assert_note(&v, STATE_CONNECTED, VERB_RECV, ECONNRESET, NULL);
	assert_note(&v, STATE_CLOSED, VERB_SEND, EPIPE, NULL);
	for (enum state state = STATE_NONE; state < STATES; state++)
		for (enum verb verb = 0; verb < VERBS; verb++)
			assert_note(&v, state, verb, 0, NULL);
}

static void requests_have_notes_of_their_own(void **arg)
{
	(void)arg;
	assert_null(note_request(&(struct call){ .via = VIA_IO_URING }));
	assert_null(note_request(&(struct call){ .open = true }));
	assert_string_equal(note_request(&(struct call){ .shot = true }), "multishot");
	assert_string_equal(note_request(&(struct call){ .open = true, .silent = true }),
			    "no completion tells of its success (IOSQE_CQE_SKIP_SUCCESS)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_on_a_stream_in_the_wrong_state),
		cmocka_unit_test(calls_on_a_datagram_socket_in_the_wrong_state),
		cmocka_unit_test(a_name_counts_where_the_kernel_has_one),
		cmocka_unit_test(errors_with_another_reason_have_no_note),
		cmocka_unit_test(requests_have_notes_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
