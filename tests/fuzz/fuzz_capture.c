/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer target: any bytes as a capture, through reader, order, losses, model and every exporter. The checksum would stop
 * nearly all that a fuzzer makes of a capture, so the mutator takes it apart into records, changes those, and packs them
 * again. The corpus is tests/captures.
 */
#include <assert.h>
#include <cjson/cJSON.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../user/capture.h"
#include "../../user/decode.h"
#include "../../user/replay.h"

#define RECORDS 4096
#define RECORD_MAX 8192

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

static int file = -1;
static char path[32];

static void file_put(const uint8_t *data, size_t size)
{
	if (file < 0) {
		file = memfd_create("capture", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
		setlocale(LC_CTYPE, "C.UTF-8");
	}
	assert(!ftruncate(file, 0) && pwrite(file, data, size, 0) == (ssize_t)size);
}

static FILE *opened(void *out)
{
	return out;
}

static void export(const struct exporter_ops *ops, bool json)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int err = replay(path, ops, opened, out);

	fclose(out);
	if (!err) {
		assert(mbstowcs(NULL, text, 0) != (size_t)-1);
		assert(strlen(text) == len);
	}
	if (!err && json) {
		cJSON *document = cJSON_Parse(text);

		assert(document);
		cJSON_Delete(document);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	file_put(data, size);
	export(&export_json, true);
	export(&export_ndjson, false);
	export(&export_html, false);
	export(&export_show, false);
	export(&export_report, false);
	export(&export_normalize, false);
	return 0;
}

struct records {
	struct rec_head *at[RECORDS];
	size_t count;
	unsigned int seed;
};

static int record_keep(void *arg, const struct rec_head *rec)
{
	struct records *r = arg;
	struct rec_head *copy;

	if (rec->kind == REC_MARK || r->count == RECORDS)
		return 0;
	copy = malloc(RECORD_MAX);
	memcpy(copy, rec, rec->len);
	r->at[r->count++] = copy;
	return 0;
}

static unsigned int pick(struct records *r, size_t below)
{
	r->seed = r->seed * 1103515245u + 12345u;
	return (unsigned int)((r->seed >> 8) % below);
}

/* The same word as in another record, so that threads, tables, sockets and numbers meet. */
static void record_mix(struct records *r, struct rec_head *rec)
{
	const struct rec_head *other = r->at[pick(r, r->count)];
	size_t words = rec->len / 8, i = 1 + pick(r, words - 1);
	size_t from = pick(r, 2) ? i : 1 + pick(r, other->len / 8 - 1);

	if (from < other->len / 8u && i != 2 && from != 2)
		memcpy((uint64_t *)rec + i, (const uint64_t *)other + from, 8);
}

static void record_change(struct records *r)
{
	size_t i = pick(r, r->count), j = pick(r, r->count), body;
	struct rec_head *rec = r->at[i], *copy;

	switch (pick(r, 6)) {
	case 0:
		free(rec);
		memmove(r->at + i, r->at + i + 1, (--r->count - i) * sizeof(*r->at));
		break;
	case 1: /* once more, at another time */
		if (r->count == RECORDS)
			break;
		copy = malloc(RECORD_MAX);
		memcpy(copy, rec, rec->len);
		copy->ts = r->at[j]->ts;
		memmove(r->at + j + 1, r->at + j, (r->count++ - j) * sizeof(*r->at));
		r->at[j] = copy;
		break;
	case 2:
		rec->flags ^= (__u16)(1u << pick(r, 3));
		break;
	case 3: /* bytes of the fixed part and of the data alike; the length stays */
		body = rec->len - sizeof(*rec);
		LLVMFuzzerMutate((uint8_t *)(rec + 1), body, body);
		break;
	default:
		record_mix(r, rec);
		break;
	}
}

static size_t records_write(struct records *r, const struct source *src, uint8_t *data, size_t max)
{
	int out = memfd_create("mutated", 0);
	struct capture_writer *w = NULL;
	ssize_t len = 0;

	if (!capture_create(&w, out, capture_header(src))) {
		for (size_t i = 0; i < r->count; i++)
			if (decode_fits(r->at[i], r->at[i]->len) || !pick(r, 8))
				capture_write(w, r->at[i]);
		if (capture_trailer(src))
			capture_finish(w, capture_trailer(src));
		else
			capture_flush(w);
		len = pread(out, data, max, 0);
	}
	capture_free(w);
	close(out);
	return len > 0 ? (size_t)len : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	static struct records r;
	struct source *src = NULL;
	const char *error;
	size_t len = 0;

	file_put(data, size);
	r.count = 0;
	r.seed = seed;
	if (!pick(&r, 16) || capture_open(&src, path, &error))
		return LLVMFuzzerMutate(data, size, max);
	while (source_read(src, record_keep, &r) > 0)
		;
	for (unsigned int n = 1 + pick(&r, 6); n && r.count; n--)
		record_change(&r);
	len = records_write(&r, src, data, max);
	while (r.count)
		free(r.at[--r.count]);
	source_close(src);
	return len ? len : LLVMFuzzerMutate(data, size, max);
}
