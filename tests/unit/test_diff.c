/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which process and which socket of two golden forms are compared with which, and what is said of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "diffed.h"

#define UNTIL(state) "\tstate created\n\tstate " state "\n"

static void a_change_is_a_hunk(void **state)
{
	(void)state;
	assert_differs(HEAD "process p\n\tlisten(3, 5) = 0 <p#1>\n" SOCKET(
			       1, TCP ", passive",
			       "\tlocal 127.0.0.1:80\n\tbacklog 5, effective 5, deepest 2, not accepted 0\n"),
		       HEAD "process p\n\tlisten(4, 6) = 0 <p#1>\n" SOCKET(
			       1, TCP ", passive",
			       "\tlocal 127.0.0.1:80\n\tbacklog 6, effective 5, deepest 4, not accepted 0\n"),
		       "@@ socket p#1: AF_INET SOCK_STREAM, passive, 127.0.0.1:80 @@\n"
		       " " TCP ", passive\n"
		       " local 127.0.0.1:80\n"
		       "-backlog 5, effective 5, not accepted 0\n"
		       "+backlog 6, effective 5, not accepted 0\n"
		       " calls by p\n"
		       "-listen(fd, 5) = 0\n"
		       "+listen(fd, 6) = 0\n"
		       "sockets: 1 differs; processes: 1 alike\n");
}

static void far_lines_are_left_out(void **state)
{
	(void)state;
	assert_differs(HEAD "process p\n\tone\n\ta\n\tb\n\tc\n\td\n\te\n\tf\n\tg\n\ttwo\n",
		       HEAD "process p\n\ta\n\tb\n\tc\n\td\n\te\n\tf\n\tg\n",
		       "@@ process p @@\n-one\n a\n b\n c\n@@ ... @@\n e\n f\n g\n-two\n"
		       "sockets: none; processes: 1 differs\n");
}

static void what_is_on_one_side_is_told_whole(void **state)
{
	const char *two = HEAD "process p\n" SOCKET(1, TCP, "\tlocal 127.0.0.1:80\n")
		SOCKET(2, UDP, "\tclosed by close\n") "process q\n\tparent p\n\texited with 0\n";
	const char *one = HEAD "process p\n" SOCKET(1, TCP, "\tlocal 127.0.0.1:80\n");

	(void)state;
	assert_differs(two, one,
		       "@@ only in A: socket p#2: AF_INET SOCK_DGRAM @@\n-" UDP "\n-closed by close\n"
		       "@@ only in A: process q @@\n-parent p\n-exited with 0\n"
		       "sockets: 1 only in A, 1 alike; processes: 1 only in A, 1 alike\n");
	assert_differs(one, two,
		       "@@ only in B: socket p#2: AF_INET SOCK_DGRAM @@\n+" UDP "\n+closed by close\n"
		       "@@ only in B: process q @@\n+parent p\n+exited with 0\n"
		       "sockets: 1 only in B, 1 alike; processes: 1 only in B, 1 alike\n");
}

static void headers_are_no_difference(void **state)
{
	struct diff_doc doc;
	size_t line;

	(void)state;
	assert_alike(HEAD "process p\n", HEAD "records were lost\ncut short\nprocess p\n");
	assert_int_equal(diff_read(&doc, strdup(HEAD "records were lost\n"), strlen(HEAD "records were lost\n"), &line),
			 0);
	assert_true(doc.lost && !doc.cut);
	diff_doc_free(&doc);
}

static void independent_sockets_may_come_in_any_order(void **state)
{
	(void)state;
	assert_alike(HEAD "process p\n\twrite(3, ..., 1) = 1 <p#1>\n\twrite(4, ..., 2) = 2 <p#2>\n" SOCKET(
			     1, TCP, "\tbytes sent 1, received 0\n") SOCKET(2, TCP, "\tbytes sent 2, received 0\n"),
		     HEAD "process p\n\twrite(3, ..., 2) = 2 <p#1>\n\twrite(4, ..., 1) = 1 <p#2>\n" SOCKET(
			     1, TCP, "\tbytes sent 2, received 0\n") SOCKET(2, TCP, "\tbytes sent 1, received 0\n"));
}

/* Two clients alike but for what the other end did: each is compared with its own. */
static void a_socket_brings_its_peer(void **state)
{
	const char *a = HEAD "process p\n" SOCKET(1, TCP ", active", "\tpeer socket p#3\n")
		SOCKET(2, TCP ", active", "\tpeer socket p#4\n")
			SOCKET(3, UDP, "\tpeer socket p#1\n\tbytes sent 1, received 0\n")
				SOCKET(4, UDP, "\tpeer socket p#2\n\tbytes sent 2, received 0\n");
	const char *b = HEAD "process p\n" SOCKET(1, TCP ", active", "\tpeer socket p#4\n")
		SOCKET(2, TCP ", active", "\tpeer socket p#3\n")
			SOCKET(3, UDP, "\tpeer socket p#2\n\tbytes sent 1, received 0\n")
				SOCKET(4, UDP, "\tpeer socket p#1\n\tbytes sent 2, received 0\n");

	(void)state;
	assert_alike(a, b);
}

static void names_are_those_of_partners(void **state)
{
	(void)state;
	assert_differs(HEAD "process p\n" SOCKET(1, TCP, "\tclosed by exit\n") SOCKET(2, UDP, "\tpeer socket p#1\n"),
		       HEAD "process p\n" SOCKET(1, UDP, "\tpeer socket p#2\n")
			       SOCKET(2, "AF_UNIX, SOCK_SEQPACKET, 0", "\tnot closed\n"),
		       "@@ only in A: socket p#1: AF_INET SOCK_STREAM @@\n-" TCP "\n-closed by exit\n"
		       "@@ socket p#2 (in B: p#1): AF_INET SOCK_DGRAM @@\n " UDP
		       "\n-peer socket p#1\n+peer socket B:p#2\n"
		       "@@ only in B: socket p#2: AF_UNIX SOCK_SEQPACKET @@\n+AF_UNIX, SOCK_SEQPACKET, 0\n+not closed\n"
		       "sockets: 1 differs, 1 only in A, 1 only in B; processes: 1 alike\n");
}

static void one_that_is_missing_does_not_shift_the_others(void **state)
{
	(void)state;
	assert_differs(HEAD "process p\n" SOCKET(1, TCP, UNTIL("bound")) SOCKET(2, TCP, UNTIL("closed"))
			       SOCKET(3, TCP, UNTIL("listening")),
		       HEAD "process p\n" SOCKET(1, TCP, UNTIL("bound") "\tnot closed\n")
			       SOCKET(2, TCP, UNTIL("listening") "\tnot closed\n"),
		       "@@ socket p#1: AF_INET SOCK_STREAM @@\n " TCP "\n state created\n state bound\n+not closed\n"
		       "@@ only in A: socket p#2: AF_INET SOCK_STREAM @@\n-" TCP "\n-state created\n-state closed\n"
		       "@@ socket p#3 (in B: p#2): AF_INET SOCK_STREAM @@\n " TCP
		       "\n state created\n state listening\n+not closed\n"
		       "sockets: 2 differ, 1 only in A; processes: 1 alike\n");
}

static void another_role_or_address_is_still_the_same_socket(void **state)
{
	(void)state;
	assert_differs(HEAD "process p\n" SOCKET(1, TCP, "\tlocal 127.0.0.1:80\n\tnot closed\n"),
		       HEAD "process p\n" SOCKET(1, TCP, "\tlocal 127.0.0.2:80\n\tnot closed\n"),
		       "@@ socket p#1: AF_INET SOCK_STREAM, 127.0.0.1:80 @@\n " TCP
		       "\n-local 127.0.0.1:80\n+local 127.0.0.2:80\n not closed\n"
		       "sockets: 1 differs; processes: 1 alike\n");
}

/* Forked in order, but which one gets which work is chance. */
static void workers_are_matched_by_what_they_do(void **state)
{
	(void)state;
	assert_alike(HEAD
		     "process w\nprocess w.2\n\tparent w\n\texited with 1\nprocess w.3\n\tparent w\n\texited with 2\n"
		     "socket w.3#1\n\t" TCP
		     "\n\tdescriptor 5 of w.2: fork to close\n\tdescriptor 5 of w.3: socket to close\n",
		     HEAD "process w\nprocess w.2\n\tparent w\n\texited with 2\n"
			  "socket w.2#1\n\t" TCP
			  "\n\tdescriptor 4 of w.2: socket to close\n\tdescriptor 4 of w.3: fork to close\n"
			  "process w.3\n\tparent w\n\texited with 1\n");
}

static void one_changed_worker_is_told_from_like_ones(void **state)
{
	(void)state;
	assert_differs(
		HEAD "process w\nprocess w.2\n\tparent w\n\texited with 0\nprocess w.3\n\tparent w\n\texited with 0\n",
		HEAD "process w\nprocess w.2\n\tparent w\n\texited with 9\nprocess w.3\n\tparent w\n\texited with 0\n",
		"@@ process w.2 @@\n parent w\n-exited with 0\n+exited with 9\n"
		"sockets: none; processes: 1 differs, 2 alike\n");
}

static void processes_are_matched_by_tree_then_comm_then_order(void **state)
{
	(void)state;
	assert_alike(HEAD "process sh\nprocess a\n\tparent sh\nprocess b\n\tparent sh\n",
		     HEAD "process sh\nprocess b\n\tparent sh\nprocess a\n\tparent sh\n");
	assert_alike(HEAD "process bash\nprocess a\n\tparent bash\n", HEAD "process dash\nprocess c\n\tparent dash\n");
	assert_differs(HEAD "process sh\nprocess a\n\tparent sh\nprocess b\n\tparent a\n",
		       HEAD "process sh\nprocess a\n\tparent sh\nprocess b\n\tparent sh\n",
		       "@@ only in A: process b @@\n-parent a\n@@ only in B: process b @@\n+parent sh\n"
		       "sockets: none; processes: 1 only in A, 1 only in B, 2 alike\n");
}

static void threads_come_in_any_order(void **state)
{
	const char *socket = SOCKET(1, TCP, "");
	char a[512], b[512];

	(void)state;
	snprintf(a, sizeof(a),
		 HEAD "process p\n\tsocket(1) = 3 <p#1>\n    thread 2\n\tread(3, ..., 1) = 1 <p#1>\n"
		      "    thread 3\n\twrite(3, ..., 1) = 1 <p#1>\n%s",
		 socket);
	snprintf(b, sizeof(b),
		 HEAD "process p\n\tsocket(1) = 3 <p#1>\n    thread 2\n\twrite(3, ..., 1) = 1 <p#1>\n"
		      "    thread 3\n\tread(3, ..., 1) = 1 <p#1>\n%s",
		 socket);
	assert_alike(a, b);
	snprintf(b, sizeof(b), HEAD "process p\n\tsocket(1) = 3 <p#1>\n    thread 2\n\twrite(3, ..., 1) = 1 <p#1>\n%s",
		 socket);
	assert_differs(
		a, b,
		"@@ socket p#1: AF_INET SOCK_STREAM @@\n calls by p\n socket(1) = fd\n calls by another thread of p\n"
		"-read: 1 bytes\n-calls by another thread of p\n write: 1 bytes\n"
		"sockets: 1 differs; processes: 1 alike\n");
}

/* json leaves out pointers that lead to nothing. */
static void what_is_untold_is_like_anything(void **state)
{
	const char *called = HEAD "process p\n\t%s <p#1>\n" SOCKET(1, UDP, "");
	static const char *const calls[][2] = {
		{ "getsockname(3, ..., ...) = 0", "getsockname(3, [::1]:80, [28]) = 0" },
		{ "accept(3, NULL, NULL) = 4", "accept(3, ..., ...) = 4" },
		{ "sendmsg(3, ..., 0) = 4", "sendmsg(3, {msg_name=unix:a, msg_iovlen=1}, 0) = 4" },
	};
	char a[256], b[256], *text;

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		snprintf(a, sizeof(a), called, calls[i][0]);
		snprintf(b, sizeof(b), called, calls[i][1]);
		assert_alike(a, b);
		assert_alike(b, a);
	}
	text = differences(HEAD "process p\n\taccept(3, NULL, ...) = 4\n",
			   HEAD "process p\n\taccept(3, ..., [3]) = -1 EIO\n", false);
	assert_string_not_equal(text, "");
	free(text);
}

/* Whether the peer ended before or after accept() is chance. */
static void an_accepted_socket_was_connected(void **state)
{
	(void)state;
	assert_alike(HEAD
		     "process p\n" SOCKET(1, TCP, "\tstate half-closed-remote: accept4 by p\n\tstate closed: exit\n"),
		     HEAD "process p\n" SOCKET(1, TCP,
					       "\tstate connected: accept4 by p\n"
					       "\tstate half-closed-remote: TCP_CLOSE_WAIT\n\tstate closed: exit\n"));
}

/* Whether a call saw it first or the kernel told it; but not what the peer did. */
static void who_told_of_the_end_is_chance(void **state)
{
	(void)state;
	assert_alike(HEAD "process p\n" SOCKET(1, TCP, "\tstate disconnected: TCP_CLOSE\n"),
		     HEAD "process p\n" SOCKET(1, TCP, "\tstate disconnected: read by p\n"));
	assert_differs(HEAD "process p\n" SOCKET(1, TCP, "\tstate disconnected: ECONNRESET\n"),
		       HEAD "process p\n" SOCKET(1, TCP, "\tstate disconnected: shutdown by p\n"),
		       "@@ socket p#1: AF_INET SOCK_STREAM @@\n " TCP "\n-state disconnected: ECONNRESET\n"
		       "+state disconnected: shutdown by p\nsockets: 1 differs; processes: 1 alike\n");
}

#define TWO_HOLDERS "\tdescriptor 4 of p: accept to close\n\tdescriptor 4 of q: fork to exit\n"

static void who_closes_a_shared_socket_last_is_chance(void **state)
{
	(void)state;
	assert_alike(HEAD "process p\n" SOCKET(1, TCP,
					       "\tstate closed: close by p\n" TWO_HOLDERS
					       "\tclosed by close, held by a call\n") "process q\n",
		     HEAD "process p\n" SOCKET(1, TCP,
					       "\tstate closed: exit\n" TWO_HOLDERS
					       "\tclosed by exit, held by a call\n") "process q\n");
}

#define PAIR_OF(first, second) \
	HEAD "process p\nprocess q\n" SOCKET(1, TCP, "\tpeer socket p#2\n" first "\tstate closed: exit\n" TWO_HOLDERS) \
		SOCKET(2, TCP, "\tpeer socket p#1\n" second "\tstate closed: exit\n")
#define ENDED "\tstate disconnected: TCP_CLOSE\n"
#define SHUT "\tstate disconnected: shutdown by q\n"

/* Two processes have the ends of a connection, and exit; but not who shut it down, nor within one process. */
static void which_end_closes_first_is_chance(void **state)
{
	(void)state;
	assert_alike(PAIR_OF(ENDED, ""), PAIR_OF("", ENDED));
	assert_differs(PAIR_OF("", ""), PAIR_OF(SHUT, ""),
		       "@@ socket p#1: AF_INET SOCK_STREAM @@\n " TCP
		       "\n peer socket p#2\n+state disconnected: shutdown by q\n"
		       " state closed\n descriptor fd of p: accept to close\n descriptor fd of q: fork to exit\n"
		       "sockets: 1 differs, 1 alike; processes: 2 alike\n");
	assert_differs(HEAD "process p\n" SOCKET(1, TCP, "\tpeer socket p#2\n\tstate closed: exit\n")
			       SOCKET(2, TCP, "\tpeer socket p#1\n\tstate closed: exit\n"),
		       HEAD "process p\n" SOCKET(1, TCP, "\tpeer socket p#2\n" ENDED "\tstate closed: exit\n")
			       SOCKET(2, TCP, "\tpeer socket p#1\n\tstate closed: exit\n"),
		       "@@ socket p#1: AF_INET SOCK_STREAM @@\n " TCP "\n peer socket p#2\n+state disconnected\n"
		       " state closed: exit\nsockets: 1 differs, 1 alike; processes: 1 alike\n");
}

/* Clients and workers in a row, and which worker got which client is chance. */
static void workers_are_those_of_their_clients(void **state)
{
	static const char *const served[][2] = { { "w.2", "w.3" }, { "w.3", "w.2" } };
	char text[2][1024];

	(void)state;
	for (int i = 0; i < 2; i++)
		snprintf(
			text[i], sizeof(text[i]),
			HEAD
			"process w\nsocket w#1\n\t" TCP "\n\tpeer socket c#1\n\tdescriptor 4 of %s: fork to exit\n"
			"socket w#2\n\t" TCP "\n\tpeer socket c.2#1\n\tdescriptor 4 of %s: fork to exit\n"
			"process w.2\n\tparent w\n\tclose(4) = 0 <w#%d>\nprocess w.3\n\tparent w\n\tclose(4) = 0 <w#%d>\n"
			"process c\n\tparent w\nsocket c#1\n\t" TCP "\n\tpeer socket w#1\n"
			"process c.2\n\tparent w\nsocket c.2#1\n\t" TCP "\n\tpeer socket w#2\n",
			served[i][0], served[i][1], 1 + i, 2 - i);
	assert_alike(text[0], text[1]);
}

static void strict_tells_more(void **state)
{
	const char *a = HEAD
		"process p\n\tread(3, ..., 8) = 8 <p#1>\n" SOCKET(1, TCP, "\tdescriptor 3 of p: socket to close\n");
	const char *b = HEAD "process p\n\tread(4, ..., 8) = 4 <p#1>\n\tread(4, ..., 4) = 4 <p#1>\n" SOCKET(
		1, TCP, "\tdescriptor 4 of p: socket to close\n");

	(void)state;
	assert_alike(a, b);
	assert_differs_by(a, b, true,
			  "@@ socket p#1: AF_INET SOCK_STREAM @@\n " TCP
			  "\n-descriptor 3 of p: socket to close\n+descriptor 4 of p: socket to close\n calls by p\n"
			  "-read(3, ..., 8) = 8\n+read(4, ..., 8) = 4\n+read(4, ..., 4) = 4\n"
			  "sockets: 1 differs; processes: 1 alike\n");
}

static void assert_no_golden(const char *text, size_t want)
{
	struct diff_doc doc;
	size_t line;

	assert_int_equal(diff_read(&doc, strdup(text), strlen(text), &line), -EBADMSG);
	assert_int_equal(line, want);
	diff_doc_free(&doc);
}

static void what_is_no_golden_form_is_told(void **state)
{
	(void)state;
	assert_no_golden("", 1);
	assert_no_golden("socklife golden form 2\n", 1);
	assert_no_golden(HEAD "socket p#1\n", 2);
	assert_no_golden(HEAD "process p\n\tline\nline\n", 4);
	assert_no_golden(HEAD "process p\n\tline", 3);
	assert_no_golden(HEAD "process p\n\tesc\033[m\n", 3);
	assert_no_golden(HEAD "process p\n\xff\n", 3);
	assert_no_golden(HEAD "\nprocess p\nsocket p#1\n    thread 2\n", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_a_hunk),
		cmocka_unit_test(far_lines_are_left_out),
		cmocka_unit_test(what_is_on_one_side_is_told_whole),
		cmocka_unit_test(headers_are_no_difference),
		cmocka_unit_test(independent_sockets_may_come_in_any_order),
		cmocka_unit_test(a_socket_brings_its_peer),
		cmocka_unit_test(names_are_those_of_partners),
		cmocka_unit_test(one_that_is_missing_does_not_shift_the_others),
		cmocka_unit_test(another_role_or_address_is_still_the_same_socket),
		cmocka_unit_test(workers_are_matched_by_what_they_do),
		cmocka_unit_test(one_changed_worker_is_told_from_like_ones),
		cmocka_unit_test(processes_are_matched_by_tree_then_comm_then_order),
		cmocka_unit_test(threads_come_in_any_order),
		cmocka_unit_test(what_is_untold_is_like_anything),
		cmocka_unit_test(an_accepted_socket_was_connected),
		cmocka_unit_test(who_told_of_the_end_is_chance),
		cmocka_unit_test(who_closes_a_shared_socket_last_is_chance),
		cmocka_unit_test(which_end_closes_first_is_chance),
		cmocka_unit_test(workers_are_those_of_their_clients),
		cmocka_unit_test(strict_tells_more),
		cmocka_unit_test(what_is_no_golden_form_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
