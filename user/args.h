/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call's arguments, decoded by its row: what every output shows of them, before it is JSON or text. Pure.
 */
#ifndef SOCKLIFE_ARGS_H
#define SOCKLIFE_ARGS_H

#include "decode.h"
#include "names.h"

enum value_kind {
	VALUE_ABSENT, /* the call takes no such argument here: fcntl's, for most commands */
	VALUE_POINTER, /* tells nothing; null: the program passed NULL */
	VALUE_UNKNOWN, /* would tell something, but was not given or not read; null as above */
	VALUE_INT, /* number */
	VALUE_SIZE, /* number, unsigned */
	VALUE_NAME, /* name */
	VALUE_ADDRESS, /* the call's addr */
	VALUE_LENGTHS, /* of what number[0] was given and number[1] returned */
	VALUE_PAIR, /* number */
	VALUE_FIELDS, /* number, named by fields */
	VALUE_MESSAGE, /* the call's addr if number[0], iovlen, controllen, msg_flags */
	VALUE_BYTES, /* the call's opt; number[0]: there were more */
};

struct value {
	enum value_kind kind;
	bool null;
	bool pointed; /* what the argument points to */
	int64_t number[2];
	const char *fields[2];
	const char *name; /* valid as long as the value */
	char buf[NAME_MAX_TEXT];
};

/* Of argument i. */
void value_of(const struct call *call, int i, struct value *v);

#endif
