/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people read: show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>

#include "export_objects.h"

static void assert_shown(const struct call *call, const char *want)
{
	struct event e = event_of(1, 1234567, 45999, 1, call);
	struct told told = { .events = &e, .event_count = 1 };

	assert_exported(&export_show, &told, want);
}

static void show_is_a_line_a_call(void **state)
{
	struct call call = call_of(CALL_connect, 100, -1, EINPROGRESS);

	(void)state;
	call.has_addr = true;
	call.addr = inet("127.0.0.1", 80);
	call.args[1] = 0x7fff0000;
	call.args[2] = 16;
	assert_shown(&call,
		     "0.001234 [100 nobody] connect(3, 127.0.0.1:80, 16) = -1 EINPROGRESS (Operation now in progress)"
		     " <0.000045>\n");
}

static void show_names_another_thread(void **state)
{
	struct call call = call_of(CALL_close, 102, 0, 0);

	(void)state;
	assert_shown(&call, "0.001234 [100/102 nobody] close(3) = 0 <0.000045>\n");
}

static void show_of_what_was_counted(void **state)
{
	struct call call = call_of(CALL_receives, 100, 5000000000, 0);
	struct event e = event_of(1, 1000, 99000000, 1, &call);
	struct told told = { .events = &e, .event_count = 1 };

	(void)state;
	call.fd = -1;
	memcpy(call.args, (uint64_t[]){ 9, 1500000, 2, 40, 7 }, 5 * sizeof(*call.args));
	e.socket = 3;
	assert_exported(
		&export_show, &told,
		"0.000001 [100 nobody] socket 3 receives(calls=9, blocked=0.001500, errors=2, largest=40, messages=7)"
		" = 5000000000 <0.099000>\n");
	memset(call.args + 1, 0, 4 * sizeof(*call.args));
	e.socket = 0;
	assert_exported(&export_show, &told, "0.000001 [100 nobody] receives(calls=9) = 5000000000 <0.099000>\n");
}

static void show_of_a_call_that_never_returned(void **state)
{
	struct call call = call_of(CALL_accept, 100, 0, 0);
	struct event e = event_of(1, 5000, -1, 1, &call);
	struct told told = { .events = &e, .event_count = 1 };

	(void)state;
	call.open = true;
	call.args[1] = call.args[2] = 0x7fff0000;
	assert_exported(&export_show, &told, "0.000005 [100 nobody] accept(3, ..., ...) = ? <unfinished ...>\n");
}

static void show_says_which_way_a_call_came(void **state)
{
	static const char *const ways[] = { "", " via ia32", " via x32", " via socketcall", " via io_uring" };
	struct call call = call_of(CALL_close, 100, 0, 0);
	char want[128];

	(void)state;
	for (enum via via = 0; via < VIAS; via++) {
		call.via = via;
		snprintf(want, sizeof(want), "0.001234 [100 nobody] close(3) = 0 <0.000045>%s\n", ways[via]);
		assert_shown(&call, want);
	}
}

static void show_of_a_silent_request(void **state)
{
	struct call call = call_of(CALL_close, 100, 0, 0);
	struct event e = event_of(1, 5000, -1, 1, &call);
	struct told told = { .events = &e, .event_count = 1 };

	(void)state;
	call.via = VIA_IO_URING;
	call.open = call.silent = call.direct = true;
	e.note = "odd";
	assert_exported(&export_show, &told, "0.000005 [100 nobody] close(direct:3) = ? (odd) via io_uring\n");
}

static void show_of_a_restarted_call(void **state)
{
	struct call call = call_of(CALL_accept, 100, -1, 512);

	(void)state;
	assert_shown(
		&call,
		"0.001234 [100 nobody] accept(3, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)"
		" <0.000045>\n");
}

static void show_of_lengths_options_and_pairs(void **state)
{
	struct call name = call_of(CALL_getsockname, 100, 0, 0), opt = call_of(CALL_getsockopt, 100, 0, 0);
	struct call pair = call_of(CALL_socketpair, 100, 0, 0);

	(void)state;
	name.has_addr = true;
	name.addr = inet("127.0.0.1", 80);
	name.addr_given = 128;
	name.addr_got = 16;
	assert_shown(&name, "0.001234 [100 nobody] getsockname(3, 127.0.0.1:80, [128 => 16]) = 0 <0.000045>\n");
	opt.has_opt = true;
	opt.args[1] = SOL_SOCKET;
	opt.args[2] = SO_ERROR;
	opt.opt_len = opt.opt_given = opt.opt_got = 4;
	memcpy(opt.opt, &(int){ ECONNREFUSED }, 4);
	assert_shown(&opt,
		     "0.001234 [100 nobody] getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0 <0.000045>\n");
	opt.args[1] = SOL_TCP;
	opt.args[2] = TCP_MAXSEG;
	opt.opt_len = 2;
	opt.opt_given = 8;
	assert_shown(&opt,
		     "0.001234 [100 nobody] getsockopt(3, SOL_TCP, TCP_MAXSEG, [6f00...], [8 => 4]) = 0 <0.000045>\n");
	pair.args[0] = AF_UNIX;
	pair.args[1] = SOCK_STREAM;
	pair.has_pair = true;
	pair.pair[1] = 4;
	assert_shown(&pair, "0.001234 [100 nobody] socketpair(AF_UNIX, SOCK_STREAM, 0, [0, 4]) = 0 <0.000045>\n");
}

static void show_leaves_out_what_fcntl_does_not_take(void **state)
{
	struct call call = call_of(CALL_fcntl, 100, 2, 0);

	(void)state;
	call.args[1] = F_GETFL;
	call.args[2] = 99;
	assert_shown(&call, "0.001234 [100 nobody] fcntl(3, F_GETFL) = 2 <0.000045>\n");
}

static void show_has_programs_states_and_ends(void **state)
{
	struct exec execs[] = {
		{ .t = -1, .comm = "sh" },
		{ .t = 1000, .comm = "cu\x1brl", .exe = "/usr/bin/cu\x1brl", .args = "curl\0-s", .args_len = 8 }
	};
	struct process p = {
		.id = 1, .pid = 100, .comm = "cu\x1brl", .execs = execs, .exec_count = 2, .end = 9000, .exited = true
	};
	struct process runs = { .id = 1, .pid = 100, .comm = "cu\x1brl", .execs = execs, .exec_count = 2, .end = OPEN };
	struct process silent = { .id = 70, .pid = 101, .comm = "true", .end = 9000, .exited = true };
	struct process all[] = { p, silent };
	struct state_span spans[] = { { .state = STATE_CREATED, .cause = 1 },
				      { .state = STATE_CONNECTED, .from = 2500, .fact = "peer" } };
	struct life life = { .id = 7, .states = spans, .state_count = 2, .closed = OPEN };
	struct call call = call_of(CALL_close, 100, 0, 0);
	struct event e = event_of(1, 2000, 1000, 1, &call);
	struct told told = {
		.events = &e, .event_count = 1, .processes = all, .process_count = 2, .lives = &life, .life_count = 1
	};

	(void)state;
	e.by = &runs;
	e.note = "odd";
	assert_exported(&export_show, &told,
			"0.000001 [100 cu\\x1brl] execve(\"/usr/bin/cu\\x1brl\", [\"curl\", \"-s\"]) = 0\n"
			"0.000002 [100 cu\\x1brl] close(3) = 0 <0.000001> (odd)\n"
			"                     socket 7 created\n"
			"0.000002             socket 7 created -> connected (peer)\n"
			"0.000009 [100 cu\\x1brl] +++ exited with 0 +++\n");
}

/* A supervisor that executed others, 5 and then 8 times, and what it left to the kernel to do after its end. */
static void show_has_each_exec_once(void **state)
{
	struct exec execs[] = { { .t = 1000, .comm = "a", .exe = "a" }, { .t = 2000, .comm = "b", .exe = "b" } },
		    later[] = { execs[0], { .t = 5000, .comm = "c", .exe = "c" } };
	struct process p[] = {
		{ .id = 1, .pid = 100, .comm = "b", .execs = execs, .exec_count = 2, .execs_omitted = 3, .end = OPEN },
		{ .id = 1, .pid = 100, .comm = "c", .execs = later, .exec_count = 2, .execs_omitted = 6, .end = OPEN },
		{ .id = 1, .pid = 100, .comm = "c", .execs = later, .exec_count = 2, .execs_omitted = 6, .end = 9000 },
	};
	struct call call = call_of(CALL_close, 100, 0, 0);
	struct event events[] = { event_of(1, 3000, 1000, 1, &call), event_of(2, 4000, 1000, 1, &call),
				  event_of(3, 6000, 1000, 1, &call), event_of(4, 8000, 2000, 1, &call) };
	struct told told = { .events = events, .event_count = 4 };

	(void)state;
	events[0].by = events[1].by = &p[0];
	events[2].by = &p[1];
	events[3].by = &p[2];
	assert_exported(&export_show, &told,
			"0.000001 [100 a] execve(\"a\", []) = 0\n"
			"0.000002 [100 b] execve(\"b\", []) = 0\n"
			"0.000003 [100 b] close(3) = 0 <0.000001>\n"
			"0.000004 [100 b] close(3) = 0 <0.000001>\n"
			"0.000005 [100 c] execve(\"c\", []) = 0\n"
			"0.000006 [100 c] close(3) = 0 <0.000001>\n"
			"0.000008 [100 c] close(3) = 0 <0.000002>\n");
}

static void show_has_trouble_in_order_of_time(void **state)
{
	const struct trouble troubles[] = {
		{ .t = 1000, .kind = TROUBLE_RETRANSMIT },
		{ .t = 2000, .kind = TROUBLE_RESET, .sent = true, .reason = "TCP_ABORT\x1b" },
		{ .t = 2000, .kind = TROUBLE_RESET },
		{ .t = 3000, .kind = TROUBLE_ERROR, .error = ECONNREFUSED },
		{ .t = 4000, .kind = TROUBLE_DROP },
		{ .t = 5000, .kind = TROUBLE_OVERFLOW, .count = 1 },
		{ .t = 1234567890123000, .kind = TROUBLE_OVERFLOW, .count = 2 },
	};
	const struct life life = { .id = 7, .closed = OPEN };
	struct call call = call_of(CALL_close, 100, 0, 0);
	struct event e = event_of(1, 9000, 1000, 1, &call);
	struct told told = { .events = &e,
			     .event_count = 1,
			     .lives = &life,
			     .life_count = 1,
			     .troubles = troubles,
			     .trouble_count = 7 };

	(void)state;
	assert_exported(&export_show, &told,
			"0.000001             socket 7 retransmits\n"
			"0.000002             socket 7 reset sent (TCP_ABORT\\x1b)\n"
			"0.000002             socket 7 reset received\n"
			"0.000003             socket 7 error queued ECONNREFUSED\n"
			"0.000004             socket 7 datagram dropped\n"
			"0.000005             socket 7 accept queue full: 1 SYN dropped since the last look\n"
			"0.000009 [100 nobody] close(3) = 0 <0.000001>\n"
			"1234567.890123       socket 7 accept queue full: 2 SYNs dropped since the last look\n");
}

struct step { /* a call, or a socket that enters a state */
	int call; /* the event's id */
	int64_t t;
	int64_t socket, cause;
	enum state state;
};

static void assert_steps(const struct step *steps, size_t count, const char *want)
{
	struct call call = call_of(CALL_close, 100, 0, 0);
	char *text = NULL;
	size_t i, len = 0;
	FILE *out = open_memstream(&text, &len);
	void *self = export_show.open();

	export_show.begin(self, out, 0);
	for (i = 0; i < count; i++) {
		const struct step *s = &steps[i];
		struct state_span span = {
			.state = s->state, .from = s->t, .cause = s->cause, .fact = s->cause ? NULL : "peer"
		};
		struct life life = { .id = s->socket, .states = &span, .state_count = 1 };
		struct event e = event_of(s->call, s->t, 5000, 1, &call);

		assert_int_equal(s->call ? export_show.event(self, &e) : export_show.state(self, &life, &span), 0);
	}
	export_show.end(self, &plain_trace, 0);
	export_show.close(self);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

#define CALL_LINE(t) "0.00000" t " [100 nobody] close(3) = 0 <0.000005>\n"
#define BELOW "                     socket "
#define AT(t) "0.00000" t "             socket "

static void show_has_changes_below_their_call(void **state)
{
	const struct step steps[] = {
		{ .t = 1000, .socket = 1, .state = STATE_CONNECTED },
		{ .t = 2000, .socket = 2, .cause = 1, .state = STATE_CREATED },
		{ .t = 3000, .socket = 3, .state = STATE_CONNECTED },
		{ .t = 4000, .socket = 2, .cause = 1, .state = STATE_CLOSED },
		{ .call = 1, .t = 2000 },
		{ .t = 7000, .socket = 2, .cause = 1, .state = STATE_FAILED }, /* found out later */
	};

	(void)state;
	assert_steps(steps, 6,
		     AT("1") "1 connected (peer)\n" CALL_LINE("2") BELOW
		     "2 created\n" BELOW "2 closed\n" AT("3") "3 connected (peer)\n" AT("7") "2 failed\n");
}

static void show_has_the_time_of_changes_that_are_elsewhere(void **state)
{
	const struct step steps[] = {
		{ .t = 1000, .socket = 1, .cause = 9, .state = STATE_BOUND }, /* not returned yet */
		{ .call = 1, .t = 2000 },
		{ .t = 3000, .socket = 2, .cause = 1, .state = STATE_CREATED },
		{ .t = 4000, .socket = 2, .cause = 9, .state = STATE_BOUND },
		{ .t = 5000, .socket = 3, .state = STATE_CONNECTED },
		{ .t = 6000, .socket = 3, .cause = 9, .state = STATE_CLOSED }, /* after what nobody caused */
		{ .call = 9, .t = 4000 },
		{ .t = 8000, .socket = 2, .cause = 1, .state = STATE_CLOSED }, /* long ago */
	};

	(void)state;
	assert_steps(steps, 8,
		     AT("1") "1 bound\n" CALL_LINE("2") BELOW "2 created\n" CALL_LINE("4") BELOW
		     "2 bound\n" AT("5") "3 connected (peer)\n" AT("6") "3 closed\n" AT("8") "2 closed\n");
}

static void show_keeps_every_change_of_a_close_range(void **state)
{
	struct step steps[201] = { [200] = { .call = 1, .t = 1000 } };
	char want[8192] = CALL_LINE("1");

	(void)state;
	for (int i = 0; i < 200; i++) {
		steps[i] = (struct step){ .t = 2000, .socket = i + 1, .cause = 1, .state = STATE_CLOSED };
		snprintf(want + strlen(want), sizeof(want) - strlen(want), BELOW "%d closed\n", i + 1);
	}
	assert_steps(steps, 201, want);
}

static void show_ends_with_losses(void **state)
{
	struct loss_interval loss = { .from = 1000, .to = 3000000000, .events = 7, .reason = "ring full" };
	struct trace trace = plain_trace;
	struct told told = { .trace = &trace };

	(void)state;
	trace.lost = 9;
	trace.losses = &loss;
	trace.loss_count = 1;
	trace.complete = false;
	assert_exported(&export_show, &told,
			"lost 7 records (ring full) between 0.000001 and 3.000000\n"
			"lost 9 records in all\nthe capture was cut short\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(show_is_a_line_a_call),
		cmocka_unit_test(show_names_another_thread),
		cmocka_unit_test(show_of_what_was_counted),
		cmocka_unit_test(show_of_a_call_that_never_returned),
		cmocka_unit_test(show_says_which_way_a_call_came),
		cmocka_unit_test(show_of_a_silent_request),
		cmocka_unit_test(show_of_a_restarted_call),
		cmocka_unit_test(show_of_lengths_options_and_pairs),
		cmocka_unit_test(show_leaves_out_what_fcntl_does_not_take),
		cmocka_unit_test(show_has_programs_states_and_ends),
		cmocka_unit_test(show_has_each_exec_once),
		cmocka_unit_test(show_has_trouble_in_order_of_time),
		cmocka_unit_test(show_has_changes_below_their_call),
		cmocka_unit_test(show_has_the_time_of_changes_that_are_elsewhere),
		cmocka_unit_test(show_keeps_every_change_of_a_close_range),
		cmocka_unit_test(show_ends_with_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
