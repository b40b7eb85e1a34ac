/* SPDX-License-Identifier: GPL-2.0-only */
/* What a capture's header tells of the machine that recorded it. */
#ifndef SOCKLIFE_MACHINE_H
#define SOCKLIFE_MACHINE_H

#include "capture.h"

/* Fills host, kernel, arch, tool, netns, interfaces, reset reasons and the legend; the rest is the caller's. 0 or -ENOMEM. */
int machine_describe(struct capture_header *header);
void machine_free(struct capture_header *header);

#endif
