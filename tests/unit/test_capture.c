/* SPDX-License-Identifier: GPL-2.0-only */
/* A capture comes back as it was written, and what could not be written is told. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "capture_file.h"

#define MANY 100000

static void the_header_comes_back(void **state)
{
	char *argv[] = { "sh", "-c", "echo\n\xff", "", NULL }, *blind[] = { "io_uring: \xff", "", NULL };
	struct capture_header *header;
	struct file *file = *state;
	struct capture_writer *w;
	struct source *src;
	const struct capture_header *h;

	header = header_of(argv, NULL);
	header->doors = "syscall ia32";
	header->blind = blind;
	header->narrow = (char *[]){ "family AF_INET", "port 80", NULL };
	header->io = "summary";
	header->first_seq = (uint32_t[]){ 0, 4294967295, 7 };
	header->first_cpus = 3;
	assert_int_equal(capture_create(&w, file->fd, header), 0);
	end(w);
	src = open_whole(file);
	h = capture_header(src);
	assert_string_equal(h->host, "a host");
	assert_string_equal(h->kernel, "6.18");
	assert_string_equal(h->arch, "x86_64");
	assert_string_equal(h->tool, "socklife 0");
	assert_int_equal(h->start, 1700000000123456789);
	assert_int_equal(h->mono, 987654321);
	assert_int_equal(h->cpus, 4);
	for (int i = 0; argv[i]; i++)
		assert_string_equal(h->argv[i], argv[i]);
	assert_null(h->argv[4]);
	assert_int_equal(h->netns, 4026531840);
	assert_string_equal(h->interfaces[0], "1 lo");
	assert_string_equal(h->interfaces[1], "2 eth0");
	assert_null(h->interfaces[2]);
	assert_string_equal(h->reset_reasons[0], "0 NOT_SPECIFIED");
	assert_null(h->reset_reasons[1]);
	for (int i = 0; i < CALLS; i++)
		assert_string_equal(h->calls[i], call_rows[i].name);
	assert_null(h->calls[CALLS]);
	assert_string_equal(h->doors, "syscall ia32");
	for (int i = 0; blind[i]; i++)
		assert_string_equal(h->blind[i], blind[i]);
	assert_null(h->blind[2]);
	assert_string_equal(h->narrow[1], "port 80");
	assert_null(h->narrow[2]);
	assert_string_equal(h->io, "summary");
	assert_int_equal(h->first_cpus, 3);
	assert_memory_equal(h->first_seq, header->first_seq, 3 * sizeof(*h->first_seq));
	source_close(src);
}

static void an_older_version_said_nothing_of_doors(void **state)
{
	struct source *src;

	end(begin(*state));
	src = open_whole(*state);
	assert_null(capture_header(src)->doors);
	assert_null(capture_header(src)->blind[0]);
	assert_null(capture_header(src)->narrow[0]);
	assert_null(capture_header(src)->io);
	assert_null(capture_header(src)->first_seq);
	source_close(src);
}

static void without_a_command_there_is_no_argv(void **state)
{
	struct source *src;

	end(begin(*state));
	src = open_whole(*state);
	assert_null(capture_header(src)->argv);
	source_close(src);
}

static void records_of_many_blocks_come_back(void **state)
{
	struct capture_writer *w = begin(*state);
	struct source *src;
	struct seen seen;

	write_calls(w, 0, MANY);
	end(w);
	src = open_whole(*state);
	seen = read_whole(src);
	assert_int_equal(seen.records, MANY);
	assert_true(seen.alike);
	assert_null(capture_cut(src));
	assert_int_equal(capture_skipped(src), 0);
	source_close(src);
}

static void the_trailer_comes_back_at_the_end_only(void **state)
{
	uint32_t next[] = { 7, 0, 4294967295 };
	char *watched[] = { "5 a b", NULL }, *blind[] = { "c", "d e", NULL };
	struct capture_trailer trailer = {
		.end = 123456789012345,
		.records = 20,
		.lost = { 1, 2, 3 },
		.nested = 9,
		.cpus = 3,
		.next_seq = next,
		.watched = watched,
		.blind = blind,
	};
	struct capture_writer *w = begin(*state);
	const struct capture_trailer *t;
	struct source *src;

	assert_int_equal(capture_finish(w, &trailer), 0);
	assert_int_equal(capture_bytes(w), file_size(*state));
	capture_free(w);
	src = open_whole(*state);
	assert_null(capture_trailer(src));
	read_whole(src);
	t = capture_trailer(src);
	assert_non_null(t);
	assert_int_equal(t->end, trailer.end);
	assert_int_equal(t->records, 20);
	assert_memory_equal(t->lost, trailer.lost, sizeof(t->lost));
	assert_int_equal(t->nested, 9);
	assert_int_equal(t->cpus, 3);
	assert_memory_equal(t->next_seq, next, sizeof(next));
	assert_string_equal(t->watched[0], "5 a b");
	assert_null(t->watched[1]);
	assert_string_equal(t->blind[0], "c");
	assert_string_equal(t->blind[1], "d e");
	assert_null(t->blind[2]);
	source_close(src);
}

static void a_flush_puts_on_disk_what_is_recorded(void **state)
{
	struct capture_writer *w = begin(*state);
	struct source *src;

	write_calls(w, 0, 5);
	assert_int_equal(capture_flush(w), 0);
	assert_int_equal(capture_bytes(w), file_size(*state));
	assert_int_equal(capture_flush(w), 0);
	assert_int_equal(capture_bytes(w), file_size(*state));
	src = open_whole(*state);
	assert_int_equal(read_whole(src).records, 5);
	assert_non_null(capture_cut(src));
	source_close(src);
	capture_free(w);
}

static void calls_go_by_the_legend(void **state)
{
	char *calls[] = { "recvfrom", "from_the_future", "socket", NULL };
	struct rec_call rec = *(const struct rec_call *)call_make(0);
	struct file *file = *state;
	struct capture_writer *w;
	struct source *src;
	struct seen seen;

	assert_int_equal(capture_create(&w, file->fd, header_of(NULL, calls)), 0);
	for (rec.h.call = 0; rec.h.call < 4; rec.h.call++)
		assert_int_equal(capture_write(w, &rec.h), 0);
	rec.h.kind = 200;
	assert_int_equal(capture_write(w, &rec.h), 0);
	end(w);
	src = open_whole(file);
	seen = read_whole(src);
	assert_int_equal(seen.records, 2);
	assert_int_equal(seen.calls[CALL_recvfrom], 1);
	assert_int_equal(seen.calls[CALL_socket], 1);
	assert_int_equal(seen.skipped, 3);
	assert_int_equal(capture_skipped(src), 3);
	assert_null(capture_cut(src));
	source_close(src);
}

static void an_answer_stops_and_the_rest_can_follow(void **state)
{
	struct seen seen = { .alike = true, .stop = 2 };
	struct source *src;
	size_t len;

	free(small_capture(*state, &len));
	src = open_whole(*state);
	assert_int_equal(source_read(src, see, &seen), 5);
	assert_int_equal(seen.records, 2);
	assert_int_equal(source_read(src, see, &seen), 1);
	assert_int_equal(seen.records, 3);
	while (source_read(src, see, &seen) == 1)
		;
	assert_int_equal(seen.records, 6);
	assert_true(seen.alike);
	source_close(src);
}

static void a_pipe_on_standard_input_will_do(void **state)
{
	int saved = dup(STDIN_FILENO), ends[2];
	const char *error;
	struct source *src;
	uint8_t *bytes;
	size_t len;

	bytes = small_capture(*state, &len);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, len), len);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(capture_open(&src, "-", &error), 0);
	assert_int_equal(read_whole(src).records, 6);
	assert_non_null(capture_trailer(src));
	source_close(src);
	if (saved >= 0)
		dup2(saved, STDIN_FILENO);
	close(saved);
	free(bytes);
}

static void a_full_disk_is_told_at_once(void **state)
{
	struct capture_writer *w = NULL;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(capture_create(&w, fd, header_of(NULL, NULL)), -ENOSPC);
	assert_null(w);
	close(fd);
}

static void a_failed_write_is_sticky_and_leaves_whole_blocks(void **state)
{
	struct capture_writer *w = begin(*state);
	struct rlimit old, small;
	struct source *src;

	write_calls(w, 0, 3);
	capture_flush(w);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ file_size(*state) + 50, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	write_calls(w, 3, 3);
	assert_int_equal(capture_flush(w), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(capture_write(w, call_make(6)), -EFBIG);
	assert_int_equal(capture_finish(w, &(struct capture_trailer){ 0 }), -EFBIG);
	capture_free(w);
	src = open_whole(*state);
	assert_int_equal(read_whole(src).records, 3);
	assert_non_null(capture_cut(src));
	source_close(src);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_header_comes_back),
		TEST(an_older_version_said_nothing_of_doors),
		TEST(without_a_command_there_is_no_argv),
		TEST(records_of_many_blocks_come_back),
		TEST(the_trailer_comes_back_at_the_end_only),
		TEST(a_flush_puts_on_disk_what_is_recorded),
		TEST(calls_go_by_the_legend),
		TEST(an_answer_stops_and_the_rest_can_follow),
		TEST(a_pipe_on_standard_input_will_do),
		TEST(a_full_disk_is_told_at_once),
		TEST(a_failed_write_is_sticky_and_leaves_whole_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
