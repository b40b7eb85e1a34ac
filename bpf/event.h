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
	REC_FACT, /* what no call's record says: struct rec_fact */
	REC_KINDS
};

struct rec_head {
	__u64 ts; /* when the record was made */
	__u32 seq; /* per CPU, from 0, wraps; a gap is a loss at that place */
	__u32 tid; /* of the thread it is about, in the initial pid namespace */
	__u16 cpu;
	__u16 len; /* of the whole record, a multiple of 8 */
	__u8 kind; /* enum rec_kind */
	__u8 call; /* REC_CALL: enum call_id (syscalls.h) of the kernel side */
	__u16 flags; /* REC_CALL: CALL_*; REC_FACT: the VIA_ of the call that it belongs to */
};

/* rec_head.flags of a REC_CALL */
#define CALL_ENTERED 1 /* at entry: the call frees a descriptor or starts a connection; the return follows */
#define CALL_OPEN 2 /* it had not returned when the trace ended; ts is that time, ret is 0 */
#define CALL_NO_FILE 4 /* at exit the descriptor no longer named the same file: no view */
#define CALL_LATE 16 /* it was entered before the trace began; dur is 0. With CALL_ENTERED: found blocked then */
#define CALL_SECOND 8 /* splice: the socket is its second descriptor, and bytes go out */
#define CALL_DIRECT 32 /* io_uring: what it is made on is a direct descriptor; FACT_SLOT in front says of which ring */
#define CALL_MADE_DIRECT 64 /* io_uring: what it makes is one; FACT_SLOT in front says which */
#define CALL_SHOT 128 /* io_uring: one completion of several of a multishot request; dur is since the one before */
#define CALL_SILENT 256 /* with CALL_OPEN: no completion tells of its success (IOSQE_CQE_SKIP_SUCCESS) */
#define CALL_LAST 512 /* with CALL_ENTERED, of a close: nobody else has the file open, nor is inside on it */
#define CALL_VIA(flags) ((flags) >> 12) /* enum via */

/*
 * The way into the kernel. Of one thread the calls of all ways but io_uring come one after the other; an io_uring
 * request is known by its thread and the ns when it was submitted (rec_head.ts - dur, rec_fact.at), which no two of a
 * thread share.
 */
enum via { VIA_SYSCALL, VIA_IA32, VIA_X32, VIA_SOCKETCALL, VIA_IO_URING, VIAS };

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

#define TASK_FOUND 1 /* rec_head.flags: by a snapshot, which tells all of its table after it */

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
	__u32 took; /* ns since fork or clone was entered, 0: not known; the table was copied in that time */
	char comm[COMM_LEN];
};

#define EXEC_FOUND 1 /* rec_head.flags: no exec, but what a snapshot found a process to run; no table, old_tid 0 */

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

/*
 * Facts about a socket, by a hook of the kernel's or beside a call. One that belongs to a call stands before that call's
 * record (of its entry or of its return) with its ts, its tid, and in `at` when the call was entered; a fact of the
 * kernel's own has no thread (tid 0) but in FACT_STATE and FACT_ARRIVED, where it is that of the call in which it happened.
 */
enum fact_kind {
	/*
	 * tp_btf/inet_sock_set_state. value: the new sk_state, the old one << 8, sk_shutdown << 16; extra: sk_err. other: on
	 * ESTABLISHED the sequence numbers that follow the two SYNs, ours << 32 | the peer's, 0 where not known; on
	 * CLOSE the bytes that the program has not read << 32 | those that were not acknowledged, ~0 not known. sk may be one that
	 * waits for accept() and was not told of.
	 */
	FACT_STATE = 1,
	/*
	 * A listener's accept queue. value: how many wait in it; extra: the kernel's count of what it dropped; other: the
	 * socket that came (or went, with a tid: in front of accept's return; listen's has one too), 0: none did.
	 */
	FACT_QUEUE,
	FACT_RETRANSMIT, /* a segment was sent again; value: 1 for a SYN-ACK of a listener's */
	FACT_RESET, /* value: 0 received, 1 sent; extra: enum sk_rst_reason of this kernel + 1, 0: not known */
	FACT_ERROR, /* value: the errno that was queued (sk_err) */
	FACT_DROP, /* a datagram found no room in the receive queue */
	FACT_POLLED, /* poll, select or epoll told the program of a connecting socket; value: poll's events */
	FACT_LENGTH, /* before a receive that cut a datagram: value is the length that it had */
	FACT_SEGMENTS, /* before a send or receive of several datagrams in one (UDP_SEGMENT, UDP_GRO): value is the size of each */
	FACT_UNREAD, /* before a close's entry, of what is not TCP: value is the bytes that nobody has read */
	FACT_PASSED, /* at a send's entry: sk is in flight if it succeeds (SCM_RIGHTS); value: its number; other: the socket sent on */
	FACT_TAKEN, /* before a receive's return: sk came in; value: its number here; other: the socket received on */
	FACT_ARRIVED, /* a datagram came to sk: value is its length, -1 not known; other its sender, 0: not known */
	/*
	 * A direct descriptor (io_uring_register(2)). value: its slot; other: the ring (an address of the kernel's);
	 * sk: what it names from now on, 0: no socket. value -1: every slot of the ring's is empty now. value -2: the thread
	 * has made the ring, every slot is empty; extra is its descriptor (~0: it has none).
	 */
	FACT_SLOT,
	/*
	 * The snapshot, of what was there before the trace (or this file of it): when it looked. A descriptor of the thread's
	 * table; value: its number; other: the table; extra: HELD_*.
	 */
	FACT_HELD,
	/*
	 * A socket, once, after REC_SOCK and REC_NAME; one that waited for accept() then in front of that call's return. value:
	 * bytes that the program has not read, -1 not known; extra: bytes sent that the peer has not acknowledged, ~0 not known;
	 * other, of a TCP connection, 0 of none: ours << 32 | the peer's, where the peer's is the sequence number after its SYN,
	 * and ours the one after our SYN or that of the SYN itself.
	 */
	FACT_FOUND,
	/*
	 * After the REC_TASK or REC_FORK of a task that has other numbers than the initial pid namespace's. other: tgid << 32 | tid
	 * as seen from socklife's namespace, 0: not to be seen from there; value: tgid, extra: tid in the task's own.
	 */
	FACT_PIDS,
	FACT_KINDS
};

#define HELD_CLOEXEC 1 /* the descriptor is closed by an exec */
#define HELD_NONBLOCK 2 /* its file has O_NONBLOCK */
#define HELD_COUNT(extra) ((extra) >> 8) /* of the open file: descriptors, messages, calls inside but poll and select */

struct rec_fact {
	struct rec_head h;
	__u64 sk;
	__u64 other;
	__s64 value;
	__u64 at;
	__u32 extra;
	__u16 fact; /* enum fact_kind */
	__u16 pad;
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
_Static_assert(sizeof(struct rec_fact) == 64, "wire");

#endif
