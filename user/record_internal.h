/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of `socklife record` share: record.c (options, set-up), record_loop.c. Nobody else includes it. */
#ifndef SOCKLIFE_RECORD_INTERNAL_H
#define SOCKLIFE_RECORD_INTERNAL_H

#include "command.h"
#include "loader.h"
#include "options.h"
#include "record_files.h"
#include "selection.h"
#include "source.h"

struct record_options {
	struct selection selection;
	bool no_compat, fail_on_loss, verbose, quiet;
	const char *output, *io;
	uint64_t duration, buffer, max_size, rotate;
};

enum tag { TAG_RINGS, TAG_SIGNAL, TAG_COMMAND, TAG_PID };

struct recording {
	struct record_options opt;
	struct loader *loader;
	struct source *rings;
	struct record_files files;
	struct command command;
	char **argv; /* COMMAND's; *argv NULL: there is none */
	int epoll, signals;
	size_t pids_left;
	uint64_t deadline, flushed;
	uint64_t looked; /* ns, CLOCK_MONOTONIC: what processes had that matched until then was looked at */
	enum compat compat; /* LATER becomes NOW when it is attached, NEVER when it cannot be */
	bool stop, turn; /* turn: the next file is to begin */
	/* Of the file that is written, or waits to be: */
	uint64_t start, mono; /* ns of CLOCK_REALTIME and CLOCK_MONOTONIC, before its first record */
	enum compat compat_first; /* what compat was then */
	uint64_t compat_since; /* ns, CLOCK_MONOTONIC, when it became NOW; 0: before its first record, or never */
	struct loader_uring uring_first;
};

/* An epoll event of this descriptor is the loop's to answer. 0 or -errno. */
int record_watch(struct recording *r, int fd, enum tag tag);
/* Signals become the loop's. Their descriptor, or -1. */
int record_signals(void);
/* Where a selected task is a 32-bit one by now, its calls are seen from here on. 0 or -errno. */
int record_compat(struct recording *r);
/* From here on it is to be told what happens; records are still in the rings, or wait. */
void record_start(struct recording *r);
/* What was there before. 0, or an exit status after one line has said why. */
int record_snapshot(struct recording *r);
/* Until something ends it; then the files are whole. *lost: by all of them. 0 or -errno of a write. */
int record_loop(struct recording *r, uint64_t *lost);

#endif
