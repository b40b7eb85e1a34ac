/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the asking for the ways into the kernel. Knows no program of ours.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_btf.h"
#include "kernel_doors.h"
#include "kernel_facts.h"

#ifdef __x86_64__
#define IA32_GETPID 20

static long ia32_getpid(void)
{
	long ret = IA32_GETPID;

	__asm__ volatile("int $0x80" : "+a"(ret) : : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

static long x32_getpid(void)
{
	return syscall(__X32_SYSCALL_BIT | SYS_getpid);
}

/* In a child: where the kernel has no such entry it ends by SIGSEGV, where seccomp forbids it by SIGSYS. */
static bool enters(long (*get_pid)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		signal(SIGSEGV, _exit); /* one that is not handled goes to the kernel's log */
		_exit(get_pid() != getpid());
	}
	return child < 0 || (waitpid(child, &status, 0) == child && !status);
}
#endif

const struct doors *kernel_doors(void)
{
	static struct doors doors;

	if (doors.there[VIA_SYSCALL])
		return &doors;
#ifdef __x86_64__
	doors.there[VIA_IA32] = enters(ia32_getpid);
	doors.there[VIA_X32] = enters(x32_getpid);
#else
	doors.foreign = sizeof(long) > 4;
#endif
	doors.pair = doors.there[VIA_IA32] || doors.there[VIA_X32];
	doors.there[VIA_SOCKETCALL] = doors.there[VIA_IA32] || kernel_has_call("socketcall") == HAVE_YES;
	doors.there[VIA_IO_URING] = kernel_has_tracepoint("io_uring_submit_req") == HAVE_YES;
	doors.slots_untold = !kernel_struct_has("io_file_table", "data");
	if (!doors.there[VIA_IO_URING] && kernel_has_tracepoint("io_uring_create") == HAVE_YES)
		doors.uring_untold = "this kernel's tracepoints do not tell a request's arguments (6.4 and later do)";
	doors.there[VIA_SYSCALL] = true;
	return &doors;
}
