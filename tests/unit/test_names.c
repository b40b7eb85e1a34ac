/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The C names of numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cmocka.h>

#include "names.h"

static char buf[NAME_MAX_TEXT];

#define NAMED(call, want) assert_string_equal(call, want)
#define ARG(kind, value, want) assert_string_equal(name_arg(kind, (uint64_t)(value), buf, sizeof(buf)), want)

static void families_are_spelled_as_strace_does(void **state)
{
	(void)state;
	ARG(ARG_FAMILY, 0, "AF_UNSPEC");
	ARG(ARG_FAMILY, 1, "AF_UNIX");
	ARG(ARG_FAMILY, 10, "AF_INET6");
	ARG(ARG_FAMILY, 16, "AF_NETLINK");
	ARG(ARG_FAMILY, 200, "200");
	NAMED(name_family(AF_PACKET, buf, sizeof(buf)), "AF_PACKET");
}

static void type_stands_before_its_flags(void **state)
{
	(void)state;
	ARG(ARG_SOCKTYPE, SOCK_STREAM, "SOCK_STREAM");
	ARG(ARG_SOCKTYPE, SOCK_DGRAM | SOCK_CLOEXEC, "SOCK_DGRAM|SOCK_CLOEXEC");
	ARG(ARG_SOCKTYPE, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, "SOCK_SEQPACKET|SOCK_CLOEXEC|SOCK_NONBLOCK");
	ARG(ARG_SOCKTYPE, SOCK_STREAM | 0x10, "SOCK_STREAM|0x10");
	ARG(ARG_SOCKTYPE, 9, "9");
	ARG(ARG_SOCKTYPE, 9 | SOCK_CLOEXEC, "9|SOCK_CLOEXEC");
}

static void no_flag_is_zero(void **state)
{
	(void)state;
	ARG(ARG_SOCK_FLAGS, 0, "0");
	ARG(ARG_MSG_FLAGS, 0, "0");
	ARG(ARG_OPEN_FLAGS, 0, "0");
}

static void flags_are_joined_and_the_rest_is_hex(void **state)
{
	(void)state;
	ARG(ARG_MSG_FLAGS, MSG_PEEK | MSG_DONTWAIT, "MSG_PEEK|MSG_DONTWAIT");
	ARG(ARG_MSG_FLAGS, MSG_NOSIGNAL, "MSG_NOSIGNAL");
	ARG(ARG_MSG_FLAGS, MSG_OOB | 0x80000000u, "MSG_OOB|0x80000000");
	ARG(ARG_MSG_FLAGS, 0x80000u, "0x80000");
	ARG(ARG_OPEN_FLAGS, O_CLOEXEC, "O_CLOEXEC");
	ARG(ARG_SOCK_FLAGS, SOCK_CLOEXEC | SOCK_NONBLOCK, "SOCK_CLOEXEC|SOCK_NONBLOCK");
}

static void all_flags_at_once_fit(void **state)
{
	(void)state;
	assert_true(strlen(name_arg(ARG_MSG_FLAGS, 0xffffffff, buf, sizeof(buf))) < sizeof(buf));
	assert_true(strlen(name_arg(ARG_OPEN_FLAGS, 0xffffffff, buf, sizeof(buf))) < sizeof(buf));
}

static void only_the_lower_half_of_an_argument_counts(void **state)
{
	(void)state;
	ARG(ARG_FAMILY, 0xdead00000002, "AF_INET");
	ARG(ARG_MSG_FLAGS, 0xdead00000002, "MSG_PEEK");
	ARG(ARG_SHUT, 0xdead00000001, "SHUT_WR");
}

static void protocols_depend_on_the_family(void **state)
{
	(void)state;
	NAMED(name_protocol(AF_INET, 0, buf, sizeof(buf)), "IPPROTO_IP");
	NAMED(name_protocol(AF_INET6, IPPROTO_TCP, buf, sizeof(buf)), "IPPROTO_TCP");
	NAMED(name_protocol(AF_INET, 262, buf, sizeof(buf)), "IPPROTO_MPTCP");
	NAMED(name_protocol(AF_NETLINK, 0, buf, sizeof(buf)), "NETLINK_ROUTE");
	NAMED(name_protocol(AF_UNIX, 0, buf, sizeof(buf)), "0");
	NAMED(name_protocol(AF_INET, 254, buf, sizeof(buf)), "254");
}

static void shutdown_has_three_ways(void **state)
{
	(void)state;
	ARG(ARG_SHUT, 0, "SHUT_RD");
	ARG(ARG_SHUT, 1, "SHUT_WR");
	ARG(ARG_SHUT, 2, "SHUT_RDWR");
	ARG(ARG_SHUT, 3, "3");
	ARG(ARG_SHUT, -1, "-1");
}

static void fcntl_commands_of_both_ranges(void **state)
{
	(void)state;
	ARG(ARG_FCNTL, F_DUPFD, "F_DUPFD");
	ARG(ARG_FCNTL, F_SETFL, "F_SETFL");
	ARG(ARG_FCNTL, F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC");
	ARG(ARG_FCNTL, 1023, "1023");
	ARG(ARG_FCNTL, 99999, "99999");
}

static void fcntl_argument_depends_on_the_command(void **state)
{
	(void)state;
	NAMED(name_fcntl_arg(F_SETFD, FD_CLOEXEC, buf, sizeof(buf)), "FD_CLOEXEC");
	NAMED(name_fcntl_arg(F_SETFD, 0, buf, sizeof(buf)), "0");
	NAMED(name_fcntl_arg(F_SETFL, O_RDWR | O_NONBLOCK, buf, sizeof(buf)), "O_RDWR|O_NONBLOCK");
	NAMED(name_fcntl_arg(F_SETFL, O_NONBLOCK, buf, sizeof(buf)), "O_RDONLY|O_NONBLOCK");
	NAMED(name_fcntl_arg(F_DUPFD, 10, buf, sizeof(buf)), "10");
	NAMED(name_fcntl_arg(F_SETOWN, (uint64_t)-77, buf, sizeof(buf)), "-77");
	NAMED(name_fcntl_arg(F_SETSIG, SIGUSR1, buf, sizeof(buf)), "SIGUSR1");
}

static void options_depend_on_the_level(void **state)
{
	(void)state;
	ARG(ARG_SOL, SOL_SOCKET, "SOL_SOCKET");
	ARG(ARG_SOL, IPPROTO_TCP, "SOL_TCP");
	ARG(ARG_SOL, IPPROTO_IP, "SOL_IP");
	ARG(ARG_SOL, 1000, "1000");
	NAMED(name_sockopt(SOL_SOCKET, SO_REUSEADDR, buf, sizeof(buf)), "SO_REUSEADDR");
	NAMED(name_sockopt(SOL_SOCKET, SO_RCVTIMEO, buf, sizeof(buf)), "SO_RCVTIMEO");
	NAMED(name_sockopt(SOL_SOCKET, SO_TIMESTAMP, buf, sizeof(buf)), "SO_TIMESTAMP");
	NAMED(name_sockopt(IPPROTO_TCP, TCP_NODELAY, buf, sizeof(buf)), "TCP_NODELAY");
	NAMED(name_sockopt(IPPROTO_IPV6, IPV6_V6ONLY, buf, sizeof(buf)), "IPV6_V6ONLY");
	NAMED(name_sockopt(IPPROTO_IP, IP_TTL, buf, sizeof(buf)), "IP_TTL");
	NAMED(name_sockopt(IPPROTO_UDP, 103, buf, sizeof(buf)), "UDP_SEGMENT");
	NAMED(name_sockopt(SOL_NETLINK, NETLINK_EXT_ACK, buf, sizeof(buf)), "NETLINK_EXT_ACK");
	NAMED(name_sockopt(SOL_SOCKET, -1, buf, sizeof(buf)), "-1");
	NAMED(name_sockopt(12345, 1, buf, sizeof(buf)), "1");
}

static void requests_are_of_sockets_and_files(void **state)
{
	(void)state;
	ARG(ARG_IOCTL, FIONREAD, "FIONREAD");
	ARG(ARG_IOCTL, TIOCOUTQ, "SIOCOUTQ");
	ARG(ARG_IOCTL, FIONBIO, "FIONBIO");
	ARG(ARG_IOCTL, FIOCLEX, "FIOCLEX");
	ARG(ARG_IOCTL, 0x8905, "SIOCATMARK");
	ARG(ARG_IOCTL, 0x8912, "SIOCGIFCONF");
	ARG(ARG_IOCTL, 0x8933, "SIOCGIFINDEX");
	ARG(ARG_IOCTL, 0x80108906, "SIOCGSTAMP_NEW");
	ARG(ARG_IOCTL, 0xdead00005421, "FIONBIO");
	ARG(ARG_IOCTL, 0x89e0, "0x89e0");
	ARG(ARG_IOCTL, 0, "0x0");
}

static void flags_of_reads_splices_and_ranges(void **state)
{
	(void)state;
	ARG(ARG_RWF, RWF_NOWAIT | RWF_HIPRI, "RWF_HIPRI|RWF_NOWAIT");
	ARG(ARG_RWF, 0x100, "RWF_NOSIGNAL");
	ARG(ARG_RWF, 0x40000008, "RWF_NOWAIT|0x40000000");
	ARG(ARG_SPLICE, SPLICE_F_MOVE | SPLICE_F_MORE, "SPLICE_F_MOVE|SPLICE_F_MORE");
	ARG(ARG_CLOSE_RANGE, CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_UNSHARE|CLOSE_RANGE_CLOEXEC");
	ARG(ARG_CLOSE_RANGE, 0, "0");
	ARG(ARG_CLOSE_RANGE, 1, "0x1");
}

static void registrations_have_a_flag(void **state)
{
	(void)state;
	ARG(ARG_URING_REGISTER, 0, "IORING_REGISTER_BUFFERS");
	ARG(ARG_URING_REGISTER, IORING_REGISTER_FILES_UPDATE2, "IORING_REGISTER_FILES_UPDATE2");
	ARG(ARG_URING_REGISTER, 35, "IORING_REGISTER_QUERY");
	ARG(ARG_URING_REGISTER, 36, "36");
	ARG(ARG_URING_REGISTER, 1u << 31 | 2, "IORING_REGISTER_FILES|IORING_REGISTER_USE_REGISTERED_RING");
	ARG(ARG_URING_REGISTER, -1, "-1");
}

static void a_direct_descriptor_is_a_slot(void **state)
{
	(void)state;
	NAMED(name_fd(3, false, buf, sizeof(buf)), "3");
	NAMED(name_fd(2147483647, true, buf, sizeof(buf)), "direct:2147483647");
}

static void errors_of_the_kernel_have_names_too(void **state)
{
	(void)state;
	NAMED(name_errno(0, buf, sizeof(buf)), "0");
	NAMED(name_errno(ECONNREFUSED, buf, sizeof(buf)), "ECONNREFUSED");
	NAMED(name_errno(EAGAIN, buf, sizeof(buf)), "EAGAIN");
	NAMED(name_errno(EOPNOTSUPP, buf, sizeof(buf)), "EOPNOTSUPP");
	NAMED(name_errno(512, buf, sizeof(buf)), "ERESTARTSYS");
	NAMED(name_errno(513, buf, sizeof(buf)), "ERESTARTNOINTR");
	NAMED(name_errno(514, buf, sizeof(buf)), "ERESTARTNOHAND");
	NAMED(name_errno(515, buf, sizeof(buf)), "515");
	NAMED(name_errno(516, buf, sizeof(buf)), "ERESTART_RESTARTBLOCK");
	NAMED(name_errno(4000, buf, sizeof(buf)), "4000");
}

static void signals_have_their_prefix(void **state)
{
	(void)state;
	NAMED(name_signal(SIGINT, buf, sizeof(buf)), "SIGINT");
	NAMED(name_signal(SIGKILL, buf, sizeof(buf)), "SIGKILL");
	NAMED(name_signal(32, buf, sizeof(buf)), "SIGRTMIN");
	NAMED(name_signal(34, buf, sizeof(buf)), "SIGRT_2");
	NAMED(name_signal(0, buf, sizeof(buf)), "0");
	NAMED(name_signal(65, buf, sizeof(buf)), "65");
}

/* A capture can hold anything: no value of no kind leads outside a table. */
static void no_value_breaks_a_name(void **state)
{
	static const uint64_t values[] = { 0, 1, 286, 287, 1024, 1038, 1039, INT32_MAX, UINT32_MAX, UINT64_MAX };
	int kind;
	size_t i;

	(void)state;
	for (kind = ARG_FD; kind <= ARG_CLOSE_RANGE; kind++)
		for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
			assert_true(*name_arg((enum arg_kind)kind, values[i], buf, sizeof(buf)));
			assert_true(*name_sockopt((int)values[i], (int)values[i], buf, sizeof(buf)));
			assert_true(*name_protocol((unsigned int)values[i], (unsigned int)values[i], buf, sizeof(buf)));
			assert_true(*name_fcntl_arg((unsigned int)values[i], values[i], buf, sizeof(buf)));
			assert_true(*name_errno((int)values[i], buf, sizeof(buf)));
			assert_true(*name_signal((int)values[i], buf, sizeof(buf)));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families_are_spelled_as_strace_does),
		cmocka_unit_test(type_stands_before_its_flags),
		cmocka_unit_test(no_flag_is_zero),
		cmocka_unit_test(flags_are_joined_and_the_rest_is_hex),
		cmocka_unit_test(all_flags_at_once_fit),
		cmocka_unit_test(only_the_lower_half_of_an_argument_counts),
		cmocka_unit_test(protocols_depend_on_the_family),
		cmocka_unit_test(shutdown_has_three_ways),
		cmocka_unit_test(fcntl_commands_of_both_ranges),
		cmocka_unit_test(fcntl_argument_depends_on_the_command),
		cmocka_unit_test(options_depend_on_the_level),
		cmocka_unit_test(requests_are_of_sockets_and_files),
		cmocka_unit_test(flags_of_reads_splices_and_ranges),
		cmocka_unit_test(registrations_have_a_flag),
		cmocka_unit_test(a_direct_descriptor_is_a_slot),
		cmocka_unit_test(errors_of_the_kernel_have_names_too),
		cmocka_unit_test(signals_have_their_prefix),
		cmocka_unit_test(no_value_breaks_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
