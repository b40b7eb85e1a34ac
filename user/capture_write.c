/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a capture (capture.h): packs records into a buffer, and makes a block of it when it is full. Owns its buffers, not
 * the descriptor; knows nothing of what is in a record.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "capture.h"
#include "losses.h"
#include "pack.h"

#define RAW_BYTES (256u << 10) /* of packed records in a block: 30,000 calls */

struct capture_writer {
	int fd;
	int err; /* the first one, sticky */
	uint64_t bytes;
	z_stream z;
	uint8_t *block; /* a struct block_head and the zlib stream */
	size_t block_room;
	uint32_t records; /* in raw */
	size_t raw_len;
	struct pack_state pack;
	uint8_t raw[RAW_BYTES];
};

_Static_assert(sizeof(struct block_head) == 32 && offsetof(struct block_head, crc) == 28, "file");
_Static_assert(RAW_BYTES >= PACK_ROOM && RAW_BYTES <= CAPTURE_BLOCK_MAX, "a block takes any record");

static int write_all(int fd, const uint8_t *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int block_grow(struct capture_writer *w, size_t raw)
{
	size_t room = sizeof(struct block_head) + deflateBound(&w->z, raw);
	uint8_t *block;

	if (room <= w->block_room)
		return 0;
	block = realloc(w->block, room);
	if (!block)
		return -ENOMEM;
	w->block = block;
	w->block_room = room;
	return 0;
}

static int block_write(struct capture_writer *w, enum block_type type, uint32_t records, const void *raw, size_t len)
{
	struct block_head head = { .version = CAPTURE_VERSION, .type = type, .records = records, .raw = (uint32_t)len };
	uint8_t *packed;
	int err;

	if (len > CAPTURE_BLOCK_MAX)
		return -E2BIG;
	err = block_grow(w, len);
	if (err)
		return err;
	packed = w->block + sizeof(head);
	deflateReset(&w->z);
	w->z.next_in = (z_const Bytef *)raw;
	w->z.avail_in = (uInt)len;
	w->z.next_out = packed;
	w->z.avail_out = (uInt)(w->block_room - sizeof(head));
	if (deflate(&w->z, Z_FINISH) != Z_STREAM_END)
		return -EIO;
	memcpy(head.magic, CAPTURE_MAGIC, sizeof(head.magic));
	head.packed = (uint32_t)w->z.total_out;
	head.crc = (uint32_t)crc32(0, (const Bytef *)&head, offsetof(struct block_head, crc));
	head.crc = (uint32_t)crc32(head.crc, packed, head.packed);
	memcpy(w->block, &head, sizeof(head));
	err = write_all(w->fd, w->block, sizeof(head) + head.packed);
	if (!err)
		w->bytes += sizeof(head) + head.packed;
	return err;
}

static void pair_put(FILE *f, const char *key, const char *value)
{
	fprintf(f, "%s%c%s%c", key, 0, value, 0);
}

static void number_put(FILE *f, const char *key, uint64_t value)
{
	fprintf(f, "%s%c%" PRIu64 "%c", key, 0, value, 0);
}

static void seqs_put(FILE *f, const char *key, const uint32_t *seqs, uint32_t count)
{
	fprintf(f, "%s%c", key, 0);
	for (uint32_t cpu = 0; cpu < count; cpu++)
		fprintf(f, "%s%" PRIu32, cpu ? " " : "", seqs[cpu]);
	fputc(0, f);
}

static void pairs_put(FILE *f, const char *key, char *const *values)
{
	for (; values && *values; values++)
		pair_put(f, key, *values);
}

/* Closes f, which made a block's text. */
static int text_write(struct capture_writer *w, enum block_type type, FILE *f, char **text, size_t *len)
{
	int err = ferror(f) ? -ENOMEM : 0;

	if (fclose(f))
		err = -ENOMEM;
	if (!err)
		err = block_write(w, type, 0, *text, *len);
	free(*text);
	return err;
}

static int header_write(struct capture_writer *w, const struct capture_header *header)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -ENOMEM;
	pair_put(f, "host", header->host);
	pair_put(f, "kernel", header->kernel);
	pair_put(f, "arch", header->arch);
	pair_put(f, "tool", header->tool);
	number_put(f, "start", header->start);
	number_put(f, "mono", header->mono);
	number_put(f, "cpus", header->cpus);
	number_put(f, "netns", header->netns);
	pairs_put(f, "interface", header->interfaces);
	pairs_put(f, "reason", header->reset_reasons);
	pairs_put(f, "arg", header->argv);
	pairs_put(f, "call", header->calls);
	if (header->doors)
		pair_put(f, "doors", header->doors);
	pairs_put(f, "blind", header->blind);
	if (header->io)
		pair_put(f, "io", header->io);
	pairs_put(f, "narrow", header->narrow);
	if (header->first_seq)
		seqs_put(f, "first_seq", header->first_seq, header->first_cpus);
	return text_write(w, BLOCK_HEADER, f, &text, &len);
}

static int trailer_write(struct capture_writer *w, const struct capture_trailer *trailer)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -ENOMEM;
	number_put(f, "end", trailer->end);
	number_put(f, "records", trailer->records);
	number_put(f, "nested", trailer->nested);
	for (int i = 0; i < LOSS_KINDS; i++) {
		fputs("lost.", f);
		number_put(f, loss_name(i), trailer->lost[i]);
	}
	seqs_put(f, "seq", trailer->next_seq, trailer->cpus);
	pairs_put(f, "watched", trailer->watched);
	pairs_put(f, "blind", trailer->blind);
	return text_write(w, BLOCK_TRAILER, f, &text, &len);
}

int capture_create(struct capture_writer **out, int fd, const struct capture_header *header)
{
	struct capture_writer *w = calloc(1, sizeof(*w));
	int err = -ENOMEM;

	if (!w)
		return -ENOMEM;
	w->fd = fd;
	if (deflateInit(&w->z, Z_BEST_SPEED) == Z_OK)
		err = header_write(w, header);
	if (err) {
		capture_free(w);
		return err;
	}
	*out = w;
	return 0;
}

int capture_flush(struct capture_writer *w)
{
	if (w->err || !w->records)
		return w->err;
	w->err = block_write(w, BLOCK_RECORDS, w->records, w->raw, w->raw_len);
	w->records = 0;
	w->raw_len = 0;
	memset(&w->pack, 0, sizeof(w->pack));
	return w->err;
}

int capture_write(struct capture_writer *w, const struct rec_head *rec)
{
	int n;

	if (!w->err && RAW_BYTES - w->raw_len < PACK_ROOM)
		capture_flush(w);
	if (w->err)
		return w->err;
	n = pack_record(&w->pack, rec, w->raw + w->raw_len, RAW_BYTES - w->raw_len);
	if (n < 0)
		return w->err = n;
	w->raw_len += (size_t)n;
	w->records++;
	return 0;
}

int capture_finish(struct capture_writer *w, const struct capture_trailer *trailer)
{
	if (!capture_flush(w))
		w->err = trailer_write(w, trailer);
	return w->err;
}

uint64_t capture_bytes(const struct capture_writer *w)
{
	return w->bytes;
}

void capture_free(struct capture_writer *w)
{
	if (!w)
		return;
	deflateEnd(&w->z);
	free(w->block);
	free(w);
}
