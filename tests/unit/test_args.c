/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/args.c, by what user/call_text.c prints of it: offsets, requests of ioctl(2), ranges, descriptors of others.
 */
#include "decoded.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "../../user/call_text.h"

static void assert_text(const union record *r, const char *want)
{
	const struct call_style style = { 0 };
	const struct call call = decoded(r);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	call_print(out, &call, &style);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void assert_call(int id, struct rec_call args, const char *want)
{
	union record r = call_record(id, 0);

	memcpy(r.call.args, args.args, sizeof(r.call.args));
	assert_text(&r, want);
}
#define CALL_IS(name, want, ...) assert_call(CALL_##name, (struct rec_call){ .args = { __VA_ARGS__ } }, want)

static void assert_ioctl(uint64_t request, const void *data, size_t len, int err, const char *want)
{
	const struct data_addr head = { .given = sizeof(int), .got = sizeof(int) };
	union record r = call_record(CALL_ioctl, -err);

	r.call.args[1] = request;
	r.call.args[2] = 0x7fff0000;
	if (data)
		record_data(&r, DATA_OPT, &head, sizeof(head), data, len);
	assert_text(&r, want);
}

static void ints_of_requests_are_shown(void **arg)
{
	(void)arg;
	assert_ioctl(FIONBIO, &(int){ 1 }, sizeof(int), 0, "ioctl(3, FIONBIO, [1])");
	assert_ioctl(FIONBIO, &(int){ 1 }, sizeof(int), EBADF, "ioctl(3, FIONBIO, [1])");
	assert_ioctl(FIONREAD, &(int){ 70000 }, sizeof(int), 0, "ioctl(3, FIONREAD, [70000])");
	assert_ioctl(TIOCOUTQ, &(int){ 0 }, sizeof(int), 0, "ioctl(3, SIOCOUTQ, [0])");
	assert_ioctl(FIONREAD, NULL, 0, EINVAL, "ioctl(3, FIONREAD, ...)");
	assert_ioctl(FIONBIO, "", 0, EFAULT, "ioctl(3, FIONBIO, ...)"); /* could not be read */
}

static void other_requests_have_a_pointer_or_nothing(void **arg)
{
	(void)arg;
	assert_ioctl(FIOCLEX, NULL, 0, 0, "ioctl(3, FIOCLEX)");
	assert_ioctl(FIONCLEX, NULL, 0, 0, "ioctl(3, FIONCLEX)");
	assert_ioctl(0x8912, NULL, 0, 0, "ioctl(3, SIOCGIFCONF, ...)");
	CALL_IS(ioctl, "ioctl(3, 0x1234, NULL)", 3, 0x1234);
}

static void an_offset_has_no_upper_half(void **arg)
{
	(void)arg;
	CALL_IS(preadv2, "preadv2(3, ..., 1, -1, RWF_NOWAIT)", 3, 4096, 1, (__u64)-1, (__u64)-1, 8);
	CALL_IS(pwritev2, "pwritev2(3, ..., 2, 4294967296, 0)", 3, 4096, 2, 1ull << 32);
}

static void splices_and_files_have_both_descriptors(void **arg)
{
	(void)arg;
	CALL_IS(splice, "splice(3, NULL, 5, ..., 65536, SPLICE_F_MOVE)", 3, 0, 5, 4096, 65536, 1);
	CALL_IS(sendfile, "sendfile(3, 4, NULL, 2147479552)", 3, 4, 0, 0x7ffff000);
}

static void a_range_ends_at_the_largest_number(void **arg)
{
	(void)arg;
	CALL_IS(close_range, "close_range(3, 4294967295, CLOSE_RANGE_UNSHARE)", 3, UINT64_MAX, 2);
	CALL_IS(pidfd_getfd, "pidfd_getfd(3, 7, 0)", 3, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ints_of_requests_are_shown),
		cmocka_unit_test(other_requests_have_a_pointer_or_nothing),
		cmocka_unit_test(an_offset_has_no_upper_half),
		cmocka_unit_test(splices_and_files_have_both_descriptors),
		cmocka_unit_test(a_range_ends_at_the_largest_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
