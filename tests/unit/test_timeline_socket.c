/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets in json: what is null and what is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "export_json.h"

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
	struct reset resets[] = { { .t = 3 }, { .t = 4, .sent = true, .reason = "TCP_\xff" } };
	struct queued_error queued = { .t = 2, .error = ECONNREFUSED };
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
			  .retransmits = 6,
			  .resets = resets,
			  .reset_count = 2,
			  .errors = &queued,
			  .error_count = 1,
			  .unread = 7,
			  .unsent = -1,
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
		"\"in_flight\":[],\"bytes\":{\"sent\":1,\"received\":2},\"retransmits\":6,"
		"\"resets\":[{\"t\":3,\"dir\":\"received\",\"reason\":null},"
		"{\"t\":4,\"dir\":\"sent\",\"reason\":\"TCP_\\\\xff\"}],"
		"\"errors\":[{\"t\":2,\"error\":\"ECONNREFUSED\"}],"
		"\"closed\":{\"t\":9,\"by\":\"exit\",\"unread\":7,\"unsent\":null,\"held\":[\"call\"]},"
		"\"uncertain\":false}");
	free(text);
}

static void socket_of_which_nothing_is_known(void **state)
{
	struct life l = { .id = 1,
			  .origin = ORIGIN_ACCEPT,
			  .role = ROLE_PASSIVE,
			  .listened = true,
			  .backlog_asked = 5,
			  .backlog_effective = 5,
			  .deepest = -1,
			  .unaccepted = -1,
			  .overflows = -1,
			  .queued_from = -1,
			  .queued_to = 8,
			  .closed = OPEN,
			  .uncertain = true };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_string_equal(
		text,
		"{\"id\":1,\"inode\":null,\"family\":null,\"type\":null,\"protocol\":null,\"flags\":0,"
		"\"netns\":null,\"origin\":\"accept\",\"role\":\"passive\",\"listener\":null,"
		"\"backlog\":{\"asked\":5,\"effective\":5,\"deepest\":null,\"unaccepted\":null,"
		"\"overflows\":null},\"queue\":[],\"queued\":{\"from\":null,\"to\":8},\"states\":[],\"peers\":[],"
		"\"attempts\":[],\"descriptors\":[],\"in_flight\":[],\"bytes\":{\"sent\":0,\"received\":0},\"closed\":null,"
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
			  .truncated = 1,
			  .dropped = 4 };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(
		strstr(text, "\"messages\":{\"sent\":3,\"received\":2,\"truncated\":1,\"dropped\":4},\"errors\":[]"));
	assert_null(strstr(text, "\"retransmits\""));
	free(text);
	l.type = SOCK_SEQPACKET;
	text = only(&told, "sockets");
	assert_null(strstr(text, "\"messages\""));
	free(text);
}

static void listener_has_its_queue(void **state)
{
	struct depth queue[] = { { .t = 3, .depth = 1 }, { .t = 5, .depth = 0 } };
	struct life l = { .id = 1,
			  .known = true,
			  .family = AF_UNIX,
			  .type = SOCK_STREAM,
			  .role = ROLE_PASSIVE,
			  .listened = true,
			  .backlog_asked = 5,
			  .backlog_effective = 5,
			  .queue = queue,
			  .queue_count = 2,
			  .deepest = 1,
			  .unaccepted = 2,
			  .overflows = 3,
			  .closed = 9,
			  .closed_by = BY_CLOSE,
			  .unread = -1 };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(strstr(text, "\"backlog\":{\"asked\":5,\"effective\":5,\"deepest\":1,\"unaccepted\":2,"
				     "\"overflows\":3},\"queue\":[[3,1],[5,0]],\"states\""));
	assert_non_null(strstr(text, "\"bytes\":{\"sent\":0,\"received\":0},"
				     "\"closed\":{\"t\":9,\"by\":\"close\",\"unread\":null,\"held\":[]}"));
	free(text);
}

static void a_listener_from_before_the_trace_has_a_queue(void **state)
{
	struct life l = { .id = 1,
			  .origin = ORIGIN_SNAPSHOT,
			  .role = ROLE_PASSIVE,
			  .backlog_effective = 511,
			  .deepest = -1,
			  .unaccepted = -1,
			  .overflows = -1,
			  .closed = OPEN };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(strstr(text, "\"backlog\":{\"asked\":null,\"effective\":511,\"deepest\":null,"
				     "\"unaccepted\":null,\"overflows\":null},\"queue\":[],\"states\""));
	free(text);
}

static void what_was_found_has_what_it_held(void **state)
{
	struct life l = { .id = 1, .origin = ORIGIN_SNAPSHOT, .found_unread = 5, .found_unsent = -1, .closed = OPEN };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(strstr(text, "\"origin\":\"snapshot\",\"found\":{\"unread\":5,\"unsent\":null},\"states\""));
	free(text);
	l.origin = ORIGIN_RECEIVED;
	text = only(&told, "sockets");
	assert_null(strstr(text, "\"found\""));
	free(text);
}

static void descriptors_in_messages_have_their_events(void **state)
{
	struct flight flights[] = { { .from = 3, .to = 5, .sent = 7, .received = 8 }, { .from = 6, .to = OPEN } };
	struct life l = { .id = 1, .closed = OPEN, .flights = flights, .flight_count = 2 };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(strstr(text, "\"in_flight\":[{\"from\":3,\"to\":5,\"sent\":7,\"received\":8},"
				     "{\"from\":6,\"to\":null,\"sent\":null,\"received\":null}]"));
	free(text);
}

static void slots_of_rings_are_descriptors(void **state)
{
	struct descriptor fds[] = {
		{ .process = 1, .fd = 7, .from = 1, .to = 3, .how = HOW_SOCKET, .end = BY_CLOSE, .direct = true },
		{ .process = 1, .fd = 7, .from = 2, .to = OPEN, .how = HOW_DUP },
	};
	struct life l = { .id = 1, .closed = 4, .held_io_uring = true, .descriptors = fds, .descriptor_count = 2 };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_non_null(strstr(text, "\"descriptors\":[{\"process\":1,\"fd\":\"direct:7\",\"from\":1,\"to\":3,"
				     "\"how\":\"socket\",\"end\":\"close\"},"
				     "{\"process\":1,\"fd\":7,\"from\":2,"));
	assert_non_null(strstr(text, "\"held\":[\"io_uring\"]"));
	free(text);
}

static void spans_that_were_left_out_are_counted(void **state)
{
	struct life l = { .id = 1, .closed = OPEN };
	struct told told = { .lives = &l, .life_count = 1 };
	char *text = only(&told, "sockets");

	(void)state;
	assert_null(strstr(text, "omitted"));
	free(text);
	l.omitted[HISTORY_DESCRIPTORS] = 1ull << 40;
	l.omitted[HISTORY_FLIGHTS] = 3;
	text = only(&told, "sockets");
	assert_non_null(strstr(text, ",\"omitted\":{\"descriptors\":1099511627776,\"in_flight\":3},\"uncertain\""));
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
		cmocka_unit_test(socket_has_all_that_applies),
		cmocka_unit_test(socket_of_which_nothing_is_known),
		cmocka_unit_test(only_a_datagram_socket_has_messages),
		cmocka_unit_test(listener_has_its_queue),
		cmocka_unit_test(a_listener_from_before_the_trace_has_a_queue),
		cmocka_unit_test(what_was_found_has_what_it_held),
		cmocka_unit_test(descriptors_in_messages_have_their_events),
		cmocka_unit_test(slots_of_rings_are_descriptors),
		cmocka_unit_test(spans_that_were_left_out_are_counted),
		cmocka_unit_test(object_larger_than_the_arena_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
