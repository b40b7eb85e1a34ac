/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records to calls. Owns the check of every record's lengths and what a return value means; the rows are
 * decode_rows.c's. Knows nothing of sockets' lives: an outcome is what the call said, not what it led to.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "decode.h"

#define CALL_URING (CALL_DIRECT | CALL_MADE_DIRECT | CALL_SHOT | CALL_SILENT)
#define CALL_FLAGS (CALL_ENTERED | CALL_OPEN | CALL_NO_FILE | CALL_SECOND | CALL_LATE | CALL_LAST | CALL_URING)
#define VIA_BITS 0xf000 /* CALL_VIA() */
#define VIEW_FLAGS (VIEW_VALID | VIEW_BOUND | VIEW_PEER)
#define MAX_NUMBER (1ull << 53) /* contract.md: every number is below it */
#define MAX_ERRNO 4095 /* include/linux/err.h */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Whether the bytes after the fixed part fit what they are said to be. */
static bool data_fits(const struct rec_call *rec)
{
	static const struct {
		uint16_t least, most;
	} sizes[] = {
		[DATA_NONE] = { 0, 0 },
		[DATA_ADDR] = { sizeof(struct data_addr), sizeof(struct data_addr) + DATA_BYTES },
		[DATA_MSG] = { sizeof(struct data_msg), sizeof(struct data_msg) + DATA_BYTES },
		[DATA_OPT] = { sizeof(struct data_addr), sizeof(struct data_addr) + DATA_BYTES },
		[DATA_PAIR] = { 2 * sizeof(__s32), 2 * sizeof(__s32) },
	};

	return rec->data_kind < COUNT(sizes) && rec->data_len >= sizes[rec->data_kind].least &&
	       rec->data_len <= sizes[rec->data_kind].most;
}

static bool flags_fit(unsigned int flags)
{
	unsigned int both = CALL_ENTERED | CALL_OPEN; /* at entry, and never returned: not one record */

	if (flags & ~(CALL_FLAGS | VIA_BITS) || CALL_VIA(flags) >= VIAS || (flags & both) == both)
		return false;
	if ((flags & CALL_SILENT && !(flags & CALL_OPEN)) || (flags & CALL_LAST && !(flags & CALL_ENTERED)))
		return false;
	return CALL_VIA(flags) == VIA_IO_URING || !(flags & CALL_URING);
}

static bool call_fits(const struct rec_call *rec)
{
	return rec->h.call < CALLS && flags_fit(rec->h.flags) && !(rec->view & ~VIEW_FLAGS) && data_fits(rec);
}

static bool fact_fits(const struct rec_fact *rec)
{
	return rec->fact < FACT_KINDS && CALL_VIA(rec->h.flags) < VIAS;
}

static bool comm_fits(const char *comm)
{
	return memchr(comm, 0, COMM_LEN);
}

/* The length of what follows the fixed part, padded; -1 if the record contradicts itself. */
static int64_t rest_of(const struct rec_head *rec)
{
	const struct rec_call *call = (const struct rec_call *)rec;
	const struct rec_name *name = (const struct rec_name *)rec;
	const struct rec_exec *exec = (const struct rec_exec *)rec;

	switch (rec->kind) {
	case REC_CALL:
		return call_fits(call) ? PAD8(call->data_len) : -1;
	case REC_NAME:
		if (name->local_len > ADDRESS_BYTES || name->peer_len > ADDRESS_BYTES)
			return -1;
		return PAD8(name->local_len) + PAD8(name->peer_len);
	case REC_EXEC:
		return comm_fits(exec->comm) ? PAD8((int64_t)exec->file_len + exec->args_len) : -1;
	case REC_TASK:
		return comm_fits(((const struct rec_task *)rec)->comm) ? 0 : -1;
	case REC_FORK:
		return comm_fits(((const struct rec_fork *)rec)->comm) ? 0 : -1;
	case REC_FACT:
		return fact_fits((const struct rec_fact *)rec) ? 0 : -1;
	default:
		return 0;
	}
}

bool decode_fits(const struct rec_head *rec, size_t len)
{
	static const uint16_t fixed[] = {
		[REC_CALL] = sizeof(struct rec_call), [REC_SOCK] = sizeof(struct rec_sock),
		[REC_NAME] = sizeof(struct rec_name), [REC_TASK] = sizeof(struct rec_task),
		[REC_FORK] = sizeof(struct rec_fork), [REC_EXEC] = sizeof(struct rec_exec),
		[REC_EXIT] = sizeof(struct rec_exit), [REC_MARK] = sizeof(struct rec_head),
		[REC_FACT] = sizeof(struct rec_fact),
	};

	if (len < sizeof(*rec) || rec->len > len || rec->kind >= COUNT(fixed) || !fixed[rec->kind] ||
	    rec->len < fixed[rec->kind])
		return false;
	return rest_of(rec) == rec->len - fixed[rec->kind];
}

/*
 * An argument travels in a 64-bit register, and the upper half of one that is 32 bits wide can hold
 * anything; in a 32-bit program all are, but an offset, which is of two. Flags and names stay unsigned, so that one
 * without a name is shown by its bits.
 */
static uint64_t arg_value(enum via via, enum arg_kind kind, uint64_t value)
{
	if (via == VIA_IA32 && kind != ARG_OFFSET)
		value = (uint32_t)value;
	if (kind == ARG_FD || kind == ARG_INT || kind == ARG_ADDRLEN)
		return (uint64_t)(int32_t)value;
	if (kind == ARG_UINT)
		return (uint32_t)value;
	if (kind >= ARG_FAMILY && kind != ARG_FCNTL_ARG)
		return (uint32_t)value;
	return value;
}

static void decode_addr(struct call *call, const struct data_addr *addr, size_t len)
{
	call->has_addr = true;
	call->addr_given = addr->given;
	call->addr_got = addr->got;
	address_set(&call->addr, addr + 1, len);
}

static void decode_msg(struct call *call, const struct data_msg *msg, size_t len)
{
	call->has_msg = true;
	call->iovlen = msg->iovlen;
	call->controllen = msg->controllen;
	call->msg_flags = msg->flags;
	decode_addr(call, &msg->name, len);
	call->has_addr = len > 0; /* a msghdr without a name */
}

static void decode_opt(struct call *call, const struct data_addr *opt, size_t len)
{
	call->has_opt = true;
	call->opt_given = opt->given;
	call->opt_got = opt->got;
	call->opt_len = (uint16_t)len;
	memcpy(call->opt, opt + 1, len);
}

static void decode_data(struct call *call, const struct rec_call *rec)
{
	const void *data = rec + 1;

	switch (rec->data_kind) {
	case DATA_ADDR:
		decode_addr(call, data, rec->data_len - sizeof(struct data_addr));
		break;
	case DATA_MSG:
		decode_msg(call, data, rec->data_len - sizeof(struct data_msg));
		break;
	case DATA_OPT:
		decode_opt(call, data, rec->data_len - sizeof(struct data_addr));
		break;
	case DATA_PAIR:
		call->has_pair = true;
		memcpy(call->pair, data, sizeof(call->pair));
		break;
	}
}

/* connect(2): an address of at least a family, which is AF_UNSPEC. */
static bool dissolves(const struct call *call)
{
	return call->has_addr && call->addr.len >= sizeof(sa_family_t) && address_family(&call->addr) == AF_UNSPEC;
}

static enum verb decode_verb(const struct call *call)
{
	if (call->row->verb == VERB_SHUTDOWN && call->args[1] == SHUT_WR)
		return VERB_SHUT_WR;
	if (call->row->verb == VERB_SHUTDOWN && call->args[1] == SHUT_RDWR)
		return VERB_SHUT_RDWR;
	if (call->second)
		return VERB_SEND;
	if (call->row->verb != VERB_CONNECT)
		return call->row->verb;
	if (dissolves(call))
		return VERB_DISSOLVE;
	return call->entered ? VERB_START : VERB_CONNECT;
}

uint64_t call_msg_flags(const struct call *call)
{
	for (int i = 0; i < call->row->argc; i++)
		if (call->row->args[i].kind == ARG_MSG_FLAGS)
			return call->args[i];
	return 0;
}

static bool is_mmsg(const struct call *call)
{
	return call->row->mem == MEM_MMSG_IN || call->row->mem == MEM_MMSG_OUT;
}

/*
 * Could a receive of nothing be an end of file: it did not ask for nothing, nor read the error queue.
 * args[2] is the buffer's length, or readv's number of them; args[4] splice's; an io_uring request may have the kernel take a
 * buffer, and then has none. The type is not known here, so a datagram without bytes is an eof as well, and the datagram
 * rules take it like ok.
 */
static bool asked_data(const struct call *call)
{
	const struct call_row *row = call->row;

	if (call_msg_flags(call) & MSG_ERRQUEUE)
		return false;
	if (call->via == VIA_IO_URING)
		return true;
	if (row->mem == MEM_MSG_OUT || row->mem == MEM_MMSG_OUT)
		return !call->has_msg || call->iovlen;
	return call->args[row->fds == FDS_SPLICES ? 4 : 2] > 0;
}

static enum outcome decode_outcome(const struct call *call)
{
	switch (call->err) {
	case 0:
		if (call->verb == VERB_RECV && call->bytes == 0 && (!is_mmsg(call) || call->ret > 0) &&
		    asked_data(call))
			return OUTCOME_EOF;
		return OUTCOME_OK;
	case EINPROGRESS:
	case EALREADY:
		return OUTCOME_PENDING;
	case EAGAIN:
		return OUTCOME_AGAIN;
	case EINTR:
	case 512: /* ERESTARTSYS, include/linux/errno.h */
	case 513: /* ERESTARTNOINTR */
	case 514: /* ERESTARTNOHAND */
	case 516: /* ERESTART_RESTARTBLOCK */
		return OUTCOME_INTERRUPTED;
	default:
		return OUTCOME_ERROR;
	}
}

#define RECVMSG_OUT 16 /* struct io_uring_recvmsg_out */

/*
 * io_uring_prep_recvmsg_multishot(3): each result counts a header, the room for a name and that for control data. -1 where
 * the program has changed them since.
 */
static int64_t shot_bytes(const struct call *call, int64_t ret)
{
	uint64_t head = RECVMSG_OUT + (uint64_t)call->addr_given + call->controllen;

	return call->has_msg && call->controllen <= INT32_MAX && head <= (uint64_t)ret ? ret - (int64_t)head : -1;
}

static int decode_sum(struct call *call, int64_t ret)
{
	if (ret < 0 || (uint64_t)ret >= MAX_NUMBER)
		return -EBADMSG;
	for (int i = 0; i < call->row->argc; i++)
		if (call->args[i] >= MAX_NUMBER)
			return -EBADMSG;
	call->ret = call->bytes = ret;
	call->messages = call->args[SUM_MESSAGES] < INT32_MAX ? (int)call->args[SUM_MESSAGES] : INT32_MAX;
	if (ret && !call->messages)
		call->messages = 1;
	return 0;
}

/* ret, err, bytes and messages. A call that has not returned has none of them. */
static int decode_return(struct call *call, const struct rec_call *rec)
{
	const struct data_msg *msg = (const struct data_msg *)(rec + 1);
	int64_t ret = rec->ret;

	call->bytes = -1;
	if (call->entered || call->open)
		return 0;
	if (row_is_sum(call->row))
		return decode_sum(call, ret);
	if (ret < INT32_MIN || ret > INT32_MAX) /* none of these calls returns more */
		return -EBADMSG;
	if (ret < 0 && ret >= -MAX_ERRNO) {
		call->err = (int)-ret;
		call->ret = -1;
		return 0;
	}
	call->ret = ret;
	if ((call->verb != VERB_SEND && call->verb != VERB_RECV) || ret < 0)
		return 0;
	call->messages = is_mmsg(call) ? (int)ret : 1;
	if (call->shot && call->row->mem == MEM_MSG_OUT)
		call->bytes = shot_bytes(call, ret);
	else if (!is_mmsg(call))
		call->bytes = ret;
	else if (call->has_msg && msg->bytes < MAX_NUMBER)
		call->bytes = (int64_t)msg->bytes;
	else if (call->has_msg)
		return -EBADMSG;
	return 0;
}

static struct kernel_view decode_view(const struct rec_call *rec)
{
	return (struct kernel_view){
		.valid = rec->view & VIEW_VALID && !(rec->h.flags & CALL_NO_FILE),
		.state = rec->kstate,
		.shutdown = rec->shutdown,
		.bound = rec->view & VIEW_BOUND,
		.peer = rec->view & VIEW_PEER,
	};
}

static int decode_fd(const struct call *call)
{
	switch (call->row->fds) {
	case FDS_MAKES:
	case FDS_PAIR:
	case FDS_RANGE:
	case FDS_GETS:
	case FDS_SLOTS:
	case FDS_NONE:
		return -1;
	case FDS_SPLICES:
		return (int)call->args[call->second ? 2 : 0];
	default:
		return (int)call->args[0];
	}
}

int decode_call(const struct rec_call *rec, struct call *call)
{
	const struct call_row *row;
	int err;

	if (!decode_fits(&rec->h, rec->h.len) || rec->h.kind != REC_CALL || rec->dur > rec->h.ts)
		return -EBADMSG;
	row = &call_rows[rec->h.call];
	*call = (struct call){
		.row = row,
		.tid = rec->h.tid,
		.via = CALL_VIA(rec->h.flags),
		.enter = rec->h.ts - rec->dur,
		.exit = rec->h.ts,
		.entered = rec->h.flags & CALL_ENTERED,
		.open = rec->h.flags & CALL_OPEN,
		.late = rec->h.flags & CALL_LATE,
		.last = rec->h.flags & CALL_LAST,
		.shot = rec->h.flags & CALL_SHOT,
		.silent = rec->h.flags & CALL_SILENT,
		.direct = rec->h.flags & CALL_DIRECT,
		.made_direct = rec->h.flags & CALL_MADE_DIRECT,
		.sk = rec->sk,
		.sk2 = rec->sk2,
		.view = decode_view(rec),
		.gone = rec->h.flags & CALL_NO_FILE,
		.second = row->fds == FDS_SPLICES && rec->h.flags & CALL_SECOND,
	};
	if (row_is_sum(row)) {
		if (rec->args[SUM_AGO] > rec->dur || rec->h.flags)
			return -EBADMSG;
		call->exit -= rec->args[SUM_AGO];
	}
	for (int i = 0; i < row->argc; i++)
		call->args[i] = arg_value(call->via, row->args[i].kind, rec->args[i]);
	call->fd = decode_fd(call);
	decode_data(call, rec);
	call->verb = decode_verb(call);
	err = decode_return(call, rec);
	call->outcome = decode_outcome(call);
	return err;
}

int decode_name(const struct rec_name *rec, struct address *local, struct address *peer)
{
	const uint8_t *bytes = (const uint8_t *)(rec + 1);

	if (!decode_fits(&rec->h, rec->h.len) || rec->h.kind != REC_NAME)
		return -EBADMSG;
	address_set(local, bytes, rec->local_len);
	address_set(peer, bytes + PAD8(rec->local_len), rec->peer_len);
	return 0;
}

int decode_exec(const struct rec_exec *rec, const char **file, const char **args)
{
	if (!decode_fits(&rec->h, rec->h.len) || rec->h.kind != REC_EXEC)
		return -EBADMSG;
	*file = (const char *)(rec + 1);
	*args = *file + rec->file_len;
	return 0;
}
