/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns what an argument of each kind shows. Knows no output.
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "args.h"

/* The kernel wrote nothing there: the call failed, or never returned. */
static bool left_unwritten(const struct call *call)
{
	enum call_mem mem = call->row->mem;

	return (call->err || call->open) && (mem == MEM_ADDR_OUT || mem == MEM_OPT_OUT || mem == MEM_PAIR ||
					     mem == MEM_MSG_OUT || mem == MEM_MMSG_OUT);
}

static void show_int(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_INT;
	v->number[0] = (int32_t)call->args[i];
}

/* io_uring: the ring that FILES_UPDATE is about, and what one of several completions was of where that is not certain. */
static bool fd_untold(const struct call *call)
{
	return call->via == VIA_IO_URING && (int)call->args[0] == -1 && !call->err &&
	       (call->shot || call->row->fds == FDS_SLOTS);
}

/* Which one is a direct descriptor is known of the call's own; the other one of a splice has a flag. */
static void show_fd(const struct call *call, int i, struct value *v)
{
	bool own = i == (call->second ? 2 : 0);
	bool fixed = call->via == VIA_IO_URING && call->row->fds == FDS_SPLICES && !i &&
		     call->args[5] & SPLICE_F_FD_IN_FIXED;

	if (fd_untold(call) && own)
		return;
	if (!(own && call->direct) && !fixed)
		return show_int(call, i, v);
	v->kind = VALUE_NAME;
	v->name = name_fd(own ? call->fd : (int)call->args[i], true, v->buf, sizeof(v->buf));
}

static void show_size(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_SIZE;
	v->number[0] = (int64_t)call->args[i];
}

static void show_offset(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_INT;
	v->number[0] = (int64_t)call->args[i];
}

/* preadv2(2): what stands behind the offset is its upper half where a word has 32 bits, and nothing elsewhere. */
static void show_pointer(const struct call *call, int i, struct value *v)
{
	v->kind = i && call->row->args[i - 1].kind == ARG_OFFSET ? VALUE_ABSENT : VALUE_POINTER;
}

static void show_address(const struct call *call, int i, struct value *v)
{
	(void)i;
	if (call->has_addr && call->addr.len && !left_unwritten(call))
		v->kind = VALUE_ADDRESS;
}

static void show_lengths(const struct call *call, int i, struct value *v)
{
	(void)i;
	if (!call->has_addr && !call->has_opt)
		return;
	v->kind = VALUE_LENGTHS;
	v->pointed = true;
	v->number[0] = call->has_opt ? call->opt_given : call->addr_given;
	v->number[1] = call->has_opt ? call->opt_got : call->addr_got;
	if (left_unwritten(call))
		v->number[1] = v->number[0];
}

static void show_message(const struct call *call, int i, struct value *v)
{
	(void)i;
	if (!call->has_msg)
		return;
	v->kind = VALUE_MESSAGE;
	v->number[0] = call->has_addr && call->addr.len && !left_unwritten(call);
}

static void show_pair(const struct call *call, int i, struct value *v)
{
	(void)i;
	if (!call->has_pair || left_unwritten(call))
		return;
	v->kind = VALUE_PAIR;
	v->number[0] = call->pair[0];
	v->number[1] = call->pair[1];
}

static void show_name(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_NAME;
	v->name = name_arg(call->row->args[i].kind, call->args[i], v->buf, sizeof(v->buf));
}

static void show_protocol(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_NAME;
	v->name = name_protocol((unsigned int)call->args[0], (unsigned int)call->args[i], v->buf, sizeof(v->buf));
}

/* The level stands before the option. */
static void show_option(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_NAME;
	v->name = name_sockopt((int)call->args[i - 1], (int)call->args[i], v->buf, sizeof(v->buf));
}

/* fcntl(2): the commands that take nothing, or a pointer that tells nothing about a socket. */
static void show_fcntl_arg(const struct call *call, int i, struct value *v)
{
	static const unsigned int without[] = {
		F_GETFD,     F_GETFL,     F_GETOWN,      F_GETSIG,      F_GETLEASE,         F_GETPIPE_SZ,
		F_GETLK,     F_SETLK,     F_SETLKW,      F_OFD_GETLK,   F_OFD_SETLK,        F_OFD_SETLKW,
		F_SETOWN_EX, F_GETOWN_EX, F_GET_RW_HINT, F_SET_RW_HINT, F_GET_FILE_RW_HINT, F_SET_FILE_RW_HINT,
	};
	unsigned int cmd = (unsigned int)call->args[i - 1];
	size_t k;

	v->kind = VALUE_NAME;
	v->name = name_fcntl_arg(cmd, call->args[i], v->buf, sizeof(v->buf));
	for (k = 0; k < sizeof(without) / sizeof(*without); k++)
		if (without[k] == cmd)
			v->kind = VALUE_ABSENT;
}

static void show_linger(const struct call *call, struct value *v)
{
	struct linger linger;

	memcpy(&linger, call->opt, sizeof(linger));
	v->kind = VALUE_FIELDS;
	v->fields[0] = "onoff";
	v->fields[1] = "linger";
	v->number[0] = linger.l_onoff;
	v->number[1] = linger.l_linger;
}

static void show_timeval(const struct call *call, struct value *v)
{
	int64_t tv[2]; /* as struct timeval and struct __kernel_sock_timeval on a 64-bit machine */

	memcpy(tv, call->opt, sizeof(tv));
	v->kind = VALUE_FIELDS;
	v->fields[0] = "sec";
	v->fields[1] = "usec";
	v->number[0] = tv[0];
	v->number[1] = tv[1];
}

/* As a program has it whose words have 32 bits: struct old_timeval32. */
static void show_timeval32(const struct call *call, struct value *v)
{
	int32_t tv[2];

	memcpy(tv, call->opt, sizeof(tv));
	v->kind = VALUE_FIELDS;
	v->fields[0] = "sec";
	v->fields[1] = "usec";
	v->number[0] = tv[0];
	v->number[1] = tv[1];
}

static int32_t option_int(const struct call *call)
{
	int32_t value;

	memcpy(&value, call->opt, sizeof(value));
	return value;
}

static void show_errno(const struct call *call, struct value *v)
{
	v->kind = VALUE_NAME;
	v->name = name_errno(option_int(call), v->buf, sizeof(v->buf));
}

#define ALL_WAYS (~0u)
#define WORDS32 (1u << VIA_IA32 | 1u << VIA_SOCKETCALL) /* x86; socketcall(2) has 64-bit words elsewhere */
#define WORDS64 (~(1u << VIA_IA32))

/* socket(7): what is no int. */
static const struct {
	int option;
	unsigned int vias; /* a bit set */
	size_t len;
	void (*show)(const struct call *call, struct value *v);
} socket_options[] = {
	{ SO_ERROR, ALL_WAYS, sizeof(int32_t), show_errno },
	{ SO_LINGER, ALL_WAYS, sizeof(struct linger), show_linger },
	{ SO_RCVTIMEO, WORDS32, 2 * sizeof(int32_t), show_timeval32 },
	{ SO_SNDTIMEO, WORDS32, 2 * sizeof(int32_t), show_timeval32 },
	{ SO_RCVTIMEO, WORDS64, 2 * sizeof(int64_t), show_timeval },
	{ SO_SNDTIMEO, WORDS64, 2 * sizeof(int64_t), show_timeval },
	{ SO_RCVTIMEO_NEW, ALL_WAYS, 2 * sizeof(int64_t), show_timeval },
	{ SO_SNDTIMEO_NEW, ALL_WAYS, 2 * sizeof(int64_t), show_timeval },
};

/* Level and option stand before the value. */
static void show_option_value(const struct call *call, int i, struct value *v)
{
	size_t k;

	if (!call->has_opt || !call->opt_len || left_unwritten(call))
		return;
	v->pointed = true;
	if (call->args[i - 2] == SOL_SOCKET)
		for (k = 0; k < sizeof(socket_options) / sizeof(*socket_options); k++)
			if ((int)call->args[i - 1] == socket_options[k].option &&
			    socket_options[k].vias >> call->via & 1 && call->opt_len == socket_options[k].len) {
				socket_options[k].show(call, v);
				return;
			}
	if (call->opt_len != sizeof(int32_t)) {
		v->kind = VALUE_BYTES;
		v->number[0] = call->opt_len < call->opt_given && call->opt_len < call->opt_got;
		return;
	}
	v->kind = VALUE_INT;
	v->number[0] = option_int(call);
}

/* ioctl(2): nothing, an int that was copied, or a pointer that tells nothing about a socket. */
static void show_ioctl_arg(const struct call *call, int i, struct value *v)
{
	uint64_t request = call->args[i - 1];

	v->kind = request == FIOCLEX || request == FIONCLEX ? VALUE_ABSENT : VALUE_POINTER;
	if (!call->has_opt || call->opt_len != sizeof(int32_t))
		return;
	v->kind = VALUE_INT;
	v->pointed = true;
	v->number[0] = option_int(call);
}

static void (*const show[])(const struct call *call, int i, struct value *v) = {
	[ARG_FD] = show_fd,
	[ARG_INT] = show_int,
	[ARG_UINT] = show_size,
	[ARG_SIZE] = show_size,
	[ARG_OFFSET] = show_offset,
	[ARG_PTR] = show_pointer,
	[ARG_ADDR] = show_address,
	[ARG_ADDRLEN] = show_int,
	[ARG_ADDRLEN_PTR] = show_lengths,
	[ARG_MSG] = show_message,
	[ARG_PAIR] = show_pair,
	[ARG_OPTVAL] = show_option_value,
	[ARG_IOCTL_ARG] = show_ioctl_arg,
	[ARG_FAMILY] = show_name,
	[ARG_SOCKTYPE] = show_name,
	[ARG_SOCK_FLAGS] = show_name,
	[ARG_PROTOCOL] = show_protocol,
	[ARG_MSG_FLAGS] = show_name,
	[ARG_SHUT] = show_name,
	[ARG_OPEN_FLAGS] = show_name,
	[ARG_FCNTL] = show_name,
	[ARG_FCNTL_ARG] = show_fcntl_arg,
	[ARG_SOL] = show_name,
	[ARG_OPTNAME] = show_option,
	[ARG_RWF] = show_name,
	[ARG_SPLICE] = show_name,
	[ARG_IOCTL] = show_name,
	[ARG_CLOSE_RANGE] = show_name,
	[ARG_URING_REGISTER] = show_name,
};

void value_of(const struct call *call, int i, struct value *v)
{
	v->kind = VALUE_UNKNOWN;
	v->null = !call->args[i];
	v->pointed = false;
	show[call->row->args[i].kind](call, i, v);
}
