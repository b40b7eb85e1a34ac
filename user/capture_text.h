/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a capture's HEADER and TRAILER blocks: the reader's own, nobody else's. */
#ifndef SOCKLIFE_CAPTURE_TEXT_H
#define SOCKLIFE_CAPTURE_TEXT_H

#include "capture.h"

/*
 * h points into text then: len bytes and a NUL after them. The arrays (argv and the like) are the caller's to free, whatever is
 * returned. 0 or -ENOMEM.
 */
int header_parse(struct capture_header *h, char *text, size_t len);
/* next_seq is the caller's to free, whatever is returned. 0 or -ENOMEM. */
int trailer_parse(struct capture_trailer *t, const void *text, size_t len);

#endif
