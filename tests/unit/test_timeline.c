/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace, processes and sockets in json: what is null and what is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

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

static void socket_has_all_that_applies(void **state)
{
	struct state_span states[] = {
		{ .state = STATE_CREATED, .from = 1, .to = 2, .cause = 1 },
		{ .state = STATE_FAILED, .from = 2, .to = 9, .fact = "reset" },
		{ .state = STATE_CLOSED, .from = 9, .to = -1 },
	};
	struct peer_span peer = { .peer = inet("10.0.0.1", 80), .from = 2, .to = 9 };
	struct attempt attempt = { .from = 1,
				   .to = 2,
				   .peer = peer.peer,
				   .did_return = true,
				   .returned = EINPROGRESS,
				   .outcome = ATTEMPT_ERROR,
				   .error = ECONNREFUSED,
				   .learned_t = 8,
				   .learned = LEARNED_SO_ERROR };
	struct descriptor fd = { .process = 1, .fd = 3, .from = 1, .to = 9, .how = HOW_SOCKET, .end = BY_EXIT };
	struct life l = { .id = 4,
			  .inode = 1ull << 60,
			  .known = true,
			  .family = AF_INET,
			  .type = SOCK_STREAM,
			  .protocol = IPPROTO_TCP,
			  .netns = 4026531840,
			  .flags = SOCK_NONBLOCK,
			  .role = ROLE_ACTIVE,
			  .local = inet("10.0.0.2", 40000),
			  .peer = peer.peer,
			  .peer_socket = 5,
			  .states = states,
			  .state_count = 3,
			  .peers = &peer,
			  .peer_count = 1,
			  .attempts = &attempt,
			  .attempt_count = 1,
			  .descriptors = &fd,
			  .descriptor_count = 1,
			  .sent = 1,
			  .received = 2,
			  .closed = 9,
			  .closed_by = BY_EXIT,
			  .held = true };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_string_equal(
		text,
		"{\"id\":4,\"inode\":\"1152921504606846976\",\"family\":\"AF_INET\",\"type\":\"SOCK_STREAM\","
		"\"protocol\":\"IPPROTO_TCP\",\"flags\":\"SOCK_NONBLOCK\",\"netns\":4026531840,\"origin\":\"socket\","
		"\"role\":\"active\",\"local\":\"10.0.0.2:40000\",\"peer\":\"10.0.0.1:80\",\"peer_socket\":5,"
		"\"states\":[{\"state\":\"created\",\"from\":1,\"to\":2,\"cause\":1},"
		"{\"state\":\"failed\",\"from\":2,\"to\":9,\"cause\":\"reset\"},"
		"{\"state\":\"closed\",\"from\":9,\"to\":null,\"cause\":null}],"
		"\"peers\":[{\"peer\":\"10.0.0.1:80\",\"from\":2,\"to\":9}],"
		"\"attempts\":[{\"from\":1,\"to\":2,\"peer\":\"10.0.0.1:80\",\"returned\":\"EINPROGRESS\","
		"\"outcome\":\"ECONNREFUSED\",\"learned\":{\"t\":8,\"how\":\"SO_ERROR\"}}],"
		"\"descriptors\":[{\"process\":1,\"fd\":3,\"from\":1,\"to\":9,\"how\":\"socket\",\"end\":\"exit\"}],"
		"\"bytes\":{\"sent\":1,\"received\":2},\"closed\":{\"t\":9,\"by\":\"exit\",\"held\":[\"call\"]},"
		"\"uncertain\":false}");
	free(text);
}

static void socket_of_which_nothing_is_known(void **state)
{
	struct life l = { .id = 1,
			  .origin = ORIGIN_ACCEPT,
			  .listened = true,
			  .backlog_asked = 5,
			  .backlog_effective = 5,
			  .closed = OPEN,
			  .uncertain = true };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_string_equal(text,
			    "{\"id\":1,\"inode\":null,\"family\":null,\"type\":null,\"protocol\":null,\"flags\":0,"
			    "\"netns\":null,\"origin\":\"accept\",\"listener\":null,"
			    "\"backlog\":{\"asked\":5,\"effective\":5},\"states\":[],\"peers\":[],"
			    "\"attempts\":[],\"descriptors\":[],\"bytes\":{\"sent\":0,\"received\":0},\"closed\":null,"
			    "\"uncertain\":true}");
	free(text);
}

static void only_a_datagram_socket_has_messages(void **state)
{
	struct life l = { .id = 1,
			  .known = true,
			  .family = AF_INET,
			  .type = SOCK_DGRAM,
			  .closed = OPEN,
			  .messages_sent = 3,
			  .messages_received = 2,
			  .truncated = 1 };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(strstr(text, "\"messages\":{\"sent\":3,\"received\":2,\"truncated\":1}"));
	free(text);
	l.type = SOCK_SEQPACKET;
	text = only(&told, "sockets");
	assert_null(strstr(text, "\"messages\""));
	free(text);
}

static void object_larger_than_the_arena_is_whole(void **state)
{
	enum { COUNT = 5000 };
	struct descriptor *d = calloc(COUNT, sizeof(*d));
	struct life l = { .id = 1, .closed = OPEN, .descriptors = d, .descriptor_count = COUNT };
	struct told told = { .lives = &l, .life_count = 1 };
	cJSON *doc;

	(void)state;
	doc = document(&told);
	assert_int_equal(cJSON_GetArraySize(get(cJSON_GetArrayItem(get(doc, "sockets"), 0), "descriptors")), COUNT);
	cJSON_Delete(doc);
	free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trace_tells_what_is_missing),
		cmocka_unit_test(process_shows_its_last_program),
		cmocka_unit_test(process_that_was_there_and_is_still),
		cmocka_unit_test(socket_has_all_that_applies),
		cmocka_unit_test(socket_of_which_nothing_is_known),
		cmocka_unit_test(only_a_datagram_socket_has_messages),
		cmocka_unit_test(object_larger_than_the_arena_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
