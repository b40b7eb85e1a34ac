/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of a recording, one after the other: each record is in one of them. At a turn, records from before a time still go
 * to the file that is written, while those of the next wait in memory until no earlier ones will come. Knows of a record
 * no more than its head.
 */
#ifndef SOCKLIFE_RECORD_FILES_H
#define SOCKLIFE_RECORD_FILES_H

#include "capture.h"
#include "output.h"
#include "record_buffer.h"

struct record_files {
	struct output output; /* of the file that is written, or is to be */
	const char *path; /* of the first; the caller's */
	uint64_t max_size; /* bytes, 0: files may be of any size */
	uint64_t keep; /* so many files are left at most, 0: all */
	/* The rest is this module's. */
	struct capture_writer *writer; /* NULL: every record waits */
	struct record_buffer waiting; /* the next file's records */
	uint64_t turn; /* ns of CLOCK_MONOTONIC: from then on a record is the next file's; 0: none is */
	bool turned; /* no more records from before the turn will come */
	char *name; /* output.path, of all but the first */
	unsigned int number; /* of files begun */
	uint32_t cpus; /* with the snapshot's */
	uint32_t *next_seq; /* per CPU, after the last record of the file that is written */
	uint64_t records, all_records, all_bytes; /* of this file; of all before it */
	uint64_t limit; /* bytes at which a file is full */
	uint64_t lost[LOSS_KINDS], nested; /* before this file */
	int err; /* the first one, sticky */
};

/* Once it is known how many CPUs there are: records may come. 0 or -ENOMEM. */
int record_files_start(struct record_files *files, uint32_t cpus);
/* A record_fn: arg is the files. 0 or -errno. */
int record_files_store(void *arg, const struct rec_head *rec);
/* The file becomes the first, or the next one's; header.first_seq is set here. What waited is written. 0 or -errno. */
int record_files_begin(struct record_files *files, struct capture_header *header);
/* From this time on, ns of CLOCK_MONOTONIC, records are the next file's. */
void record_files_turn(struct record_files *files, uint64_t at);
/*
 * The file that is written gets its trailer. Totals of losses are those of the whole recording; records and, at a turn, cpus and
 * next_seq are set here. 0 or -errno.
 */
int record_files_end(struct record_files *files, struct capture_trailer *trailer);
int record_files_flush(struct record_files *files); /* what is recorded is on disk; 0 or -errno */
bool record_files_full(const struct record_files *files); /* it has reached --max-size; never during a turn */
uint64_t record_files_records(const struct record_files *files); /* of all files */
uint64_t record_files_bytes(const struct record_files *files);
unsigned int record_files_oldest(const struct record_files *files); /* the number of the first that is left */
/* Closes what is open; a first file in which nothing was recorded is removed. output.fd stays open. */
void record_files_free(struct record_files *files);

#endif
