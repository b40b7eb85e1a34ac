/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a user asks for, as the programs need it; and control groups, found in a directory that is said to be their mounts'.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "selection.h"

static void list_of(struct string_list *list, const char *const *words)
{
	while (*words) {
		list->items = reallocarray(list->items, list->count + 1, sizeof(*list->items));
		list->items[list->count++] = *words++;
	}
}

static void numbers_of(struct number_list *list, const int *numbers)
{
	while (*numbers) {
		list->items = reallocarray(list->items, list->count + 1, sizeof(*list->items));
		list->items[list->count++] = *numbers++;
	}
}

#define WORDS(list, ...) list_of(list, (const char *const[]){ __VA_ARGS__, NULL })
#define NUMBERS(list, ...) numbers_of(list, (const int[]){ __VA_ARGS__, 0 })

/* The messages are not what is tested here. */
static int resolve(struct selection *s, bool command)
{
	int err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;

	dup2(null, STDERR_FILENO);
	status = selection_open(s, command);
	dup2(err, STDERR_FILENO);
	close(null);
	close(err);
	return status;
}

static void somebody_is_asked_for(void **state)
{
	static const struct {
		bool command, all, pid, comm, family;
		int status;
		bool asked, every;
	} cases[] = {
		{ .status = 2 },
		{ .family = true, .status = 2 },
		{ .command = true, .asked = true },
		{ .pid = true, .asked = true },
		{ .command = true, .comm = true, .asked = true },
		{ .all = true, .every = true },
		{ .all = true, .command = true, .pid = true, .every = true },
		{ .comm = true },
		{ .all = true, .comm = true, .pid = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct selection s = { .given.all = cases[i].all, .given.no_follow = i % 2 };

		if (cases[i].pid)
			NUMBERS(&s.given.pids, getpid());
		if (cases[i].comm)
			WORDS(&s.given.comms, "x");
		if (cases[i].family)
			WORDS(&s.given.families, "inet");
		assert_int_equal(resolve(&s, cases[i].command), cases[i].status);
		if (!cases[i].status) {
			assert_int_equal(s.asked, cases[i].asked);
			assert_int_equal(s.every, cases[i].every);
			assert_int_equal(s.follow, !(i % 2));
		}
		selection_free(&s);
	}
}

static void kinds_of_sockets_have_several_spellings(void **state)
{
	struct selection s = { .given.all = true };
	static const char *const expected[] = { "family AF_UNIX",
						"family AF_INET",
						"family AF_INET6",
						"family AF_PACKET",
						"type SOCK_STREAM",
						"type SOCK_RAW",
						"type SOCK_DCCP",
						"type 15",
						"port 80",
						"port 65535",
						NULL };
	char **lines;

	(void)state;
	WORDS(&s.given.families, "inet", "AF_INET6", "packet", "1", "Inet");
	WORDS(&s.given.types, "stream", "SOCK_RAW", "6", "15");
	NUMBERS(&s.given.ports, 80, 65535);
	assert_int_equal(resolve(&s, false), 0);
	assert_true(s.families == (1ull << AF_UNIX | 1ull << AF_INET | 1ull << AF_INET6 | 1ull << AF_PACKET));
	assert_int_equal(s.types, 1 << SOCK_STREAM | 1 << SOCK_RAW | 1 << 6 | 1 << 15);
	lines = selection_lines(&s);
	assert_non_null(lines);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		if (expected[i])
			assert_string_equal(lines[i], expected[i]);
		else
			assert_null(lines[i]);
	}
	selection_lines_free(lines);
	selection_free(&s);
}

static void users_are_names_or_numbers(void **state)
{
	struct selection s = { 0 };

	(void)state;
	WORDS(&s.given.uids, "root", "1234", "4294967294");
	assert_int_equal(resolve(&s, false), 0);
	assert_int_equal(s.uids[0], 0);
	assert_int_equal(s.uids[1], 1234);
	assert_true(s.uids[2] == 4294967294u);
	selection_free(&s);
}

static void wrong_values_are_refused(void **state)
{
	static const struct {
		size_t list; /* of struct selection_options */
		const char *text;
	} cases[] = {
		{ offsetof(struct selection_options, families), "inet7" },
		{ offsetof(struct selection_options, families), "" },
		{ offsetof(struct selection_options, families), "0" },
		{ offsetof(struct selection_options, families), "64" },
		{ offsetof(struct selection_options, families), "-1" },
		{ offsetof(struct selection_options, families), "AF_" },
		{ offsetof(struct selection_options, types), "strea" },
		{ offsetof(struct selection_options, types), "16" },
		{ offsetof(struct selection_options, types), "0" },
		{ offsetof(struct selection_options, comms), "" },
		{ offsetof(struct selection_options, comms), "sixteen-bytes-xx" },
		{ offsetof(struct selection_options, uids), "no-such-user-here" },
		{ offsetof(struct selection_options, uids), "" },
		{ offsetof(struct selection_options, uids), "-1" },
		{ offsetof(struct selection_options, uids), "4294967295" },
		{ offsetof(struct selection_options, uids), "1x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct selection s = { .given.all = true };

		WORDS((struct string_list *)((char *)&s.given + cases[i].list), cases[i].text);
		assert_int_equal(resolve(&s, false), 2);
		selection_free(&s);
	}
}

static void a_port_has_16_bits(void **state)
{
	struct selection s = { .given.all = true };

	(void)state;
	NUMBERS(&s.given.ports, 1, 65536);
	assert_int_equal(resolve(&s, false), 2);
	selection_free(&s);
}

static void a_process_that_is_not_there(void **state)
{
	struct selection s = { 0 };

	(void)state;
	NUMBERS(&s.given.pids, getpid(), INT32_MAX);
	assert_int_equal(resolve(&s, false), 1);
	selection_free(&s);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_ID "0123456789abffff0123456789abcdef0123456789abcdef0123456789abcdef"

struct tree { /* below dir: v2 and a v1 hierarchy, which are one directory each */
	char dir[64], mounts[128], hierarchies[128];
	dev_t dev;
};

static const char *const directories[] = {
	"v2 here",
	"v2 here/top.slice",
	"v2 here/top.slice/docker-" ID ".scope",
	"v2 here/top.slice/docker-" ID ".scope/below",
	"v2 here/top.slice/libpod-conmon-" ID ".scope",
	"v1",
	"v1/docker",
	"v1/docker/docker-" ID ".scope",
	"v2 here/aaaaaaaaaaaa",
};

static const char *path_in(const struct tree *t, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", t->dir, name);
	return path;
}

static uint64_t inode_of(const struct tree *t, const char *name)
{
	struct stat st;

	assert_int_equal(stat(path_in(t, name), &st), 0);
	return st.st_ino;
}

static void file_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int tree_make(void **state)
{
	static struct tree t;
	char text[1024];
	struct stat st;

	snprintf(t.dir, sizeof(t.dir), "/tmp/socklife-XXXXXX");
	assert_non_null(mkdtemp(t.dir));
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		assert_int_equal(mkdir(path_in(&t, directories[i]), 0700), 0);
	assert_int_equal(stat(t.dir, &st), 0);
	t.dev = st.st_dev;
	snprintf(t.mounts, sizeof(t.mounts), "%s/mounts", t.dir);
	snprintf(t.hierarchies, sizeof(t.hierarchies), "%s/hierarchies", t.dir);
	file_write(t.hierarchies, "12:cpu,cpuacct:/\n7:name=systemd:/a\n0::/x\n");
	snprintf(text, sizeof(text),
		 "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
		 "30 20 %u:%u / %s/v2\\040here rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate\n"
		 "31 20 99:99 / %s/gone rw - cgroup cgroup rw,xattr,name=systemd\n"
		 "32 20 %u:%u / %s/v1 rw - cgroup cgroup rw,cpu,cpuacct\n"
		 "33 20 99:98 / %s/v1 rw - cgroup cgroup rw,memory\n",
		 major(t.dev), minor(t.dev), t.dir, t.dir, major(t.dev), minor(t.dev), t.dir, t.dir);
	file_write(t.mounts, text);
	*state = &t;
	return 0;
}

static int tree_remove(void **state)
{
	struct tree *t = *state;

	for (size_t i = sizeof(directories) / sizeof(*directories); i--;)
		rmdir(path_in(t, directories[i]));
	unlink(t->mounts);
	unlink(t->hierarchies);
	return rmdir(t->dir);
}

static int find(const struct tree *t, struct cgroup_list *list, const char *name, char *why)
{
	return cgroup_find_in(list, name, why, t->mounts, t->hierarchies);
}

static void a_cgroup_is_a_directory(void **state)
{
	static const char *const names[] = { "top.slice", "/top.slice", "top.slice/", "aaaaaaaaaaaa" };
	struct tree *t = *state;
	struct cgroup_list list = { 0 };
	char why[CGROUP_TEXT];

	assert_int_equal(find(t, &list, path_in(t, "v2 here/top.slice"), why), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(find(t, &list, names[i], why), 0);
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < 4; i++) {
		assert_true(list.items[i].id == inode_of(t, "v2 here/top.slice"));
		assert_int_equal(list.items[i].hierarchy, 0);
	}
	assert_true(list.items[4].id == inode_of(t, "v2 here/aaaaaaaaaaaa"));
	free(list.items);
}

static void a_container_has_one_in_each_hierarchy(void **state)
{
	static const char *const ids[] = { ID, "0123456789ab", "cdef01234567" };
	struct tree *t = *state;

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		struct cgroup_list list = { 0 };
		char why[CGROUP_TEXT];

		assert_int_equal(find(t, &list, ids[i], why), 0);
		assert_int_equal(list.count, 2);
		assert_true(list.items[0].id == inode_of(t, "v2 here/top.slice/docker-" ID ".scope"));
		assert_int_equal(list.items[0].hierarchy, 0);
		assert_true(list.items[1].id == inode_of(t, "v1/docker/docker-" ID ".scope"));
		assert_int_equal(list.items[1].hierarchy, 12);
		free(list.items);
	}
}

static void what_is_no_cgroup(void **state)
{
	static const char *const names[] = { "", "none", "/proc", "0123456789a", "0123456789abX", "ffffffffffff" };
	struct cgroup_list list = { 0 };
	struct tree *t = *state;
	char why[CGROUP_TEXT];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(find(t, &list, names[i], why), -EINVAL);
		assert_true(strlen(why) > 0);
	}
	free(list.items);
}

static void an_id_of_two_containers(void **state)
{
	struct cgroup_list list = { 0 };
	struct tree *t = *state;
	char why[CGROUP_TEXT];

	assert_int_equal(mkdir(path_in(t, "v1/docker-" OTHER_ID ".scope"), 0700), 0);
	assert_int_equal(find(t, &list, "0123456789ab", why), -EINVAL);
	assert_non_null(strstr(why, ID));
	assert_non_null(strstr(why, OTHER_ID));
	assert_int_equal(rmdir(path_in(t, "v1/docker-" OTHER_ID ".scope")), 0);
	free(list.items);
}

static void a_machine_without_cgroups(void **state)
{
	struct cgroup_list list = { 0 };
	struct tree *t = *state;
	char why[CGROUP_TEXT];

	assert_int_equal(cgroup_find_in(&list, "top.slice", why, t->hierarchies, t->hierarchies), -ENODEV);
	assert_int_equal(cgroup_find_in(&list, "top.slice", why, "/nonexistent", t->hierarchies), -ENOENT);
	assert_true(strlen(why) > 0);
	free(list.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(somebody_is_asked_for),
		cmocka_unit_test(kinds_of_sockets_have_several_spellings),
		cmocka_unit_test(users_are_names_or_numbers),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(a_port_has_16_bits),
		cmocka_unit_test(a_process_that_is_not_there),
		cmocka_unit_test_setup_teardown(a_cgroup_is_a_directory, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_container_has_one_in_each_hierarchy, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(what_is_no_cgroup, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(an_id_of_two_containers, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_machine_without_cgroups, tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
