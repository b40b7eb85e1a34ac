/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a capture (capture.h): a source. The file is not trusted: every size, checksum and length is checked before it is
 * used, and the first that does not hold ends the capture there. Never seeks: the file may be a pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>
#include <zlib.h>

#include "capture.h"
#include "capture_text.h"
#include "decode.h"
#include "pack.h"

#define PACKED_MAX (CAPTURE_BLOCK_MAX + (CAPTURE_BLOCK_MAX >> 4)) /* what does not compress grows a little */
#define CALL_IDS 256 /* rec_head.call is a byte */

struct bytes {
	uint8_t *p;
	size_t room;
};

struct capture_source {
	struct source src;
	int fd;
	bool over; /* nothing more is read */
	uint64_t blocks, offset; /* whole ones read, and their bytes */
	struct block_head head; /* of the block in raw */
	struct bytes packed, raw;
	size_t at; /* in raw: the next record */
	uint32_t given; /* records of this block */
	z_stream z;
	char *text; /* the HEADER block's, header points into it */
	struct capture_header header;
	struct capture_trailer trailer;
	bool has_trailer;
	char cut[160];
	int16_t calls[CALL_IDS]; /* the file's id of a call to this program's, -1: it has none */
	uint64_t skipped;
	struct pack_state pack;
	uint64_t rec[PACK_RECORD_MAX / 8];
};

static struct capture_source *capture_of(const struct source *src)
{
	return (struct capture_source *)src; /* its first member */
}

/* The end, and why. */
static int capture_stop(struct capture_source *c, const char *why, ...)
{
	va_list args;

	va_start(args, why);
	vsnprintf(c->cut, sizeof(c->cut), why, args);
	va_end(args);
	c->over = true;
	return 0;
}

static int capture_short(struct capture_source *c)
{
	if (!c->blocks)
		return capture_stop(c, "cut short in its first block: there is nothing to read");
	return capture_stop(c,
			    "cut short after block %" PRIu64 " (byte %" PRIu64 "): the records before it are complete",
			    c->blocks, c->offset);
}

/* what: completes "block 12 at byte 345678 ..." */
static int capture_damaged(struct capture_source *c, const char *what)
{
	return capture_stop(c, "block %" PRIu64 " at byte %" PRIu64 " %s: the capture is read up to there",
			    c->blocks + 1, c->offset, what);
}

/* The bytes read, fewer than len at the end of the file only; or -errno. */
static ssize_t read_all(int fd, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, (uint8_t *)buf + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int bytes_grow(struct bytes *b, size_t room)
{
	uint8_t *p;

	if (room <= b->room)
		return 0;
	p = realloc(b->p, room);
	if (!p)
		return -ENOMEM;
	*b = (struct bytes){ p, room };
	return 0;
}

/* 1: a head that can be believed until the checksum; 0: the end; -errno. */
static int head_read(struct capture_source *c)
{
	struct block_head *head = &c->head;
	ssize_t n = read_all(c->fd, head, sizeof(*head));

	if (n < 0)
		return (int)n;
	if (!c->blocks && !n)
		return capture_stop(c, "empty, not a socklife capture");
	if (!c->blocks && memcmp(head->magic, CAPTURE_MAGIC, MIN((size_t)n, sizeof(head->magic))))
		return capture_stop(c, "not a socklife capture");
	if ((size_t)n < sizeof(*head))
		return capture_short(c);
	if (memcmp(head->magic, CAPTURE_MAGIC, sizeof(head->magic)))
		return capture_damaged(c, "does not begin as a block does");
	if (head->version > CAPTURE_VERSION)
		return capture_stop(c,
				    "capture version %u is newer than this socklife reads (%u): use a newer socklife",
				    head->version, CAPTURE_VERSION);
	if (head->raw > CAPTURE_BLOCK_MAX || head->packed > PACKED_MAX)
		return capture_damaged(c, "says that it is larger than a block can be");
	return 1;
}

/* A block of a type that this program does not know is skipped as it is. */
static bool block_inflate(struct capture_source *c)
{
	if (c->head.type < BLOCK_HEADER || c->head.type > BLOCK_TRAILER)
		return true;
	inflateReset(&c->z);
	c->z.next_in = c->packed.p;
	c->z.avail_in = c->head.packed;
	c->z.next_out = c->raw.p;
	c->z.avail_out = c->head.raw;
	return inflate(&c->z, Z_FINISH) == Z_STREAM_END && !c->z.avail_in && !c->z.avail_out;
}

/* The next block, in raw. 1: it is there; 0: the end; -errno. */
static int block_read(struct capture_source *c)
{
	const struct block_head *head = &c->head;
	uLong crc;
	ssize_t n;
	int ret = head_read(c);

	if (ret <= 0)
		return ret;
	ret = bytes_grow(&c->packed, head->packed + 1);
	if (!ret)
		ret = bytes_grow(&c->raw, head->raw + 1);
	if (ret)
		return ret;
	n = read_all(c->fd, c->packed.p, head->packed);
	if (n < 0)
		return (int)n;
	if ((size_t)n < head->packed)
		return capture_short(c);
	crc = crc32(0, (const Bytef *)head, offsetof(struct block_head, crc));
	if (crc32(crc, c->packed.p, head->packed) != head->crc)
		return capture_damaged(c, "does not match its checksum");
	if (!block_inflate(c))
		return capture_damaged(c, "does not decompress to its size");
	c->at = 0;
	c->given = 0;
	memset(&c->pack, 0, sizeof(c->pack));
	return 1;
}

static void block_done(struct capture_source *c)
{
	c->blocks++;
	c->offset += sizeof(c->head) + c->head.packed;
}

/* Makes the record in c->rec one of this program's, or a MARK_SKIPPED. False: it contradicts itself. */
static bool record_localize(struct capture_source *c, struct rec_head *rec)
{
	int call = rec->kind == REC_CALL ? c->calls[rec->call] : 0;

	if (rec->kind >= REC_KINDS || call < 0) {
		*rec = (struct rec_head){
			.seq = rec->seq, .cpu = rec->cpu, .len = sizeof(*rec), .kind = REC_MARK, .flags = MARK_SKIPPED
		};
		c->skipped++;
		return true;
	}
	if (rec->kind == REC_CALL)
		rec->call = (uint8_t)call;
	return decode_fits(rec, rec->len);
}

/* Hands on the rest of the block in raw. */
static int records_give(struct capture_source *c, record_fn *fn, void *arg)
{
	struct rec_head *rec = (struct rec_head *)c->rec;
	int ret;

	while (c->at < c->head.raw) {
		int n = unpack_record(&c->pack, c->raw.p + c->at, c->head.raw - c->at, rec, sizeof(c->rec));

		if (n < 0 || c->given == c->head.records || !record_localize(c, rec))
			return capture_damaged(c, "holds a record that contradicts itself");
		c->at += (size_t)n;
		c->given++;
		ret = fn(arg, rec);
		if (ret)
			return ret;
	}
	if (c->given != c->head.records)
		return capture_damaged(c, "holds fewer records than it says");
	block_done(c);
	c->head.type = 0;
	return 1;
}

/* A block a call; the rest of one that fn stopped in. */
static int capture_read(struct source *src, record_fn *fn, void *arg)
{
	struct capture_source *c = capture_of(src);
	int ret;

	if (c->over)
		return 0;
	if (c->head.type != BLOCK_RECORDS) {
		ret = block_read(c);
		if (ret < 0)
			c->over = true;
		if (ret <= 0)
			return ret;
	}
	if (c->head.type == BLOCK_RECORDS)
		return records_give(c, fn, arg);
	block_done(c);
	if (c->head.type != BLOCK_TRAILER)
		return 1;
	ret = trailer_parse(&c->trailer, (char *)c->raw.p, c->head.raw);
	c->over = true;
	c->has_trailer = !ret;
	return ret;
}

static void capture_close(struct source *src)
{
	struct capture_source *c = capture_of(src);

	if (c->fd > STDIN_FILENO)
		close(c->fd);
	inflateEnd(&c->z);
	free(c->packed.p);
	free(c->raw.p);
	free(c->text);
	free(c->header.argv);
	free(c->header.calls);
	free(c->header.interfaces);
	free(c->header.reset_reasons);
	free(c->header.blind);
	free(c->header.narrow);
	free(c->header.first_seq);
	free(c->trailer.next_seq);
	free(c->trailer.watched);
	free(c->trailer.blind);
	free(c);
}

/* The legend's calls, where this program has them. */
static void calls_map(struct capture_source *c)
{
	char *const *name = c->header.calls;

	for (size_t i = 0; i < CALL_IDS; i++)
		c->calls[i] = *name ? (int16_t)call_by_name(*name++) : -1;
}

static int first_block_read(struct capture_source *c)
{
	int ret = block_read(c);

	if (ret < 0)
		return ret;
	if (ret && c->head.type != BLOCK_HEADER)
		capture_stop(c, "not a socklife capture: it does not begin with a header");
	if (c->over)
		return -EINVAL;
	block_done(c);
	c->text = calloc(1, c->head.raw + 1);
	if (!c->text)
		return -ENOMEM;
	memcpy(c->text, c->raw.p, c->head.raw);
	ret = header_parse(&c->header, c->text, c->head.raw);
	if (!ret)
		calls_map(c);
	return ret;
}

int capture_open(struct source **src, const char *path, const char **error)
{
	static const struct source_ops ops = { .read = capture_read, .close = capture_close };
	static char text[sizeof(((struct capture_source *)0)->cut)];
	struct capture_source *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (!c)
		goto out;
	c->src.ops = &ops;
	c->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (c->fd < 0)
		err = -errno;
	else if (inflateInit(&c->z) == Z_OK)
		err = first_block_read(c);
out:
	if (!err) {
		*src = &c->src;
		return 0;
	}
	snprintf(text, sizeof(text), "%s", c && *c->cut ? c->cut : strerror(-err));
	*error = text;
	if (c)
		capture_close(&c->src);
	return err;
}

const struct capture_header *capture_header(const struct source *src)
{
	return &capture_of(src)->header;
}

const struct capture_trailer *capture_trailer(const struct source *src)
{
	return capture_of(src)->has_trailer ? &capture_of(src)->trailer : NULL;
}

const char *capture_cut(const struct source *src)
{
	return *capture_of(src)->cut ? capture_of(src)->cut : NULL;
}

int capture_fd(const struct source *src)
{
	return capture_of(src)->fd;
}

uint64_t capture_skipped(const struct source *src)
{
	return capture_of(src)->skipped;
}
