/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a capture's HEADER and TRAILER blocks: the reader's own, nobody else's. */
#ifndef SOCKLIFE_CAPTURE_TEXT_H
#define SOCKLIFE_CAPTURE_TEXT_H

#include "capture.h"

/*
 * What is filled points into text then; the arrays (argv, next_seq and the like) are the caller's to free, whatever is
 * returned. 0 or -ENOMEM. A header's text has a NUL after its len bytes.
 */
int header_parse(struct capture_header *h, char *text, size_t len);
int trailer_parse(struct capture_trailer *t, char *text, size_t len);

#endif
