/* SPDX-License-Identifier: GPL-2.0-only */
/* The file that record writes to. */
#ifndef SOCKLIFE_OUTPUT_H
#define SOCKLIFE_OUTPUT_H

#include <stdbool.h>

struct output {
	const char *path; /* "-": standard output */
	int fd; /* -1: not open */
	bool created;
};

/* Opened first, so that a path that cannot be written is told at once. 0, or an exit status after one line has said why. */
int output_open(struct output *output);
/* Emptied only when recording begins; under sudo it is then the caller's. 0 or -errno. */
int output_begin(const struct output *output);
const char *output_name(const struct output *output);

#endif
