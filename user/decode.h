/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record (wire) becomes a call (decoded): the row, times, the outcome, addresses copied out and checked. The rest
 * of the pipeline never looks at a REC_CALL's bytes. Pure: no allocation, no I/O, no globals.
 */
#ifndef SOCKLIFE_DECODE_H
#define SOCKLIFE_DECODE_H

#include "../bpf/event.h"
#include "../bpf/syscalls.h"
#include "address.h"
#include "lifecycle.h"
#include "names.h"

#define MAX_ARGS 6

struct call_row { /* a row of syscalls.h */
	const char *name;
	enum verb verb;
	enum call_net net;
	enum call_fds fds;
	enum call_mem mem;
	int at;
	int argc;
	struct {
		const char *name;
		enum arg_kind kind;
	} args[MAX_ARGS];
};

extern const struct call_row call_rows[CALLS];

/* It is none, but what was counted of sends or of receives: SUM_CALLS. */
static inline bool row_is_sum(const struct call_row *row)
{
	return row >= &call_rows[CALL_SUMS];
}

/* The id of a call by name, -1 if it is not in the table. */
int call_by_name(const char *name);

struct call {
	const struct call_row *row;
	uint32_t tid;
	enum via via;
	uint64_t enter, exit; /* ns, CLOCK_MONOTONIC */
	bool entered; /* the record of the entry: effects of an entry, no return yet */
	bool open; /* never returned */
	bool shot; /* io_uring: one completion of several of a multishot request */
	bool silent; /* io_uring: open, as no completion tells of its success (IOSQE_CQE_SKIP_SUCCESS) */
	bool late; /* entered before the trace began; when is not known, and enter is exit */
	bool last; /* a close() entered: nobody else has the file open */
	int64_t ret; /* -1 on failure, as the C library returns it */
	int err; /* errno, 0 when it succeeded; ERESTARTSYS (512) and its kind too */
	enum verb verb; /* resolved by arguments: shutdown's how, AF_UNSPEC */
	enum outcome outcome;
	int fd; /* the descriptor it was called on, -1 without one */
	bool direct; /* io_uring: fd is the slot of a direct descriptor, the FACT_SLOT in front says of which ring */
	bool made_direct; /* io_uring: what it makes is a direct descriptor, the FACT_SLOT in front says which */
	uint64_t sk, sk2;
	uint64_t args[MAX_ARGS];
	int64_t bytes; /* moved by a send or receive, -1 where it does not apply */
	int messages; /* sendmmsg, recvmmsg: messages done; else 1 with bytes, 0 without */
	struct kernel_view view; /* family, type and own_shutdown are the model's to fill in */
	bool second; /* splice: the socket is the second descriptor */
	bool gone; /* when it returned, the descriptor no longer named the file it was called on */
	bool has_addr, has_msg, has_opt, has_pair;
	uint32_t addr_given, addr_got; /* lengths; got > given: the address was cut */
	struct address addr;
	uint64_t iovlen, controllen;
	uint32_t msg_flags;
	uint32_t opt_given, opt_got;
	uint8_t opt[DATA_BYTES];
	uint16_t opt_len;
	int pair[2];
};

const char *via_name(enum via via);
/* MSG_* as the program asked; 0 where the call has none. */
uint64_t call_msg_flags(const struct call *call);

/* 0, or -EBADMSG if the record contradicts itself (a corrupt or hostile capture). rec is a whole REC_CALL of rec->h.len bytes. */
int decode_call(const struct rec_call *rec, struct call *call);

/*
 * Each 0 or -EBADMSG: pointers into a record whose lengths have been checked. local and peer are filled.
 */
int decode_name(const struct rec_name *rec, struct address *local, struct address *peer);
int decode_exec(const struct rec_exec *rec, const char **file, const char **args);
/* Is the record whole: its length fits its kind. Everything that reads a capture asks this first. */
bool decode_fits(const struct rec_head *rec, size_t len);

#endif
