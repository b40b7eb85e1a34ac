/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket addresses as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "address.h"

#define TEXT(bytes, len, want) assert_text(bytes, len, want, sizeof(want) - 1)

static void assert_text(const void *bytes, size_t len, const char *want, size_t want_len)
{
	char text[ADDRESS_TEXT];
	struct address a;

	address_set(&a, bytes, len);
	assert_int_equal(address_text(&a, text, sizeof(text)), want_len);
	assert_memory_equal(text, want, want_len + 1);
}

static struct sockaddr_in inet(const char *host, unsigned int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	assert_int_equal(inet_pton(AF_INET, host, &in.sin_addr), 1);
	return in;
}

static struct sockaddr_in6 inet6(const char *host, unsigned int port, uint32_t scope)
{
	struct sockaddr_in6 in = { .sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)port),
				   .sin6_scope_id = scope };

	assert_int_equal(inet_pton(AF_INET6, host, &in.sin6_addr), 1);
	return in;
}

static struct sockaddr_un unix_name(const char *name, size_t len)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memcpy(un.sun_path, name, len);
	return un;
}

static void inet_is_host_and_port(void **state)
{
	struct sockaddr_in in = inet("127.0.0.1", 80);

	(void)state;
	TEXT(&in, sizeof(in), "127.0.0.1:80");
	TEXT(&in, 8, "127.0.0.1:80"); /* without the padding */
	in = inet("255.255.255.255", 65535);
	TEXT(&in, sizeof(in), "255.255.255.255:65535");
}

static void inet6_is_in_brackets(void **state)
{
	struct sockaddr_in6 in = inet6("::1", 80, 0);

	(void)state;
	TEXT(&in, sizeof(in), "[::1]:80");
	in = inet6("fe80::1", 80, 2);
	TEXT(&in, sizeof(in), "[fe80::1%2]:80");
	TEXT(&in, 24, "[fe80::1]:80"); /* RFC 2133: without a scope */
}

static void scope_is_a_name_where_it_is_known(void **state)
{
	struct sockaddr_in6 in = inet6("fe80::1", 80, 2);
	struct address a = { 0 };
	char text[ADDRESS_TEXT];

	(void)state;
	address_set(&a, &in, sizeof(in));
	assert_int_equal(address_scope(&a), 2);
	strcpy(a.scope, "eth0");
	address_text(&a, text, sizeof(text));
	assert_string_equal(text, "[fe80::1%eth0]:80");
	address_set(&a, &in, 24);
	assert_int_equal(address_scope(&a), 0);
}

static void unix_path_ends_at_its_nul(void **state)
{
	struct sockaddr_un un = unix_name("/run/x.sock\0junk", 16);

	(void)state;
	TEXT(&un, sizeof(un), "unix:/run/x.sock");
	TEXT(&un, offsetof(struct sockaddr_un, sun_path) + 11, "unix:/run/x.sock"); /* no NUL at all */
}

static void abstract_name_is_all_its_bytes(void **state)
{
	struct sockaddr_un un = unix_name("\0a\0b\xff", 5);

	(void)state;
	TEXT(&un, sizeof(sa_family_t) + 5, "unix:@a\0b\xff");
	TEXT(&un, sizeof(sa_family_t) + 1, "unix:@");
}

static void unnamed_unix_is_empty(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	(void)state;
	TEXT(&un, sizeof(sa_family_t), "unix:");
}

static void longest_name_fits(void **state)
{
	char text[ADDRESS_TEXT];
	struct address a;
	uint8_t bytes[ADDRESS_BYTES] = { 0 };

	(void)state;
	bytes[0] = 200; /* a family that nobody has: a number, and hex */
	address_set(&a, bytes, sizeof(bytes));
	assert_int_equal(address_text(&a, text, sizeof(text)), 4 + 2 * (sizeof(bytes) - 2));
	bytes[0] = AF_UNIX;
	address_set(&a, bytes, sizeof(bytes));
	assert_int_equal(address_text(&a, text, sizeof(text)), 6 + sizeof(bytes) - 3);
}

static void netlink_is_pid_and_groups(void **state)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_pid = 1234, .nl_groups = 17 };

	(void)state;
	TEXT(&nl, sizeof(nl), "netlink:1234/17");
}

static void other_family_is_name_and_hex(void **state)
{
	uint8_t vsock[] = { AF_VSOCK, 0, 0xab, 0xcd };
	uint8_t unspec[] = { 0, 0, 1 };

	(void)state;
	TEXT(vsock, sizeof(vsock), "AF_VSOCK:abcd");
	TEXT(unspec, sizeof(unspec), "AF_UNSPEC:01");
}

static void cut_address_is_name_and_hex(void **state)
{
	struct sockaddr_in in = inet("127.0.0.1", 80);
	struct sockaddr_in6 in6 = inet6("::1", 80, 0);

	(void)state;
	TEXT(&in, 7, "AF_INET:00507f0000");
	TEXT(&in, 2, "AF_INET:");
	TEXT(&in, 1, "AF_UNSPEC:02");
	TEXT(&in, 0, "");
	TEXT(&in6, 5, "AF_INET6:005000");
}

static void text_is_cut_to_its_room(void **state)
{
	struct sockaddr_in in = inet("127.0.0.1", 80);
	char text[6] = "xxxxx";
	struct address a;

	(void)state;
	address_set(&a, &in, sizeof(in));
	assert_int_equal(address_text(&a, text, sizeof(text)), 5);
	assert_string_equal(text, "127.0");
	assert_int_equal(address_text(&a, text, 0), 0);
}

static void port_is_of_inet_only(void **state)
{
	struct sockaddr_in in = inet("127.0.0.1", 8080);
	struct sockaddr_in6 in6 = inet6("::1", 443, 0);
	struct sockaddr_un un = unix_name("/a", 3);
	struct address a;

	(void)state;
	address_set(&a, &in, sizeof(in));
	assert_int_equal(address_port(&a), 8080);
	address_set(&a, &in, 3);
	assert_int_equal(address_port(&a), 0);
	address_set(&a, &in6, sizeof(in6));
	assert_int_equal(address_port(&a), 443);
	address_set(&a, &un, sizeof(un));
	assert_int_equal(address_port(&a), 0);
}

static void equal_is_of_used_bytes(void **state)
{
	struct address a, b;

	(void)state;
	memset(&a, 1, sizeof(a));
	memset(&b, 2, sizeof(b));
	address_set(&a, "\2\0ab", 4);
	address_set(&b, "\2\0ab", 4);
	assert_true(address_equal(&a, &b));
	address_set(&b, "\2\0a", 3);
	assert_false(address_equal(&a, &b));
	address_set(&b, "\2\0ac", 4);
	assert_false(address_equal(&a, &b));
}

static void more_than_an_address_holds_is_cut(void **state)
{
	uint8_t bytes[ADDRESS_BYTES + 40] = { AF_UNIX };
	struct address a;

	(void)state;
	address_set(&a, bytes, sizeof(bytes));
	assert_int_equal(a.len, ADDRESS_BYTES);
	address_set(&a, NULL, 0);
	assert_int_equal(a.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inet_is_host_and_port),
		cmocka_unit_test(inet6_is_in_brackets),
		cmocka_unit_test(scope_is_a_name_where_it_is_known),
		cmocka_unit_test(unix_path_ends_at_its_nul),
		cmocka_unit_test(abstract_name_is_all_its_bytes),
		cmocka_unit_test(unnamed_unix_is_empty),
		cmocka_unit_test(longest_name_fits),
		cmocka_unit_test(netlink_is_pid_and_groups),
		cmocka_unit_test(other_family_is_name_and_hex),
		cmocka_unit_test(cut_address_is_name_and_hex),
		cmocka_unit_test(text_is_cut_to_its_room),
		cmocka_unit_test(port_is_of_inet_only),
		cmocka_unit_test(equal_is_of_used_bytes),
		cmocka_unit_test(more_than_an_address_holds_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
