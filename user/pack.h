/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records made small before zlib sees them: each as its differences from an earlier one that is likely to be alike.
 *
 *	packed = slot (1 byte), varint mask, differences, tail
 *
 * A slot keeps the first PACK_WORDS 8-byte words of the records packed there, all 0 at first. Which slot it is is the
 * packer's choice: it takes one of the same kind and call, of the same thread and descriptor if there is one. A
 * bit of the mask says that there is a difference, each the varint (LEB128) of the zigzag of new - old, in this order:
 *
 *	bit 0		word 2: cpu, len, kind, call, flags
 *	bit 1		tid
 *	bit 2		seq, against one more than the last seq of the same cpu
 *	no bit, always	ts, against the last ts of the same cpu
 *	bit 3...	word 3...
 *
 * The tail is what the record has after PACK_WORDS words, as it is. "The same cpu" means modulo PACK_CPUS; before its
 * first record all is 0. The state lives for one block, so that every block is readable alone: memset() it to 0
 * before each. Pure.
 */
#ifndef SOCKLIFE_PACK_H
#define SOCKLIFE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "../bpf/event.h"

#define PACK_RECORD_MAX 8192 /* bytes of a record; the largest is a rec_exec with 4 KiB of text */
#define PACK_WORDS 32
#define PACK_WAYS 8 /* slots of one call */
#define PACK_SLOTS 256
#define PACK_CPUS 256
#define PACK_ROOM (PACK_RECORD_MAX + 128) /* no packed record is longer */

struct pack_cpu {
	uint64_t ts;
	uint32_t next; /* seq */
};

struct pack_state {
	uint64_t slot[PACK_SLOTS][PACK_WORDS]; /* of word 1 the tid only; word 0 is not used */
	struct pack_cpu cpu[PACK_CPUS];
	uint64_t owner[PACK_SLOTS]; /* packer only: who a slot was given to */
	uint8_t turn[PACK_SLOTS / PACK_WAYS]; /* packer only: the way to give away next */
};

/* The bytes written to out, -EINVAL (rec->len cannot be a record's), -ENOSPC (room is less than PACK_ROOM). */
int pack_record(struct pack_state *st, const struct rec_head *rec, uint8_t *out, size_t room);
/*
 * The bytes of in consumed; rec, 8-byte aligned and of room bytes, holds the record: its len is a multiple of 8, no less
 * than the head and no more than room; nothing else in it is checked. in may hold anything. -EBADMSG: it holds no
 * packed record; the state is void then.
 */
int unpack_record(struct pack_state *st, const uint8_t *in, size_t len, struct rec_head *rec, size_t room);

#endif
