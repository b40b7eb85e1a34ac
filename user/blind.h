/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a recording does not see, in the words of the capture's header and trailer (capture.h).
 */
#ifndef SOCKLIFE_BLIND_H
#define SOCKLIFE_BLIND_H

#include "capture.h"
#include "kernel_doors.h"
#include "loader.h"

/* Fills doors and blind; compat: what is so when the header is written. */
void blind_header(struct capture_header *header, const struct doors *doors, enum compat compat);
/* Fills watched and blind. since: ns of CLOCK_MONOTONIC when 32-bit programs came to be watched, 0: nothing changed. */
void blind_trailer(struct capture_trailer *trailer, uint64_t since, struct loader_uring uring);

#endif
