/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form of a document: as that of its capture, and of one that is damaged a line that says what is wrong with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "export_objects.h"
#include "golden_read.h"

/* NULL: it was refused. */
static char *golden_of(const char *document, size_t len)
{
	struct golden *g = golden_new();
	FILE *in = fmemopen((void *)document, len, "r"), *out;
	char *text = NULL;
	size_t size;

	assert_non_null(in);
	if (!golden_read(g, "document", in)) {
		out = open_memstream(&text, &size);
		assert_int_equal(golden_order(g), 0);
		assert_int_equal(golden_print(g, out), 0);
		fclose(out);
	}
	golden_free(g);
	fclose(in);
	return text;
}

/* Something of everything. */
static char *document_of(const struct exporter_ops *ops)
{
	static const char args[] = "x\0y z";
	struct exec exec = { .comm = "x", .exe = "/bin/x", .args = (char *)args, .args_len = sizeof(args) };
	struct process p[] = { { .id = 1, .pid = 9, .comm = "x", .execs = &exec, .exec_count = 1, .end = -1 },
			       { .id = 2, .pid = 10, .parent = 1, .comm = "\x01y\\", .exited = true, .signal = 9 } };
	struct call calls[] = { call_of(CALL_accept, 9, 4, 0), call_of(CALL_socketpair, 11, 0, 0),
				call_of(CALL_recvmsg, 9, 1, 0), call_of(CALL_setsockopt, 10, -1, EPERM) };
	struct event events[] = { event_of(1, 5, 1, 1, &calls[0]), event_of(2, 4, 1, 2, &calls[1]),
				  event_of(3, 7, 1, 2, &calls[2]), event_of(4, 8, -1, 0, &calls[3]) };
	struct state_span states[] = { { .state = STATE_CREATED, .cause = 2, .to = OPEN },
				       { .state = STATE_CLOSED, .fact = "TCP_CLOSE", .to = OPEN } };
	struct peer_span peer = { .peer = inet("127.0.0.1", 40000), .to = OPEN };
	struct attempt attempt = { .peer = peer.peer, .did_return = true, .learned = LEARNED_POLL };
	struct descriptor fds[] = { { .process = 2, .fd = 3 }, { .process = 1, .fd = 3, .direct = true } };
	struct flight flights[] = { { .sent = 3, .to = OPEN }, { .sent = 1, .received = 3 } };
	struct reset reset = { .t = 3, .reason = "WHY" };
	struct queued_error error = { .error = EPIPE };
	struct life life = { .id = 1,
			     .known = true,
			     .family = AF_INET,
			     .type = SOCK_STREAM,
			     .role = ROLE_PASSIVE,
			     .origin = ORIGIN_ACCEPT,
			     .peer_socket = 1,
			     .states = states,
			     .state_count = 2,
			     .peers = &peer,
			     .peer_count = 1,
			     .attempts = &attempt,
			     .attempt_count = 1,
			     .descriptors = fds,
			     .descriptor_count = 2,
			     .flights = flights,
			     .flight_count = 2,
			     .resets = &reset,
			     .reset_count = 1,
			     .errors = &error,
			     .error_count = 1,
			     .held = true };
	struct told told = { events, 4, p, 2, &life, 1, NULL, 0, NULL };

	calls[0].has_addr = true;
	calls[0].addr = peer.peer;
	calls[0].addr_got = 2;
	calls[1].has_pair = true;
	calls[2].has_msg = true;
	calls[3].args[1] = SOL_SOCKET;
	calls[3].args[2] = SO_LINGER;
	calls[3].has_opt = true;
	calls[3].opt_len = calls[3].opt_given = calls[3].opt_got = 8;
	events[0].socket = events[2].socket = 1;
	events[2].sent = 1;
	events[2].note = "odd";
	return export_text(ops, &told);
}

static void assert_golden(const char *document, const char *want)
{
	char *text = golden_of(document, strlen(document));

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void golden_form_is_the_same_of_a_document(void **state)
{
	char *json = document_of(&export_json), *lines = document_of(&export_ndjson);
	char *want = document_of(&export_normalize), *pretty;
	cJSON *o = cJSON_Parse(json);

	(void)state;
	pretty = cJSON_Print(o);
	assert_golden(json, want);
	assert_golden(lines, want);
	assert_golden(pretty, want);
	cJSON_Delete(o);
	free(json);
	free(lines);
	free(want);
	free(pretty);
}

static void a_document_that_is_cut_is_refused(void **state)
{
	const struct exporter_ops *const ops[] = { &export_json, &export_ndjson };
	char *document;
	size_t i, len, end;

	(void)state;
	for (i = 0; i < 2; i++) {
		document = document_of(ops[i]);
		for (end = strlen(document); document[end - 1] == '\n'; end--)
			;
		for (len = 1; len < end; len++)
			assert_null(golden_of(document, len));
		free(document);
	}
}

/* Whatever stands in place of whatever. */
static void damage(cJSON *root, cJSON *o, int *refused)
{
	static const char *const others[] = { "null", "true",   "-1", "1.5",  "\"x\"",        "[]",
					      "[[]]", "[null]", "{}", "[{}]", "\"1\\u001b9\"" };
	cJSON *one, *other, was;
	size_t i;
	char *document, *text;

	for (one = o->child; one; one = one->next) {
		damage(root, one, refused);
		for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
			other = cJSON_Parse(others[i]);
			was = *one;
			one->type = other->type;
			one->child = other->child;
			one->valuestring = other->valuestring;
			one->valuedouble = other->valuedouble;
			document = cJSON_PrintUnformatted(root);
			*one = was;
			text = golden_of(document, strlen(document));
			*refused += !text;
			assert_true(!text || !strchr(text, '\x1b'));
			free(text);
			free(document);
			cJSON_Delete(other);
		}
	}
}

static void a_document_that_is_damaged_does_no_harm(void **state)
{
	char *json = document_of(&export_json);
	cJSON *root = cJSON_Parse(json);
	int refused = 0;

	(void)state;
	damage(root, root, &refused);
	assert_true(refused > 1000);
	cJSON_Delete(root);
	free(json);
}

static void what_is_no_document_is_refused(void **state)
{
	static const char *const texts[] = {
		" ",
		"{}",
		"{",
		"[]",
		"x",
		"{\"a\":1,}",
		"{\"a\" 1}",
		"{\"a\":1 2}",
		"{\"a\":[1 2]}",
		"{\"a\":tru}",
		"{\"events\":[1]}",
		"{\"a\":\"\n\"}",
		"{\"kind\":\"event\"}",
		"{\"kind\":\"other\"}",
		"{\"kind\":\"trace\"}",
		"{\"kind\":\"trace\",\"format\":\"socklife-timeline\",\"version\":2}",
		"{\"format\":\"socklife-timeline\",\"version\":1,\"processes\":[],\"sockets\":[],\"events\":[]}",
		"{\"format\":\"socklife-timeline\",\"version\":1,\"processes\":{},\"sockets\":[],\"events\":[],"
		"\"trace\":{\"complete\":true,\"lost\":{\"events\":0}}}",
	};
	static const char whole[] =
		"{\"kind\":\"trace\",\"format\":\"socklife-timeline\",\"version\":1,\"complete\":true,"
		"\"lost\":{\"events\":2}}";
	char twice[2 * sizeof(whole)];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_null(golden_of(texts[i], strlen(texts[i])));
	assert_golden(whole, "socklife golden form 1\nrecords were lost\n");
	snprintf(twice, sizeof(twice), "%s%s", whole, whole);
	assert_null(golden_of(twice, strlen(twice)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_form_is_the_same_of_a_document),
		cmocka_unit_test(a_document_that_is_cut_is_refused),
		cmocka_unit_test(a_document_that_is_damaged_does_no_harm),
		cmocka_unit_test(what_is_no_document_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
