/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that the sockets API does not allow in a socket's state: what an error says of it, as a table. Pure: no I/O, no
 * allocation, no globals; knows no record, no model.
 */
#ifndef SOCKLIFE_NOTES_H
#define SOCKLIFE_NOTES_H

#include "lifecycle.h"

/*
 * A call failed with err on a socket that was in `state`: what the socket is that the call was not allowed for ("listening",
 * "not connected"), NULL where the error has another reason.
 */
const char *note_refusal(const struct kernel_view *view, enum state state, enum verb verb, int err);

#endif
