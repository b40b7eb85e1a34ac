/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events in json: what they have, what is null and what is left out, arguments, hostile names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>

#include "export_json.h"

static void assert_event(const struct event *event, const char *want)
{
	struct told told = { .events = event, .event_count = 1 };
	char *text = only(&told, "events");

	assert_string_equal(text, want);
	free(text);
}

static void assert_args(const struct call *call, const char *want)
{
	struct event e = event_of(1, 0, 10, 1, call);
	struct told told = { .events = &e, .event_count = 1 };
	cJSON *doc = document(&told);
	char *text = cJSON_PrintUnformatted(get(cJSON_GetArrayItem(get(doc, "events"), 0), "args"));

	assert_string_equal(text, want);
	free(text);
	cJSON_Delete(doc);
}

static void event_has_all_that_applies(void **state)
{
	struct call call = call_of(CALL_listen, 12, 0, 0);
	struct event e = event_of(4, 1000, 20, 2, &call);

	(void)state;
	call.args[1] = 5000;
	e.socket = 9;
	e.backlog_effective = 4096;
	e.note = "odd";
	assert_event(&e,
		     "{\"id\":4,\"t\":1000,\"dur\":20,\"process\":2,\"tid\":12,\"call\":\"listen\",\"via\":\"syscall\","
		     "\"fd\":3,\"socket\":9,\"args\":{\"fd\":3,\"backlog\":5000},\"ret\":0,"
		     "\"backlog\":{\"asked\":5000,\"effective\":4096},\"note\":\"odd\"}");
}

static void failed_call_has_its_error(void **state)
{
	struct call call = call_of(CALL_listen, 12, -1, EINVAL);
	struct event e = event_of(1, 0, 1, 1, &call);

	(void)state;
	assert_event(&e, "{\"id\":1,\"t\":0,\"dur\":1,\"process\":1,\"tid\":12,\"call\":\"listen\",\"via\":\"syscall\","
			 "\"fd\":3,\"args\":{\"fd\":3,\"backlog\":0},\"ret\":-1,\"error\":\"EINVAL\","
			 "\"backlog\":{\"asked\":0}}");
}

static void call_that_never_returned_has_nulls(void **state)
{
	struct call call = call_of(CALL_accept, 12, 0, 0);
	struct event e = event_of(1, 0, -1, 1, &call);

	(void)state;
	call.open = true;
	assert_event(&e,
		     "{\"id\":1,\"t\":0,\"dur\":null,\"process\":1,\"tid\":12,\"call\":\"accept\",\"via\":\"syscall\","
		     "\"fd\":3,\"args\":{\"fd\":3,\"addr\":null,\"addrlen\":null},\"ret\":null}");
}

static void call_without_descriptor_has_no_fd(void **state)
{
	struct call call = call_of(CALL_socket, 12, -1, EAFNOSUPPORT);
	struct event e = event_of(1, 0, 1, 1, &call);

	(void)state;
	call.fd = -1;
	call.args[0] = AF_X25;
	call.args[1] = SOCK_STREAM | SOCK_CLOEXEC;
	assert_event(&e, "{\"id\":1,\"t\":0,\"dur\":1,\"process\":1,\"tid\":12,\"call\":\"socket\",\"via\":\"syscall\","
			 "\"args\":{\"domain\":\"AF_X25\",\"type\":\"SOCK_STREAM|SOCK_CLOEXEC\",\"protocol\":0},"
			 "\"ret\":-1,\"error\":\"EAFNOSUPPORT\"}");
}

static void request_has_its_way_and_its_slot(void **state)
{
	struct call call = call_of(CALL_shutdown, 12, 0, 0);
	struct event e = event_of(1, 0, 1, 1, &call);

	(void)state;
	call.via = VIA_IO_URING;
	call.direct = true;
	call.args[1] = SHUT_WR;
	e.note = "multishot";
	assert_event(&e,
		     "{\"id\":1,\"t\":0,\"dur\":1,\"process\":1,\"tid\":12,\"call\":\"shutdown\",\"via\":\"io_uring\","
		     "\"fd\":\"direct:3\",\"args\":{\"fd\":\"direct:3\",\"how\":\"SHUT_WR\"},\"ret\":0,"
		     "\"note\":\"multishot\"}");
}

static void buffers_are_left_out_and_bytes_counted(void **state)
{
	struct call call = call_of(CALL_sendto, 12, 5, 0);
	struct event e = event_of(1, 0, 1, 1, &call);

	(void)state;
	call.args[1] = 0x7fff0000;
	call.args[2] = 1ull << 60;
	call.args[3] = MSG_NOSIGNAL;
	call.bytes = 5;
	e.sent = 77; /* the event that a receive had it from */
	assert_event(&e, "{\"id\":1,\"t\":0,\"dur\":1,\"process\":1,\"tid\":12,\"call\":\"sendto\",\"via\":\"syscall\","
			 "\"fd\":3,\"args\":{\"fd\":3,\"len\":\"1152921504606846976\",\"flags\":\"MSG_NOSIGNAL\","
			 "\"addr\":null,\"addrlen\":0},\"ret\":5,\"bytes\":5,\"sent\":77}");
}

static void address_says_how_long_it_was(void **state)
{
	struct call call = call_of(CALL_getsockname, 12, 0, 0);

	(void)state;
	call.addr = inet("127.0.0.1", 80);
	call.addr.len = 4;
	call.has_addr = true;
	call.addr_given = 4;
	call.addr_got = 16;
	assert_args(&call, "{\"fd\":3,\"addr\":\"AF_INET:0050\",\"addrlen\":4,\"addrlen_returned\":16}");
	call.addr.len = 16;
	call.addr_given = 128;
	assert_args(&call, "{\"fd\":3,\"addr\":\"127.0.0.1:80\",\"addrlen\":128,\"addrlen_returned\":16}");
	call.addr_given = 16;
	assert_args(&call, "{\"fd\":3,\"addr\":\"127.0.0.1:80\",\"addrlen\":16}");
}

static void message_is_an_object(void **state)
{
	struct call call = call_of(CALL_recvmsg, 12, 3, 0);

	(void)state;
	call.args[2] = MSG_DONTWAIT;
	assert_args(&call, "{\"fd\":3,\"msg\":null,\"flags\":\"MSG_DONTWAIT\"}");
	call.has_msg = call.has_addr = true;
	call.addr = inet("10.0.0.1", 53);
	call.iovlen = 2;
	call.controllen = 24;
	call.msg_flags = MSG_TRUNC;
	assert_args(
		&call,
		"{\"fd\":3,\"msg\":{\"name\":\"10.0.0.1:53\",\"iovlen\":2,\"controllen\":24,\"flags\":\"MSG_TRUNC\"},"
		"\"flags\":\"MSG_DONTWAIT\"}");
	call.err = EAGAIN;
	assert_args(&call, "{\"fd\":3,\"msg\":{\"name\":null,\"iovlen\":2,\"controllen\":24,\"flags\":\"MSG_TRUNC\"},"
			   "\"flags\":\"MSG_DONTWAIT\"}");
}

static void pair_is_two_numbers_or_null(void **state)
{
	struct call call = call_of(CALL_socketpair, 12, 0, 0);

	(void)state;
	call.args[0] = AF_UNIX;
	call.args[1] = SOCK_DGRAM;
	call.has_pair = true;
	call.pair[0] = 3;
	call.pair[1] = 4;
	assert_args(&call, "{\"domain\":\"AF_UNIX\",\"type\":\"SOCK_DGRAM\",\"protocol\":0,\"sv\":[3,4]}");
	call.err = EMFILE;
	assert_args(&call, "{\"domain\":\"AF_UNIX\",\"type\":\"SOCK_DGRAM\",\"protocol\":0,\"sv\":null}");
}

static void assert_option(int level, int option, const void *value, size_t len, const char *want)
{
	struct call call = call_of(CALL_getsockopt, 12, 0, 0);
	char text[256];

	call.args[1] = (uint64_t)level;
	call.args[2] = (uint64_t)option;
	call.has_opt = true;
	call.opt_given = call.opt_got = call.opt_len = (uint16_t)len;
	memcpy(call.opt, value, len);
	snprintf(text, sizeof(text), "{\"fd\":3,\"level\":\"SOL_SOCKET\",\"optname\":%s,\"optlen\":%zu}", want, len);
	assert_args(&call, text);
}

static void option_is_shown_by_what_it_is(void **state)
{
	const int refused = ECONNREFUSED, zero = 0, minus = -1;
	const struct linger linger = { 1, 30 };
	const int64_t timeout[] = { 2, 500000 };

	(void)state;
	assert_option(SOL_SOCKET, SO_ERROR, &refused, 4, "\"SO_ERROR\",\"optval\":\"ECONNREFUSED\"");
	assert_option(SOL_SOCKET, SO_ERROR, &zero, 4, "\"SO_ERROR\",\"optval\":0");
	assert_option(SOL_SOCKET, SO_MARK, &minus, 4, "\"SO_MARK\",\"optval\":-1");
	assert_option(SOL_SOCKET, SO_LINGER, &linger, 8, "\"SO_LINGER\",\"optval\":{\"onoff\":1,\"linger\":30}");
	assert_option(SOL_SOCKET, SO_RCVTIMEO, timeout, 16, "\"SO_RCVTIMEO\",\"optval\":{\"sec\":2,\"usec\":500000}");
	assert_option(SOL_SOCKET, SO_LINGER, &linger, 2, "\"SO_LINGER\",\"optval\":\"0100\"");
	assert_option(SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5, "\"SO_BINDTODEVICE\",\"optval\":\"6574683000\"");
	assert_option(SOL_SOCKET, SO_MARK, "", 0, "\"SO_MARK\",\"optval\":null");
}

static void option_says_how_long_it_was_and_that_it_is_cut(void **state)
{
	struct call call = call_of(CALL_getsockopt, 12, 0, 0);
	char hex[2 * DATA_BYTES + 1], want[512];

	(void)state;
	call.args[1] = SOL_TCP;
	call.args[2] = TCP_INFO;
	call.has_opt = true;
	call.opt_len = DATA_BYTES;
	call.opt_given = 512;
	call.opt_got = 248;
	memset(hex, '0', sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	snprintf(want, sizeof(want),
		 "{\"fd\":3,\"level\":\"SOL_TCP\",\"optname\":\"TCP_INFO\",\"optval\":\"%s...\",\"optlen\":512,"
		 "\"optlen_returned\":248}",
		 hex);
	assert_args(&call, want);
	call.opt_got = DATA_BYTES;
	snprintf(want, sizeof(want),
		 "{\"fd\":3,\"level\":\"SOL_TCP\",\"optname\":\"TCP_INFO\",\"optval\":\"%s\",\"optlen\":512,"
		 "\"optlen_returned\":128}",
		 hex);
	assert_args(&call, want);
}

static void fcntl_shows_an_argument_where_there_is_one(void **state)
{
	struct call call = call_of(CALL_fcntl, 12, 2, 0);

	(void)state;
	call.args[1] = F_GETFL;
	call.args[2] = 77;
	assert_args(&call, "{\"fd\":3,\"cmd\":\"F_GETFL\"}");
	call.args[1] = F_SETFL;
	call.args[2] = O_RDWR | O_NONBLOCK;
	assert_args(&call, "{\"fd\":3,\"cmd\":\"F_SETFL\",\"arg\":\"O_RDWR|O_NONBLOCK\"}");
	call.args[1] = F_DUPFD;
	call.args[2] = 10;
	assert_args(&call, "{\"fd\":3,\"cmd\":\"F_DUPFD\",\"arg\":10}");
}

/* Every call of the table with every argument unset, and with every bit set, is an object that parses. */
static void every_call_has_arguments(void **state)
{
	struct call call;
	struct event e = event_of(1, 0, 1, 1, &call);
	struct told told = { .events = &e, .event_count = 1 };
	int id, all;

	(void)state;
	for (id = 0; id < CALLS; id++)
		for (all = 0; all < 2; all++) {
			call = call_of(id, 1, 0, 0);
			memset(call.args, all ? 0xff : 0, sizeof(call.args));
			call.has_addr = call.has_msg = call.has_opt = call.has_pair = all;
			memset(&call.addr, 0xff, sizeof(call.addr));
			call.addr.len = all ? ADDRESS_BYTES : 0;
			memset(call.opt, 0xff, sizeof(call.opt));
			call.opt_len = all ? sizeof(call.opt) : 0;
			call.iovlen = call.controllen = UINT64_MAX;
			cJSON_Delete(document(&told));
		}
}

static void address_with_any_bytes_is_safe_text(void **state)
{
	static const char hostile[] = "\0</script>\n\x80\\\xe2\x80\xae\xc2\x85\"";
	struct call call = call_of(CALL_bind, 12, 0, 0);

	(void)state;
	call.has_addr = true;
	call.addr = unix_abstract(hostile, sizeof(hostile) - 1);
	call.args[2] = call.addr.len;
	assert_args(
		&call,
		"{\"fd\":3,\"addr\":\"unix:@\\\\x00</script>\\\\x0a\\\\x80\\\\\\\\\\\\xe2\\\\x80\\\\xae\\\\xc2\\\\x85\\\"\","
		"\"addrlen\":22}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_has_all_that_applies),
		cmocka_unit_test(failed_call_has_its_error),
		cmocka_unit_test(call_that_never_returned_has_nulls),
		cmocka_unit_test(call_without_descriptor_has_no_fd),
		cmocka_unit_test(request_has_its_way_and_its_slot),
		cmocka_unit_test(buffers_are_left_out_and_bytes_counted),
		cmocka_unit_test(address_says_how_long_it_was),
		cmocka_unit_test(message_is_an_object),
		cmocka_unit_test(pair_is_two_numbers_or_null),
		cmocka_unit_test(option_is_shown_by_what_it_is),
		cmocka_unit_test(option_says_how_long_it_was_and_that_it_is_cut),
		cmocka_unit_test(fcntl_shows_an_argument_where_there_is_one),
		cmocka_unit_test(every_call_has_arguments),
		cmocka_unit_test(address_with_any_bytes_is_safe_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
