/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's types, as far as the programs use them, relocated to the running kernel by CO-RE
 * (preserve_access_index): no vmlinux.h, and the build needs no BTF of the build machine. Members stand in no
 * particular order and with no padding; a member that a kernel lacks is asked for by bpf_core_field_exists().
 */
#ifndef SOCKLIFE_KERNEL_H
#define SOCKLIFE_KERNEL_H

#include <linux/types.h>

/* include/linux/socket.h, include/net/tcp_states.h, include/uapi/linux/un.h: values, not types */
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#define SOCK_TYPE_MASK 0xf
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_MPTCP 262
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_SYN_RECV 3
#define TCP_FIN_WAIT1 4
#define TCP_TIME_WAIT 6
#define TCP_CLOSE 7
#define TCP_CLOSE_WAIT 8
#define TCP_LAST_ACK 9
#define TCP_LISTEN 10
#define TCP_CLOSING 11
#define SUN_PATH_OFFSET 2

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct file_operations;

typedef struct {
	int counter;
} atomic_t;

struct inode {
	unsigned long i_ino;
};

typedef struct {
	long counter;
} atomic64_t;

typedef struct {
	atomic64_t refcnt; /* one less than there are */
} file_ref_t;

struct file {
	const struct file_operations *f_op;
	void *private_data;
	file_ref_t f_ref; /* since 6.13 */
	atomic64_t f_count; /* before */
	unsigned int f_flags;
};

struct hlist_head { /* stands for any place in memory that holds a pointer */
	struct hlist_node *first;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *close_on_exec;
};

struct files_struct {
	struct fdtable *fdt;
};

struct mm_struct {
	unsigned long arg_start, arg_end, task_size;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
};

struct thread_info {
	unsigned int status;
};

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1]; /* as many as it has levels, and one */
};

typedef struct {
	__u32 val;
} kuid_t;

struct cred {
	kuid_t euid;
};

struct list_head {
	struct list_head *next;
};

struct css_set; /* kernel_cgroup.h */

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int pid, tgid;
	int exit_code;
	struct task_struct *real_parent, *group_leader;
	struct files_struct *files;
	struct mm_struct *mm;
	struct signal_struct *signal;
	struct pid *thread_pid;
	unsigned int __state; /* since 5.14 */
	const struct cred *cred;
	struct css_set *cgroups;
	char comm[16];
};

struct task_struct___5_13 {
	long state;
};

struct pt_regs {
#if defined(__TARGET_ARCH_x86)
	unsigned long di, si, dx, r10, r8, r9, bx, cx, bp, orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	__u64 regs[31], orig_x0;
	__s32 syscallno;
#endif
};

struct io_uring_cqe { /* include/uapi/linux/io_uring.h */
	__u64 user_data;
	__s32 res;
	__u32 flags;
};

struct io_rsrc_node {
	unsigned long file_ptr; /* struct file, and flags in the low bits */
};

struct io_rsrc_data {
	unsigned int nr;
	struct io_rsrc_node **nodes;
};

struct io_file_table {
	struct io_rsrc_data data; /* since 6.13 */
};

struct io_ring_ctx {
	unsigned int flags;
	unsigned int compat : 1; /* before 7.1 */
	unsigned int int_flags; /* since */
	unsigned int *sq_array;
	void *sq_sqes;
	unsigned int cached_sq_head, sq_entries;
	struct io_file_table file_table;
};

struct io_cqe {
	__u64 user_data;
};

struct io_kiocb {
	struct file *file;
	__u8 opcode;
	struct io_cqe cqe;
	struct io_ring_ctx *ctx;
};

struct linux_binprm {
	const char *filename;
};

struct trace_event_raw_sched_process_fork { /* include/trace/events/sched.h */
	int child_pid;
};

struct trace_event_raw_sched_process_exec {
	__u32 __data_loc_filename; /* where it is, in the lower half */
	int old_pid;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	int skc_bound_dev_if;
	unsigned long skc_flags;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock;

struct sk_buff {
	struct sk_buff *next, *prev;
	struct sock *sk;
	char cb[48];
	unsigned char *head;
	unsigned int len, end;
	__u16 transport_header, network_header;
};

struct skb_shared_info {
	unsigned short gso_size;
};

struct sk_buff_head {
	struct sk_buff *next, *prev;
	__u32 qlen;
};

struct numa_drop_counters {
	atomic_t drops0, drops1;
};

struct socket;

struct wait_queue_entry {
	void *func;
	struct list_head entry;
};

struct wait_queue_head {
	struct list_head head;
};

struct socket_wq {
	struct wait_queue_head wait;
};

struct sock {
	struct socket_wq *sk_wq;
	struct sock_common __sk_common;
	__u16 sk_type, sk_protocol;
	__u8 sk_shutdown;
	int sk_err;
	struct socket *sk_socket;
	__u32 sk_ack_backlog, sk_max_ack_backlog;
	atomic_t sk_drops;
	struct numa_drop_counters *sk_drop_counters;
	struct sk_buff_head sk_receive_queue;
};

struct request_sock {
	struct sock *sk;
};

struct request_sock_queue {
	struct request_sock *rskq_accept_tail;
};

struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
};

struct tcp_sock {
	__u32 rcv_nxt, copied_seq, snd_una, snd_nxt, write_seq;
	__u64 bytes_received, bytes_acked;
};

struct mptcp_sock {
	struct sock *first;
};

struct udp_sock {
	unsigned long udp_flags; /* since 6.7 */
	__u8 gro_enabled : 1; /* before */
	__u16 gso_size;
	struct sk_buff_head reader_queue;
};

enum sk_rst_reason { SK_RST_REASON_NOT_SPECIFIED };

struct ipv6_pinfo {
	struct in6_addr saddr;
};

struct inet_sock {
	struct ipv6_pinfo *pinet6;
	__be32 inet_saddr;
	__be16 inet_sport;
};

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct unix_skb_parms {
	__u32 consumed;
};

struct socket {
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct netlink_sock {
	__u32 portid, dst_portid;
	unsigned long *groups;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key, *value;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/* include/trace/syscall.h: fixed since 2.6.32, read by offset as the verifier wants a context to be */
struct sys_enter {
	__u64 common;
	__s64 nr;
	__u64 args[6];
};

struct sys_exit {
	__u64 common;
	__s64 nr;
	__s64 ret;
};

#endif
