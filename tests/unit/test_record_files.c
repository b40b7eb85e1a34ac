/* SPDX-License-Identifier: GPL-2.0-only */
/* Each record is in one file, a loss in the file of its time, and of a ring the last files are left. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "capture_file.h"
#include "losses.h"
#include "model.h"
#include "record_files.h"

#define CPUS 3
#define MONO 1000
#define TURN 5000
#define RECORDS_MAX 4096

struct world {
	struct record_files f;
	char dir[40], path[64];
	uint32_t seq[CPUS]; /* the next number of each */
};

static int world_setup(void **state)
{
	static struct world w;

	w = (struct world){ .dir = "/tmp/socklife-files-XXXXXX" };
	if (!mkdtemp(w.dir))
		return -1;
	snprintf(w.path, sizeof(w.path), "%s/a.slt", w.dir);
	w.f = (struct record_files){ .output = { .path = w.path, .fd = -1 }, .path = w.path };
	*state = &w;
	return output_open(&w.f.output) || record_files_start(&w.f, CPUS - 1);
}

static int world_teardown(void **state)
{
	struct world *w = *state;

	record_files_free(&w->f);
	close(w->f.output.fd);
	for (unsigned int n = 1; n < 20; n++) {
		char *name = output_numbered(w->path, n);

		unlink(name);
		free(name);
	}
	return rmdir(w->dir);
}

static void begin_at(struct world *w, uint64_t mono)
{
	struct capture_header header = *header_of(NULL, NULL);

	header.mono = mono;
	assert_int_equal(record_files_begin(&w->f, &header), 0);
}

static void give(struct world *w, unsigned int cpu, uint32_t seq, uint64_t ts)
{
	struct rec_call rec = {
		.h = { .ts = ts, .seq = seq, .cpu = (uint16_t)cpu, .len = sizeof(rec), .kind = REC_CALL }
	};

	assert_int_equal(record_files_store(&w->f, &rec.h), 0);
}

static void mark(struct world *w, uint64_t ts)
{
	struct rec_head rec = { .ts = ts, .len = sizeof(rec), .kind = REC_MARK };

	assert_int_equal(record_files_store(&w->f, &rec), 0);
}

/* n records of a CPU, a nanosecond apart. */
static void give_run(struct world *w, unsigned int cpu, uint32_t n, uint64_t ts)
{
	while (n--)
		give(w, cpu, w->seq[cpu]++, ts++);
}

static void end_file(struct world *w, struct capture_trailer trailer)
{
	trailer.cpus = CPUS;
	trailer.next_seq = w->seq;
	assert_int_equal(record_files_end(&w->f, &trailer), 0);
}

/* What a reader finds in the nth file. */
struct content {
	struct losses *losses;
	uint64_t records, lost, told, ts[RECORDS_MAX]; /* told: what the trailer says that there are */
	bool whole;
};

static int content_see(void *arg, const struct rec_head *rec)
{
	struct content *c = arg;

	if (rec->kind != REC_MARK) {
		assert_true(c->records < RECORDS_MAX);
		c->ts[c->records++] = rec->ts;
	}
	return losses_record(c->losses, rec);
}

static const struct content *content(const struct world *w, unsigned int n)
{
	static struct content c;
	char *name = output_numbered(w->path, n);
	const struct capture_trailer *trailer;
	const struct capture_header *h;
	const char *error = "";
	struct source *src;

	assert_int_equal(capture_open(&src, name, &error), 0);
	free(name);
	h = capture_header(src);
	c = (struct content){ .losses = losses_new(h->mono, h->first_seq, h->first_cpus) };
	while (source_read(src, content_see, &c) > 0)
		;
	trailer = capture_trailer(src);
	c.whole = trailer;
	c.told = trailer ? trailer->records : 0;
	assert_int_equal(losses_finish(c.losses, trailer), 0);
	c.lost = losses_total(c.losses);
	losses_free(c.losses);
	source_close(src);
	return &c;
}

static bool there(const struct world *w, unsigned int n)
{
	char *name = output_numbered(w->path, n);
	bool yes = !access(name, F_OK);

	free(name);
	return yes;
}

static void assert_content(const struct world *w, unsigned int n, uint64_t records, uint64_t lost)
{
	const struct content *c = content(w, n);

	assert_true(c->whole);
	assert_int_equal(c->records, records);
	assert_int_equal(c->told, records);
	assert_int_equal(c->lost, lost);
}

static void records_wait_until_the_file_is_begun(void **state)
{
	struct world *w = *state;

	give_run(w, 0, 5000 / sizeof(struct rec_call), MONO);
	give_run(w, 2, 4000, MONO);
	begin_at(w, MONO);
	give_run(w, 0, 10, 3000);
	end_file(w, (struct capture_trailer){ .end = 4000 });
	assert_content(w, 1, 5000 / sizeof(struct rec_call) + 4010, 0);
	assert_false(there(w, 2));
}

static void where_nothing_began_no_file_is_left(void **state)
{
	struct world *w = *state;

	give_run(w, 0, 5, MONO);
	assert_true(there(w, 1));
	record_files_free(&w->f);
	assert_false(there(w, 1));
	w->f = (struct record_files){ .output.fd = w->f.output.fd };
}

static void a_turn_divides_by_time(void **state)
{
	struct world *w = *state;

	begin_at(w, MONO);
	give_run(w, 0, 20, 2000);
	record_files_turn(&w->f, TURN);
	give_run(w, 0, 20, TURN - 10);
	give_run(w, 1, 20, TURN - 10);
	give_run(w, 2, 5, TURN + 1);
	mark(w, TURN - 1);
	assert_false(w->f.turned);
	give_run(w, 0, 5, TURN + 100);
	mark(w, TURN);
	assert_true(w->f.turned);
	end_file(w, (struct capture_trailer){ .end = TURN });
	give_run(w, 1, 1, TURN + 200);
	begin_at(w, TURN);
	give_run(w, 1, 1, TURN + 300);
	end_file(w, (struct capture_trailer){ .end = 9000 });
	assert_content(w, 1, 20 + 10 + 10, 0);
	assert_content(w, 2, 10 + 10 + 5 + 5 + 1 + 1, 0);
	for (uint64_t i = 0; i < content(w, 2)->records; i++)
		assert_true(content(w, 2)->ts[i] >= TURN);
	assert_int_equal(record_files_records(&w->f), 72);
	assert_true(record_files_bytes(&w->f) > 500);
}

static void a_loss_across_the_turn_is_in_the_next_file(void **state)
{
	struct world *w = *state;

	begin_at(w, MONO);
	give_run(w, 0, 20, 2000);
	w->seq[0] += 3;
	give_run(w, 0, 20, 3000);
	record_files_turn(&w->f, TURN);
	w->seq[0] += 7;
	give_run(w, 0, 20, TURN);
	w->seq[2] += 2;
	end_file(w, (struct capture_trailer){ .end = TURN, .lost = { [LOSS_RING_FULL] = 10 } });
	begin_at(w, TURN);
	end_file(w, (struct capture_trailer){ .end = 9000, .lost = { [LOSS_RING_FULL] = 12 } });
	assert_content(w, 1, 40, 3);
	assert_content(w, 2, 20, 9);
}

static void losses_without_a_place_are_of_the_file_that_counted_them(void **state)
{
	struct world *w = *state;

	begin_at(w, MONO);
	record_files_turn(&w->f, TURN);
	end_file(w, (struct capture_trailer){ .end = TURN, .lost = { [LOSS_UNPAIRED] = 3 }, .nested = 4 });
	begin_at(w, TURN);
	record_files_turn(&w->f, TURN + 100);
	end_file(w, (struct capture_trailer){ .end = TURN + 100, .lost = { [LOSS_UNPAIRED] = 3 }, .nested = 4 });
	begin_at(w, TURN + 100);
	end_file(w, (struct capture_trailer){ .end = 9000, .lost = { 0, 1, 5 }, .nested = 9 });
	assert_int_equal(content(w, 1)->lost, 7);
	assert_int_equal(content(w, 2)->lost, 0);
	assert_int_equal(content(w, 3)->lost, 8);
}

/* A program between its clock and its ring is overtaken by others on its CPU, so that records of both files are mixed. */
static void records_mixed_at_a_turn_are_no_loss(void **state)
{
	struct world *w = *state;
	uint32_t lost = 0;

	srand(7);
	begin_at(w, MONO);
	give_run(w, 0, 100, 2000);
	record_files_turn(&w->f, TURN);
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t ts = TURN - 100 + i + (uint64_t)(rand() % 8) - (uint64_t)(rand() % 8);

		if (i % 50 == 49) { /* two that came in the other order */
			give(w, 0, w->seq[0] + 1, ts);
			give(w, 0, w->seq[0], ts - (uint64_t)(rand() % 20));
			w->seq[0] += 2;
		} else if (i % 70 == 69) {
			w->seq[0]++;
			lost++;
		}
		give_run(w, 0, 1, ts);
	}
	mark(w, TURN);
	end_file(w, (struct capture_trailer){ .end = TURN });
	begin_at(w, TURN);
	end_file(w, (struct capture_trailer){ .end = 9000 });
	assert_int_equal(content(w, 1)->lost + content(w, 2)->lost, lost);
	assert_int_equal(content(w, 1)->lost, 1);
	assert_int_equal(content(w, 1)->records + content(w, 2)->records, 100 + 200 + 8);
}

static void in_a_ring_the_last_files_are_left(void **state)
{
	struct world *w = *state;

	w->f.keep = 3;
	begin_at(w, MONO);
	for (uint64_t n = 2; n <= 10; n++) {
		give_run(w, 0, (uint32_t)n, TURN * n - 10);
		record_files_turn(&w->f, TURN * n);
		end_file(w, (struct capture_trailer){ .end = TURN * n });
		begin_at(w, TURN * n);
		assert_int_equal(record_files_oldest(&w->f), n > 3 ? n - 2 : 1);
	}
	end_file(w, (struct capture_trailer){ .end = TURN * 11 });
	for (unsigned int n = 1; n <= 11; n++)
		assert_int_equal(there(w, n), n >= 8 && n <= 10);
	assert_content(w, 8, 9, 0);
	assert_content(w, 9, 10, 0);
	assert_content(w, 10, 0, 0);
	assert_int_equal(record_files_records(&w->f), 54);
}

static void a_file_is_full_when_it_has_so_many_bytes(void **state)
{
	struct world *w = *state;

	w->f.max_size = 20000;
	begin_at(w, MONO);
	while (!record_files_full(&w->f)) {
		give_run(w, 0, 100, 2000);
		record_files_flush(&w->f);
	}
	assert_in_range(record_files_bytes(&w->f), 20000, 22000);
	record_files_turn(&w->f, TURN);
	assert_false(record_files_full(&w->f));
}

static void what_a_file_of_a_ring_opens_with_leaves_room(void **state)
{
	struct world *w = *state;
	int err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	uint64_t opening;

	w->f.max_size = 100;
	w->f.keep = 2;
	give_run(w, 0, 3000, 2000);
	dup2(null, STDERR_FILENO);
	begin_at(w, MONO);
	dup2(err, STDERR_FILENO);
	close(null);
	close(err);
	opening = record_files_bytes(&w->f);
	assert_true(opening > 100);
	assert_false(record_files_full(&w->f));
	while (!record_files_full(&w->f)) {
		give_run(w, 0, 100, 2000);
		record_files_flush(&w->f);
	}
	assert_in_range(record_files_bytes(&w->f), 2 * opening, 3 * opening);
}

static void on_a_full_disk_what_is_written_can_be_read(void **state)
{
	struct capture_header header = *header_of(NULL, NULL);
	struct rlimit old, small = { .rlim_cur = 100 };
	struct world *w = *state;

	begin_at(w, MONO);
	give_run(w, 0, 20, 2000);
	record_files_turn(&w->f, TURN);
	give_run(w, 0, 20, TURN);
	end_file(w, (struct capture_trailer){ .end = TURN });
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(record_files_begin(&w->f, &header), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	assert_false(there(w, 2));
	assert_content(w, 1, 20, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_wait_until_the_file_is_begun),
		TEST(where_nothing_began_no_file_is_left),
		TEST(a_turn_divides_by_time),
		TEST(a_loss_across_the_turn_is_in_the_next_file),
		TEST(losses_without_a_place_are_of_the_file_that_counted_them),
		TEST(records_mixed_at_a_turn_are_no_loss),
		TEST(in_a_ring_the_last_files_are_left),
		TEST(a_file_is_full_when_it_has_so_many_bytes),
		TEST(what_a_file_of_a_ring_opens_with_leaves_room),
		TEST(on_a_full_disk_what_is_written_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
