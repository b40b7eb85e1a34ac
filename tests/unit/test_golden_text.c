/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the golden form has in place of ports, names of autobind, pids and temporary names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "export_objects.h"

static struct address unix_path(const char *path)
{
	struct address a = { .len = (uint16_t)(2 + strlen(path)), .bytes = { AF_UNIX } };

	memcpy(a.bytes + 2, path, strlen(path));
	return a;
}

/* One number a name, in order of printing, in what a program was given too. */
static void golden_form_numbers_temporary_names(void **state)
{
	static const char args[] = "x\0--at=/tmp/tmpb,fork\0unix:///var/tmp/tmpa/s\0/tmp/tmpb:/tmp/tmpc x\0/tmp/";
	struct exec exec = { .comm = "x", .exe = "/tmp/x.Ab3dEf/x", .args = (char *)args, .args_len = sizeof(args) };
	struct process p = { .id = 1, .pid = 1, .comm = "x", .execs = &exec, .exec_count = 1 };
	struct call call = call_of(CALL_sendmsg, 1, -1, EAGAIN);
	struct event e = event_of(1, 0, 1, 1, &call);
	struct told told = { .events = &e, .event_count = 1, .processes = &p, .process_count = 1 };

	(void)state;
	call.has_addr = call.has_msg = true;
	call.addr = unix_path("/tmp/tmpa");
	assert_exported(&export_normalize, &told,
			"socklife golden form 1\n\nprocess x\n"
			"\texec x \"--at=/tmp/TMP1,fork\" \"unix:///var/tmp/TMP2/s\" \"/tmp/TMP1:/tmp/TMP3 x\" "
			"\"/tmp/\"\n"
			"\tstill there\n"
			"\tsendmsg(3, {msg_name=unix:/tmp/TMP2, msg_iovlen=0, msg_controllen=0, msg_flags=0}, 0) = "
			"-1 EAGAIN\n");
}

static void golden_form_numbers_what_the_kernel_chose(void **state)
{
	struct call call = call_of(CALL_bind, 1, 0, 0);
	struct event e = event_of(1, 0, 1, 1, &call);
	struct told told = { .events = &e, .event_count = 1, .processes = &nobody, .process_count = 1 };
	const struct {
		struct address address;
		const char *text;
	} rows[] = {
		{ inet("127.0.0.1", 32768), "127.0.0.1:P1" },
		{ inet("127.0.0.1", 60999), "127.0.0.1:P1" },
		{ inet("127.0.0.1", 32767), "127.0.0.1:32767" },
		{ inet("127.0.0.1", 61000), "127.0.0.1:61000" },
		{ unix_abstract("0a9f3", 5), "unix:@AUTO1" },
		{ unix_abstract("0a9g3", 5), "unix:@0a9g3" },
		{ unix_abstract("0a9f33", 6), "unix:@0a9f33" },
		{ { .len = 12, .bytes = { AF_NETLINK, 0, 0, 0, 9 } }, "netlink:PID/0" },
		{ { .len = 12, .bytes = { AF_NETLINK } }, "netlink:0/0" },
		{ { .len = 5, .bytes = { AF_INET, 0, 0x80, 0, 9 } }, "AF_INET:P1" }, /* cut */
		{ { .len = 5, .bytes = { AF_INET, 0, 0x1f, 0x90, 9 } }, "AF_INET:1f9009" },
		{ { .len = 3, .bytes = { AF_INET, 0, 0x80 } }, "AF_INET:80" },
		{ unix_path("/tmp/tmpx1/s"), "unix:/tmp/TMP1/s" },
		{ unix_path("/tmp/app.sock"), "unix:/tmp/app.sock" },
		{ unix_path("/tmp/.X11-unix/X0"), "unix:/tmp/.X11-unix/X0" },
		{ unix_path("/tmp/tmp"), "unix:/tmp/tmp" },
		{ unix_path("/tmp/my_server"), "unix:/tmp/my_server" },
		{ unix_path("/tmp/a.b2c4d"), "unix:/tmp/a.b2c4d" },
		{ unix_path("/tmp/a.b2c4de"), "unix:/tmp/TMP1" },
		{ unix_path("/tmp/a+b2c4de"), "unix:/tmp/a+b2c4de" },
		{ unix_path("/tmp/a-Secret/x"), "unix:/tmp/TMP1/x" },
		{ unix_path("/tmp/12"), "unix:/tmp/12" },
		{ unix_path("/tmp/123"), "unix:/tmp/TMP1" },
		{ unix_path("/tmp/a-123"), "unix:/tmp/TMP1" },
		{ unix_path("/tmp/a123"), "unix:/tmp/a123" },
		{ unix_path("/tmp/app/tmpx1"), "unix:/tmp/app/tmpx1" },
		{ unix_path("/tmp/tmpx\x01y"), "unix:/tmp/TMP1\\x01y" },
		{ unix_path("/var/tmp/tmpx1"), "unix:/var/tmp/TMP1" },
		{ unix_path("/dev/shm/tmpx1"), "unix:/dev/shm/TMP1" },
		{ unix_path("/run/user/0/tmpx1"), "unix:/run/user/0/TMP1" },
		{ unix_path("/run/user/tmpx1"), "unix:/run/user/tmpx1" },
		{ unix_path("/srv/tmp/tmpx1"), "unix:/srv/tmp/tmpx1" },
		{ unix_abstract("/tmp/dbus-Ab3dEfGh", 18), "unix:@/tmp/TMP1" },
	};
	char want[160], *text;
	size_t i;

	(void)state;
	call.has_addr = true;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		call.addr = rows[i].address;
		snprintf(want, sizeof(want), "\tbind(3, %s, 0) = 0\n", rows[i].text);
		text = export_text(&export_normalize, &told);
		assert_non_null(strstr(text, want));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_form_numbers_what_the_kernel_chose),
		cmocka_unit_test(golden_form_numbers_temporary_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
