/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * THE table of traced system calls: one row each, no code. BPF programs, copying, decoding, the capture's
 * legend, `socklife syscalls` and the tests are expansions of it. To add a call: a row and a scenario. The ways into
 * the kernel other than the native call, and the numbers that they have there, are in doors.h.
 *
 *	CALL(name, verb, net, fds, mem, at, args)
 *
 * name	as strace and the kernel's tracepoints spell it
 * verb	what it means to a socket's life (VERB_*, user/lifecycle.h)
 * net	NET: in strace's %network, recorded whatever its descriptor; ANY: only on a socket
 * fds	which descriptors it takes and makes: FDS_*
 * mem	what is copied of the program's memory: MEM_*; an address's or option's length is the next argument
 * at	the argument that points there
 * args	one ARG(name, kind) each: the man page's parameter and how it is decoded (ARG_*)
 */
#ifndef SOCKLIFE_SYSCALLS_H
#define SOCKLIFE_SYSCALLS_H

#define ADDR_ARGS ARG(addr, ADDR) ARG(addrlen, ADDRLEN)
#define OUT_ADDR_ARGS ARG(addr, ADDR) ARG(addrlen, ADDRLEN_PTR)
#define MSG_ARGS ARG(fd, FD) ARG(msg, MSG) ARG(flags, MSG_FLAGS)
#define BUF_ARGS ARG(fd, FD) ARG(buf, PTR) ARG(len, SIZE) ARG(flags, MSG_FLAGS)
#define IOV_ARGS ARG(fd, FD) ARG(iov, PTR) ARG(iovcnt, INT)
#define IOV2_ARGS IOV_ARGS ARG(offset, OFFSET) ARG(pos_h, PTR) ARG(flags, RWF)
#define OPT_ARGS ARG(fd, FD) ARG(level, SOL) ARG(optname, OPTNAME)

/* clang-format off */
#define NATIVE_CALLS(CALL) \
CALL(socket,      CREATE,   NET, MAKES,   NONE,     0, ARG(domain, FAMILY) ARG(type, SOCKTYPE) ARG(protocol, PROTOCOL)) \
CALL(socketpair,  PAIR,     NET, PAIR,    PAIR,     3, ARG(domain, FAMILY) ARG(type, SOCKTYPE) ARG(protocol, PROTOCOL) ARG(sv, PAIR)) \
CALL(bind,        BIND,     NET, TAKES,   ADDR_IN,  1, ARG(fd, FD) ADDR_ARGS) \
CALL(listen,      LISTEN,   NET, TAKES,   NONE,     0, ARG(fd, FD) ARG(backlog, INT)) \
CALL(accept,      ACCEPT,   NET, ACCEPTS, ADDR_OUT, 1, ARG(fd, FD) OUT_ADDR_ARGS) \
CALL(accept4,     ACCEPT,   NET, ACCEPTS, ADDR_OUT, 1, ARG(fd, FD) OUT_ADDR_ARGS ARG(flags, SOCK_FLAGS)) \
CALL(connect,     CONNECT,  NET, TAKES,   ADDR_IN,  1, ARG(fd, FD) ADDR_ARGS) \
CALL(sendto,      SEND,     NET, TAKES,   ADDR_IN,  4, BUF_ARGS ADDR_ARGS) \
CALL(recvfrom,    RECV,     NET, TAKES,   ADDR_OUT, 4, BUF_ARGS OUT_ADDR_ARGS) \
CALL(sendmsg,     SEND,     NET, TAKES,   MSG_IN,   1, MSG_ARGS) \
CALL(recvmsg,     RECV,     NET, TAKES,   MSG_OUT,  1, MSG_ARGS) \
CALL(sendmmsg,    SEND,     NET, TAKES,   MMSG_IN,  1, ARG(fd, FD) ARG(msgvec, MSG) ARG(vlen, INT) ARG(flags, MSG_FLAGS)) \
CALL(recvmmsg,    RECV,     NET, TAKES,   MMSG_OUT, 1, ARG(fd, FD) ARG(msgvec, MSG) ARG(vlen, INT) ARG(flags, MSG_FLAGS) ARG(timeout, PTR)) \
CALL(read,        RECV,     ANY, TAKES,   NONE,     0, ARG(fd, FD) ARG(buf, PTR) ARG(count, SIZE)) \
CALL(write,       SEND,     ANY, TAKES,   NONE,     0, ARG(fd, FD) ARG(buf, PTR) ARG(count, SIZE)) \
CALL(readv,       RECV,     ANY, TAKES,   NONE,     0, IOV_ARGS) \
CALL(writev,      SEND,     ANY, TAKES,   NONE,     0, IOV_ARGS) \
CALL(preadv2,     RECV,     ANY, TAKES,   NONE,     0, IOV2_ARGS) \
CALL(pwritev2,    SEND,     ANY, TAKES,   NONE,     0, IOV2_ARGS) \
CALL(sendfile,    SEND,     ANY, TAKES,   NONE,     0, ARG(out_fd, FD) ARG(in_fd, FD) ARG(offset, PTR) ARG(count, SIZE)) \
CALL(splice,      SPLICE,   ANY, SPLICES, NONE,     0, ARG(fd_in, FD) ARG(off_in, PTR) ARG(fd_out, FD) ARG(off_out, PTR) ARG(len, SIZE) ARG(flags, SPLICE)) \
CALL(shutdown,    SHUTDOWN, NET, TAKES,   NONE,     0, ARG(fd, FD) ARG(how, SHUT)) \
CALL(close,       CLOSE,    ANY, TAKES,   NONE,     0, ARG(fd, FD)) \
CALL(dup,         DUP,      ANY, TAKES,   NONE,     0, ARG(oldfd, FD)) \
CALL(dup2,        DUP,      ANY, REPLACES, NONE,    0, ARG(oldfd, FD) ARG(newfd, FD)) \
CALL(dup3,        DUP,      ANY, REPLACES, NONE,    0, ARG(oldfd, FD) ARG(newfd, FD) ARG(flags, OPEN_FLAGS)) \
CALL(fcntl,       FCNTL,    ANY, TAKES,   NONE,     0, ARG(fd, FD) ARG(cmd, FCNTL) ARG(arg, FCNTL_ARG)) \
CALL(ioctl,       IOCTL,    ANY, TAKES,   IOCTL,    2, ARG(fd, FD) ARG(op, IOCTL) ARG(arg, IOCTL_ARG)) \
CALL(close_range, CLOSE_RANGE, ANY, RANGE, NONE,    0, ARG(first, UINT) ARG(last, UINT) ARG(flags, CLOSE_RANGE)) \
CALL(pidfd_getfd, GETFD,    ANY, GETS,    NONE,     0, ARG(pidfd, FD) ARG(targetfd, FD) ARG(flags, INT)) \
CALL(getsockname, CONTROL,  NET, TAKES,   ADDR_OUT, 1, ARG(fd, FD) OUT_ADDR_ARGS) \
CALL(getpeername, CONTROL,  NET, TAKES,   ADDR_OUT, 1, ARG(fd, FD) OUT_ADDR_ARGS) \
CALL(getsockopt,  CONTROL,  NET, TAKES,   OPT_OUT,  3, OPT_ARGS ARG(optval, OPTVAL) ARG(optlen, ADDRLEN_PTR)) \
CALL(setsockopt,  CONTROL,  NET, TAKES,   OPT_IN,   3, OPT_ARGS ARG(optval, OPTVAL) ARG(optlen, ADDRLEN)) \
CALL(io_uring_register, REGISTER, ANY, SLOTS, NONE, 0, ARG(fd, FD) ARG(opcode, URING_REGISTER) ARG(arg, PTR) ARG(nr_args, UINT))

/* What socketcall(2) has besides: calls of their own on few architectures only, and itself where it asks for none of them. */
#define SUB_CALLS(CALL) \
CALL(send,        SEND,     NET, TAKES,   NONE,     0, BUF_ARGS) \
CALL(recv,        RECV,     NET, TAKES,   NONE,     0, BUF_ARGS) \
CALL(socketcall,  CONTROL,  NET, NONE,    NONE,     0, ARG(call, INT) ARG(args, PTR))

/*
 * No calls: what was counted of a socket's sends, and of its receives, instead of telling of each (record --io). They come
 * last. The record's ret is the bytes; times are ns: blocked, and from the first one's entry to the last one's return,
 * which was args[SUM_AGO] before the record. errors: those that would have blocked.
 */
#define SUM_BLOCKED 1
#define SUM_MESSAGES 4
#define SUM_AGO 5
#define SUM_ARGS ARG(calls, SIZE) ARG(blocked, SIZE) ARG(errors, SIZE) ARG(largest, SIZE) ARG(messages, SIZE)
#define SUM_CALLS(CALL) \
CALL(sends,       SEND,     ANY, NONE,    NONE,     0, SUM_ARGS) \
CALL(receives,    RECV,     ANY, NONE,    NONE,     0, SUM_ARGS)

#define SYSCALLS(CALL) NATIVE_CALLS(CALL) SUB_CALLS(CALL) SUM_CALLS(CALL)

/*
 * Those that tell a program that its connect() is done. They are no events: WAIT(name, on return, where the answer is (up to
 * three pointers), how many it is of, the epoll descriptor), with `ctx->args` as the call has them.
 */
#define WAITS(WAIT) \
WAIT(poll,         poll_exit,   ctx->args[0], 0, 0, ctx->args[1], 0) \
WAIT(ppoll,        poll_exit,   ctx->args[0], 0, 0, ctx->args[1], 0) \
WAIT(select,       select_exit, ctx->args[1], ctx->args[2], ctx->args[3], ctx->args[0], 0) \
WAIT(pselect6,     select_exit, ctx->args[1], ctx->args[2], ctx->args[3], ctx->args[0], 0) \
WAIT(epoll_wait,   epoll_exit,  ctx->args[1], 0, 0, 0, ctx->args[0]) \
WAIT(epoll_pwait,  epoll_exit,  ctx->args[1], 0, 0, 0, ctx->args[0]) \
WAIT(epoll_pwait2, epoll_exit,  ctx->args[1], 0, 0, 0, ctx->args[0])

/* No events either, but who has which descriptors, and who is traced, changes by them: FOLLOW(name, what: doors of compat.bpf.h). */
#define FOLLOWED(FOLLOW) \
FOLLOW(fork, CLONE) FOLLOW(vfork, CLONE) FOLLOW(clone, CLONE) FOLLOW(clone3, CLONE) FOLLOW(execve, EXEC) FOLLOW(execveat, EXEC) \
FOLLOW(setuid, SETUID) FOLLOW(setreuid, SETUID) FOLLOW(setresuid, SETUID) FOLLOW(epoll_ctl, EPOLL_CTL) FOLLOW(unshare, UNSHARE)
/* clang-format on */

enum call_id {
#define CALL(name, ...) CALL_##name,
	SYSCALLS(CALL)
#undef CALL
		CALLS,
	CALL_SUMS = CALL_sends, /* from here on they are no calls */
};

enum call_net { CALL_ANY, CALL_NET };

enum call_fds {
	FDS_TAKES, /* argument 0 */
	FDS_MAKES, /* the return value, of a new socket */
	FDS_ACCEPTS, /* argument 0, and the return value, of a new socket */
	FDS_PAIR, /* two, written to memory */
	FDS_REPLACES, /* argument 0; argument 1 is closed first */
	FDS_SPLICES, /* argument 0, or 2 where that is the socket */
	FDS_RANGE, /* argument 0 to 1; which of them are sockets is the model's to know */
	FDS_GETS, /* the return value, of a socket that is there already */
	FDS_SLOTS, /* none: direct descriptors, FACT_SLOT tells which */
	FDS_NONE,
};

enum call_mem {
	MEM_NONE,
	MEM_ADDR_IN,
	MEM_ADDR_OUT,
	MEM_MSG_IN,
	MEM_MSG_OUT,
	MEM_MMSG_IN,
	MEM_MMSG_OUT,
	MEM_OPT_IN,
	MEM_OPT_OUT,
	MEM_PAIR,
	MEM_IOCTL, /* an int, of the few requests that have one: ioctl_int() */
};

#endif
