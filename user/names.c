/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the names of the numbers that the sockets API uses, from the uapi headers; what is newer than the headers that it
 * is built with stands by its number. Spelled as strace does. Knows no call: which argument is what is syscalls.h's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"

#define N(name) [name] = #name
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

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

static const char *const socket_options[] = {
	N(SO_DEBUG), N(SO_REUSEADDR), N(SO_TYPE), N(SO_ERROR), N(SO_DONTROUTE), N(SO_BROADCAST),
	N(SO_SNDBUF), N(SO_RCVBUF), N(SO_SNDBUFFORCE), N(SO_RCVBUFFORCE), N(SO_KEEPALIVE),
	N(SO_OOBINLINE), N(SO_NO_CHECK), N(SO_PRIORITY), N(SO_LINGER), N(SO_BSDCOMPAT),
	N(SO_REUSEPORT), N(SO_PASSCRED), N(SO_PEERCRED), N(SO_RCVLOWAT), N(SO_SNDLOWAT),
	N(SO_SECURITY_AUTHENTICATION), N(SO_SECURITY_ENCRYPTION_TRANSPORT),
	N(SO_SECURITY_ENCRYPTION_NETWORK), N(SO_BINDTODEVICE), N(SO_ATTACH_FILTER),
	N(SO_DETACH_FILTER), N(SO_PEERNAME), N(SO_ACCEPTCONN), N(SO_PEERSEC), N(SO_PASSSEC),
	N(SO_MARK), N(SO_PROTOCOL), N(SO_DOMAIN), N(SO_RXQ_OVFL), N(SO_WIFI_STATUS),
	N(SO_PEEK_OFF), N(SO_NOFCS), N(SO_LOCK_FILTER), N(SO_SELECT_ERR_QUEUE), N(SO_BUSY_POLL),
	N(SO_MAX_PACING_RATE), N(SO_BPF_EXTENSIONS), N(SO_INCOMING_CPU), N(SO_ATTACH_BPF),
	N(SO_ATTACH_REUSEPORT_CBPF), N(SO_ATTACH_REUSEPORT_EBPF), N(SO_CNX_ADVICE), N(SO_MEMINFO),
	N(SO_INCOMING_NAPI_ID), N(SO_COOKIE), N(SO_PEERGROUPS), N(SO_ZEROCOPY), N(SO_TXTIME),
	N(SO_BINDTOIFINDEX), N(SO_TIMESTAMP_NEW), N(SO_TIMESTAMPNS_NEW), N(SO_TIMESTAMPING_NEW),
	N(SO_RCVTIMEO_NEW), N(SO_SNDTIMEO_NEW), N(SO_DETACH_REUSEPORT_BPF), N(SO_PREFER_BUSY_POLL),
	N(SO_BUSY_POLL_BUDGET), N(SO_NETNS_COOKIE), N(SO_BUF_LOCK), N(SO_RESERVE_MEM),
	N(SO_TXREHASH), N(SO_RCVMARK), N(SO_TIMESTAMP), N(SO_TIMESTAMPNS), N(SO_TIMESTAMPING),
	N(SO_RCVTIMEO), N(SO_SNDTIMEO),
	[76] = "SO_PASSPIDFD", [77] = "SO_PEERPIDFD", [82] = "SO_RCVPRIORITY", [83] = "SO_PASSRIGHTS",
};

static const char *const ip_options[] = {
	N(IP_TOS), N(IP_TTL), N(IP_HDRINCL), N(IP_OPTIONS), N(IP_ROUTER_ALERT), N(IP_RECVOPTS),
	N(IP_RETOPTS), N(IP_PKTINFO), N(IP_PKTOPTIONS), N(IP_MTU_DISCOVER), N(IP_RECVERR),
	N(IP_RECVTTL), N(IP_MTU), N(IP_FREEBIND), N(IP_IPSEC_POLICY), N(IP_XFRM_POLICY),
	N(IP_PASSSEC), N(IP_TRANSPARENT), N(IP_ORIGDSTADDR), N(IP_MINTTL), N(IP_NODEFRAG),
	N(IP_CHECKSUM), N(IP_BIND_ADDRESS_NO_PORT), N(IP_RECVFRAGSIZE), N(IP_RECVERR_RFC4884),
	N(IP_MULTICAST_IF), N(IP_MULTICAST_TTL), N(IP_MULTICAST_LOOP), N(IP_ADD_MEMBERSHIP),
	N(IP_DROP_MEMBERSHIP), N(IP_UNBLOCK_SOURCE), N(IP_BLOCK_SOURCE),
	N(IP_ADD_SOURCE_MEMBERSHIP), N(IP_DROP_SOURCE_MEMBERSHIP), N(IP_MSFILTER),
	N(MCAST_JOIN_GROUP), N(MCAST_BLOCK_SOURCE), N(MCAST_UNBLOCK_SOURCE), N(MCAST_LEAVE_GROUP),
	N(MCAST_JOIN_SOURCE_GROUP), N(MCAST_LEAVE_SOURCE_GROUP), N(MCAST_MSFILTER),
	N(IP_MULTICAST_ALL), N(IP_UNICAST_IF), N(IP_LOCAL_PORT_RANGE), N(IP_PROTOCOL),
};

static const char *const ipv6_options[] = {
	N(IPV6_ADDRFORM), N(IPV6_2292PKTINFO), N(IPV6_2292HOPOPTS), N(IPV6_2292DSTOPTS),
	N(IPV6_2292RTHDR), N(IPV6_2292PKTOPTIONS), N(IPV6_CHECKSUM), N(IPV6_2292HOPLIMIT),
	N(IPV6_NEXTHOP), N(IPV6_AUTHHDR), N(IPV6_FLOWINFO), N(IPV6_UNICAST_HOPS),
	N(IPV6_MULTICAST_IF), N(IPV6_MULTICAST_HOPS), N(IPV6_MULTICAST_LOOP),
	N(IPV6_ADD_MEMBERSHIP), N(IPV6_DROP_MEMBERSHIP), N(IPV6_ROUTER_ALERT),
	N(IPV6_MTU_DISCOVER), N(IPV6_MTU), N(IPV6_RECVERR), N(IPV6_V6ONLY), N(IPV6_JOIN_ANYCAST),
	N(IPV6_LEAVE_ANYCAST), N(IPV6_MULTICAST_ALL), N(IPV6_ROUTER_ALERT_ISOLATE),
	N(IPV6_RECVERR_RFC4884), N(IPV6_FLOWLABEL_MGR), N(IPV6_FLOWINFO_SEND),
	N(IPV6_IPSEC_POLICY), N(IPV6_XFRM_POLICY), N(IPV6_HDRINCL), N(IPV6_RECVPKTINFO),
	N(IPV6_PKTINFO), N(IPV6_RECVHOPLIMIT), N(IPV6_HOPLIMIT), N(IPV6_RECVHOPOPTS),
	N(IPV6_HOPOPTS), N(IPV6_RTHDRDSTOPTS), N(IPV6_RECVRTHDR), N(IPV6_RTHDR),
	N(IPV6_RECVDSTOPTS), N(IPV6_DSTOPTS), N(IPV6_RECVPATHMTU), N(IPV6_PATHMTU),
	N(IPV6_DONTFRAG), [63] = "IPV6_USE_MIN_MTU", N(IPV6_RECVTCLASS), N(IPV6_TCLASS),
	N(IPV6_AUTOFLOWLABEL), N(IPV6_ADDR_PREFERENCES), N(IPV6_MINHOPCOUNT), N(IPV6_ORIGDSTADDR),
	N(IPV6_TRANSPARENT), N(IPV6_UNICAST_IF), N(IPV6_RECVFRAGSIZE), N(IPV6_FREEBIND),
	N(MCAST_JOIN_GROUP), N(MCAST_BLOCK_SOURCE), N(MCAST_UNBLOCK_SOURCE), N(MCAST_LEAVE_GROUP),
	N(MCAST_JOIN_SOURCE_GROUP), N(MCAST_LEAVE_SOURCE_GROUP), N(MCAST_MSFILTER),
};

static const char *const tcp_options[] = {
	N(TCP_NODELAY), N(TCP_MAXSEG), N(TCP_CORK), N(TCP_KEEPIDLE), N(TCP_KEEPINTVL),
	N(TCP_KEEPCNT), N(TCP_SYNCNT), N(TCP_LINGER2), N(TCP_DEFER_ACCEPT), N(TCP_WINDOW_CLAMP),
	N(TCP_INFO), N(TCP_QUICKACK), N(TCP_CONGESTION), N(TCP_MD5SIG),
	N(TCP_THIN_LINEAR_TIMEOUTS), N(TCP_THIN_DUPACK), N(TCP_USER_TIMEOUT), N(TCP_REPAIR),
	N(TCP_REPAIR_QUEUE), N(TCP_QUEUE_SEQ), N(TCP_REPAIR_OPTIONS), N(TCP_FASTOPEN),
	N(TCP_TIMESTAMP), N(TCP_NOTSENT_LOWAT), N(TCP_CC_INFO), N(TCP_SAVE_SYN), N(TCP_SAVED_SYN),
	N(TCP_REPAIR_WINDOW), N(TCP_FASTOPEN_CONNECT), N(TCP_ULP), N(TCP_MD5SIG_EXT),
	N(TCP_FASTOPEN_KEY), N(TCP_FASTOPEN_NO_COOKIE), N(TCP_ZEROCOPY_RECEIVE), N(TCP_INQ),
	N(TCP_TX_DELAY),
	[38] = "TCP_AO_ADD_KEY", [39] = "TCP_AO_DEL_KEY", [40] = "TCP_AO_INFO", [41] = "TCP_AO_GET_KEYS",
	[42] = "TCP_AO_REPAIR", [43] = "TCP_IS_MPTCP", [44] = "TCP_RTO_MAX_MS",
};

static const char *const udp_options[] = {
	N(UDP_CORK), N(UDP_ENCAP), N(UDP_NO_CHECK6_TX), N(UDP_NO_CHECK6_RX), N(UDP_SEGMENT),
	N(UDP_GRO),
};

static const char *const netlink_options[] = {
	N(NETLINK_ADD_MEMBERSHIP), N(NETLINK_DROP_MEMBERSHIP), N(NETLINK_PKTINFO),
	N(NETLINK_BROADCAST_ERROR), N(NETLINK_NO_ENOBUFS), N(NETLINK_RX_RING), N(NETLINK_TX_RING),
	N(NETLINK_LISTEN_ALL_NSID), N(NETLINK_LIST_MEMBERSHIPS), N(NETLINK_CAP_ACK),
	N(NETLINK_EXT_ACK), N(NETLINK_GET_STRICT_CHK),
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
/* clang-format on */

static const char *name_number(int64_t value, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRId64, value);
	return buf;
}

static const char *name_in(const char *const *names, size_t count, uint64_t value)
{
	return value < count ? names[value] : NULL;
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

static const struct {
	const char *const *names;
	size_t count;
} plain_kinds[] = {
	[ARG_FAMILY] = { families, COUNT(families) },
	[ARG_SHUT] = { shuts, COUNT(shuts) },
	[ARG_SOL] = { levels, COUNT(levels) },
};

static const struct flag *const flag_kinds[] = {
	[ARG_SOCK_FLAGS] = type_flags,
	[ARG_MSG_FLAGS] = message_flags,
	[ARG_OPEN_FLAGS] = open_flags,
};

const char *name_arg(enum arg_kind kind, uint64_t value, char *buf, size_t size)
{
	uint32_t low = (uint32_t)value; /* they are all ints */
	const char *name = NULL;

	if (kind == ARG_SOCKTYPE)
		return name_type_flags(low, buf, size);
	if (kind == ARG_FCNTL)
		return name_fcntl(low, buf, size);
	if (kind < COUNT(flag_kinds) && flag_kinds[kind])
		return name_flags(flag_kinds[kind], low, buf, size);
	if (kind < COUNT(plain_kinds) && plain_kinds[kind].names)
		name = name_in(plain_kinds[kind].names, plain_kinds[kind].count, low);
	return name ? name : name_number((int32_t)low, buf, size);
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

static const struct {
	int level;
	const char *const *names;
	size_t count;
} option_levels[] = {
	{ SOL_SOCKET, socket_options, COUNT(socket_options) }, { IPPROTO_TCP, tcp_options, COUNT(tcp_options) },
	{ IPPROTO_IP, ip_options, COUNT(ip_options) },         { IPPROTO_IPV6, ipv6_options, COUNT(ipv6_options) },
	{ IPPROTO_UDP, udp_options, COUNT(udp_options) },      { SOL_NETLINK, netlink_options, COUNT(netlink_options) },
};

const char *name_sockopt(int level, int opt, char *buf, size_t size)
{
	const char *name = NULL;
	size_t i;

	for (i = 0; i < COUNT(option_levels); i++)
		if (option_levels[i].level == level)
			name = name_in(option_levels[i].names, option_levels[i].count, (uint32_t)opt);
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
