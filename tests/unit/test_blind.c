/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording does not see: the words, their way through a capture, and the times that a replay makes of them. */
#include "blind.h"
#include "capture_file.h"
#include "replay.h"

#define MONO 987654321ull /* header_of() */
#define DURATION 5000

struct told { /* trace.blind */
	size_t count;
	struct blind blind[70];
	char what[70][160];
};

static struct told told;

static int told_end(void *exporter, const struct trace *trace, int pass)
{
	(void)exporter, (void)pass;
	assert_int_equal(trace->duration, DURATION);
	told.count = trace->blind_count;
	assert_true(told.count <= 70);
	for (size_t i = 0; i < told.count; i++) {
		told.blind[i] = trace->blind[i];
		snprintf(told.what[i], sizeof(told.what[i]), "%s", trace->blind[i].what);
	}
	return 0;
}

static FILE *nowhere(void *arg)
{
	(void)arg;
	return stderr;
}

static void tell(const struct file *file)
{
	static const struct exporter_ops ops = { .format = "test", .passes = 1, .end = told_end };

	memset(&told, 0, sizeof(told));
	assert_int_equal(replay(file->path, &ops, nowhere, NULL), 0);
}

static void assert_blind(size_t i, const char *what, int64_t from, int64_t to)
{
	assert_true(i < told.count);
	assert_string_equal(told.what[i], what);
	assert_int_equal(told.blind[i].from, from);
	assert_int_equal(told.blind[i].to, to);
}

static void record(const struct file *file, char *doors, char **blind, char **watched, char **later)
{
	struct capture_trailer trailer = { .end = MONO + DURATION, .watched = watched, .blind = later };
	struct capture_header *header = header_of(NULL, NULL);
	struct capture_writer *w;

	header->doors = doors;
	header->blind = blind;
	assert_int_equal(capture_create(&w, file->fd, header), 0);
	assert_int_equal(capture_finish(w, &trailer), 0);
	capture_free(w);
	tell(file);
}

static void a_capture_of_an_older_version_saw_native_calls_only(void **state)
{
	record(*state, NULL, NULL, NULL, NULL);
	assert_int_equal(told.count, 2);
	assert_blind(0, "32-bit programs, socketcall", 0, DURATION);
	assert_blind(1, "io_uring", 0, DURATION);
}

static void where_all_is_watched_nothing_is_blind(void **state)
{
	record(*state, "syscall ia32 socketcall io_uring", NULL, NULL, NULL);
	assert_int_equal(told.count, 0);
}

static void a_way_is_blind_until_it_is_watched(void **state)
{
	char *blind[] = { "a", "b: c", NULL }, *watched[] = { "987656321 b: c", NULL }, *later[] = { "b: c", NULL };

	record(*state, "syscall", blind, watched, later);
	assert_int_equal(told.count, 3);
	assert_blind(0, "a", 0, DURATION);
	assert_blind(1, "b: c", 0, 2000);
	assert_blind(2, "b: c", 0, DURATION);
}

static void a_capture_that_was_cut_short_is_blind_to_its_end(void **state)
{
	char *blind[] = { "a", NULL };
	struct capture_header *header = header_of(NULL, NULL);
	struct rec_call call = *(const struct rec_call *)call_make(0);
	struct capture_writer *w;

	header->doors = "syscall";
	header->blind = blind;
	call.h.ts = MONO + DURATION;
	call.dur = 0;
	assert_int_equal(capture_create(&w, ((struct file *)*state)->fd, header), 0);
	assert_int_equal(capture_write(w, &call.h), 0);
	assert_int_equal(capture_flush(w), 0);
	capture_free(w);
	tell(*state);
	assert_int_equal(told.count, 1);
	assert_blind(0, "a", 0, DURATION);
}

static void times_that_make_no_sense_stay_in_the_trace(void **state)
{
	char *blind[] = { "late", "early", "none", "", "b", NULL };
	char *watched[] = { "18446744073709551616 late",
			    "-1 late",
			    "5 early",
			    "none",
			    "987656321",
			    "987656321none",
			    "987656321 b",
			    "5 unknown",
			    "",
			    " none",
			    NULL };

	record(*state, "", blind, watched, NULL);
	assert_int_equal(told.count, 5);
	assert_blind(0, "late", 0, DURATION);
	assert_blind(1, "early", 0, 0);
	assert_blind(2, "none", 0, DURATION);
	assert_blind(3, "", 0, DURATION);
	assert_blind(4, "b", 0, 2000);
}

static void no_more_lines_are_kept_than_a_reader_can_want(void **state)
{
	static char *many[10001];

	for (int i = 0; i < 10000; i++)
		many[i] = "x";
	record(*state, "syscall", many, NULL, NULL);
	assert_int_equal(told.count, 64);
}

static const struct doors x86 = {
	.there = { [VIA_SYSCALL] = true, [VIA_IA32] = true, [VIA_SOCKETCALL] = true, [VIA_IO_URING] = true },
	.pair = true,
};

static void assert_header(const struct doors *doors, enum compat compat, const char *ways, const char *blind)
{
	struct capture_header header = { 0 };

	blind_header(&header, doors, compat);
	assert_string_equal(header.doors, ways);
	if (!blind) {
		assert_null(header.blind[0]);
		return;
	}
	assert_string_equal(header.blind[0], blind);
	assert_null(header.blind[1]);
}

static void the_header_says_what_is_not_watched(void **state)
{
	struct doors x32 = x86, i386 = { .there = { [VIA_SYSCALL] = true, [VIA_SOCKETCALL] = true } },
		     arm = { .there = { [VIA_SYSCALL] = true, [VIA_IO_URING] = true }, .foreign = true },
		     old = { .there = { [VIA_SYSCALL] = true }, .uring_untold = "no arguments" };

	(void)state;
	x32.there[VIA_X32] = true;
	assert_header(&x86, COMPAT_NOW, "syscall ia32 socketcall io_uring", NULL);
	assert_header(&x32, COMPAT_NOW, "syscall ia32 x32 socketcall io_uring", NULL);
	assert_header(&x86, COMPAT_LATER, "syscall io_uring", "32-bit programs, socketcall");
	assert_header(&x86, COMPAT_NEVER, "syscall io_uring", "32-bit programs, socketcall: --no-compat");
	assert_header(&i386, COMPAT_NEVER, "syscall socketcall", NULL);
	assert_header(&arm, COMPAT_NEVER, "syscall io_uring", "32-bit programs: not on this architecture");
	assert_header(&old, COMPAT_NEVER, "syscall", "io_uring: no arguments");
}

static void the_trailer_ends_what_the_header_said(void **state)
{
	struct capture_header header = { 0 };
	struct capture_trailer trailer = { 0 };

	blind_header(&header, &x86, COMPAT_LATER);
	blind_trailer(&trailer, MONO + 1000, (struct loader_uring){ .unclear = 3 });
	record(*state, header.doors, header.blind, trailer.watched, trailer.blind);
	assert_int_equal(told.count, 2);
	assert_blind(0, "32-bit programs, socketcall", 0, 1000);
	assert_blind(1, "io_uring: 3 completions of one of several requests that have the same user_data", 0, DURATION);
}

static void the_trailer_says_what_turned_out(void **state)
{
	struct capture_trailer trailer = { 0 };

	(void)state;
	blind_trailer(&trailer, 0, (struct loader_uring){ 0 });
	assert_null(trailer.watched[0]);
	assert_null(trailer.blind[0]);
	blind_trailer(&trailer, 0, (struct loader_uring){ .silent = 2, .unclear = 1, .full = UINT64_MAX });
	assert_string_equal(trailer.blind[0],
			    "io_uring: 2 requests of whose success no completion tells (IOSQE_CQE_SKIP_SUCCESS)");
	assert_string_equal(trailer.blind[1],
			    "io_uring: 1 completions of one of several requests that have the same user_data");
	assert_string_equal(trailer.blind[2], "io_uring: 18446744073709551615 requests found no room to be kept in");
	assert_null(trailer.blind[3]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_capture_of_an_older_version_saw_native_calls_only),
		TEST(where_all_is_watched_nothing_is_blind),
		TEST(a_way_is_blind_until_it_is_watched),
		TEST(a_capture_that_was_cut_short_is_blind_to_its_end),
		TEST(times_that_make_no_sense_stay_in_the_trace),
		TEST(no_more_lines_are_kept_than_a_reader_can_want),
		cmocka_unit_test(the_header_says_what_is_not_watched),
		TEST(the_trailer_ends_what_the_header_said),
		cmocka_unit_test(the_trailer_says_what_turned_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
