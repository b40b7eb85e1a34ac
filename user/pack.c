/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packing of records (pack.h has the format). Owns no memory, does no I/O; knows of the wire the head, and of a REC_CALL
 * where its descriptor stands, as a guess at what is alike.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "pack.h"

#define HEAD_WORDS (sizeof(struct rec_head) / 8)
#define BIT_WORD2 1u
#define BIT_TID 2u
#define BIT_SEQ 4u

_Static_assert(offsetof(struct rec_head, cpu) == 16, "word 2 of the head");
_Static_assert(PACK_ROOM >= 1 + 5 + PACK_WORDS * 10 + PACK_RECORD_MAX - PACK_WORDS * 8, "bound");

static uint64_t word_at(const struct rec_head *rec, unsigned int k)
{
	uint64_t word;

	memcpy(&word, (const uint8_t *)rec + 8 * k, 8);
	return word;
}

static bool len_valid(size_t len)
{
	return len >= sizeof(struct rec_head) && len % 8 == 0 && len <= PACK_RECORD_MAX;
}

static uint8_t *varint_put(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)v | 0x80;
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *diff_put(uint8_t *p, uint64_t diff)
{
	return varint_put(p, diff << 1 ^ (uint64_t)((int64_t)diff >> 63));
}

/* NULL: in ended, or it is longer than 64 bits are. */
static const uint8_t *varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; p < end && shift < 64; shift += 7) {
		uint8_t byte = *p++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v = value;
			return p;
		}
	}
	return NULL;
}

/* Adds the difference to *to. */
static const uint8_t *diff_get(const uint8_t *p, const uint8_t *end, uint64_t *to)
{
	uint64_t v = 0;

	p = varint_get(p, end, &v);
	*to += v >> 1 ^ -(v & 1);
	return p;
}

/* Calls of one thread on one descriptor are alike: the same socket, buffer and flags, again and again. */
static unsigned int slot_choose(struct pack_state *st, const struct rec_head *rec)
{
	bool call = rec->kind == REC_CALL && rec->len >= sizeof(struct rec_call);
	uint64_t fd = call ? word_at(rec, offsetof(struct rec_call, args) / 8) : 0;
	uint64_t owner = (uint64_t)rec->tid << 32 ^ fd << 16 ^ rec->kind << 8 ^ rec->call;
	unsigned int set = (call ? rec->call : PACK_SLOTS - rec->kind) % (PACK_SLOTS / PACK_WAYS);
	unsigned int first = set * PACK_WAYS, way;

	for (way = 0; way < PACK_WAYS; way++)
		if (st->owner[first + way] == owner)
			return first + way;
	way = st->turn[set]++ % PACK_WAYS;
	st->owner[first + way] = owner;
	return first + way;
}

static uint32_t mask_make(const struct rec_head *rec, const uint64_t *old, const struct pack_cpu *cpu,
			  unsigned int words)
{
	uint32_t mask = 0;

	for (unsigned int k = HEAD_WORDS; k < words; k++)
		mask |= (uint32_t)(word_at(rec, k) != old[k]) << k;
	mask |= word_at(rec, 2) != old[2] ? BIT_WORD2 : 0;
	mask |= rec->tid != old[1] ? BIT_TID : 0;
	mask |= rec->seq != cpu->next ? BIT_SEQ : 0;
	return mask;
}

static uint8_t *head_put(uint8_t *p, uint32_t mask, const struct rec_head *rec, uint64_t *old, struct pack_cpu *cpu)
{
	if (mask & BIT_WORD2)
		p = diff_put(p, word_at(rec, 2) - old[2]);
	if (mask & BIT_TID)
		p = diff_put(p, rec->tid - old[1]);
	if (mask & BIT_SEQ)
		p = diff_put(p, (uint64_t)rec->seq - cpu->next);
	p = diff_put(p, rec->ts - cpu->ts);
	old[1] = rec->tid;
	old[2] = word_at(rec, 2);
	*cpu = (struct pack_cpu){ .ts = rec->ts, .next = rec->seq + 1 };
	return p;
}

int pack_record(struct pack_state *st, const struct rec_head *rec, uint8_t *out, size_t room)
{
	struct pack_cpu *cpu = &st->cpu[rec->cpu % PACK_CPUS];
	unsigned int slot, words = rec->len / 8;
	size_t tail = 0;
	uint64_t *old;
	uint32_t mask;
	uint8_t *p = out;

	if (!len_valid(rec->len))
		return -EINVAL;
	if (room < PACK_ROOM)
		return -ENOSPC;
	if (words > PACK_WORDS) {
		tail = rec->len - PACK_WORDS * 8;
		words = PACK_WORDS;
	}
	slot = slot_choose(st, rec);
	old = st->slot[slot];
	mask = mask_make(rec, old, cpu, words);
	*p++ = (uint8_t)slot;
	p = varint_put(p, mask);
	p = head_put(p, mask, rec, old, cpu);
	for (mask &= -1u << HEAD_WORDS; mask; mask &= mask - 1) {
		unsigned int k = __builtin_ctz(mask);

		p = diff_put(p, word_at(rec, k) - old[k]);
		old[k] = word_at(rec, k);
	}
	memcpy(p, (const uint8_t *)rec + 8 * words, tail);
	return (int)(p + tail - out);
}

/* The three words of the head; the slot's words 1 and 2 and the cpu are brought up to date. */
static const uint8_t *head_get(struct pack_state *st, uint64_t *old, uint64_t mask, const uint8_t *p,
			       const uint8_t *end, struct rec_head *head)
{
	struct pack_cpu *cpu;
	uint64_t seq;

	if (mask & BIT_WORD2 && !(p = diff_get(p, end, &old[2])))
		return NULL;
	if (mask & BIT_TID && !(p = diff_get(p, end, &old[1])))
		return NULL;
	memcpy((uint8_t *)head + 16, &old[2], 8);
	cpu = &st->cpu[head->cpu % PACK_CPUS];
	seq = cpu->next;
	if (mask & BIT_SEQ && !(p = diff_get(p, end, &seq)))
		return NULL;
	old[1] = (uint32_t)old[1];
	cpu->next = (uint32_t)seq + 1;
	p = diff_get(p, end, &cpu->ts);
	head->ts = cpu->ts;
	head->seq = (uint32_t)seq;
	head->tid = (uint32_t)old[1];
	return p;
}

int unpack_record(struct pack_state *st, const uint8_t *in, size_t len, struct rec_head *rec, size_t room)
{
	const uint8_t *p = in, *end = in + len;
	struct rec_head head;
	size_t kept, tail;
	uint64_t *old, mask;

	if (!len)
		return -EBADMSG;
	old = st->slot[*p++];
	p = varint_get(p, end, &mask);
	if (!p || mask >> PACK_WORDS)
		return -EBADMSG;
	p = head_get(st, old, mask, p, end, &head);
	if (!p || !len_valid(head.len) || head.len > room)
		return -EBADMSG;
	kept = head.len < PACK_WORDS * 8 ? head.len : PACK_WORDS * 8;
	tail = head.len - kept;
	mask &= -1ull << HEAD_WORDS;
	if (mask >> kept / 8)
		return -EBADMSG;
	for (; mask; mask &= mask - 1)
		if (!(p = diff_get(p, end, &old[__builtin_ctzll(mask)])))
			return -EBADMSG;
	if ((size_t)(end - p) < tail)
		return -EBADMSG;
	memcpy(rec, old, kept);
	*rec = head;
	memcpy((uint8_t *)rec + kept, p, tail);
	return (int)(p + tail - in);
}
