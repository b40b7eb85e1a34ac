/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own view of a socket: which one a descriptor names, its identity, its state, its addresses. All of it is
 * probe reads: a socket that goes away meanwhile reads as nonsense, never as a fault, which is why the caller checks that
 * the descriptor still names the same file.
 */
#ifndef SOCKLIFE_SOCK_BPF_H
#define SOCKLIFE_SOCK_BPF_H

#include <bpf/bpf_endian.h>

#include "emit.bpf.h"

#define READ_BYTES(dst, ptr, type, field) bpf_probe_read_kernel(&(dst), sizeof(dst), &((type *)(ptr))->field)

/*
 * A load through a cast pointer takes a nanosecond, bpf_probe_read_kernel() twenty, and both survive any address. The
 * kernel has the cast since 6.2, and before 5.16 it refuses programs that could use it: so there are two objects, this one
 * and one with PROBE_READS, and the loader takes the one for the kernel.
 */
#ifdef PROBE_READS
#define READ READ_BYTES
#define READ_PTR(st, dst, ptr, type, field) READ_BYTES(dst, ptr, type, field)
#else
#define READ(dst, ptr, type, field) ((dst) = (typeof(dst))CAST(ptr, type)->field)
#define READ_PTR(st, dst, ptr, type, field) ((dst) = as_number(st, CAST(ptr, type)->field))

/* A loaded pointer as a number: the verifier forgets what it points to on the way through a map's memory. */
static __always_inline __u64 as_number(struct task_state *st, const void *pointer)
{
	*(volatile __u64 *)&st->scratch = (__u64)pointer;
	return *(volatile __u64 *)&st->scratch;
}
#endif

static __always_inline __u64 fd_file(struct task_state *st, struct task_struct *task, __u32 fd)
{
	struct fdtable *fdt = OF(plain(task), files, fdt);
	__u64 file = 0;

	if (fd < OF(fdt, max_fds))
		READ_PTR(st, file, OF(fdt, fd) + fd, struct hlist_head, first);
	return file;
}

const volatile __u64 want_families; /* a bit for each, 0: all */
const volatile __u32 want_types;

/* Only what is wanted is told of, and unix sockets, as others travel through them: those the model leaves out. */
static __always_inline bool sock_wanted(__u32 family, __u32 type)
{
	return (!want_families || (family < 64 && want_families >> family & 1)) &&
	       (!want_types || (type < 32 && want_types >> type & 1));
}

__noinline int sk_matches(__u64 sk)
{
	__u16 family = 0, type = 0;

	READ(family, sk, struct sock, __sk_common.skc_family);
	READ(type, sk, struct sock, sk_type);
	return sock_wanted(family, type);
}

static __always_inline bool sk_wanted(__u64 sk)
{
	return (!want_families && !want_types) || sk_matches(sk);
}

static __always_inline bool sk_is_unix(__u64 sk)
{
	__u16 family = 0;

	READ(family, sk, struct sock, __sk_common.skc_family);
	return family == AF_UNIX;
}

/* sk stays 0 when there is no file, or it is no socket, or one that is left out: then socket is not 0. */
static __always_inline void file_found(struct task_state *st, __u64 file, struct found *f)
{
	__u64 ops = 0;

	f->file = file;
	f->socket = f->sk = 0;
	if (!file)
		return;
	READ_PTR(st, ops, file, struct file, f_op);
	if (ops != socket_ops)
		return;
	READ_PTR(st, f->socket, file, struct file, private_data);
	READ_PTR(st, f->sk, f->socket, struct socket, sk);
	if (f->sk && !sk_wanted(f->sk) && !sk_is_unix(f->sk))
		f->sk = 0;
}

static __always_inline void fd_find(struct task_state *st, struct task_struct *task, __u32 fd, struct found *f)
{
	file_found(st, fd_file(st, task, fd), f);
}

/* How many have it open, and calls on it that are in progress. */
static __always_inline long file_count(__u64 file)
{
	long count = 0;

	if (!bpf_core_field_exists(struct file, f_ref)) {
		READ_BYTES(count, file, struct file, f_count.counter);
		return count;
	}
	READ_BYTES(count, file, struct file, f_ref.refcnt.counter);
	return count + 1;
}

static __always_inline bool is_last(__u64 file)
{
	return file_count(file) == 1;
}

static __always_inline __u64 socket_inode(__u64 socket)
{
	__u64 inode = 0;

	READ(inode, socket, struct socket_alloc, vfs_inode.i_ino);
	return inode;
}

static __always_inline __u16 view_inet(__u64 sk)
{
	__u16 num = 0, dport = 0;

	READ(num, sk, struct sock, __sk_common.skc_num);
	READ(dport, sk, struct sock, __sk_common.skc_dport);
	return VIEW_VALID | (num ? VIEW_BOUND : 0) | (dport ? VIEW_PEER : 0);
}

static __always_inline __u16 view_unix(struct task_state *st, __u64 sk)
{
	__u64 addr = 0, peer = 0;

	READ_PTR(st, addr, sk, struct unix_sock, addr);
	READ_PTR(st, peer, sk, struct unix_sock, peer);
	return VIEW_VALID | (addr ? VIEW_BOUND : 0) | (peer ? VIEW_PEER : 0);
}

static __always_inline __u16 view_netlink(__u64 sk)
{
	__u32 port = 0, peer = 0;

	if (!bpf_core_type_exists(struct netlink_sock))
		return 0;
	READ_BYTES(port, sk, struct netlink_sock, portid);
	READ_BYTES(peer, sk, struct netlink_sock, dst_portid);
	return VIEW_VALID | (port ? VIEW_BOUND : 0) | (peer ? VIEW_PEER : 0);
}

/* State, shutdown, and whether it has addresses; other families than these four have no view. */
static __always_inline void view_read(struct task_state *st, __u64 sk, __u8 *kstate, __u8 *shutdown, __u16 *view)
{
	__u16 family = 0;

	READ(family, sk, struct sock, __sk_common.skc_family);
	READ(*kstate, sk, struct sock, __sk_common.skc_state);
	READ(*shutdown, sk, struct sock, sk_shutdown);
	if (family == AF_UNIX)
		*view = view_unix(st, sk);
	else if (family == AF_INET || family == AF_INET6)
		*view = view_inet(sk);
	else
		*view = family == AF_NETLINK ? view_netlink(sk) : 0;
}

/* A port that was given back when the connection ended is still its name: inet_getname(). */
static __always_inline __u16 local_port(__u64 sk)
{
	__u16 num = 0;
	__be16 port = 0;

	READ(num, sk, struct sock, __sk_common.skc_num);
	READ(port, sk, struct inet_sock, inet_sport);
	return num ? num : bpf_ntohs(port);
}

struct sockaddr_in_wire {
	__u16 family;
	__be16 port;
	__be32 addr;
	__u8 zero[8];
};

struct sockaddr_in6_wire {
	__u16 family;
	__be16 port;
	__be32 flowinfo;
	__be32 addr[4];
	__u32 scope;
};

/* inet_getname(): the address it receives on, else the one it sends from. */
static __always_inline void name_inet(struct name_buf *b, __u64 sk)
{
	struct sockaddr_in_wire *local = (struct sockaddr_in_wire *)b->addresses, *peer = local;
	__u16 num = local_port(sk);
	__be16 port = 0;

	if (num) {
		b->name.local_len = sizeof(*local);
		local->family = AF_INET;
		local->port = bpf_htons(num);
		READ(local->addr, sk, struct sock, __sk_common.skc_rcv_saddr);
		if (!local->addr)
			READ(local->addr, sk, struct inet_sock, inet_saddr);
		peer = (struct sockaddr_in_wire *)(b->addresses + PAD8(sizeof(*local)));
	}
	READ(port, sk, struct sock, __sk_common.skc_dport);
	if (port) {
		b->name.peer_len = sizeof(*peer);
		peer->family = AF_INET;
		peer->port = port;
		READ(peer->addr, sk, struct sock, __sk_common.skc_daddr);
	}
}

static __always_inline __u32 scope_of(__be32 first, __u64 sk)
{
	int dev = 0;

	if ((first & bpf_htonl(0xffc00000)) != bpf_htonl(0xfe800000)) /* fe80::/10, RFC 4291 */
		return 0;
	READ(dev, sk, struct sock, __sk_common.skc_bound_dev_if);
	return dev;
}

/* inet6_getname(). */
static __always_inline void name_inet6(struct name_buf *b, __u64 sk)
{
	struct sockaddr_in6_wire *local = (struct sockaddr_in6_wire *)b->addresses, *peer = local;
	__u16 num = local_port(sk);
	__u64 pinet6 = 0;
	__be16 port = 0;

	if (num) {
		b->name.local_len = sizeof(*local);
		local->family = AF_INET6;
		local->port = bpf_htons(num);
		READ_BYTES(local->addr, sk, struct sock, __sk_common.skc_v6_rcv_saddr);
		if (!(local->addr[0] | local->addr[1] | local->addr[2] | local->addr[3])) {
			READ_BYTES(pinet6, sk, struct inet_sock, pinet6);
			READ_BYTES(local->addr, pinet6, struct ipv6_pinfo, saddr);
		}
		local->scope = scope_of(local->addr[0], sk);
		peer = (struct sockaddr_in6_wire *)(b->addresses + PAD8(sizeof(*local)));
	}
	READ(port, sk, struct sock, __sk_common.skc_dport);
	if (port) {
		b->name.peer_len = sizeof(*peer);
		peer->family = AF_INET6;
		peer->port = port;
		READ_BYTES(peer->addr, sk, struct sock, __sk_common.skc_v6_daddr);
		peer->scope = scope_of(peer->addr[0], sk);
	}
}

/* struct unix_address holds a struct sockaddr_un and its length; 0 where the socket has none. */
static __always_inline __u64 name_unix_one(__u8 *to, __u64 sk)
{
	__u64 addr = 0, n;
	int len = 0;

	READ_BYTES(addr, sk, struct unix_sock, addr);
	if (!addr)
		return 0;
	READ(len, addr, struct unix_address, len);
	n = len < 0 ? 0 : len;
	if (n > DATA_BYTES)
		n = DATA_BYTES;
	barrier_var(n);
	if (n > DATA_BYTES)
		return 0;
	bpf_probe_read_kernel(to, n, ((struct unix_address *)addr)->name);
	return n;
}

static __always_inline void name_unix(struct name_buf *b, __u64 sk)
{
	__u64 local = name_unix_one(b->addresses, sk), at = PAD8(local);

	b->name.local_len = local;
	READ_BYTES(b->name.peer_sk, sk, struct unix_sock, peer);
	if (!b->name.peer_sk)
		return;
	barrier_var(at);
	if (at > DATA_BYTES)
		return;
	b->name.peer_len = name_unix_one(b->addresses + at, b->name.peer_sk);
	if (!b->name.peer_len) { /* it has a peer, without a name: AF_UNIX alone, as getpeername() says it */
		b->addresses[at] = AF_UNIX;
		b->addresses[at + 1] = 0;
		b->name.peer_len = SUN_PATH_OFFSET;
	}
}

struct sockaddr_nl_wire {
	__u16 family, pad;
	__u32 pid, groups;
};

/* netlink_getname(). */
static __always_inline void name_netlink(struct name_buf *b, __u64 sk)
{
	struct sockaddr_nl_wire *local = (struct sockaddr_nl_wire *)b->addresses;
	__u64 groups = 0;

	if (!bpf_core_type_exists(struct netlink_sock))
		return;
	READ_BYTES(local->pid, sk, struct netlink_sock, portid);
	READ_BYTES(groups, sk, struct netlink_sock, groups);
	if (groups)
		bpf_probe_read_kernel(&local->groups, sizeof(local->groups), (void *)groups);
	if (!local->pid && !local->groups)
		return;
	local->family = AF_NETLINK;
	b->name.local_len = sizeof(*local);
}

/* MPTCP: states and queues are its first subflow's (net/mptcp/protocol.c). */
static __always_inline __u64 transport_of(__u64 sk)
{
	__u16 protocol = 0;
	__u64 first = 0;

	READ_BYTES(protocol, sk, struct sock, sk_protocol);
	if (protocol != IPPROTO_MPTCP || !bpf_core_type_exists(struct mptcp_sock))
		return sk;
	READ_BYTES(first, sk, struct mptcp_sock, first);
	return first ? first : sk;
}

/*
 * st->name becomes what the socket is called now; returns the record's length. Global functions (this one and sock_announce)
 * are verified once for all their callers in a program, which halves the time to load.
 */
__noinline int name_fill(STATE_ARG arg, __u64 sk)
{
	struct task_state *st = state_of_any(arg);
	struct name_buf *b;
	__u16 family = 0;
	__u8 kstate = 0;

	if (!st)
		return 0;
	b = &st->name;
	__builtin_memset(b, 0, sizeof(*b));
	b->name.sk = sk;
	READ(family, sk, struct sock, __sk_common.skc_family);
	READ(kstate, sk, struct sock, __sk_common.skc_state);
	if (kstate == TCP_LISTEN)
		READ_BYTES(b->name.backlog, transport_of(sk), struct sock, sk_max_ack_backlog);
	if (family == AF_INET)
		name_inet(b, sk);
	else if (family == AF_INET6 && bpf_core_field_exists(struct sock_common, skc_v6_daddr))
		name_inet6(b, sk);
	else if (family == AF_UNIX)
		name_unix(b, sk);
	else if (family == AF_NETLINK)
		name_netlink(b, sk);
	return sizeof(b->name) + PAD8(b->name.local_len) + PAD8(b->name.peer_len);
}

/* FNV-1a over whole words: tells whether names changed, nothing else. What is not used is zero. */
static __always_inline __u64 name_hash(const struct name_buf *b)
{
	const __u64 *words = (const __u64 *)b;
	__u64 hash = 14695981039346656037ULL, i;

	for (i = sizeof(struct rec_head) / 8; i < sizeof(*b) / 8; i++)
		hash = (hash ^ words[i]) * 1099511628211ULL;
	return hash;
}

#endif
