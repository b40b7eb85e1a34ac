/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of the files that follow the first, and what becomes of files that are there. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "output.h"

static void the_number_stands_before_the_extension(void **state)
{
	static const struct {
		const char *path;
		unsigned int n;
		const char *name;
	} rows[] = {
		{ "a.slt", 1, "a.slt" },
		{ "a.slt", 2, "a.0002.slt" },
		{ "a.slt", 12345, "a.12345.slt" },
		{ "a", 2, "a.0002" },
		{ "a.", 2, "a.0002." },
		{ ".a", 3, ".a.0003" },
		{ ".a.slt", 3, ".a.0003.slt" },
		{ "a.b.c", 3, "a.b.0003.c" },
		{ "/tmp/d.d/a", 3, "/tmp/d.d/a.0003" },
		{ "../d.d/.a", 3, "../d.d/.a.0003" },
		{ "%s.%n", 3, "%s.0003.%n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *name = output_numbered(rows[i].path, rows[i].n);

		assert_string_equal(name, rows[i].name);
		free(name);
	}
}

static void the_next_file_is_empty_and_its_owners_only(void **state)
{
	char dir[] = "/tmp/socklife-output-XXXXXX", first[64], second[64];
	struct output o = { .path = first, .fd = -1 };
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(first, sizeof(first), "%s/a", dir);
	snprintf(second, sizeof(second), "%s/b", dir);
	fd = open(second, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "old", 3), 3);
	close(fd);
	assert_int_equal(output_open(&o), 0);
	assert_true(o.created);
	assert_int_equal(output_begin(&o), 0);
	assert_int_equal(output_next(&o, second), 0);
	assert_false(o.created);
	assert_int_equal(fstat(o.fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(output_name(&o), second);
	unlink(first);
	unlink(second);
	rmdir(dir);
	assert_true(output_next(&o, second) < 0);
	assert_true(o.fd < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_number_stands_before_the_extension),
		cmocka_unit_test(the_next_file_is_empty_and_its_owners_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
