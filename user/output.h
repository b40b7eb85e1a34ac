/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that record writes to, one at a time. */
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
/* Goes on with another file, which is opened and begun; the path stays the caller's. 0 or -errno: none is open. */
int output_next(struct output *output, const char *path);
bool output_is_standard(const struct output *output);
bool output_may_go_on(const struct output *output); /* another file can follow: not after a pipe or a device */
bool output_is_file(const struct output *output); /* else somebody may read along */
const char *output_name(const struct output *output);
/* The path of the nth file, from 1: a.slt, a.0002.slt, a.0003.slt. The caller's to free; NULL: no memory. */
char *output_numbered(const char *path, unsigned int n);

#endif
