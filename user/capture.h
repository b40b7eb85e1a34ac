/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The capture file (.slt): the records as they were consumed from the rings, in blocks.
 *
 *	file    = block*
 *	block   = struct block_head, then `packed` bytes of a zlib stream (RFC 1950)
 *	          HEADER first, RECORDS after it, TRAILER last
 *	HEADER  = text pairs "key\0value\0": host, kernel, arch, tool, start (ns of CLOCK_REALTIME), mono (ns of
 *	          CLOCK_MONOTONIC at the same instant), cpus, netns (inode of the recorder's), one `interface` (index,
 *	          a space, name) per network interface in it, one `reason` (number, a space, name) per value of the
 *	          kernel's enum sk_rst_reason, one `arg` per word of COMMAND, one `call` per row of syscalls.h in its
 *	          order: the legend, by which a capture is read by programs with another table; doors (the ways into the
 *	          kernel that are watched from the start, blanks between them: enum via), one `blind` (a line) per thing that is not;
 *	          one `narrow` ("family AF_INET", "type SOCK_STREAM", "port 80") per constraint on sockets: user/narrow.h;
 *	          io, where sends and receives are counted: record's --io;
 *	          first_seq, in a file that goes on where another ended: as seq
 *	RECORDS = packed records (user/pack.h)
 *	TRAILER = text pairs: end (ns, CLOCK_MONOTONIC), records, nested, lost.REASON (loss_name()), seq (next_seq,
 *	          in decimal, a blank between them): see capture_trailer; one `watched` (ns of CLOCK_MONOTONIC, a space, the
 *	          line) per `blind` of the header that ended then, one `blind` per thing that turned out not to have been seen
 *
 * A value holds any bytes but NUL. Integers are in the writer's byte order (a machine of the other order takes the
 * version for a newer one). The checksum is zlib's crc32 of the head before it, then of the packed bytes. A file cut
 * anywhere is readable up to the last whole block. A reader refuses a newer version by name and skips block types,
 * records' kinds and calls, and keys that it does not know.
 */
#ifndef SOCKLIFE_CAPTURE_H
#define SOCKLIFE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/event.h"
#include "source.h"

#define CAPTURE_VERSION 1
#define CAPTURE_MAGIC "socklife" /* block_head.magic of every block's first 8 bytes, no NUL */

enum block_type { BLOCK_HEADER = 1, BLOCK_RECORDS, BLOCK_TRAILER };

struct block_head {
	char magic[8];
	uint16_t version;
	uint16_t type;
	uint32_t records; /* in this block */
	uint32_t raw; /* bytes when uncompressed, at most CAPTURE_BLOCK_MAX */
	uint32_t packed; /* bytes that follow */
	uint32_t reserved; /* 0 */
	uint32_t crc; /* of the bytes above and of those that follow */
};

#define CAPTURE_BLOCK_MAX (4u << 20)

/*
 * rec_head.flags of a REC_MARK with ts 0, which lets nothing go: it stands for a record that this program cannot read
 * (of a call or a kind that it does not know), so that its cpu and seq are no loss.
 */
#define MARK_SKIPPED 1

/* The machine's and the run's facts, known when recording starts. Strings are owned by whoever filled it. */
struct capture_header {
	char *host, *kernel, *arch, *tool;
	uint64_t start; /* ns, CLOCK_REALTIME */
	uint64_t mono; /* ns, CLOCK_MONOTONIC */
	uint32_t cpus;
	uint64_t netns; /* inode of the network namespace that `interfaces` are of */
	char **interfaces; /* "INDEX NAME", NULL-terminated */
	char **reset_reasons; /* enum sk_rst_reason of the kernel, "NUMBER NAME", NULL-terminated; NULL: it has none */
	char **argv; /* COMMAND, NULL-terminated; NULL without one */
	char **calls; /* the legend, NULL-terminated */
	char *doors; /* NULL: of a version that watched native calls only, and said nothing of that */
	char **blind; /* NULL-terminated, NULL: none */
	char *io; /* "summary", "none"; NULL: each send and receive is told of */
	char **narrow; /* NULL-terminated, NULL: none */
	uint32_t *first_seq; /* per CPU, the number of the first record; NULL: 0 */
	uint32_t first_cpus; /* entries of first_seq: a CPU more than `cpus`, the snapshot's */
};

/* Totals, known when it ends. */
struct capture_trailer {
	uint64_t end; /* ns, CLOCK_MONOTONIC */
	uint64_t records;
	uint64_t lost[LOSS_KINDS];
	uint64_t nested; /* programs that the kernel skipped: recursion_misses */
	uint32_t cpus;
	uint32_t *next_seq; /* per CPU, the number the next record would have had: tells a loss at the end */
	char **watched, **blind; /* "NS LINE", and lines; NULL-terminated, NULL: none */
};

/* Writer. Each returns 0 or -errno; a failed write leaves every whole block on disk and is sticky. */
struct capture_writer;
int capture_create(struct capture_writer **w, int fd, const struct capture_header *header); /* fd stays the caller's */
int capture_write(struct capture_writer *w, const struct rec_head *rec); /* a whole record, rec->len bytes */
int capture_flush(struct capture_writer *w); /* what is buffered becomes a block: what is recorded is on disk */
int capture_finish(struct capture_writer *w, const struct capture_trailer *trailer);
uint64_t capture_bytes(const struct capture_writer *w); /* written so far */
void capture_free(struct capture_writer *w);

/*
 * Reader: a source (source.h). capture_open() takes a path or "-", fills *error with one line (static storage) on failure: not
 * a capture, newer, empty. Reading stops at the first block that is cut or does not match its checksum: the records
 * before it are given, then source_read() says 0 and capture_cut() says why.
 */
int capture_open(struct source **src, const char *path, const char **error);
const struct capture_header *capture_header(const struct source *src);
const struct capture_trailer *capture_trailer(const struct source *src); /* NULL: cut short, or not read to the end */
const char *capture_cut(const struct source *src); /* NULL: whole; else one line: what and where */
int capture_fd(const struct source *src); /* that it is read from, unbuffered: where to wait for more */
uint64_t capture_skipped(const struct source *src); /* records of calls and kinds that this program does not know */

#endif
