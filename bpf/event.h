/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wire: what the BPF programs write and the collector reads, in a ring or in a capture.
 * Compiles alone for both worlds; every struct is free of holes (-Wpadded) and a multiple of 8 bytes.
 * Times are ns of CLOCK_MONOTONIC. Addresses are struct sockaddr_* as the kernel's uapi lays them out.
 * Append only: a new record is a new kind, a new fact a new data kind; nothing is renumbered.
 */
#ifndef SOCKLIFE_EVENT_H
#define SOCKLIFE_EVENT_H

#include <linux/types.h>

enum rec_kind {
	REC_CALL = 1, /* a system call: struct rec_call, then its data */
	REC_SOCK, /* what never changes about a socket, once: struct rec_sock */
	REC_NAME, /* what may change, when it did: struct rec_name, local and peer address */
	REC_TASK, /* a thread seen for the first time, or with another descriptor table */
	REC_FORK,
	REC_EXEC, /* struct rec_exec, file name, arguments */
	REC_EXIT,
	REC_MARK, /* made by the collector: every record up to ts stands before this one */
};

struct rec_head {
	__u64 ts; /* when the record was made */
	__u32 seq; /* per CPU, from 0, wraps; a gap is a loss at that place */
	__u32 tid; /* of the thread it is about, in the initial pid namespace */
	__u16 cpu;
	__u16 len; /* of the whole record, a multiple of 8 */
	__u8 kind; /* enum rec_kind */
	__u8 call; /* REC_CALL: enum call_id (syscalls.h) of the kernel side */
	__u16 flags; /* REC_CALL: CALL_* */
};

/* rec_head.flags of a REC_CALL */
#define CALL_ENTERED 1 /* at entry: the call frees a descriptor or starts a connection; the return follows */
#define CALL_OPEN 2 /* it had not returned when the trace ended; ts is that time, ret is 0 */
#define CALL_NO_FILE 4 /* at exit the descriptor no longer named the same file: no view */

/* rec_call.view */
#define VIEW_VALID 1 /* kstate, shutdown and the bits below were read from the kernel's socket */
#define VIEW_BOUND 2 /* it has a local port or name */
#define VIEW_PEER 4 /* it has a peer */

enum data_kind {
	DATA_NONE,
	DATA_ADDR, /* struct data_addr, then the address */
	DATA_MSG, /* struct data_msg, then the address */
	DATA_OPT, /* struct data_addr, then the option's value */
	DATA_PAIR, /* __s32 fd[2] */
};

struct rec_call {
	struct rec_head h;
	__u64 dur; /* h.ts is the exit, h.ts - dur the entry */
	__s64 ret; /* as the kernel returned it: -errno on failure */
	__u64 sk; /* kernel address of the descriptor's struct sock, 0: not a socket */
	__u64 sk2; /* of the socket made (socket: sk; accept; socketpair: the second), or closed by dup2 */
	__u64 args[6];
	__u8 kstate; /* sk_state: TCP_ESTABLISHED... (include/net/tcp_states.h) */
	__u8 shutdown; /* sk_shutdown: RCV_SHUTDOWN 1, SEND_SHUTDOWN 2 */
	__u16 view; /* VIEW_* */
	__u16 data_kind; /* enum data_kind */
	__u16 data_len; /* used bytes after this struct, before padding to 8 */
};

#define DATA_BYTES 128 /* at most, of an address or an option's value: sizeof(struct sockaddr_storage) */

struct data_addr {
	__u32 given; /* the length that the program passed */
	__u32 got; /* the length that the kernel returned, or given */
};

struct data_msg { /* of a struct msghdr; of sendmmsg and recvmmsg the first one's */
	__u64 bytes; /* sum of msg_len of the messages done (mmsg) */
	__u64 iovlen;
	__u64 controllen;
	__u32 flags; /* msg_flags */
	__u32 pad;
	struct data_addr name;
};

struct rec_sock {
	struct rec_head h;
	__u64 sk;
	__u64 inode;
	__u32 netns; /* inode of the network namespace */
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u16 pad[3];
};

struct rec_name {
	struct rec_head h;
	__u64 sk;
	__u64 peer_sk; /* unix: kernel address of the other end, 0 without one */
	__u32 backlog; /* sk_max_ack_backlog: the effective one of a listener */
	__u32 pad;
	__u16 local_len; /* the local address follows, padded to 8, then the peer's */
	__u16 peer_len;
	__u8 kstate; /* as in rec_call */
	__u8 shutdown;
	__u16 view;
};

#define COMM_LEN 16

struct rec_task {
	struct rec_head h;
	__u64 files; /* kernel address of the descriptor table */
	__u32 tgid;
	__u32 parent; /* tgid of the parent */
	char comm[COMM_LEN];
};

struct rec_fork {
	struct rec_head h; /* tid: the parent's */
	__u64 files; /* the child's table; the parent's when shared (CLONE_FILES) */
	__u64 from; /* the parent's table */
	__u32 tid;
	__u32 tgid;
	__u32 parent_tgid;
	__u32 pad;
	char comm[COMM_LEN];
};

struct rec_exec {
	struct rec_head h; /* tid: the thread's after the exec */
	__u64 files;
	__u32 tgid;
	__u32 old_tid; /* before it: another thread than the first can exec */
	__u32 file_len; /* bytes of execve's path after this struct, no NUL */
	__u32 args_len; /* bytes of argv after that, each ended by NUL */
	__u32 args_all; /* argv's length; more than args_len when cut */
	__u32 parent; /* tgid of the parent */
	char comm[COMM_LEN];
};

struct rec_exit {
	struct rec_head h;
	__u32 tgid;
	__u32 live; /* threads of the process still there; 0: the process ended */
	__u32 code; /* as wait(2) encodes it */
	__u32 pad;
};

/* Losses by reason, per CPU, kept by the programs in .bss. */
enum loss {
	LOSS_RING_FULL, /* no room in the ring: has a place, the gap in seq */
	LOSS_NO_STORAGE, /* no memory for a thread's state */
	LOSS_UNPAIRED, /* an entry whose return was not seen */
	LOSS_KINDS
};

#define PAD8(n) (((n) + 7) & ~7)

_Static_assert(sizeof(struct rec_head) == 24, "wire");
_Static_assert(sizeof(struct rec_call) == 112, "wire: the fixed part stays within 128 bytes");
_Static_assert(sizeof(struct data_msg) == 40, "wire");
_Static_assert(sizeof(struct rec_sock) == 56, "wire");
_Static_assert(sizeof(struct rec_name) == 56, "wire");
_Static_assert(sizeof(struct rec_task) == 56, "wire");
_Static_assert(sizeof(struct rec_fork) == 72, "wire");
_Static_assert(sizeof(struct rec_exec) == 72, "wire");
_Static_assert(sizeof(struct rec_exit) == 40, "wire");

#endif
