/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff's normal form of calls: what is left of them when chance is taken out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diffed.h"

/* The calls are of socket p#1, but for those that say otherwise; the normal form is without "calls by p". */
static void assert_normal_of(const char *kind, bool strict, const char *calls, const char *want)
{
	struct diff d = { .strict = strict };
	const struct diff_view v = { .d = &d };
	struct diff_normal n = { 0 };
	char text[4096], got[4096] = "";

	snprintf(text, sizeof(text), HEAD "process p\n%ssocket p#1\n\t%s\n", calls, kind);
	diff_fill(&d.docs[0], text);
	assert_int_equal(diff_normal(&v, true, 0, &n), 0);
	for (size_t i = n.segment_count > 1 ? n.segments[1].first + 1 : n.count; i < n.count; i++)
		strcat(strcat(got, d.words.by_id[n.words[i]]->text), "\n");
	assert_string_equal(got, want);
	diff_normal_free(&n);
	diff_free(&d);
}

#define assert_stream(calls, want) assert_normal_of(TCP, false, calls, want)
#define assert_datagrams(calls, want) assert_normal_of(UDP, false, calls, want)

static void bytes_of_a_stream_are_summed(void **state)
{
	(void)state;
	assert_stream("\tread(5, ..., 16) = 7 <p#1>\n"
		      "\twrite(5, ..., 3) = 3 <p#1>\n"
		      "\tread(5, ..., 4096) = 5 <p#1>\n"
		      "\treadv(5, ..., 2) = 10 <p#1>\n",
		      "read: 12 bytes\nwrite: 3 bytes\nreadv: 10 bytes\n");
	assert_stream("\tsendmmsg(5, {msg_name=NULL, msg_iovlen=1, msg_controllen=0, msg_flags=0}, 2, 0) = 2 <p#1>\n",
		      "sendmmsg: 2 messages\n");
	assert_stream("\treceives(calls=9, blocked=0.001500, errors=2, largest=40) = 5000000000 <p#1>\n",
		      "receives: 5000000000 bytes\n");
}

static void sums_are_of_like_calls(void **state)
{
	(void)state;
	assert_stream(
		"\trecvfrom(5, ..., 16, MSG_PEEK, NULL, NULL) = 5 <p#1>\n"
		"\trecvfrom(5, ..., 16, 0, NULL, NULL) = 5 <p#1>\n"
		"\tsendmsg(5, {msg_name=NULL, msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 1 <p#1>\n"
		"\tsendmsg(5, {msg_name=NULL, msg_iovlen=1, msg_controllen=24, msg_flags=0}, MSG_NOSIGNAL) = 1 <p#1>\n"
		"\tsendto(5, ..., 8, 0, unix:/tmp/TMP3/a, 12) = 8 <p#1> (not bound) via io_uring\n",
		"recvfrom MSG_PEEK: 5 bytes\nrecvfrom: 5 bytes\nsendmsg: 1 bytes\n"
		"sendmsg msg_controllen=24 MSG_NOSIGNAL: 1 bytes\n"
		"sendto unix:/tmp/TMP/a (not bound) via io_uring: 8 bytes\n");
}

static void another_call_ends_a_sum(void **state)
{
	(void)state;
	assert_stream("\twrite(5, ..., 3) = 3 <p#1>\n"
		      "\tshutdown(5, SHUT_WR) = 0 <p#1>\n"
		      "\twrite(5, ..., 3) = 2 <p#1>\n",
		      "write: 3 bytes\nshutdown(fd, SHUT_WR) = 0\nwrite: 2 bytes\n");
}

static void end_of_file_and_errors_are_lines(void **state)
{
	(void)state;
	assert_stream("\tread(5, ..., 16) = 7 <p#1>\n"
		      "\tread(5, ..., 16) = 0 <p#1>\n"
		      "\twrite(5, ..., 1) = 1 <p#1>\n"
		      "\tread(5, ..., 16) = 0 <p#1>\n"
		      "\twrite(5, ..., 1) = -1 EPIPE <p#1>\n"
		      "\twrite(5, ..., 1) = 1 <p#1>\n"
		      "\tread(5, ..., 16) = ? <unfinished ...> <p#1>\n",
		      "read: 7 bytes\nread = 0 x2\nwrite: 1 bytes\nwrite = -1 EPIPE\nwrite: 1 bytes\n"
		      "read = ? <unfinished ...>\n");
}

static void tries_in_vain_are_dropped_where_one_succeeds(void **state)
{
	(void)state;
	assert_stream("\tread(5, ..., 16) = -1 EAGAIN <p#1>\n"
		      "\twrite(5, ..., 9) = -1 EAGAIN <p#1>\n"
		      "\tread(5, ..., 16) = 7 <p#1>\n"
		      "\tread(5, ..., 16) = -1 EAGAIN <p#1>\n"
		      "\twrite(5, ..., 9) = -1 EAGAIN <p#1>\n",
		      "write = -1 EAGAIN\nread: 7 bytes\n");
	assert_stream("\taccept(3, NULL, NULL) = -1 EAGAIN <p#1>\n"
		      "\taccept(3, NULL, NULL) = ? ERESTARTSYS <p#1>\n"
		      "\taccept(3, NULL, NULL) = 7 <p#1>\n"
		      "\taccept(3, NULL, NULL) = 8 <p#1>\n"
		      "\tlisten(3, 5) = 0 <p#1>\n"
		      "\taccept(3, NULL, NULL) = -1 EAGAIN <p#1>\n"
		      "\taccept(3, NULL, NULL) = -1 EAGAIN <p#1>\n",
		      "accept(fd, NULL, NULL) = fd x2\nlisten(fd, 5) = 0\naccept(fd, NULL, NULL) = -1 EAGAIN\n");
	assert_stream("\tconnect(3, 127.0.0.1:80, 16) = -1 EINPROGRESS <p#1>\n"
		      "\tconnect(3, 127.0.0.1:80, 16) = -1 EALREADY <p#1>\n"
		      "\tconnect(3, 127.0.0.1:80, 16) = 0 <p#1>\n",
		      "connect(fd, 127.0.0.1:80, 16) = -1 EINPROGRESS\nconnect(fd, 127.0.0.1:80, 16) = 0\n");
	assert_datagrams("\trecvfrom(3, ..., 64, 0, NULL, NULL) = -1 EAGAIN <p#1>\n"
			 "\trecvfrom(3, ..., 64, 0, NULL, NULL) = 0 <p#1>\n",
			 "recvfrom(fd, ..., 64, 0, NULL, NULL) = 0\n");
}

static void equal_neighbours_are_counted(void **state)
{
	(void)state;
	assert_stream("\tconnect(3, 127.0.0.1:P1, 16) = -1 ECONNREFUSED <p#1>\n"
		      "\tconnect(3, 127.0.0.1:P2, 16) = -1 ECONNREFUSED <p#1>\n"
		      "\tclose(3) = 0 <p#1>\n",
		      "connect(fd, 127.0.0.1:P, 16) = -1 ECONNREFUSED x2\nclose(fd) = 0\n");
	assert_datagrams("\trecvfrom(3, ..., 64, 0, 127.0.0.1:P4, [16]) = 8 <p#1> <- sendto by p\n"
			 "\trecvfrom(3, ..., 64, 0, 127.0.0.1:P5, [16]) = 8 <p#1> <- sendto by p\n"
			 "\trecvfrom(3, ..., 65, 0, 127.0.0.1:P5, [16]) = 8 <p#1>\n",
			 "recvfrom(fd, ..., 64, 0, 127.0.0.1:P, [16]) = 8 <- sendto by p x2\n"
			 "recvfrom(fd, ..., 65, 0, 127.0.0.1:P, [16]) = 8\n");
	assert_datagrams("\tsends(calls=9, errors=2, largest=40, messages=7) = 50 <p#1>\n", "sends(messages=7) = 50\n");
}

static void descriptors_have_no_number(void **state)
{
	(void)state;
	assert_stream("\tsocketpair(AF_UNIX, SOCK_STREAM, 0, [7, 9]) = 0 <p#1>\n"
		      "\tdup2(7, 1) = 1 <p#1>\n"
		      "\tdup3(7, 8, O_CLOEXEC) = 8 <p#1>\n"
		      "\tfcntl(7, F_DUPFD, 100) = 100 <p#1>\n"
		      "\tfcntl(7, F_GETFL) = 4 <p#1>\n"
		      "\tpidfd_getfd(4, 12, 0) = 13 <p#1>\n"
		      "\tclose_range(5, 4294967295, 0) = 0 <p#1>\n"
		      "\tclose(direct:4) = 0 <p#1> via io_uring\n"
		      "\tclose(0) = 0 <p#1>\n"
		      "\tclose(-1) = -1 EBADF <p#1>\n",
		      "socketpair(AF_UNIX, SOCK_STREAM, 0, [fd, fd]) = 0\n"
		      "dup2(fd, 1) = 1\n"
		      "dup3(fd, fd, O_CLOEXEC) = fd\n"
		      "fcntl(fd, F_DUPFD, 100) = fd\n"
		      "fcntl(fd, F_GETFL) = 4\n"
		      "pidfd_getfd(fd, fd, 0) = fd\n"
		      "close_range(fd, 4294967295, 0) = 0\n"
		      "close(direct:fd) = 0 via io_uring\n"
		      "close(0) = 0\n"
		      "close(-1) = -1 EBADF\n");
}

static void what_the_kernel_chose_is_masked(void **state)
{
	(void)state;
	assert_stream("\tbind(3, unix:@AUTO4, 8) = 0 <p#1>\n"
		      "\tbind(3, unix:/tmp/TMP12/s, 20) = 0 <p#1>\n"
		      "\tgetsockname(3, unix:/TMPS/TMP, [128 => 20]) = 0 <p#1>\n"
		      "\tconnect(3, [::1]:P13, 28) = 0 <p#1>\n"
		      "\tconnect(3, unix:a:P4b, 28) = 0 <p#1>\n",
		      "bind(fd, unix:@AUTO, 8) = 0\nbind(fd, unix:/tmp/TMP/s, len) = 0\n"
		      "getsockname(fd, unix:/TMPS/TMP, len) = 0\nconnect(fd, [::1]:P, 28) = 0\n"
		      "connect(fd, unix:a:P4b, 28) = 0\n");
}

static void strict_is_every_call(void **state)
{
	(void)state;
	assert_normal_of(TCP, true,
			 "\tread(5, ..., 16) = -1 EAGAIN <p#1>\n"
			 "\tread(5, NULL, 16) = 7 <p#1>\n"
			 "\tread(5, ..., 16) = 7 <p#1>\n"
			 "\tconnect(5, 127.0.0.1:P7, 16) = 0 <p#1>\n",
			 "read(5, ..., 16) = -1 EAGAIN\nread(5, ..., 16) = 7\nread(5, ..., 16) = 7\n"
			 "connect(5, 127.0.0.1:P, 16) = 0\n");
}

/* Whatever a path or a comm is. */
static void assert_cut(const char *line, const char *args, const char *result, const char *of, const char *tail)
{
	char *text = strdup(line);
	struct diff_call c;

	assert_true(diff_read_call(text, &c));
	assert_string_equal(c.args, args);
	assert_string_equal(c.result, result);
	assert_string_equal(c.of ? c.of : "", of);
	assert_string_equal(c.tail, tail);
	free(text);
}

static void calls_are_cut(void **state)
{
	char no_call[] = "exec ls (a) = 0";

	(void)state;
	assert_cut("bind(3, unix:/a) = 0 <x#1>, 9) = -1 ENOENT <a b#12>", "3, unix:/a) = 0 <x#1>, 9", "-1 ENOENT",
		   "a b#12", "");
	assert_cut("close(3) = 0 <?>", "3", "0", "?", "");
	assert_cut("accept(3, NULL, NULL) = ? <unfinished ...> <p#1> via ia32", "3, NULL, NULL", "? <unfinished ...>",
		   "p#1", "via ia32");
	assert_cut("read(3, ..., 1) = 1 <p#1> <- write by p (a (b)) via io_uring", "3, ..., 1", "1", "p#1",
		   "(a (b)) via io_uring");
	assert_cut("connect(3, ..., 1) = -1 EPERM <p#1> (note)", "3, ..., 1", "-1 EPERM", "p#1", "(note)");
	assert_cut("socket(1) = -1 EMFILE", "1", "-1 EMFILE", "", "");
	assert_false(diff_read_call(no_call, &(struct diff_call){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_a_stream_are_summed),
		cmocka_unit_test(sums_are_of_like_calls),
		cmocka_unit_test(another_call_ends_a_sum),
		cmocka_unit_test(end_of_file_and_errors_are_lines),
		cmocka_unit_test(tries_in_vain_are_dropped_where_one_succeeds),
		cmocka_unit_test(equal_neighbours_are_counted),
		cmocka_unit_test(descriptors_have_no_number),
		cmocka_unit_test(what_the_kernel_chose_is_masked),
		cmocka_unit_test(strict_is_every_call),
		cmocka_unit_test(calls_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
