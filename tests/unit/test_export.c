/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The json and ndjson formats: the document, the order of its objects.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "export_json.h"

#define SECOND 1000000000ll

static void document_has_its_keys_in_order(void **state)
{
	struct told told = { 0 };
	char *text = export_text(&export_json, &told);

	(void)state;
	assert_string_equal(text,
			    "{\"format\":\"socklife-timeline\",\"version\":1,\"tool\":\"socklife 0\",\"trace\":{"
			    "\"start\":\"2023-11-14T22:13:20.123456789Z\",\"duration\":5000000000,\"host\":\"here\","
			    "\"kernel\":\"6.1.0\",\"arch\":\"x86_64\",\"command\":null,\"complete\":true,"
			    "\"lost\":{\"events\":0,\"intervals\":[]},\"blind\":[]},\n"
			    "\"processes\":[\n],\n\"sockets\":[\n],\n\"events\":[\n]}\n");
	free(text);
}

static void processes_and_sockets_stand_in_order_of_ids(void **state)
{
	struct process p[] = { { .id = 2, .end = -1 }, { .id = 1, .end = -1 } };
	struct life l[] = { { .id = 9, .closed = OPEN }, { .id = 3, .closed = OPEN }, { .id = 4, .closed = OPEN } };
	struct told told = { .processes = p, .process_count = 2, .lives = l, .life_count = 3 };
	cJSON *doc = document(&told);

	(void)state;
	assert_int_equal(get(cJSON_GetArrayItem(get(doc, "processes"), 0), "id")->valueint, 1);
	assert_int_equal(get(cJSON_GetArrayItem(get(doc, "sockets"), 0), "id")->valueint, 3);
	assert_int_equal(get(cJSON_GetArrayItem(get(doc, "sockets"), 2), "id")->valueint, 9);
	cJSON_Delete(doc);
}

/* Events are told when they return; ids are given out in another order than times. */
static void events_stand_in_order_of_entry(void **state)
{
	struct call call = call_of(CALL_read, 1, 0, 0), open = call_of(CALL_accept, 1, 0, 0);
	struct event events[] = {
		event_of(1, 5, 1, 1, &call),
		event_of(2, 4, 10, 1, &call), /* overlaps */
		event_of(4, 20, 1, 1, &call),
		event_of(3, 20, 1, 1, &call), /* a tie */
		event_of(6, 3 * SECOND, 5, 1, &call),
		event_of(5, 6, 4 * SECOND, 1, &call), /* a long one, which began near the start */
		event_of(7, 4 * SECOND + 20, 5, 1, &call),
		event_of(8, 2, -1, 1, &open), /* never returned: told at the end */
	};
	static const int want[] = { 8, 2, 1, 5, 3, 4, 6, 7 };
	struct told told = { .events = events, .event_count = 8 };
	cJSON *doc, *list;
	int i;

	(void)state;
	open.open = true;
	doc = document(&told);
	list = get(doc, "events");
	assert_int_equal(cJSON_GetArraySize(list), 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(get(cJSON_GetArrayItem(list, i), "id")->valueint, want[i]);
	cJSON_Delete(doc);
}

static void many_threads_are_merged(void **state)
{
	enum { COUNT = 20000 };
	struct call call = call_of(CALL_read, 1, 0, 0);
	struct event *events = calloc(COUNT, sizeof(*events));
	struct told told = { .events = events, .event_count = COUNT };
	int64_t exit = SECOND, t, last = -1;
	unsigned int seed = 1;
	cJSON *doc, *item;
	int i;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		exit += rand_r(&seed) % 50000;
		t = exit - (i % 100 ? rand_r(&seed) % 100000 : rand_r(&seed) % 1000000000);
		events[i] = event_of(i + 1, t, exit - t, 1, &call);
	}
	doc = document(&told);
	assert_int_equal(cJSON_GetArraySize(get(doc, "events")), COUNT);
	cJSON_ArrayForEach (item, get(doc, "events")) {
		t = (int64_t)get(item, "t")->valuedouble;
		assert_true(t >= last);
		last = t;
	}
	cJSON_Delete(doc);
	free(events);
}

static void ndjson_is_a_line_an_object(void **state)
{
	struct call call = call_of(CALL_close, 12, 0, 0);
	struct event e = event_of(1, 0, 1, 1, &call);
	struct process p = { .id = 1, .end = -1 };
	struct life l = { .id = 1, .closed = OPEN };
	struct told told = {
		.events = &e, .event_count = 1, .processes = &p, .process_count = 1, .lives = &l, .life_count = 1
	};
	static const char *const kinds[] = { "event", "socket", "process", "trace" };
	char *text = export_text(&export_ndjson, &told), *line, *rest = text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		cJSON *o = cJSON_Parse(line = strsep(&rest, "\n"));

		assert_non_null(o);
		assert_string_equal(o->child->string, "kind");
		assert_string_equal(get(o, "kind")->valuestring, kinds[i]);
		cJSON_Delete(o);
	}
	assert_string_equal(rest, "");
	assert_non_null(strstr(
		line, "\"kind\":\"trace\",\"format\":\"socklife-timeline\",\"version\":1,\"tool\":\"socklife 0\","));
	free(text);
}

static void full_disk_is_an_error(void **state)
{
	FILE *out = fopen("/dev/full", "w");
	void *self = export_ndjson.open();

	(void)state;
	setvbuf(out, NULL, _IONBF, 0);
	assert_int_equal(export_ndjson.begin(self, out, 0), 0);
	assert_int_equal(export_ndjson.end(self, &plain_trace, 0), -ENOSPC);
	export_ndjson.close(self);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document_has_its_keys_in_order),
		cmocka_unit_test(processes_and_sockets_stand_in_order_of_ids),
		cmocka_unit_test(events_stand_in_order_of_entry),
		cmocka_unit_test(many_threads_are_merged),
		cmocka_unit_test(ndjson_is_a_line_an_object),
		cmocka_unit_test(full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
