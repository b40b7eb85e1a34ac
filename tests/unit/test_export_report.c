/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people read: report.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "export_objects.h"

#define COLUMNS 13

static void assert_row(char *line, const char *const *want)
{
	int i;

	assert_non_null(line);
	for (i = 0; i < COLUMNS; i++, line = NULL)
		assert_string_equal(strtok(line, " "), want[i]);
	assert_null(strtok(NULL, " "));
}

static void report_is_a_line_a_socket(void **state)
{
	struct state_span spans[] = { { .state = STATE_CONNECTED }, { .state = STATE_CLOSED } };
	struct descriptor fd = { .process = 1, .fd = 3 };
	struct life lives[] = {
		{ .id = 1,
		  .pid = 100,
		  .comm = "no\nbody",
		  .known = true,
		  .family = AF_INET,
		  .type = SOCK_STREAM,
		  .local = inet("127.0.0.1", 80),
		  .peer = inet("127.0.0.1", 4000),
		  .states = spans,
		  .state_count = 2,
		  .descriptors = &fd,
		  .descriptor_count = 1,
		  .sent = 5,
		  .received = 12345678901,
		  .created = 1500000000,
		  .closed = 4000001000,
		  .closed_by = BY_EXIT },
		{ .id = 2, .states = spans, .state_count = 1, .created = -1, .closed = OPEN },
	};
	struct told told = { .lives = lives, .life_count = 2 };
	char *text = export_text(&export_report, &told), *rest = text;

	(void)state;
	assert_row(strsep(&rest, "\n"),
		   (const char *[COLUMNS]){ "ID", "PROCESS", "FD", "FAMILY", "TYPE", "LOCAL", "PEER", "SENT",
					    "RECEIVED", "FROM", "OPEN", "STATE", "ENDED" });
	assert_row(strsep(&rest, "\n"), (const char *[COLUMNS]){ "1", "no\\x0abody[100]", "3", "AF_INET", "SOCK_STREAM",
								 "127.0.0.1:80", "127.0.0.1:4000", "5", "12345678901",
								 "1.500000", "2.500001", "connected", "exit" });
	assert_row(strsep(&rest, "\n"), (const char *[COLUMNS]){ "2", "?", "-", "?", "?", "-", "-", "0", "0", "-", "-",
								 "connected", "open" });
	assert_string_equal(rest, "");
	free(text);
}

static void report_has_a_slot_as_descriptor(void **state)
{
	struct descriptor fd = { .process = 1, .fd = 3, .direct = true };
	struct life life = { .id = 1, .closed = OPEN, .descriptors = &fd, .descriptor_count = 1 };
	struct told told = { .lives = &life, .life_count = 1 };
	char *text = export_text(&export_report, &told);

	(void)state;
	assert_non_null(strstr(text, " direct:3 "));
	free(text);
}

static void report_says_what_went_wrong(void **state)
{
	struct reset resets[] = { { .sent = true }, { 0 } };
	struct queued_error errors[] = { { .error = ECONNRESET },
					 { .error = EHOSTUNREACH },
					 { .error = EHOSTUNREACH } };
	struct life life = { .id = 1,
			     .closed = 1,
			     .closed_by = BY_CLOSE,
			     .resets = resets,
			     .reset_count = 2,
			     .errors = errors,
			     .error_count = 3,
			     .retransmits = 3,
			     .truncated = 2,
			     .dropped = 4,
			     .overflows = 5,
			     .unaccepted = 6,
			     .unread = 7,
			     .unsent = 8,
			     .uncertain = true };
	struct told told = { .lives = &life, .life_count = 1 };
	char *text = export_text(&export_report, &told);

	(void)state;
	assert_non_null(strstr(text, " close?, reset received, EHOSTUNREACH, 3 retransmitted, 4 dropped, 2 truncated, "
				     "5 SYNs dropped, 6 not accepted, 7 bytes unread, 8 bytes unsent\n"));
	free(text);
	life.reset_count = 1; /* a reset that was sent queues nothing */
	text = export_text(&export_report, &told);
	assert_non_null(strstr(text, " close?, reset sent, ECONNRESET, EHOSTUNREACH, 3 retransmitted"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_is_a_line_a_socket),
		cmocka_unit_test(report_has_a_slot_as_descriptor),
		cmocka_unit_test(report_says_what_went_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
