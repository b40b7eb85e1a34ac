/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user/lifecycle.c reads from the kernel's socket: lifecycle_kind() and lifecycle_fact().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "../../user/lifecycle.h"

static void stream_and_seqpacket_are_streams(void **arg)
{
	(void)arg;
	assert_int_equal(lifecycle_kind(SOCK_STREAM), KIND_STREAM);
	assert_int_equal(lifecycle_kind(SOCK_SEQPACKET), KIND_STREAM);
	assert_int_equal(lifecycle_kind(SOCK_DGRAM), KIND_DATAGRAM);
	assert_int_equal(lifecycle_kind(SOCK_RAW), KIND_DATAGRAM);
	assert_int_equal(lifecycle_kind(0), KIND_DATAGRAM);
}

#define FACT(f, t, ...) lifecycle_fact(&(struct kernel_view){ .valid = true, .family = f, .type = t, __VA_ARGS__ })

static void tcp_tells_an_end_by_its_state(void **arg)
{
	(void)arg;
#define TCP(...) FACT(AF_INET6, SOCK_STREAM, __VA_ARGS__)
	assert_int_equal(TCP(.state = TCP_CLOSE), FACT_IDLE);
	assert_int_equal(TCP(.state = TCP_CLOSE, .bound = true), FACT_IDLE_BOUND);
	assert_int_equal(TCP(.state = TCP_LISTEN, .bound = true), FACT_LISTENING);
	assert_int_equal(TCP(.state = TCP_SYN_SENT), FACT_CONNECTING);
	assert_int_equal(TCP(.state = TCP_ESTABLISHED), FACT_CONNECTED);
	assert_int_equal(TCP(.state = TCP_SYN_RECV), FACT_UNKNOWN);
	assert_int_equal(TCP(.state = TCP_FIN_WAIT2, .shutdown = 2, .own_shutdown = 2), FACT_LOCAL_ENDED);
	assert_int_equal(TCP(.state = TCP_CLOSE_WAIT, .shutdown = 1), FACT_PEER_ENDED);
	assert_int_equal(TCP(.state = TCP_LAST_ACK, .shutdown = 3), FACT_BOTH_ENDED);
	assert_int_equal(TCP(.state = TCP_CLOSING, .shutdown = 3), FACT_BOTH_ENDED);
	/* our own shutdowns */
	assert_int_equal(TCP(.state = TCP_ESTABLISHED, .shutdown = 1, .own_shutdown = 1), FACT_CONNECTED);
	assert_int_equal(TCP(.state = TCP_FIN_WAIT1, .shutdown = 3, .own_shutdown = 3), FACT_BOTH_ENDED);
	assert_int_equal(TCP(.state = 200), FACT_UNKNOWN);
#undef TCP
}

static void unix_streams_tell_an_end_by_their_shutdown_bits(void **arg)
{
	(void)arg;
#define UNIX(...) FACT(AF_UNIX, SOCK_SEQPACKET, __VA_ARGS__)
	assert_int_equal(UNIX(.state = TCP_CLOSE), FACT_IDLE);
	assert_int_equal(UNIX(.state = TCP_LISTEN, .bound = true), FACT_LISTENING);
	assert_int_equal(UNIX(.state = TCP_ESTABLISHED), FACT_CONNECTED);
	assert_int_equal(UNIX(.state = TCP_ESTABLISHED, .shutdown = 1), FACT_PEER_ENDED);
	assert_int_equal(UNIX(.state = TCP_ESTABLISHED, .shutdown = 1, .own_shutdown = 1), FACT_CONNECTED);
	assert_int_equal(UNIX(.state = TCP_ESTABLISHED, .shutdown = 2), FACT_LOCAL_ENDED);
	assert_int_equal(UNIX(.state = TCP_ESTABLISHED, .shutdown = 3), FACT_BOTH_ENDED);
#undef UNIX
}

static void datagrams_are_idle_or_connected(void **arg)
{
	(void)arg;
	assert_int_equal(FACT(AF_INET, SOCK_DGRAM, .state = TCP_CLOSE), FACT_IDLE);
	assert_int_equal(FACT(AF_INET, SOCK_DGRAM, .state = TCP_CLOSE, .bound = true), FACT_IDLE_BOUND);
	assert_int_equal(FACT(AF_INET, SOCK_DGRAM, .state = TCP_ESTABLISHED), FACT_CONNECTED);
	/* connect() marks a unix socket's peer as well */
	assert_int_equal(FACT(AF_UNIX, SOCK_DGRAM, .state = TCP_ESTABLISHED), FACT_IDLE);
	assert_int_equal(FACT(AF_UNIX, SOCK_DGRAM, .peer = true), FACT_CONNECTED);
	/* a raw socket's port is its protocol */
	assert_int_equal(FACT(AF_INET, SOCK_RAW, .state = TCP_CLOSE, .bound = true), FACT_UNKNOWN);
}

static void other_families_and_no_view_say_nothing(void **arg)
{
	struct kernel_view view = { .family = AF_INET, .type = SOCK_STREAM, .state = TCP_ESTABLISHED };

	(void)arg;
	assert_int_equal(lifecycle_fact(&view), FACT_UNKNOWN);
	assert_int_equal(FACT(AF_PACKET, SOCK_RAW, .state = TCP_ESTABLISHED), FACT_UNKNOWN);
	assert_int_equal(FACT(AF_NETLINK, SOCK_RAW, .state = TCP_ESTABLISHED), FACT_CONNECTED);
	assert_int_equal(FACT(AF_NETLINK, SOCK_RAW, .bound = true), FACT_IDLE_BOUND);
	assert_int_equal(FACT(AF_VSOCK, SOCK_STREAM, .state = TCP_ESTABLISHED), FACT_UNKNOWN);
	assert_int_equal(FACT(AF_INET, SOCK_SEQPACKET, .state = TCP_ESTABLISHED), FACT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_and_seqpacket_are_streams),
		cmocka_unit_test(tcp_tells_an_end_by_its_state),
		cmocka_unit_test(unix_streams_tell_an_end_by_their_shutdown_bits),
		cmocka_unit_test(datagrams_are_idle_or_connected),
		cmocka_unit_test(other_families_and_no_view_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
