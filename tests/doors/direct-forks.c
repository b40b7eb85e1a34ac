// SPDX-License-Identifier: GPL-2.0-only
/* i386 calls of tasks: 2 fork, 120 clone, 435 clone3, 190 vfork, with descriptors of their own and shared; 310 unshare. */
#include <linux/sched.h>

#include "door.h"

/* The child of a vfork() must not return from where it was called: it closes fd and ends. */
long vfork_and_close(int fd);
asm("vfork_and_close:\n"
    "	push %ebx\n"
    "	mov 8(%esp), %ebx\n"
    "	mov $190, %eax\n"
    "	int $0x80\n"
    "	test %eax, %eax\n"
    "	jnz 1f\n"
    "	mov $6, %eax\n"
    "	int $0x80\n"
    "	mov $1, %eax\n"
    "	xor %ebx, %ebx\n"
    "	int $0x80\n"
    "1:	pop %ebx\n"
    "	ret\n");

static void close_and_end(int fd)
{
	MUST(DOOR(SYS_close, fd));
	_exit(0);
}

/* The child goes on where it was called, on a copy of the stack (without CLONE_VM). */
static void child_closes(long pid, int fd)
{
	if (!pid)
		close_and_end(fd);
	wait_child(pid);
}

int main(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int fd[3], i;

	for (i = 0; i < 3; i++)
		fd[i] = MUST(DOOR(SYS_socket, AF_INET, SOCK_DGRAM, 0));
	child_closes(MUST(DOOR(SYS_fork)), fd[0]);
	child_closes(MUST(DOOR(SYS_clone, SIGCHLD, 0, NULL, NULL, NULL)), fd[0]);
	child_closes(MUST(DOOR(SYS_clone3, &args, sizeof(args))), fd[0]);
	wait_child(MUST(vfork_and_close(fd[0])));
	child_closes(MUST(DOOR(SYS_clone, CLONE_FILES | SIGCHLD, 0, NULL, NULL, NULL)), fd[0]);
	FAILS(EBADF, DOOR(SYS_shutdown, fd[0], SHUT_RDWR));
	args.flags = CLONE_FILES;
	child_closes(MUST(DOOR(SYS_clone3, &args, sizeof(args))), fd[1]);
	FAILS(EBADF, DOOR(SYS_shutdown, fd[1], SHUT_RDWR));
	i = MUST(DOOR(SYS_clone, CLONE_FILES | SIGCHLD, 0, NULL, NULL, NULL));
	if (!i) {
		MUST(DOOR(SYS_unshare, CLONE_FILES));
		close_and_end(fd[2]);
	}
	wait_child(i);
	MUST(DOOR(SYS_close, fd[2]));
	return 0;
}
