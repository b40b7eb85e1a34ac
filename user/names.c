/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the names of the numbers that the sockets API uses, from the uapi headers; what is newer than the headers that it
 * is built with stands by its number. Spelled as strace does. Knows no call: which argument is what is syscalls.h's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "names_tables.h"

#define N(name) [name] = #name

/* clang-format off */
static const char *const families[] = {
	N(AF_UNSPEC), N(AF_UNIX), N(AF_INET), N(AF_AX25), N(AF_IPX), N(AF_APPLETALK), N(AF_NETROM),
	N(AF_BRIDGE), N(AF_ATMPVC), N(AF_X25), N(AF_INET6), N(AF_ROSE), N(AF_DECnet),
	N(AF_NETBEUI), N(AF_SECURITY), N(AF_KEY), N(AF_NETLINK), N(AF_PACKET), N(AF_ASH),
	N(AF_ECONET), N(AF_ATMSVC), N(AF_RDS), N(AF_SNA), N(AF_IRDA), N(AF_PPPOX), N(AF_WANPIPE),
	N(AF_LLC), N(AF_IB), N(AF_MPLS), N(AF_CAN), N(AF_TIPC), N(AF_BLUETOOTH), N(AF_IUCV),
	N(AF_RXRPC), N(AF_ISDN), N(AF_PHONET), N(AF_IEEE802154), N(AF_CAIF), N(AF_ALG), N(AF_NFC),
	N(AF_VSOCK), N(AF_KCM), N(AF_QIPCRTR), N(AF_SMC), N(AF_XDP), N(AF_MCTP),
};

static const char *const types[] = {
	N(SOCK_STREAM), N(SOCK_DGRAM), N(SOCK_RAW), N(SOCK_RDM), N(SOCK_SEQPACKET), N(SOCK_DCCP),
	N(SOCK_PACKET),
};

static const char *const inet_protocols[] = {
	N(IPPROTO_IP), N(IPPROTO_ICMP), N(IPPROTO_IGMP), N(IPPROTO_IPIP), N(IPPROTO_TCP),
	N(IPPROTO_EGP), N(IPPROTO_PUP), N(IPPROTO_UDP), N(IPPROTO_IDP), N(IPPROTO_TP),
	N(IPPROTO_DCCP), N(IPPROTO_IPV6), N(IPPROTO_RSVP), N(IPPROTO_GRE), N(IPPROTO_ESP),
	N(IPPROTO_AH), N(IPPROTO_MTP), N(IPPROTO_BEETPH), N(IPPROTO_ENCAP), N(IPPROTO_PIM),
	N(IPPROTO_COMP), N(IPPROTO_L2TP), N(IPPROTO_SCTP), N(IPPROTO_UDPLITE), N(IPPROTO_MPLS),
	N(IPPROTO_ETHERNET), N(IPPROTO_RAW), N(IPPROTO_MPTCP), N(IPPROTO_ICMPV6),
};

static const char *const netlink_protocols[] = {
	N(NETLINK_ROUTE), N(NETLINK_USERSOCK), N(NETLINK_FIREWALL), N(NETLINK_SOCK_DIAG),
	N(NETLINK_NFLOG), N(NETLINK_XFRM), N(NETLINK_SELINUX), N(NETLINK_ISCSI), N(NETLINK_AUDIT),
	N(NETLINK_FIB_LOOKUP), N(NETLINK_CONNECTOR), N(NETLINK_NETFILTER), N(NETLINK_IP6_FW),
	N(NETLINK_DNRTMSG), N(NETLINK_KOBJECT_UEVENT), N(NETLINK_GENERIC),
	N(NETLINK_SCSITRANSPORT), N(NETLINK_ECRYPTFS), N(NETLINK_RDMA), N(NETLINK_CRYPTO),
	N(NETLINK_SMC),
};

static const char *const shuts[] = {
	N(SHUT_RD), N(SHUT_WR), N(SHUT_RDWR),
};

static const char *const fcntls[] = {
	N(F_DUPFD), N(F_GETFD), N(F_SETFD), N(F_GETFL), N(F_SETFL), N(F_GETLK), N(F_SETLK),
	N(F_SETLKW), N(F_SETOWN), N(F_GETOWN), N(F_SETSIG), N(F_GETSIG), N(F_SETOWN_EX),
	N(F_GETOWN_EX), [17] = "F_GETOWNER_UIDS", N(F_OFD_GETLK), N(F_OFD_SETLK), N(F_OFD_SETLKW),
	[12] = "F_GETLK64", [13] = "F_SETLK64", [14] = "F_SETLKW64", /* in 32-bit programs */
};

static const char *const levels[] = {
	[IPPROTO_IP] = "SOL_IP", [IPPROTO_TCP] = "SOL_TCP", [IPPROTO_UDP] = "SOL_UDP",
	[IPPROTO_IPV6] = "SOL_IPV6", [IPPROTO_ICMPV6] = "SOL_ICMPV6", [IPPROTO_SCTP] = "SOL_SCTP",
	[IPPROTO_UDPLITE] = "SOL_UDPLITE",
	N(SOL_SOCKET), N(SOL_RAW), N(SOL_DECNET), N(SOL_X25), N(SOL_PACKET), N(SOL_ATM),
	N(SOL_AAL), N(SOL_IRDA), N(SOL_NETBEUI), N(SOL_LLC), N(SOL_DCCP), N(SOL_NETLINK),
	N(SOL_TIPC), N(SOL_RXRPC), N(SOL_PPPOL2TP), N(SOL_BLUETOOTH), N(SOL_PNPIPE), N(SOL_RDS),
	N(SOL_IUCV), N(SOL_CAIF), N(SOL_ALG), N(SOL_NFC), N(SOL_KCM), N(SOL_TLS), N(SOL_XDP),
	N(SOL_MPTCP), N(SOL_MCTP), N(SOL_SMC),
};

static const char *const uring_opcodes[] = {
	N(IORING_REGISTER_BUFFERS), N(IORING_UNREGISTER_BUFFERS), N(IORING_REGISTER_FILES),
	N(IORING_UNREGISTER_FILES), N(IORING_REGISTER_EVENTFD), N(IORING_UNREGISTER_EVENTFD),
	N(IORING_REGISTER_FILES_UPDATE), N(IORING_REGISTER_EVENTFD_ASYNC), N(IORING_REGISTER_PROBE),
	N(IORING_REGISTER_PERSONALITY), N(IORING_UNREGISTER_PERSONALITY), N(IORING_REGISTER_RESTRICTIONS),
	N(IORING_REGISTER_ENABLE_RINGS), N(IORING_REGISTER_FILES2), N(IORING_REGISTER_FILES_UPDATE2),
	N(IORING_REGISTER_BUFFERS2), N(IORING_REGISTER_BUFFERS_UPDATE), N(IORING_REGISTER_IOWQ_AFF),
	N(IORING_UNREGISTER_IOWQ_AFF), N(IORING_REGISTER_IOWQ_MAX_WORKERS), N(IORING_REGISTER_RING_FDS),
	N(IORING_UNREGISTER_RING_FDS), N(IORING_REGISTER_PBUF_RING), N(IORING_UNREGISTER_PBUF_RING),
	N(IORING_REGISTER_SYNC_CANCEL), N(IORING_REGISTER_FILE_ALLOC_RANGE),
	[26] = "IORING_REGISTER_PBUF_STATUS", [27] = "IORING_REGISTER_NAPI", [28] = "IORING_UNREGISTER_NAPI",
	[29] = "IORING_REGISTER_CLOCK", [30] = "IORING_REGISTER_CLONE_BUFFERS", [31] = "IORING_REGISTER_SEND_MSG_RING",
	[32] = "IORING_REGISTER_ZCRX_IFQ", [33] = "IORING_REGISTER_RESIZE_RINGS", [34] = "IORING_REGISTER_MEM_REGION",
	[35] = "IORING_REGISTER_QUERY",
};

#define F_LINUX 1024 /* F_LINUX_SPECIFIC_BASE */
#undef N
#define N(name) [name - F_LINUX] = #name

static const char *const linux_fcntls[] = {
	N(F_SETLEASE), N(F_GETLEASE), N(F_NOTIFY), N(F_DUPFD_CLOEXEC), N(F_SETPIPE_SZ), N(F_GETPIPE_SZ),
	N(F_ADD_SEALS), N(F_GET_SEALS), N(F_GET_RW_HINT), N(F_SET_RW_HINT), N(F_GET_FILE_RW_HINT),
	N(F_SET_FILE_RW_HINT),
};

#undef N
#define N(name) { name, #name }

struct flag {
	uint32_t bits;
	const char *name;
};

static const struct flag message_flags[] = {
	N(MSG_OOB), N(MSG_PEEK), N(MSG_DONTROUTE), N(MSG_CTRUNC), { 0x10, "MSG_PROBE" }, N(MSG_TRUNC),
	N(MSG_DONTWAIT), N(MSG_EOR), N(MSG_WAITALL), N(MSG_FIN), N(MSG_SYN), N(MSG_CONFIRM), N(MSG_RST),
	N(MSG_ERRQUEUE), N(MSG_NOSIGNAL), N(MSG_MORE), N(MSG_WAITFORONE), N(MSG_BATCH),
	{ 0x2000000, "MSG_SOCK_DEVMEM" }, N(MSG_ZEROCOPY), N(MSG_FASTOPEN), N(MSG_CMSG_CLOEXEC), { 0 },
};

static const struct flag type_flags[] = { N(SOCK_CLOEXEC), N(SOCK_NONBLOCK), { 0 } };

static const struct flag open_flags[] = {
	N(O_CREAT), N(O_EXCL), N(O_NOCTTY), N(O_TRUNC), N(O_APPEND), N(O_NONBLOCK), N(O_SYNC), N(O_DSYNC),
	N(O_ASYNC), N(O_DIRECT), { 0100000, "O_LARGEFILE" }, N(O_NOFOLLOW), N(O_NOATIME), N(O_CLOEXEC),
	N(O_PATH), N(O_TMPFILE), N(O_DIRECTORY), { 0 },
};

static const struct flag fd_flags[] = { N(FD_CLOEXEC), { 0 } };

static const struct flag read_write_flags[] = {
	N(RWF_HIPRI), N(RWF_DSYNC), N(RWF_SYNC), N(RWF_NOWAIT), N(RWF_APPEND), { 0x20, "RWF_NOAPPEND" },
	{ 0x40, "RWF_ATOMIC" }, { 0x80, "RWF_DONTCACHE" }, { 0x100, "RWF_NOSIGNAL" }, { 0 },
};

static const struct flag splice_flags[] = {
	N(SPLICE_F_MOVE), N(SPLICE_F_NONBLOCK), N(SPLICE_F_MORE), N(SPLICE_F_GIFT), N(SPLICE_F_FD_IN_FIXED), { 0 },
};

static const struct flag uring_flags[] = { { 1u << 31, "IORING_REGISTER_USE_REGISTERED_RING" }, { 0 } };

static const struct flag close_range_flags[] = { N(CLOSE_RANGE_UNSHARE), N(CLOSE_RANGE_CLOEXEC), { 0 } };
/* clang-format on */

static const char *name_number(int64_t value, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRId64, value);
	return buf;
}

/* Puts the text after what buf holds already, with a `|` between them. */
static void flags_append(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, "%s%s", len ? "|" : "", text);
}

/* The flags of value after what buf holds already. */
static void flags_join(const struct flag *flag, uint32_t value, char *buf, size_t size)
{
	char rest[16];

	for (; flag->bits && value; flag++) {
		if ((value & flag->bits) != flag->bits)
			continue;
		flags_append(buf, size, flag->name);
		value &= ~flag->bits;
	}
	if (!value)
		return;
	snprintf(rest, sizeof(rest), "0x%x", value);
	flags_append(buf, size, rest);
}

static const char *name_flags(const struct flag *flags, uint32_t value, char *buf, size_t size)
{
	const struct flag *flag;

	if (!value)
		return "0";
	for (flag = flags; flag->bits; flag++) /* one flag alone is what most calls have */
		if (flag->bits == value)
			return flag->name;
	*buf = '\0';
	flags_join(flags, value, buf, size);
	return buf;
}

#define TYPE_MASK 0xf /* SOCK_TYPE_MASK, linux/net.h */

static const char *name_type_flags(uint32_t value, char *buf, size_t size)
{
	char number[16];

	if (value <= TYPE_MASK)
		return name_type(value, buf, size);
	snprintf(buf, size, "%s", name_type(value & TYPE_MASK, number, sizeof(number)));
	flags_join(type_flags, value & ~(uint32_t)TYPE_MASK, buf, size);
	return buf;
}

static const char *name_fcntl(uint32_t cmd, char *buf, size_t size)
{
	const char *name = name_in(fcntls, COUNT(fcntls), cmd);

	if (!name && cmd >= F_LINUX)
		name = name_in(linux_fcntls, COUNT(linux_fcntls), cmd - F_LINUX);
	return name ? name : name_number((int32_t)cmd, buf, size);
}

static const char *name_uring_register(uint32_t opcode, char *buf, size_t size)
{
	const uint32_t flag = opcode & uring_flags->bits;
	const char *name = name_in(uring_opcodes, COUNT(uring_opcodes), opcode & ~flag);

	if (name && !flag)
		return name;
	if (!name)
		return name_number((int32_t)opcode, buf, size);
	snprintf(buf, size, "%s", name);
	flags_join(uring_flags, flag, buf, size);
	return buf;
}

static const char *name_request(uint32_t request, char *buf, size_t size)
{
	const char *name = request_name(request);

	if (name)
		return name;
	snprintf(buf, size, "0x%x", request);
	return buf;
}

static const struct {
	const char *const *names;
	size_t count;
} plain_kinds[] = {
	[ARG_FAMILY] = { families, COUNT(families) },
	[ARG_SHUT] = { shuts, COUNT(shuts) },
	[ARG_SOL] = { levels, COUNT(levels) },
};

static const struct flag *const flag_kinds[] = {
	[ARG_SOCK_FLAGS] = type_flags, [ARG_MSG_FLAGS] = message_flags, [ARG_OPEN_FLAGS] = open_flags,
	[ARG_RWF] = read_write_flags,  [ARG_SPLICE] = splice_flags,     [ARG_CLOSE_RANGE] = close_range_flags,
};

const char *name_arg(enum arg_kind kind, uint64_t value, char *buf, size_t size)
{
	uint32_t low = (uint32_t)value; /* they are all ints */
	const char *name = NULL;

	if (kind == ARG_SOCKTYPE)
		return name_type_flags(low, buf, size);
	if (kind == ARG_FCNTL)
		return name_fcntl(low, buf, size);
	if (kind == ARG_IOCTL)
		return name_request(low, buf, size);
	if (kind == ARG_URING_REGISTER)
		return name_uring_register(low, buf, size);
	if (kind < COUNT(flag_kinds) && flag_kinds[kind])
		return name_flags(flag_kinds[kind], low, buf, size);
	if (kind < COUNT(plain_kinds) && plain_kinds[kind].names)
		name = name_in(plain_kinds[kind].names, plain_kinds[kind].count, low);
	return name ? name : name_number((int32_t)low, buf, size);
}

const char *name_fd(int fd, bool direct, char *buf, size_t size)
{
	snprintf(buf, size, "%s%d", direct ? "direct:" : "", fd);
	return buf;
}

const char *name_family(unsigned int family, char *buf, size_t size)
{
	return name_arg(ARG_FAMILY, family, buf, size);
}

const char *name_type(unsigned int type, char *buf, size_t size)
{
	const char *name = name_in(types, COUNT(types), type);

	return name ? name : name_number((int32_t)type, buf, size);
}

const char *name_protocol(unsigned int family, unsigned int protocol, char *buf, size_t size)
{
	const char *name = NULL;

	if (family == AF_INET || family == AF_INET6)
		name = name_in(inet_protocols, COUNT(inet_protocols), protocol);
	else if (family == AF_NETLINK)
		name = name_in(netlink_protocols, COUNT(netlink_protocols), protocol);
	return name ? name : name_number((int32_t)protocol, buf, size);
}

const char *name_fcntl_arg(unsigned int cmd, uint64_t arg, char *buf, size_t size)
{
	static const char *const modes[] = { "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE" };

	switch (cmd) {
	case F_SETFD:
		return name_flags(fd_flags, (uint32_t)arg, buf, size);
	case F_SETFL:
		snprintf(buf, size, "%s", modes[arg & O_ACCMODE]);
		flags_join(open_flags, (uint32_t)arg & ~(uint32_t)O_ACCMODE, buf, size);
		return buf;
	case F_SETSIG:
		return name_signal((int)arg, buf, size);
	default:
		return name_number((int32_t)arg, buf, size);
	}
}

const char *name_sockopt(int level, int opt, char *buf, size_t size)
{
	const char *name = option_name(level, opt);

	return name ? name : name_number(opt, buf, size);
}

/* Of the kernel's own numbers a tracer sees those of restarted calls, and ENOTSUPP, which some protocols let out. */
const char *name_errno(int err, char *buf, size_t size)
{
	static const struct flag internal[] = {
		{ 512, "ERESTARTSYS" },           { 513, "ERESTARTNOINTR" }, { 514, "ERESTARTNOHAND" },
		{ 516, "ERESTART_RESTARTBLOCK" }, { 524, "ENOTSUPP" },       { 0 },
	};
	const char *name = strerrorname_np(err);
	const struct flag *row;

	for (row = internal; !name && row->bits; row++)
		if (row->bits == (uint32_t)err)
			name = row->name;
	return name ? name : name_number(err, buf, size);
}

#define SIGNAL_RT 32 /* the kernel's first; SIGRTMIN is the C library's */
#define SIGNAL_LAST 64

const char *name_signal(int sig, char *buf, size_t size)
{
	const char *name = sigabbrev_np(sig);

	if (name && sig)
		snprintf(buf, size, "SIG%s", name);
	else if (sig == SIGNAL_RT)
		snprintf(buf, size, "SIGRTMIN");
	else if (sig > SIGNAL_RT && sig <= SIGNAL_LAST)
		snprintf(buf, size, "SIGRT_%d", sig - SIGNAL_RT);
	else
		name_number(sig, buf, size);
	return buf;
}
