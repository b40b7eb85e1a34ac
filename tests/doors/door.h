/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways of 32-bit calls into the kernel, without a C library in between: int 0x80, from 32-bit and from 64-bit code,
 * __kernel_vsyscall (vdso(7), -DVSYSCALL), and socketcall(2) by it. As by syscall(2), a call gives what it returned, or -1
 * and errno. From 64-bit code all that a call points to is to be low_memory().
 */
#ifndef DOOR_H
#define DOOR_H

#include <linux/net.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "../scenarios/scenario.h"

#define IA32_SOCKETCALL 102
#define PAGE 4096

/* words: the call's number, then its arguments. */
long kernel_enter(const uint32_t words[7]);

#ifdef VSYSCALL
uint32_t kernel_vsyscall;
#define ENTER "call *kernel_vsyscall"
#else
#define ENTER "int $0x80"
#endif

#ifdef __i386__
asm(".text\n"
    "kernel_enter:\n"
    "	push %ebx\n"
    "	push %esi\n"
    "	push %edi\n"
    "	push %ebp\n"
    "	mov 20(%esp), %ebp\n"
    "	mov (%ebp), %eax\n"
    "	mov 4(%ebp), %ebx\n"
    "	mov 8(%ebp), %ecx\n"
    "	mov 12(%ebp), %edx\n"
    "	mov 16(%ebp), %esi\n"
    "	mov 20(%ebp), %edi\n"
    "	mov 24(%ebp), %ebp\n"
    "	" ENTER "\n"
    "	pop %ebp\n"
    "	pop %edi\n"
    "	pop %esi\n"
    "	pop %ebx\n"
    "	ret\n");
#else
asm(".text\n"
    "kernel_enter:\n"
    "	push %rbx\n"
    "	push %rbp\n"
    "	mov (%rdi), %eax\n"
    "	mov 4(%rdi), %ebx\n"
    "	mov 8(%rdi), %ecx\n"
    "	mov 12(%rdi), %edx\n"
    "	mov 16(%rdi), %esi\n"
    "	mov 24(%rdi), %ebp\n"
    "	mov 20(%rdi), %edi\n"
    "	int $0x80\n"
    "	cltq\n"
    "	pop %rbp\n"
    "	pop %rbx\n"
    "	ret\n");
#endif

#define COUNT_(zero, a, b, c, d, e, f, count, ...) count
#define COUNT(...) COUNT_(0, ##__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)

/* DOOR(number, arguments...): the call of this number, arch/x86/entry/syscalls/syscall_32.tbl */
#define DOOR(number, ...) door(number, COUNT(__VA_ARGS__), ##__VA_ARGS__)
/* SUB(number, arguments...): the sub-call of socketcall(2) */
#define SUB(number, ...) sub_call(number, COUNT(__VA_ARGS__), ##__VA_ARGS__)

/* A page below 4 GB; what follows it can't be read. */
static inline void *low_memory(void)
{
#ifdef __i386__
	const int low = 0;
#else
	const int low = MAP_32BIT;
#endif
	void *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | low, -1, 0);

	CHECK(at != MAP_FAILED && !mprotect((char *)at + PAGE, PAGE, PROT_NONE));
	return at;
}

static inline long door(uint32_t number, int count, ...)
{
	uint32_t words[7] = { number };
	long result;
	va_list args;
	int i;

	va_start(args, count);
	for (i = 1; i <= count; i++)
		words[i] = va_arg(args, unsigned long);
	va_end(args);
#ifdef VSYSCALL
	kernel_vsyscall = getauxval(AT_SYSINFO);
	CHECK(kernel_vsyscall);
#endif
	result = kernel_enter(words);
	if (result >= 0 || result < -4095)
		return result;
	errno = -result;
	return -1;
}

/* Its arguments end where memory does: a word more than the sub-call has can't be read. */
static inline long sub_call(int number, int count, ...)
{
	static char *page;
	uint32_t *words;
	va_list args;
	int i;

	if (!page)
		page = low_memory();
	words = (uint32_t *)(page + PAGE) - count;
	va_start(args, count);
	for (i = 0; i < count; i++)
		words[i] = va_arg(args, unsigned long);
	va_end(args);
	return DOOR(IA32_SOCKETCALL, number, words);
}

#endif
