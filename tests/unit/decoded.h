/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of calls for the tests of user/decode.c, and what it makes of them.
 */
#ifndef SOCKLIFE_TEST_DECODED_H
#define SOCKLIFE_TEST_DECODED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>

#include "../../user/decode.h"
#include "records.h"

static inline union record call_record(int id, int64_t ret)
{
	union record r = { .call = { .h = { .ts = 1000,
					    .tid = 7,
					    .kind = REC_CALL,
					    .call = (uint8_t)id,
					    .len = sizeof(struct rec_call) },
				     .dur = 300,
				     .ret = ret,
				     .args = { 3 } } };
	return r;
}

static inline void set_data(union record *r, enum data_kind kind, const void *data, size_t len)
{
	record_data(r, kind, data, len, "", 0);
}

static inline void set_addr(union record *r, uint32_t given, uint32_t got, const void *addr, size_t len)
{
	const struct data_addr head = { given, got };

	record_data(r, DATA_ADDR, &head, sizeof(head), addr, len);
}

static inline void set_msg(union record *r, uint64_t bytes, uint64_t iovlen)
{
	struct data_msg msg = { .bytes = bytes, .iovlen = iovlen, .controllen = 24, .flags = MSG_TRUNC };

	set_data(r, DATA_MSG, &msg, sizeof(msg));
}

static inline struct call decoded(const union record *r)
{
	struct call call;

	assert_int_equal(decode_call(&r->call, &call), 0);
	return call;
}

static inline struct call returned(int id, int64_t ret)
{
	union record r = call_record(id, ret);

	return decoded(&r);
}

#endif
