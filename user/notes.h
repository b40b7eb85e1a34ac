/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is to say of a call besides its result: that the sockets API does not allow it in its socket's state, as a
 * table of errors, and what is peculiar to an io_uring request. Pure: no I/O, no allocation, no globals; knows no model.
 */
#ifndef SOCKLIFE_NOTES_H
#define SOCKLIFE_NOTES_H

#include "decode.h"
#include "lifecycle.h"

/*
 * A call failed with err on a socket that was in `state`: what the socket is that the call was not allowed for ("listening",
 * "not connected"), NULL where the error has another reason.
 */
const char *note_refusal(const struct kernel_view *view, enum state state, enum verb verb, int err);

/* What an io_uring request is that a call is not, NULL: nothing. */
const char *note_request(const struct call *call);

#endif
