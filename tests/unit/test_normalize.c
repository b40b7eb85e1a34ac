/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form: nothing in it that another run would have otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>

#include "export_objects.h"

/* A server and a client, as a run has them: its own pids, ports and times. */
struct run {
	uint32_t pid;
	unsigned int port;
	int64_t t;
};

static char *golden_of(const struct run *run)
{
	static struct state_span created = { .state = STATE_CREATED, .to = OPEN };
	struct descriptor server_fd[] = { { .process = 1, .fd = 3, .end = BY_CLOSE } };
	struct descriptor client_fd[] = { { .process = 2, .fd = 3, .end = BY_EXIT } };
	struct exec exec = { .comm = "server", .exe = "/some/where/server", .args = "./server\0-v", .args_len = 12 };
	struct process server = { .id = server_fd->process,
				  .pid = run->pid + 1,
				  .comm = "server",
				  .execs = &exec,
				  .exec_count = 1,
				  .exited = true,
				  .signal = 15 };
	struct process client = { .id = client_fd->process, .pid = run->pid + 2, .comm = "client", .exited = true };
	struct call accept = call_of(CALL_accept, server.pid, 4, 0), connect = call_of(CALL_connect, client.pid, 0, 0);
	struct call own = call_of(CALL_fcntl, server.pid + 50, 0, 0);
	struct event events[] = { event_of(11, run->t, 5, server.id, &accept),
				  event_of(12, run->t + 9, 5, server.id, &own),
				  event_of(20, run->t / 2, 5, client.id, &connect) };
	struct life lives[] = {
		{ .id = 1,
		  .known = true,
		  .family = AF_INET,
		  .type = SOCK_STREAM,
		  .local = inet("127.0.0.1", run->port),
		  .states = &created,
		  .state_count = 1,
		  .descriptors = server_fd,
		  .descriptor_count = 1,
		  .listened = true,
		  .backlog_asked = 5,
		  .backlog_effective = 5,
		  .deepest = -1,
		  .unaccepted = -1,
		  .overflows = -1,
		  .role = ROLE_PASSIVE },
		{ .id = 2,
		  .known = true,
		  .family = AF_INET,
		  .type = SOCK_STREAM,
		  .peer = inet("127.0.0.1", run->port),
		  .states = &created,
		  .state_count = 1,
		  .descriptors = client_fd,
		  .descriptor_count = 1,
		  .role = ROLE_ACTIVE,
		  .closed_by = BY_EXIT },
	};
	struct process processes[] = { server, client };
	struct told told = { .events = events,
			     .event_count = 3,
			     .processes = processes,
			     .process_count = 2,
			     .lives = lives,
			     .life_count = 2 };

	accept.has_addr = connect.has_addr = true;
	accept.addr = inet("127.0.0.1", run->port + 7);
	connect.addr = inet("127.0.0.1", run->port);
	own.args[1] = F_SETOWN;
	own.args[2] = server.pid;
	events[0].socket = lives[0].id;
	events[2].socket = lives[1].id;
	return export_text(&export_normalize, &told);
}

static void golden_form_is_of_names_only(void **state)
{
	const struct run run = { 1000, 40000, 5000 };
	char *text = golden_of(&run);

	(void)state;
	assert_string_equal(text, "socklife golden form 1\n"
				  "\nprocess server\n"
				  "\texec server \"-v\"\n"
				  "\tkilled by SIGTERM\n"
				  "\taccept(3, 127.0.0.1:P1, [0]) = 4 <server#1>\n"
				  "    thread 2\n"
				  "\tfcntl(3, F_SETOWN, PID) = 0\n"
				  "socket server#1\n"
				  "\tAF_INET, SOCK_STREAM, IPPROTO_IP, from socket, passive\n"
				  "\tlocal 127.0.0.1:P2\n"
				  "\tbacklog 5, effective 5\n"
				  "\tstate created\n"
				  "\tdescriptor 3 of server: socket to close\n"
				  "\tbytes sent 0, received 0\n"
				  "\tclosed by open\n"
				  "\nprocess client\n"
				  "\texited with 0\n"
				  "\tconnect(3, 127.0.0.1:P2, 0) = 0 <client#1>\n"
				  "socket client#1\n"
				  "\tAF_INET, SOCK_STREAM, IPPROTO_IP, from socket, active\n"
				  "\tpeer 127.0.0.1:P2\n"
				  "\tstate created\n"
				  "\tdescriptor 3 of client: socket to exit\n"
				  "\tbytes sent 0, received 0\n"
				  "\tclosed by exit\n");
	free(text);
}

static void golden_form_is_the_same_in_another_run(void **state)
{
	const struct run one = { 1000, 40000, 5000 }, other = { 77, 33333, 9 };
	char *a = golden_of(&one), *b = golden_of(&other);

	(void)state;
	assert_string_equal(a, b);
	free(a);
	free(b);
}

/* Two children of one parent, told in order of their forks however they were faster. */
static void golden_order_is_of_the_tree(void **state)
{
	struct process p[] = {
		{ .id = 5, .pid = 5, .parent = 3, .comm = "b", .end = -1 },
		{ .id = 4, .pid = 4, .parent = 2, .comm = "b", .end = -1 },
		{ .id = 2, .pid = 2, .parent = 1, .comm = "a", .end = -1 },
		{ .id = 3, .pid = 3, .parent = 1, .comm = "a", .end = -1 },
		{ .id = 1, .pid = 1, .parent = 88, .comm = "root", .end = -1 },
		{ .id = 6, .pid = 6, .parent = 7, .comm = "loop", .end = -1 }, /* a parent made after it: no parent */
		{ .id = 7, .pid = 7, .parent = 6, .comm = "loop", .end = -1 },
	};
	struct told told = { .processes = p, .process_count = sizeof(p) / sizeof(*p) };

	(void)state;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n"
			"\nprocess root\n\tstill there\n"
			"\nprocess a\n\tparent root\n\tstill there\n"
			"\nprocess b\n\tparent a\n\tstill there\n"
			"\nprocess a.2\n\tparent root\n\tstill there\n"
			"\nprocess b.2\n\tparent a.2\n\tstill there\n"
			"\nprocess loop\n\tparent loop.2\n\tstill there\n"
			"\nprocess loop.2\n\tparent loop\n\tstill there\n");
}

static void golden_form_has_an_error_by_its_name(void **state)
{
	struct call calls[] = {
		call_of(CALL_close, 1, -1, EINTR),    call_of(CALL_close, 1, -1, 512),
		call_of(CALL_close, 1, -1, ERESTART), call_of(CALL_close, 1, -1, 4000),
		call_of(CALL_close, 1, 0, 0),
	};
	struct event events[5];
	struct told told = { .events = events, .event_count = 5, .processes = &nobody, .process_count = 1 };

	(void)state;
	for (int i = 0; i < 5; i++)
		events[i] = event_of(1 + i, i, i < 4 ? 1 : -1, 1, &calls[i]);
	calls[4].open = true;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess nobody\n\tstill there\n    thread 2\n"
			"\tclose(3) = -1 EINTR\n\tclose(3) = ? ERESTARTSYS\n\tclose(3) = -1 ERESTART\n"
			"\tclose(3) = -1 4000\n\tclose(3) = ? <unfinished ...>\n");
}

static void golden_form_hides_what_getsockopt_fills(void **state)
{
	struct call call = call_of(CALL_getsockopt, 1, 0, 0);
	struct event e = event_of(1, 0, 1, 1, &call);
	struct told told = { .events = &e, .event_count = 1, .processes = &nobody, .process_count = 1 };
	char *text;

	(void)state;
	call.args[1] = SOL_SOCKET;
	call.args[2] = SO_PEERCRED;
	call.has_opt = true;
	call.opt_len = call.opt_given = call.opt_got = 12;
	text = export_text(&export_normalize, &told);
	assert_non_null(strstr(text, "getsockopt(3, SOL_SOCKET, SO_PEERCRED, [...], [12]) = 0\n"));
	free(text);
}

static void golden_form_has_a_place_for_the_unknown(void **state)
{
	struct call call = call_of(CALL_close, 1, 0, 0);
	struct event e = event_of(1, 0, 1, 9, &call);
	struct life life = { .id = 1, .closed = OPEN };
	struct told told = { .events = &e, .event_count = 1, .lives = &life, .life_count = 1 };

	(void)state;
	e.socket = 1;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess ?\n    thread 2\n\tclose(3) = 0 <#1>\n"
			"socket #1\n\tunknown, from socket\n\tbytes sent 0, received 0\n"
			"\tnot closed\n");
}

static void golden_form_says_which_way_a_call_came(void **state)
{
	struct descriptor fds[] = { { .process = 1, .fd = 3, .direct = true, .end = BY_CLOSE },
				    { .process = 1, .fd = 3, .how = HOW_DUP, .end = BY_CLOSE } };
	struct life life = { .id = 1, .descriptors = fds, .descriptor_count = 2, .held = true, .held_io_uring = true };
	struct call call = call_of(CALL_listen, 100, 0, 0);
	struct event e = event_of(1, 0, 1, 1, &call);
	struct told told = { .events = &e,
			     .event_count = 1,
			     .processes = &nobody,
			     .process_count = 1,
			     .lives = &life,
			     .life_count = 1 };

	(void)state;
	e.socket = life.id;
	e.note = "odd";
	call.via = VIA_IO_URING;
	call.direct = true;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess nobody\n\tstill there\n"
			"\tlisten(direct:3, 0) = 0 <nobody#1> (odd) via io_uring\n"
			"socket nobody#1\n\tunknown, from socket\n"
			"\tdescriptor direct:3 of nobody: socket to close\n"
			"\tdescriptor 3 of nobody: dup to close\n"
			"\tbytes sent 0, received 0\n"
			"\tclosed by open, held by a call, held by io_uring\n");
}

static void golden_form_has_what_went_wrong(void **state)
{
	struct queued_error errors[] = { { .error = EPIPE }, { .error = EPIPE } };
	struct life life = { .id = 1,
			     .origin = ORIGIN_ACCEPT,
			     .known = true,
			     .family = AF_INET,
			     .type = SOCK_DGRAM,
			     .role = ROLE_PASSIVE,
			     .backlog_effective = -1,
			     .deepest = 3,
			     .unaccepted = 2,
			     .overflows = 7,
			     .queued_from = 5,
			     .dropped = 6,
			     .errors = errors,
			     .error_count = 2,
			     .unread = 8,
			     .unsent = 8,
			     .closed_by = BY_CLOSE };
	struct told told = { .lives = &life, .life_count = 1 };

	(void)state;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess ?\n"
			"socket #1\n\tAF_INET, SOCK_DGRAM, IPPROTO_IP, from accept, passive\n"
			"\twaited in the queue\n"
			"\tbacklog not known, deepest 3, not accepted 2, overflowed\n"
			"\tbytes sent 0, received 0\n"
			"\tmessages sent 0, received 0, truncated 0\n"
			"\tmessages dropped 6\n"
			"\tbytes unread 8\n"
			"\terror queued EPIPE\n"
			"\tclosed by close\n");
}

static void golden_form_has_what_waited_when_it_was_found(void **state)
{
	struct life life = {
		.id = 1, .origin = ORIGIN_SNAPSHOT, .found_unread = 5, .found_unsent = 7, .unread = -1, .closed = OPEN
	};
	struct told told = { .lives = &life, .life_count = 1 };

	(void)state;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess ?\n"
			"socket #1\n\tunknown, from snapshot\n"
			"\tfound with 5 bytes unread\n"
			"\tbytes sent 0, received 0\n"
			"\tnot closed\n");
}

static void golden_form_has_each_reset_once(void **state)
{
	struct reset resets[] = { { .t = 1 }, { .t = 2, .sent = true, .reason = "TCP_STATE" }, { .t = 3 } };
	struct life life = { .id = 1,
			     .known = true,
			     .family = AF_INET,
			     .type = SOCK_STREAM,
			     .retransmits = 9,
			     .resets = resets,
			     .reset_count = 3,
			     .closed = OPEN };
	struct told told = { .lives = &life, .life_count = 1 };

	(void)state;
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess ?\n"
			"socket #1\n\tAF_INET, SOCK_STREAM, IPPROTO_IP, from socket\n"
			"\tbytes sent 0, received 0\n"
			"\treset sent: TCP_STATE\n"
			"\treset received\n"
			"\tnot closed\n");
}

/* How long the kernel keeps a closed socket is chance. */
static void golden_form_leaves_out_resets_after_the_close(void **state)
{
	struct call call = call_of(CALL_close, 100, 0, 0);
	struct event close = event_of(5, 100, 10, 1, &call);
	struct state_span closed = { .state = STATE_CLOSED, .from = 100, .to = OPEN, .cause = 5 };
	struct reset resets[] = { { .t = 110, .sent = true }, { .t = 111 } };
	struct life life = { .id = 1,
			     .known = true,
			     .family = AF_INET6,
			     .type = SOCK_STREAM,
			     .states = &closed,
			     .state_count = 1,
			     .resets = resets,
			     .reset_count = 2,
			     .closed = 100 };
	struct told told = { .events = &close, .event_count = 1, .lives = &life, .life_count = 1 };
	char *text = export_text(&export_normalize, &told);

	(void)state;
	assert_non_null(strstr(text, "\treset sent\n"));
	assert_null(strstr(text, "\treset received\n"));
	free(text);
}

/* Who sent is told in the order of the processes, whoever of them was first. */
static void golden_form_names_who_sent(void **state)
{
	struct process p[] = { { .id = 1, .pid = 1, .comm = "a", .end = -1 },
			       { .id = 2, .pid = 2, .comm = "b", .end = -1 } };
	struct call send = call_of(CALL_sendmsg, 1, 1, 0), other = call_of(CALL_sendmsg, 2, 1, 0);
	struct call receive = call_of(CALL_recvmsg, 2, 1, 0);
	struct event events[] = { event_of(1, 5, 1, 1, &send), event_of(2, 4, 1, 2, &other),
				  event_of(3, 7, 1, 2, &receive) };
	struct flight flights[] = {
		{ .from = 1, .to = OPEN },
		{ .from = 1, .to = OPEN, .sent = 2 },
		{ .from = 2, .to = 3, .sent = 1, .received = 3 },
		{ .from = 4, .to = 5, .sent = 1 },
	};
	struct life life = { .id = 1, .closed = OPEN, .flights = flights, .flight_count = 4 };
	struct told told = {
		.processes = p, .process_count = 2, .events = events, .event_count = 3, .lives = &life, .life_count = 1
	};
	char *text;

	(void)state;
	events[2].sent = 1;
	text = export_text(&export_normalize, &told);
	assert_non_null(strstr(text, " = 1 <- sendmsg by a\n"));
	assert_non_null(strstr(text, "\tin flight: sendmsg by a to recvmsg by b\n"
				     "\tin flight: sendmsg by a, never received\n"
				     "\tin flight: sendmsg by b, still\n"
				     "\tin flight, still\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_form_is_of_names_only),
		cmocka_unit_test(golden_form_is_the_same_in_another_run),
		cmocka_unit_test(golden_order_is_of_the_tree),
		cmocka_unit_test(golden_form_has_an_error_by_its_name),
		cmocka_unit_test(golden_form_hides_what_getsockopt_fills),
		cmocka_unit_test(golden_form_has_a_place_for_the_unknown),
		cmocka_unit_test(golden_form_says_which_way_a_call_came),
		cmocka_unit_test(golden_form_has_what_went_wrong),
		cmocka_unit_test(golden_form_has_what_waited_when_it_was_found),
		cmocka_unit_test(golden_form_has_each_reset_once),
		cmocka_unit_test(golden_form_leaves_out_resets_after_the_close),
		cmocka_unit_test(golden_form_names_who_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
