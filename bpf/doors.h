/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways into the kernel besides the native call, and what the calls of syscalls.h are there: numbers and operations,
 * no code. A call of which a way knows nothing is not in its list.
 */
#ifndef SOCKLIFE_DOORS_H
#define SOCKLIFE_DOORS_H

/* clang-format off */

/* socketcall(2), include/uapi/linux/net.h: SUB(number, call). It takes an array of as many words as the call has arguments. */
#define SOCKETCALLS(SUB) \
SUB(1, socket) SUB(2, bind) SUB(3, connect) SUB(4, listen) SUB(5, accept) SUB(6, getsockname) SUB(7, getpeername) \
SUB(8, socketpair) SUB(9, send) SUB(10, recv) SUB(11, sendto) SUB(12, recvfrom) SUB(13, shutdown) SUB(14, setsockopt) \
SUB(15, getsockopt) SUB(16, sendmsg) SUB(17, recvmsg) SUB(18, accept4) SUB(19, recvmmsg) SUB(20, sendmmsg)

#define IA32_SOCKETCALL 102

/* arch/x86/entry/syscalls/syscall_32.tbl: NR(number, call) */
#define IA32_CALLS(NR) \
NR(3, read) NR(4, write) NR(6, close) NR(41, dup) NR(54, ioctl) NR(55, fcntl) NR(63, dup2) NR(145, readv) NR(146, writev) \
NR(187, sendfile) NR(221, fcntl) NR(239, sendfile) NR(313, splice) NR(330, dup3) NR(337, recvmmsg) NR(345, sendmmsg) \
NR(359, socket) NR(360, socketpair) NR(361, bind) NR(362, connect) NR(363, listen) NR(364, accept4) NR(365, getsockopt) \
NR(366, setsockopt) NR(367, getsockname) NR(368, getpeername) NR(369, sendto) NR(370, sendmsg) NR(371, recvfrom) \
NR(372, recvmsg) NR(373, shutdown) NR(378, preadv2) NR(379, pwritev2) NR(417, recvmmsg) NR(427, io_uring_register) \
NR(436, close_range) NR(438, pidfd_getfd)

/* WAITS of syscalls.h. The old select has its arguments in memory. */
#define IA32_WAITS(NR) \
NR(82, select) NR(142, select) NR(168, poll) NR(256, epoll_wait) NR(308, pselect6) NR(309, ppoll) NR(319, epoll_pwait) NR(413, pselect6) \
NR(414, ppoll) NR(441, epoll_pwait2)

#define IA32_OLD_SELECT 82
/* FOLLOWED of syscalls.h: fork, clone, vfork, clone3; execve, execveat; set*uid, of 16 and of 32 bits */
#define IA32_FOLLOWED(NR) \
NR(2, CLONE) NR(120, CLONE) NR(190, CLONE) NR(435, CLONE) NR(11, EXEC) NR(358, EXEC) NR(23, SETUID) NR(70, SETUID) \
NR(164, SETUID) NR(203, SETUID) NR(208, SETUID) NR(213, SETUID) NR(255, EPOLL_CTL) NR(310, UNSHARE)

/* arch/x86/entry/syscalls/syscall_64.tbl, what is common or x32's; with __X32_SYSCALL_BIT */
#define X32_CALLS(NR) \
NR(0, read) NR(1, write) NR(3, close) NR(32, dup) NR(33, dup2) NR(40, sendfile) NR(41, socket) NR(42, connect) NR(43, accept) \
NR(44, sendto) NR(48, shutdown) NR(49, bind) NR(50, listen) NR(51, getsockname) NR(52, getpeername) NR(53, socketpair) \
NR(72, fcntl) NR(275, splice) NR(288, accept4) NR(292, dup3) NR(427, io_uring_register) NR(436, close_range) \
NR(438, pidfd_getfd) NR(514, ioctl) NR(515, readv) NR(516, writev) NR(517, recvfrom) NR(518, sendmsg) NR(519, recvmsg) \
NR(537, recvmmsg) NR(538, sendmmsg) NR(541, setsockopt) NR(542, getsockopt) NR(546, preadv2) NR(547, pwritev2)

#define X32_WAITS(NR) \
NR(7, poll) NR(23, select) NR(232, epoll_wait) NR(270, pselect6) NR(271, ppoll) NR(281, epoll_pwait) NR(441, epoll_pwait2)

#define X32_FOLLOWED(NR) \
NR(56, CLONE) NR(57, CLONE) NR(58, CLONE) NR(435, CLONE) NR(520, EXEC) NR(545, EXEC) NR(105, SETUID) NR(113, SETUID) \
NR(117, SETUID) NR(233, EPOLL_CTL) NR(272, UNSHARE)

/*
 * io_uring(7): OP(number, operation, call, arguments...), as they stand in the submission (io_uring_enter(2)), which is
 * `e`. Where a direct descriptor is made, its slot is e->file_index.
 */
#define URING_OPS(OP) \
OP(1,  READV,           readv,     e->fd, e->addr, e->len, 0, 0, 0) \
OP(2,  WRITEV,          writev,    e->fd, e->addr, e->len, 0, 0, 0) \
OP(4,  READ_FIXED,      read,      e->fd, e->addr, e->len, 0, 0, 0) \
OP(5,  WRITE_FIXED,     write,     e->fd, e->addr, e->len, 0, 0, 0) \
OP(9,  SENDMSG,         sendmsg,   e->fd, e->addr, e->op_flags, 0, 0, 0) \
OP(10, RECVMSG,         recvmsg,   e->fd, e->addr, e->op_flags, 0, 0, 0) \
OP(13, ACCEPT,          accept4,   e->fd, e->addr, e->off, e->op_flags, 0, 0) \
OP(16, CONNECT,         connect,   e->fd, e->addr, e->off, 0, 0, 0) \
OP(19, CLOSE,           close,     e->fd, 0, 0, 0, 0, 0) \
OP(20, FILES_UPDATE,    io_uring_register, -1, 6 /* IORING_REGISTER_FILES_UPDATE */, e->addr, e->len, 0, 0) \
OP(22, READ,            read,      e->fd, e->addr, e->len, 0, 0, 0) \
OP(23, WRITE,           write,     e->fd, e->addr, e->len, 0, 0, 0) \
OP(26, SEND,            sendto,    e->fd, e->addr, e->len, e->op_flags, e->off, e->addr_len) \
OP(27, RECV,            recvfrom,  e->fd, e->addr, e->len, e->op_flags, 0, 0) \
OP(30, SPLICE,          splice,    e->file_index, e->addr, e->fd, e->off, e->len, e->op_flags) \
OP(34, SHUTDOWN,        shutdown,  e->fd, e->len, 0, 0, 0, 0) \
OP(45, SOCKET,          socket,    e->fd, e->off, e->len, 0, 0, 0) \
OP(47, SEND_ZC,         sendto,    e->fd, e->addr, e->len, e->op_flags, e->off, e->addr_len) \
OP(48, SENDMSG_ZC,      sendmsg,   e->fd, e->addr, e->op_flags, 0, 0, 0) \
OP(49, READ_MULTISHOT,  read,      e->fd, e->addr, e->len, 0, 0, 0) \
OP(54, FIXED_FD_INSTALL, dup,      e->fd, 0, 0, 0, 0, 0) \
OP(56, BIND,            bind,      e->fd, e->addr, e->off, 0, 0, 0) \
OP(57, LISTEN,          listen,    e->fd, e->len, 0, 0, 0, 0) \
OP(58, RECV_ZC,         recvfrom,  e->fd, 0, e->len, e->op_flags, 0, 0) \
OP(60, READV_FIXED,     readv,     e->fd, e->addr, e->len, 0, 0, 0) \
OP(61, WRITEV_FIXED,    writev,    e->fd, e->addr, e->len, 0, 0, 0)
/* clang-format on */

#endif
