/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The html format: whatever is exported says, decoded, what the json format says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <netinet/tcp.h>

#include "export_html.h"
#include "replay.h"

static void assert_told_alike(const struct told *told)
{
	char *json = export_text(&export_json, told), *plain = export_text(&export_html, told);
	char *packed = export_text(&export_html_compressed, told);

	assert_non_null(json);
	assert_non_null(plain);
	assert_non_null(packed);
	assert_same(plain, json, false);
	assert_same(packed, json, true);
	free(json);
	free(plain);
	free(packed);
}

static void a_trace_without_anything(void **state)
{
	struct told told = { 0 };
	char *text = export_text(&export_html, &told);

	(void)state;
	assert_null(strstr(text, "class=\"chunk\""));
	free(text);
	assert_told_alike(&told);
}

static void the_head_says_what_calls_do(void **state)
{
	struct told told = { 0 };
	char *text = export_text(&export_html, &told), *json;
	const char *at = text + page_html_len;
	cJSON *head;
	int i;

	(void)state;
	json = block_next(&at, "head", false);
	head = cJSON_Parse(json);
	for (i = 0; i < CALLS; i++)
		assert_non_null(get(get(head, "calls"), call_rows[i].name));
	assert_string_equal(get(get(head, "calls"), "readv")->valuestring, "recv");
	assert_string_equal(get(get(head, "calls"), "shutdown")->valuestring, "shutdown");
	assert_string_equal(get(get(head, "calls"), "getsockopt")->valuestring, "control");
	cJSON_Delete(head);
	free(json);
	free(text);
}

struct captured {
	char *text;
	size_t len;
	FILE *out;
};

static FILE *captured_open(void *arg)
{
	struct captured *c = arg;

	return c->out = open_memstream(&c->text, &c->len);
}

static char *capture_text(const char *path, const struct exporter_ops *ops)
{
	struct captured c = { 0 };

	assert_int_equal(replay(path, ops, captured_open, &c), 0);
	fclose(c.out);
	return c.text;
}

/* Every key that there is has a column, or the export fails. */
static void every_capture_says_the_same(void **state)
{
	glob_t found;
	size_t i;

	(void)state;
	assert_int_equal(glob("tests/captures/*.slt", 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++) {
		char *json = capture_text(found.gl_pathv[i], &export_json);
		char *plain = capture_text(found.gl_pathv[i], &export_html);
		char *packed = capture_text(found.gl_pathv[i], &export_html_compressed);

		assert_same(plain, json, false);
		assert_same(packed, json, true);
		free(json);
		free(plain);
		free(packed);
	}
	globfree(&found);
}

static void names_of_attackers_are_data(void **state)
{
	static char words[] = "</script><script>alert(1)</script>\0<!--<script\0]]>\0\x01\xff\\u003c\"'";
	char longest[4096], *hostile[] = { "</body>", longest, NULL };
	struct exec exec = { .comm = "</script><!--\n", .exe = longest, .args = words, .args_len = sizeof(words) };
	struct process p = { .id = 1, .comm = "<!--\xe2\x80\xae<script", .execs = &exec, .exec_count = 1, .end = -1 };
	struct state_span spans[] = { { .state = STATE_CREATED, .cause = 1 },
				      { .state = STATE_BOUND, .fact = "a </script> fact" } };
	struct life l = { .id = 1, .states = spans, .state_count = 2, .closed = OPEN };
	struct call call = call_of(CALL_bind, 100, 0, 0);
	struct event e = event_of(1, 5, 1, 1, &call);
	struct trace trace = plain_trace;
	struct told told = { .events = &e,
			     .event_count = 1,
			     .processes = &p,
			     .process_count = 1,
			     .lives = &l,
			     .life_count = 1,
			     .trace = &trace };
	char *text;

	(void)state;
	memset(longest, '<', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	trace.host = "</script><script>";
	trace.command = hostile;
	call.has_addr = true;
	call.addr = l.local = l.peer = unix_abstract("</script>\0<!--", 14);
	e.note = "<b>";
	assert_told_alike(&told);
	text = export_text(&export_html, &told);
	assert_null(strstr(text + page_html_len, "<!--"));
	assert_null(strstr(text + page_html_len, "<script>"));
	free(text);
}

/* What a cell of numbers may hold but a number below 2^53, and the ends of their range. */
static void numbers_of_any_size(void **state)
{
	static const int64_t many[] = {
		0, -1, (1ll << 53) - 1, 1 - (1ll << 53), 1ll << 53, -(1ll << 53), INT64_MAX, INT64_MIN,
		0, 7,  (1ll << 53) - 1
	};
	enum { COUNT = sizeof(many) / sizeof(*many) };
	struct call calls[COUNT];
	struct event events[COUNT];
	struct told told = { .events = events, .event_count = COUNT };
	int i;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		calls[i] = call_of(i % 2 ? CALL_read : CALL_fcntl, 4000000000u, many[i], 0);
		calls[i].bytes = i % 2 ? INT64_MAX : -1;
		calls[i].args[2] = (uint64_t)many[i];
		events[i] = event_of(i + 1, 3, i, i % 3, &calls[i]);
	}
	assert_told_alike(&told);
}

/* Numbers and slots in one column, alike and one after the other. */
static void calls_of_all_ways(void **state)
{
	enum { COUNT = 300 };
	struct call calls[COUNT];
	struct event events[COUNT];
	struct told told = { .events = events, .event_count = COUNT };
	int i;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		calls[i] = call_of(i % 7 ? CALL_recvfrom : CALL_io_uring_register, 100, 1, 0);
		calls[i].via = (enum via)(i / 20 % VIAS);
		calls[i].direct = calls[i].via == VIA_IO_URING && i % 3;
		calls[i].fd = i % 7 ? i % 5 : -1;
		calls[i].args[0] = (uint64_t)calls[i].fd;
		events[i] = event_of(i + 1, i, 1, 1, &calls[i]);
	}
	assert_told_alike(&told);
}

/* More than one chunk, threads that overlap, calls that take long, and all sorts of columns. */
static void many_events_in_chunks(void **state)
{
	enum { COUNT = 140000, KINDS = 64 };
	struct call calls[KINDS];
	struct event *events = calloc(COUNT, sizeof(*events));
	struct told told = { .events = events, .event_count = COUNT };
	unsigned int seed = 1;
	int64_t exit = 0, dur;
	int i, k;

	(void)state;
	for (k = 0; k < KINDS; k++) {
		calls[k] = call_of(k % 2 ? CALL_sendto : CALL_read, 100 + (uint32_t)k % 3, k * 37, 0);
		calls[k].bytes = k * 37;
		calls[k].args[2] = (uint64_t)k * 37;
	}
	calls[9] = call_of(CALL_read, 100, -1, EAGAIN);
	calls[10] = call_of(CALL_listen, 101, 0, 0);
	for (i = 0; i < COUNT; i++) {
		exit += rand_r(&seed) % 50000;
		dur = i % 1000 ? rand_r(&seed) % 100000 : rand_r(&seed) % 1000000000;
		k = i < COUNT / 2 ? i % 2 : rand_r(&seed) % KINDS;
		events[i] = event_of(i + 1, exit - dur, dur, 1 + k % 3, &calls[k]);
		events[i].socket = k % 4;
		events[i].note = i == COUNT - 7 ? "once" : NULL;
	}
	assert_told_alike(&told);
	free(events);
}

static void a_whole_chunk_has_no_empty_one_behind(void **state)
{
	enum { COUNT = 65536 };
	struct call call = call_of(CALL_read, 1, 0, 0);
	struct event *events = calloc(COUNT, sizeof(*events));
	struct told told = { .events = events, .event_count = COUNT };
	char *text;
	int i;

	(void)state;
	for (i = 0; i < COUNT; i++)
		events[i] = event_of(i + 1, i, 1, 1, &call);
	text = export_text(&export_html, &told);
	assert_null(strstr(strstr(text, "class=\"chunk\"") + 1, "class=\"chunk\""));
	free(text);
	assert_told_alike(&told);
	free(events);
}

static void sockets_and_processes_stand_in_order_of_ids(void **state)
{
	struct process p[] = { { .id = 2, .end = -1 }, { .id = 1, .end = 5, .exited = true, .signal = 9 } };
	struct state_span a[] = { { .state = STATE_CREATED, .from = 5, .to = 6, .cause = 1 },
				  { .state = STATE_CLOSED, .from = 6, .to = -1, .cause = 2 } };
	struct peer_span peers[] = { { .peer = inet("127.0.0.1", 80), .from = 1, .to = -1 }, { .from = 2, .to = 3 } };
	struct attempt attempts[] = { { .from = 1, .to = -1, .peer = inet("127.0.0.1", 80), .learned_t = -1 },
				      { .from = 2,
					.to = 3,
					.outcome = ATTEMPT_ERROR,
					.error = ECONNREFUSED,
					.did_return = true,
					.returned = EINPROGRESS,
					.learned_t = 9,
					.learned = LEARNED_IO } };
	struct descriptor fds[] = { { .process = 1, .fd = 3, .from = 1, .to = 2 },
				    { .process = 2, .fd = 3, .from = -1, .to = -1, .how = HOW_FORK },
				    { .process = 1, .fd = 3, .from = 2, .to = -1, .direct = true } };
	struct life l[] = {
		{ .id = 9, .closed = 6, .states = a, .state_count = 2, .peers = peers, .peer_count = 2, .held = true },
		{ .id = 3, .closed = OPEN, .states = a, .state_count = 1, .descriptors = fds, .descriptor_count = 3 },
		{ .id = 4,
		  .closed = OPEN,
		  .attempts = attempts,
		  .attempt_count = 2,
		  .known = true,
		  .family = AF_INET,
		  .type = SOCK_DGRAM,
		  .inode = UINT64_MAX,
		  .listened = true,
		  .peer_socket = 3,
		  .omitted = { [HISTORY_PEERS] = 7 },
		  .role = ROLE_PASSIVE },
	};
	struct told told = { .processes = p, .process_count = 2, .lives = l, .life_count = 3 };

	(void)state;
	assert_told_alike(&told);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *out = fopen("/dev/full", "w");
	void *self = export_html.open();

	(void)state;
	setvbuf(out, NULL, _IONBF, 0);
	assert_int_equal(export_html.begin(self, out, 0), 0);
	assert_int_equal(export_html.end(self, &plain_trace, 0), -ENOSPC);
	export_html.close(self);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_without_anything),
		cmocka_unit_test(the_head_says_what_calls_do),
		cmocka_unit_test(every_capture_says_the_same),
		cmocka_unit_test(names_of_attackers_are_data),
		cmocka_unit_test(numbers_of_any_size),
		cmocka_unit_test(calls_of_all_ways),
		cmocka_unit_test(many_events_in_chunks),
		cmocka_unit_test(a_whole_chunk_has_no_empty_one_behind),
		cmocka_unit_test(sockets_and_processes_stand_in_order_of_ids),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
