// SPDX-License-Identifier: GPL-2.0-only
/* The table of report --live: what a line says, orders, and what fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

#include "export_objects.h"
#include "live_table.h"

#define SECOND 1000000000ll

static struct state_span connected = { .state = STATE_CONNECTED }, listening = { .state = STATE_LISTENING };
static struct depth depth = { .depth = 3 };
static struct descriptor descriptors[] = { { .fd = 3, .to = 5 }, { .fd = 4, .to = OPEN } };

static struct life life_of(int64_t id)
{
	return (struct life){ .id = id,
			      .pid = 100,
			      .comm = "curl",
			      .states = &connected,
			      .state_count = 1,
			      .descriptors = descriptors,
			      .descriptor_count = 2,
			      .backlog_effective = -1,
			      .overflows = -1,
			      .unaccepted = -1,
			      .unread = -1,
			      .unsent = -1,
			      .created = SECOND,
			      .closed = OPEN };
}

/* Line n of the table, from 0, without what ends it; free() it. */
static char *line_of(const struct live_row *rows, size_t count, struct live_order order, unsigned int columns, int n)
{
	unsigned int widths[LIVE_COLUMNS] = { 0 };
	char *text = NULL, *line, *rest;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	live_print(out, rows, count, &order, columns, widths);
	fclose(out);
	rest = text;
	do
		line = strsep(&rest, "\n");
	while (n--);
	assert_non_null(line);
	line = strdup(line);
	free(text);
	return line;
}

static void assert_line(const struct live_row *rows, size_t count, unsigned int columns, int n, const char *want)
{
	char *line = line_of(rows, count, (struct live_order){ .column = 6 }, columns, n);

	assert_string_equal(line, want);
	free(line);
}

static void a_line_says_it_all(void **state)
{
	struct reset reset = { .sent = true };
	struct life life = life_of(7), old = life_of(8);
	const struct live_row rows[] = { { .life = &life, .now = 63 * SECOND, .sent_rate = 5, .received_rate = 20000 },
					 { .life = &old, .now = 63 * SECOND } };

	(void)state;
	life.local = inet("127.0.0.1", 80);
	life.peer = inet("127.0.0.1", 4000);
	life.sent = 9999;
	life.received = 2000000000;
	life.resets = &reset;
	life.reset_count = 1;
	life.retransmits = 2;
	old.created = OPEN;
	old.states = &listening;
	old.queue = &depth;
	old.queue_count = 1;
	old.backlog_effective = 128;
	assert_line(
		rows, 2, 200, 0,
		" i p          f t         l            e                  sv          r    S        R     u      a w");
	assert_line(
		rows, 2, 200, 1,
		"\x1b[7mID PROCESS   FD STATE     LOCAL        PEER           SENT/s RECEIVED/s SENT RECEIVED QUEUE "
		"   AGE WRONG\x1b[0m");
	assert_line(
		rows, 2, 200, 2,
		" 7 curl[100]  4 connected 127.0.0.1:80 127.0.0.1:4000      5      19.5K 9999     1.9G     -  1m02s "
		"reset sent, 2 retransmitted");
	assert_line(
		rows, 2, 200, 3,
		" 8 curl[100]  4 listening -            -                   0          0    0        0 3/128 >1m03s ");
}

static void a_line_is_cut_by_columns(void **state)
{
	struct life wide = life_of(1), hostile = life_of(2), marks = life_of(3);
	const struct live_row rows[] = { { .life = &wide }, { .life = &hostile }, { .life = &marks } };

	(void)state;
	strcpy(wide.comm, "\u6f22\u5b57\u6f22\u5b57"); /* two columns each */
	strcpy(hostile.comm, "\x1b[2J\u202e");
	strcpy(marks.comm, "e\u0301e\u0301"); /* what combines takes none */
	assert_line(rows, 3, 6, 2, " 1 \u6f22 ");
	assert_line(rows, 3, 7, 2, " 1 \u6f22\u5b57");
	assert_line(rows, 3, 9, 3, " 2 \\x1b[2");
	assert_line(rows, 3, 5, 4, " 3 e\u0301e\u0301");
	assert_line(rows, 3, 4, 4, " 3 e\u0301");
	assert_line(rows, 3, 0, 4, "");
}

static void long_cells_are_cut(void **state)
{
	static char name[100];
	struct life life = life_of(1);
	const struct live_row row = { .life = &life };
	char *line;

	(void)state;
	memset(name, 'x', sizeof(name));
	life.local = unix_abstract(name, sizeof(name));
	line = line_of(&row, 1, (struct live_order){ 0 }, 500, 2);
	assert_non_null(strstr(line, " unix:@xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx - "));
	free(line);
}

static void assert_order(int key, bool again, const int64_t *want)
{
	struct life a = life_of(1), b = life_of(2), c = life_of(3);
	struct live_row rows[] = { { .life = &b, .sent_rate = 5 }, { .life = &c, .sent_rate = 5 }, { .life = &a } };
	struct live_order order = { .column = -1 };

	strcpy(b.comm, "bash");
	a.local = inet("127.0.0.1", 80);
	b.local = inet("127.0.0.1", 443);
	assert_true(live_order_key(&order, key));
	if (again)
		assert_true(live_order_key(&order, key));
	live_sort(rows, 3, &order);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rows[i].life->id, want[i]);
}

/* Numbers of interest fall at first, texts rise; ties are in order of ids. */
static void a_key_sorts_and_again_reverses(void **state)
{
	(void)state;
	assert_order('s', false, (int64_t[]){ 2, 3, 1 });
	assert_order('s', true, (int64_t[]){ 1, 2, 3 });
	assert_order('p', false, (int64_t[]){ 2, 1, 3 });
	assert_order('p', true, (int64_t[]){ 1, 3, 2 });
	assert_order('l', false, (int64_t[]){ 3, 1, 2 });
	assert_order('i', true, (int64_t[]){ 3, 2, 1 });
}

static void every_column_has_a_key_of_its_own(void **state)
{
	struct live_order order;
	int columns = 0;

	(void)state;
	for (int key = 1; key < 127; key++) {
		order.column = -1;
		columns += live_order_key(&order, key);
	}
	assert_int_equal(columns, LIVE_COLUMNS);
	assert_false(live_order_key(&order, 'q'));
	assert_int_equal(live_column("SENT/s"), live_column("sent/S"));
	assert_int_equal(live_column("nothing"), -1);
	assert_string_equal(
		live_column_names(),
		"id, process, fd, state, local, peer, sent/s, received/s, sent, received, queue, age, wrong");
}

static void amounts_and_times_are_short(void **state)
{
	static const struct {
		int64_t n;
		const char *bytes, *time;
	} rows[] = {
		{ 0, "0", "0.0s" },
		{ 9999, "9999", "0.0s" },
		{ 10000, "9.8K", "0.0s" },
		{ 1048576, "1.0M", "0.0s" },
		{ 59999999999, "55.9G", "59.9s" },
		{ 60 * SECOND, "55.9G", "1m00s" },
		{ 3599 * SECOND, "3.3T", "59m59s" },
		{ 3600 * SECOND, "3.3T", "1h00m" },
		{ 90000 * SECOND, "81.9T", "1d01h" },
		{ INT64_MAX, "8.0E", "106751d23h" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		live_bytes(rows[i].n, text, sizeof(text));
		assert_string_equal(text, rows[i].bytes);
		live_time(rows[i].n, text, sizeof(text));
		assert_string_equal(text, rows[i].time);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_it_all),
		cmocka_unit_test(a_line_is_cut_by_columns),
		cmocka_unit_test(long_cells_are_cut),
		cmocka_unit_test(a_key_sorts_and_again_reverses),
		cmocka_unit_test(every_column_has_a_key_of_its_own),
		cmocka_unit_test(amounts_and_times_are_short),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
