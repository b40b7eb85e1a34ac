/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of traced calls is consistent with itself. What the kernel says of it is tests/live/syscalls-format.t.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decode.h"

static void names_lead_back_to_their_rows(void **state)
{
	int id;

	(void)state;
	for (id = 0; id < CALLS; id++)
		assert_int_equal(call_by_name(call_rows[id].name), id);
}

static void other_names_are_not_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(call_by_name(""), -1);
	assert_int_equal(call_by_name("sock"), -1);
	assert_int_equal(call_by_name("sockets"), -1);
	assert_int_equal(call_by_name("open"), -1);
}

static void arguments_are_named_and_counted(void **state)
{
	const struct call_row *row;
	int i;

	(void)state;
	for (row = call_rows; row < call_rows + CALLS; row++) {
		assert_in_range(row->argc, 1, MAX_ARGS);
		for (i = 0; i < MAX_ARGS; i++)
			assert_int_equal(row->args[i].name != NULL, i < row->argc);
	}
}

static void descriptors_stand_where_the_row_says(void **state)
{
	const struct call_row *row;

	(void)state;
	for (row = call_rows; row < call_rows + CALLS; row++) {
		bool takes =
			row->fds != FDS_MAKES && row->fds != FDS_PAIR && row->fds != FDS_RANGE && row->fds != FDS_NONE;

		assert_int_equal(row->args[0].kind == ARG_FD, takes);
		if (row->fds == FDS_RANGE)
			assert_true(row->args[0].kind == ARG_UINT && row->args[1].kind == ARG_UINT);
		if (row->fds == FDS_SPLICES)
			assert_int_equal(row->args[2].kind, ARG_FD);
		if (row->fds == FDS_REPLACES)
			assert_int_equal(row->args[1].kind, ARG_FD);
		if (row->fds == FDS_PAIR)
			assert_int_equal(row->args[row->at].kind, ARG_PAIR);
	}
}

static void a_verb_makes_the_descriptors_that_it_means(void **state)
{
	const struct call_row *row;

	(void)state;
	for (row = call_rows; row < call_rows + CALLS; row++) {
		assert_int_equal(row->verb == VERB_CREATE, row->fds == FDS_MAKES);
		assert_int_equal(row->verb == VERB_PAIR, row->fds == FDS_PAIR);
		assert_int_equal(row->verb == VERB_ACCEPT, row->fds == FDS_ACCEPTS);
	}
}

/* What is copied of memory is what `at` points to, and its length stands after it. */
static void copied_memory_is_the_argument_s(void **state)
{
	static const struct {
		enum arg_kind at, length; /* ARG_FD: none */
	} wants[] = {
		[MEM_ADDR_IN] = { ARG_ADDR, ARG_ADDRLEN },  [MEM_ADDR_OUT] = { ARG_ADDR, ARG_ADDRLEN_PTR },
		[MEM_MSG_IN] = { ARG_MSG, ARG_FD },         [MEM_MSG_OUT] = { ARG_MSG, ARG_FD },
		[MEM_MMSG_IN] = { ARG_MSG, ARG_INT },       [MEM_MMSG_OUT] = { ARG_MSG, ARG_INT },
		[MEM_OPT_IN] = { ARG_OPTVAL, ARG_ADDRLEN }, [MEM_OPT_OUT] = { ARG_OPTVAL, ARG_ADDRLEN_PTR },
		[MEM_PAIR] = { ARG_PAIR, ARG_FD },          [MEM_IOCTL] = { ARG_IOCTL_ARG, ARG_FD },
	};
	const struct call_row *row;

	(void)state;
	for (row = call_rows; row < call_rows + CALLS; row++) {
		if (row->mem == MEM_NONE)
			continue;
		assert_in_range(row->at, 1, row->argc - 1);
		assert_int_equal(row->args[row->at].kind, wants[row->mem].at);
		if (wants[row->mem].length != ARG_FD)
			assert_int_equal(row->args[row->at + 1].kind, wants[row->mem].length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_lead_back_to_their_rows),
		cmocka_unit_test(other_names_are_not_in_the_table),
		cmocka_unit_test(arguments_are_named_and_counted),
		cmocka_unit_test(descriptors_stand_where_the_row_says),
		cmocka_unit_test(a_verb_makes_the_descriptors_that_it_means),
		cmocka_unit_test(copied_memory_is_the_argument_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
