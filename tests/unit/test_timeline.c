/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace and processes in json: what is null and what is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export_json.h"

static void trace_tells_what_is_missing(void **state)
{
	const struct blind blind = { .what = "io_uring", .to = 9 };
	char *command[] = { "curl", "http://x/\n", NULL };
	struct loss_interval loss = { .from = 5, .to = -1, .events = 7, .reason = "ring full" };
	struct trace trace = plain_trace;
	struct told told = { .trace = &trace };
	cJSON *doc;
	char *text;

	(void)state;
	trace.command = command;
	trace.complete = false;
	trace.lost = 7;
	trace.losses = &loss;
	trace.loss_count = 1;
	trace.blind = &blind;
	trace.blind_count = 1;
	doc = document(&told);
	text = cJSON_PrintUnformatted(get(doc, "trace"));
	assert_non_null(strstr(text,
			       "\"command\":[\"curl\",\"http://x/\\\\x0a\"],\"complete\":false,\"lost\":{\"events\":7,"
			       "\"intervals\":[{\"from\":5,\"to\":null,\"events\":7,\"reason\":\"ring full\"}]},"
			       "\"blind\":[{\"what\":\"io_uring\",\"from\":0,\"to\":9}]}"));
	free(text);
	cJSON_Delete(doc);
}

static void trace_tells_that_calls_were_counted(void **state)
{
	struct trace trace = plain_trace;
	struct told told = { .trace = &trace };
	cJSON *doc = document(&told);

	(void)state;
	assert_null(cJSON_GetObjectItemCaseSensitive(get(doc, "trace"), "io"));
	cJSON_Delete(doc);
	trace.io = "summary";
	doc = document(&told);
	assert_string_equal(get(get(doc, "trace"), "io")->valuestring, "summary");
	cJSON_Delete(doc);
}

static void trace_tells_what_was_asked_for(void **state)
{
	char *selection[] = { "family AF_INET", "port 80", NULL };
	struct trace trace = plain_trace;
	struct told told = { .trace = &trace };
	cJSON *doc;
	char *text;

	(void)state;
	for (int i = 0; i < 2; i++) {
		trace.selection = selection + 2 * i; /* and nothing of nothing */
		doc = document(&told);
		text = cJSON_PrintUnformatted(get(doc, "trace"));
		assert_int_equal(!strstr(text, "\"selection\":[\"family AF_INET\",\"port 80\"],\"complete\""), i);
		assert_int_equal(!strstr(text, "selection"), i);
		free(text);
		cJSON_Delete(doc);
	}
}

static void process_has_two_pids_in_a_namespace(void **state)
{
	struct process p = { .id = 1, .pid = 77, .inner_pid = 1, .comm = "init", .start = -1, .end = -1 };
	struct told told = { .processes = &p, .process_count = 1 };
	char *text = only(&told, "processes");

	(void)state;
	assert_non_null(strstr(text, "\"pid\":77,\"inner_pid\":1,\"parent\""));
	free(text);
}

static void process_shows_its_last_program(void **state)
{
	struct exec execs[] = {
		{ .t = -1, .comm = "sh" },
		{ .t = 10, .comm = "cu\nrl", .exe = "./cu\xffrl", .args = "curl\0-s", .args_len = 8, .args_cut = true },
	};
	struct process p = { .id = 2,
			     .pid = 77,
			     .parent = 1,
			     .comm = "cu\nrl",
			     .execs = execs,
			     .exec_count = 2,
			     .start = 5,
			     .end = 90,
			     .exited = true,
			     .signal = 9 };
	struct told told = { .processes = &p, .process_count = 1 };
	char *text = only(&told, "processes");

	(void)state;
	assert_string_equal(
		text,
		"{\"id\":2,\"pid\":77,\"parent\":1,\"comm\":\"cu\\\\x0arl\",\"exe\":\"./cu\\\\xffrl\","
		"\"args\":[\"curl\",\"-s\",\"...\"],\"execs\":["
		"{\"t\":null,\"comm\":\"sh\",\"exe\":null,\"args\":null},"
		"{\"t\":10,\"comm\":\"cu\\\\x0arl\",\"exe\":\"./cu\\\\xffrl\",\"args\":[\"curl\",\"-s\",\"...\"]}],"
		"\"start\":5,\"end\":90,\"exit\":{\"signal\":\"SIGKILL\"}}");
	free(text);
}

static void execs_that_were_left_out_are_counted(void **state)
{
	struct process p = { .id = 1ll << 40, .pid = 1, .comm = "init", .start = -1, .end = -1, .execs_omitted = 5 };
	struct told told = { .processes = &p, .process_count = 1 };
	char *text = only(&told, "processes");

	(void)state;
	assert_non_null(strstr(text, "{\"id\":1099511627776,"));
	assert_non_null(strstr(text, "\"exit\":null,\"omitted\":{\"execs\":5}}"));
	free(text);
}

static void process_that_was_there_and_is_still(void **state)
{
	struct process p = { .id = 1, .pid = 1, .comm = "init", .start = -1, .end = -1 };
	struct told told = { .processes = &p, .process_count = 1 };
	char *text = only(&told, "processes");

	(void)state;
	assert_string_equal(
		text, "{\"id\":1,\"pid\":1,\"parent\":null,\"comm\":\"init\",\"exe\":null,\"args\":null,\"execs\":[],"
		      "\"start\":null,\"end\":null,\"exit\":null}");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trace_tells_what_is_missing),
		cmocka_unit_test(trace_tells_that_calls_were_counted),
		cmocka_unit_test(trace_tells_what_was_asked_for),
		cmocka_unit_test(process_has_two_pids_in_a_namespace),
		cmocka_unit_test(process_shows_its_last_program),
		cmocka_unit_test(execs_that_were_left_out_are_counted),
		cmocka_unit_test(process_that_was_there_and_is_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
