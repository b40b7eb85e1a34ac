/* SPDX-License-Identifier: GPL-2.0-only */
/* A capture that is cut, damaged, foreign or newer is told apart, and never believed. */
#include <zlib.h>

#include "capture_file.h"

static void a_cut_is_told_wherever_it_is(void **state)
{
	size_t len, blocks[] = { 0, 0, 0 };
	uint8_t *bytes = small_capture(*state, &len);

	for (size_t cut = 1; cut < len; cut++) {
		const char *error;
		struct source *src;
		struct seen seen;

		file_set(*state, bytes, cut);
		if (capture_open(&src, ((struct file *)*state)->path, &error)) {
			assert_int_equal(blocks[0], 0);
			continue;
		}
		seen = read_whole(src);
		assert_true(seen.alike && seen.records % 3 == 0);
		blocks[seen.records / 3]++;
		assert_null(capture_trailer(src));
		assert_non_null(strstr(capture_cut(src), "cut short after block "));
		source_close(src);
	}
	assert_true(blocks[0] && blocks[1] && blocks[2]);
	free(bytes);
}

static void a_cut_says_where(void **state)
{
	struct capture_writer *w = begin(*state);
	struct file *file = *state;
	char where[120];
	struct source *src;

	write_calls(w, 0, 3);
	capture_flush(w);
	snprintf(where, sizeof(where), "cut short after block 2 (byte %zu): the records before it are complete",
		 file_size(file));
	write_calls(w, 3, 3);
	end(w);
	assert_int_equal(ftruncate(file->fd, (off_t)file_size(file) - 150), 0);
	assert_true(file_size(file) > 200);
	src = open_whole(file);
	assert_int_equal(read_whole(src).records, 3);
	assert_string_equal(capture_cut(src), where);
	source_close(src);
}

static void any_changed_byte_is_noticed(void **state)
{
	size_t len;
	uint8_t *bytes = small_capture(*state, &len);

	for (size_t at = 0; at < len; at++) {
		const char *error;
		struct source *src;
		struct seen seen;

		bytes[at] ^= 0x41;
		file_set(*state, bytes, len);
		bytes[at] ^= 0x41;
		if (capture_open(&src, ((struct file *)*state)->path, &error))
			continue;
		seen = read_whole(src);
		assert_true(seen.alike && seen.records % 3 == 0);
		assert_non_null(capture_cut(src));
		assert_null(capture_trailer(src));
		source_close(src);
	}
	free(bytes);
}

static void a_damaged_block_is_named(void **state)
{
	size_t len;
	uint8_t *bytes = small_capture(*state, &len);
	struct block_head head;
	struct source *src;
	char where[120];

	memcpy(&head, bytes, sizeof(head));
	len = sizeof(head) + head.packed;
	snprintf(where, sizeof(where),
		 "block 2 at byte %zu does not match its checksum: the capture is read up to there", len);
	bytes[len + sizeof(head) + 5] ^= 1;
	file_set(*state, bytes, file_size(*state));
	src = open_whole(*state);
	assert_int_equal(read_whole(src).records, 0);
	assert_string_equal(capture_cut(src), where);
	source_close(src);
	free(bytes);
}

static void what_is_no_capture_is_refused_in_one_line(void **state)
{
	struct file *file = *state;

	assert_no_capture("/nonexistent/x.slt", "No such file or directory");
	assert_no_capture("/", "Is a directory");
	assert_no_capture(file->path, "empty, not a socklife capture");
	file_set(file, (const uint8_t *)"sock", 4);
	assert_no_capture(file->path, "cut short in its first block: there is nothing to read");
	file_set(file, (const uint8_t *)"{}\n", 3);
	assert_no_capture(file->path, "not a socklife capture");
	file_set(file, (const uint8_t *)"The quick brown fox jumps over the lazy dog", 43);
	assert_no_capture(file->path, "not a socklife capture");
}

static void a_newer_version_is_refused_by_name(void **state)
{
	struct block_head head = { .magic = CAPTURE_MAGIC, .version = 2 };

	file_set(*state, (uint8_t *)&head, sizeof(head));
	assert_no_capture(((struct file *)*state)->path,
			  "capture version 2 is newer than this socklife reads (1): use a newer socklife");
}

/* A block with a good checksum and what else it is given; no way to write one but by hand. */
static void block_put(const struct file *file, struct block_head head, const void *raw, size_t len)
{
	uint8_t packed[512];
	uLongf size = sizeof(packed);
	off_t at = (off_t)file_size(file);

	assert_int_equal(compress2(packed, &size, raw, len, 1), Z_OK);
	memcpy(head.magic, CAPTURE_MAGIC, sizeof(head.magic));
	head.version = CAPTURE_VERSION;
	head.packed = (uint32_t)size;
	head.crc = (uint32_t)crc32(0, (void *)&head, offsetof(struct block_head, crc));
	head.crc = (uint32_t)crc32(head.crc, packed, (uInt)size);
	assert_int_equal(pwrite(file->fd, &head, sizeof(head), at), sizeof(head));
	assert_int_equal(pwrite(file->fd, packed, size, at + (off_t)sizeof(head)), size);
}

static void a_capture_begins_with_a_header(void **state)
{
	block_put(*state, (struct block_head){ .type = BLOCK_RECORDS, .raw = 3 }, "abc", 3);
	assert_no_capture(((struct file *)*state)->path, "not a socklife capture: it does not begin with a header");
}

static void unknown_blocks_and_keys_are_skipped(void **state)
{
	static const char header[] = "new\0x\0host\0h\0tail";
	struct source *src;

	block_put(*state, (struct block_head){ .type = BLOCK_HEADER, .raw = sizeof(header) - 1 }, header,
		  sizeof(header) - 1);
	block_put(*state, (struct block_head){ .type = 9, .raw = 77 }, "abc", 3);
	block_put(*state, (struct block_head){ .type = BLOCK_TRAILER, .raw = 10 },
		  "x\0y\0end\0"
		  "8",
		  10);
	src = open_whole(*state);
	assert_string_equal(capture_header(src)->host, "h");
	assert_string_equal(capture_header(src)->kernel, "");
	assert_null(capture_header(src)->calls[0]);
	assert_int_equal(read_whole(src).records, 0);
	assert_null(capture_cut(src));
	assert_int_equal(capture_trailer(src)->end, 8);
	assert_int_equal(capture_trailer(src)->cpus, 0);
	source_close(src);
}

static void sizes_that_lie_are_damage(void **state)
{
	static const struct {
		uint32_t raw, records;
		const char *what;
	} lies[] = {
		{ CAPTURE_BLOCK_MAX + 1, 0, "larger than a block can be" },
		{ 100, 0, "does not decompress to its size" },
		{ 2, 0, "does not decompress to its size" },
		{ 3, 1, "contradicts itself" },
		{ 0, 0, "does not decompress to its size" },
	};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct source *src;

		assert_int_equal(ftruncate(((struct file *)*state)->fd, 0), 0);
		block_put(*state, (struct block_head){ .type = BLOCK_HEADER, .raw = 3 }, "a\0b", 3);
		block_put(*state,
			  (struct block_head){ .type = BLOCK_RECORDS, .raw = lies[i].raw, .records = lies[i].records },
			  "\xff\xff\xff", 3);
		src = open_whole(*state);
		assert_int_equal(read_whole(src).records, 0);
		assert_non_null(strstr(capture_cut(src), lies[i].what));
		source_close(src);
	}
}

static void a_record_that_contradicts_itself_ends_it(void **state)
{
	struct rec_call wrong = *(const struct rec_call *)call_make(1);
	struct capture_writer *w = begin(*state);
	struct source *src;

	write_calls(w, 0, 1);
	wrong.h.len = 64;
	assert_int_equal(capture_write(w, &wrong.h), 0);
	write_calls(w, 1, 1);
	end(w);
	src = open_whole(*state);
	assert_int_equal(read_whole(src).records, 1);
	assert_non_null(strstr(capture_cut(src), "block 2 at byte "));
	assert_non_null(strstr(capture_cut(src), "contradicts itself"));
	source_close(src);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cut_is_told_wherever_it_is),
		TEST(a_cut_says_where),
		TEST(any_changed_byte_is_noticed),
		TEST(a_damaged_block_is_named),
		TEST(what_is_no_capture_is_refused_in_one_line),
		TEST(a_newer_version_is_refused_by_name),
		TEST(a_capture_begins_with_a_header),
		TEST(unknown_blocks_and_keys_are_skipped),
		TEST(sizes_that_lie_are_damage),
		TEST(a_record_that_contradicts_itself_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
