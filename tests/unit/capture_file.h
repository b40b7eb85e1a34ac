/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures in memory for the tests of capture_write.c and capture_read.c: made, read, cut. */
#ifndef SOCKLIFE_TEST_CAPTURE_FILE_H
#define SOCKLIFE_TEST_CAPTURE_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "decode.h"

struct file {
	int fd;
	char path[32];
};

struct seen { /* what a reader gave */
	size_t records, skipped;
	uint64_t stop; /* after so many, 0: never */
	unsigned int calls[CALLS];
	bool alike; /* every record was call_make() of its number */
};

static char *legend[CALLS + 1];

static char *interfaces[] = { "1 lo", "2 eth0", NULL };
static char *reset_reasons[] = { "0 NOT_SPECIFIED", NULL };

static inline struct capture_header *header_of(char **argv, char **calls)
{
	static struct capture_header header;

	for (int i = 0; i < CALLS; i++)
		legend[i] = (char *)call_rows[i].name;
	header = (struct capture_header){
		.host = "a host",
		.kernel = "6.18",
		.arch = "x86_64",
		.tool = "socklife 0",
		.start = 1700000000123456789,
		.mono = 987654321,
		.cpus = 4,
		.netns = 4026531840,
		.interfaces = interfaces,
		.reset_reasons = reset_reasons,
		.argv = argv,
		.calls = calls ? calls : legend,
	};
	return &header;
}

static inline const struct rec_head *call_make(uint32_t n)
{
	static struct rec_call rec;

	rec = (struct rec_call){
		.h = { .ts = 1000000000 + 1000 * n,
		       .seq = n / 2,
		       .tid = 77 + n % 2,
		       .cpu = n % 2,
		       .len = sizeof(rec),
		       .kind = REC_CALL,
		       .call = n % CALLS },
		.dur = n * 2654435761u % 5000,
		.ret = n % 700,
		.sk = 0xffff888000001000,
	};
	return &rec.h;
}

static inline int see(void *arg, const struct rec_head *rec)
{
	struct seen *seen = arg;

	if (rec->kind == REC_MARK) {
		seen->skipped += rec->flags == MARK_SKIPPED && !rec->ts;
		return 0;
	}
	seen->calls[rec->call]++;
	if (memcmp(rec, call_make((uint32_t)seen->records), rec->len))
		seen->alike = false;
	return ++seen->records == seen->stop ? 5 : 0;
}

static inline int setup(void **state)
{
	static struct file file;

	file.fd = memfd_create("capture", MFD_CLOEXEC);
	snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
	*state = &file;
	return file.fd < 0;
}

static inline int teardown(void **state)
{
	close(((struct file *)*state)->fd);
	return 0;
}

static inline struct capture_writer *begin(const struct file *file)
{
	struct capture_writer *w;

	assert_int_equal(capture_create(&w, file->fd, header_of(NULL, NULL)), 0);
	return w;
}

static inline void write_calls(struct capture_writer *w, uint32_t from, uint32_t n)
{
	for (uint32_t i = from; i < from + n; i++)
		assert_int_equal(capture_write(w, call_make(i)), 0);
}

static inline void end(struct capture_writer *w)
{
	struct capture_trailer trailer = { .end = 5 };

	assert_int_equal(capture_finish(w, &trailer), 0);
	capture_free(w);
}

static inline struct source *open_whole(const struct file *file)
{
	const char *error = NULL;
	struct source *src = NULL;

	assert_int_equal(capture_open(&src, file->path, &error), 0);
	return src;
}

static inline struct seen read_whole(struct source *src)
{
	struct seen seen = { .alike = true };
	int ret;

	do
		ret = source_read(src, see, &seen);
	while (ret == 1);
	assert_int_equal(ret, 0);
	assert_int_equal(source_read(src, see, &seen), 0);
	return seen;
}

static inline void assert_no_capture(const char *path, const char *why)
{
	const char *error = NULL;
	struct source *src = NULL;

	assert_true(capture_open(&src, path, &error) < 0);
	assert_null(src);
	assert_string_equal(error, why);
}

static inline size_t file_size(const struct file *file)
{
	struct stat st;

	assert_int_equal(fstat(file->fd, &st), 0);
	return (size_t)st.st_size;
}

/* A small capture of two blocks of records, whole; its bytes are the caller's. */
static inline uint8_t *small_capture(const struct file *file, size_t *len)
{
	struct capture_writer *w = begin(file);
	uint8_t *bytes;

	write_calls(w, 0, 3);
	capture_flush(w);
	write_calls(w, 3, 3);
	end(w);
	*len = file_size(file);
	bytes = malloc(*len);
	assert_non_null(bytes);
	assert_int_equal(pread(file->fd, bytes, *len, 0), *len);
	return bytes;
}

static inline void file_set(const struct file *file, const uint8_t *bytes, size_t len)
{
	assert_int_equal(ftruncate(file->fd, 0), 0);
	assert_int_equal(pwrite(file->fd, bytes, len, 0), len);
}

#endif
