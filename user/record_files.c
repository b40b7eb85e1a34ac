/* SPDX-License-Identifier: GPL-2.0-only */
#include "record_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

int record_files_start(struct record_files *f, uint32_t cpus)
{
	f->cpus = cpus + 1;
	f->next_seq = calloc(f->cpus, sizeof(*f->next_seq));
	return f->next_seq ? 0 : -ENOMEM;
}

/* Numbers wrap. */
static bool is_before(uint32_t seq, uint32_t other)
{
	return (int32_t)(seq - other) < 0;
}

/* The record's number is no loss in the file that is written, though it is in the next one. */
static int mark_elsewhere(struct record_files *f, const struct rec_head *rec)
{
	struct rec_head mark = {
		.seq = rec->seq, .cpu = rec->cpu, .len = sizeof(mark), .kind = REC_MARK, .flags = MARK_SKIPPED
	};

	return capture_write(f->writer, &mark);
}

struct gap {
	struct record_files *files;
	const struct rec_head *rec; /* that ends it */
};

static int gap_fill(void *arg, const struct rec_head *waiting)
{
	const struct gap *gap = arg;
	struct record_files *f = gap->files;

	if (waiting->kind == REC_MARK || waiting->cpu != gap->rec->cpu || !is_before(waiting->seq, gap->rec->seq) ||
	    is_before(waiting->seq, f->next_seq[waiting->cpu]))
		return 0;
	return mark_elsewhere(f, waiting);
}

/* A program may be interrupted between its clock and its ring: at a turn a CPU's records may be mixed. */
static int store_this(struct record_files *f, const struct rec_head *rec)
{
	uint32_t *next = &f->next_seq[rec->cpu];
	struct gap gap = { f, rec };
	int err = f->turn && rec->seq != *next ? record_buffer_each(&f->waiting, gap_fill, &gap) : 0;

	if (!is_before(rec->seq, *next))
		*next = rec->seq + 1;
	f->records++;
	return err ? err : capture_write(f->writer, rec);
}

static int store_next(struct record_files *f, const struct rec_head *rec)
{
	int err = f->writer && is_before(rec->seq, f->next_seq[rec->cpu]) ? mark_elsewhere(f, rec) : 0;

	return err ? err : record_buffer_add(&f->waiting, rec);
}

static int store_mark(struct record_files *f, const struct rec_head *mark)
{
	if (f->turn && mark->ts >= f->turn)
		f->turned = true;
	return f->writer && !f->turned ? capture_write(f->writer, mark) : record_buffer_add(&f->waiting, mark);
}

int record_files_store(void *arg, const struct rec_head *rec)
{
	struct record_files *f = arg;

	if (f->err)
		return f->err;
	if (rec->kind == REC_MARK)
		f->err = store_mark(f, rec);
	else if (!f->writer || (f->turn && rec->ts >= f->turn))
		f->err = store_next(f, rec);
	else
		f->err = store_this(f, rec);
	return f->err;
}

static void remove_numbered(const struct record_files *f, unsigned int n)
{
	char *name = output_numbered(f->path, n);

	if (name)
		unlink(name);
	free(name);
}

static int file_open(struct record_files *f, struct capture_header *header)
{
	char *name;
	int err;

	if (!f->number)
		return output_begin(&f->output);
	header->first_seq = f->next_seq;
	header->first_cpus = f->cpus;
	name = output_numbered(f->path, f->number + 1);
	if (!name)
		return -ENOMEM;
	err = output_next(&f->output, name);
	free(f->name);
	f->name = name;
	return err;
}

/* What it opens with must leave room: in a ring, files would else be nothing but that. */
static void limit_set(struct record_files *f)
{
	uint64_t least = 2 * capture_bytes(f->writer);

	if (!f->keep || least <= f->max_size) {
		f->limit = f->max_size;
		return;
	}
	if (!f->limit || f->limit == f->max_size)
		message("a file opens with %llu bytes, and --max-size is less than twice as much: files are larger",
			(unsigned long long)least / 2);
	f->limit = least;
}

int record_files_begin(struct record_files *f, struct capture_header *header)
{
	if (!f->err)
		f->err = file_open(f, header);
	if (!f->err) {
		f->err = capture_create(&f->writer, f->output.fd, header);
		if (f->err && f->number)
			unlink(f->output.path);
	}
	if (f->err)
		return f->err;
	f->number++;
	f->all_records += f->records;
	f->records = 0;
	f->turn = 0;
	f->turned = false;
	f->err = record_buffer_each(&f->waiting, record_files_store, f);
	record_buffer_free(&f->waiting);
	record_files_flush(f);
	if (f->max_size)
		limit_set(f);
	return f->err;
}

void record_files_turn(struct record_files *f, uint64_t at)
{
	f->turn = at;
}

int record_files_end(struct record_files *f, struct capture_trailer *t)
{
	if (f->turn) {
		t->cpus = f->cpus;
		t->next_seq = f->next_seq;
		if (f->keep && f->number >= f->keep)
			remove_numbered(f, f->number + 1 - (unsigned int)f->keep);
	}
	t->records = f->records;
	for (int i = 0; i < LOSS_KINDS; i++) {
		uint64_t before = f->lost[i];

		f->lost[i] = t->lost[i];
		t->lost[i] -= before;
	}
	t->nested -= f->nested;
	f->nested += t->nested;
	if (!f->err)
		f->err = capture_finish(f->writer, t);
	f->all_bytes += capture_bytes(f->writer);
	capture_free(f->writer);
	f->writer = NULL;
	return f->err;
}

int record_files_flush(struct record_files *f)
{
	if (f->writer && !f->err)
		f->err = capture_flush(f->writer);
	return f->err;
}

bool record_files_full(const struct record_files *f)
{
	return f->writer && !f->turn && f->max_size && capture_bytes(f->writer) >= f->limit;
}

uint64_t record_files_records(const struct record_files *f)
{
	return f->all_records + f->records;
}

uint64_t record_files_bytes(const struct record_files *f)
{
	return f->all_bytes + (f->writer ? capture_bytes(f->writer) : 0);
}

unsigned int record_files_oldest(const struct record_files *f)
{
	return f->keep && f->number > f->keep ? f->number + 1 - (unsigned int)f->keep : 1;
}

void record_files_free(struct record_files *f)
{
	if (f->output.created && !f->number)
		unlink(f->output.path);
	capture_free(f->writer);
	record_buffer_free(&f->waiting);
	free(f->next_seq);
	free(f->name);
}
