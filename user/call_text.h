/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call as strace users expect to read it. Written to a stream; whoever owns that finds its errors there.
 */
#ifndef SOCKLIFE_CALL_TEXT_H
#define SOCKLIFE_CALL_TEXT_H

#include <stdio.h>

#include "decode.h"

void text_print(FILE *out, const void *bytes, size_t len); /* any bytes, escaped */
void address_print(FILE *out, const struct address *a);
void call_print(FILE *out, const struct call *call); /* connect(3, 127.0.0.1:80, 16) */
/* "0", "-1 EAGAIN (Resource temporarily unavailable)", "? <unfinished ...>" */
void call_print_result(FILE *out, const struct call *call);
void call_print_via(FILE *out, const struct call *call); /* " via io_uring"; nothing for a native call */

#endif
