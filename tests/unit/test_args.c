/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/args.c, by what user/call_text.c prints of it: offsets, requests of ioctl(2), ranges, descriptors of others, what
 * 32-bit programs and io_uring requests have.
 */
#include "decoded.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "../../user/call_text.h"

static void assert_text(const union record *r, const char *want)
{
	const struct call call = decoded(r);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	call_print(out, &call);
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

static void assert_request(int id, struct rec_call args, unsigned int flags, const char *want)
{
	union record r = call_record(id, 0);

	memcpy(r.call.args, args.args, sizeof(r.call.args));
	r.h.flags = (uint16_t)(VIA_IO_URING << 12 | flags);
	assert_text(&r, want);
}
#define REQUEST_IS(name, flags, want, ...) \
	assert_request(CALL_##name, (struct rec_call){ .args = { __VA_ARGS__ } }, flags, want)

static void direct_descriptors_are_told_apart(void **arg)
{
	(void)arg;
	REQUEST_IS(recvfrom, CALL_DIRECT, "recvfrom(direct:7, ..., 100, 0, NULL, NULL)", 7, 4096, 100);
	REQUEST_IS(recvfrom, 0, "recvfrom(7, ..., 100, 0, NULL, NULL)", 7, 4096, 100);
	REQUEST_IS(close, CALL_DIRECT, "close(direct:7)", 7);
	REQUEST_IS(dup, CALL_DIRECT, "dup(direct:0)", 0);
	REQUEST_IS(accept4, CALL_MADE_DIRECT, "accept4(7, NULL, NULL, 0)", 7);
}

static void each_descriptor_of_a_splice_may_be_direct(void **arg)
{
	(void)arg;
	REQUEST_IS(splice, CALL_DIRECT | CALL_SECOND, "splice(3, NULL, direct:5, NULL, 9, 0)", 3, 0, 5, 0, 9);
	REQUEST_IS(splice, CALL_SECOND, "splice(direct:3, NULL, 5, NULL, 9, SPLICE_F_FD_IN_FIXED)", 3, 0, 5, 0, 9,
		   1u << 31);
	REQUEST_IS(splice, CALL_DIRECT, "splice(direct:3, NULL, 5, NULL, 9, SPLICE_F_FD_IN_FIXED)", 3, 0, 5, 0, 9,
		   1u << 31);
	CALL_IS(splice, "splice(3, NULL, 5, NULL, 9, SPLICE_F_FD_IN_FIXED)", 3, 0, 5, 0, 9, 1u << 31);
}

static void registrations_are_named(void **arg)
{
	(void)arg;
	CALL_IS(io_uring_register, "io_uring_register(3, IORING_REGISTER_FILES, ..., 2)", 3, 2, 4096, 2);
	CALL_IS(io_uring_register, "io_uring_register(3, IORING_UNREGISTER_FILES, NULL, 0)", 3, 3);
	REQUEST_IS(io_uring_register, 0, "io_uring_register(..., IORING_REGISTER_FILES_UPDATE, ..., 1)", (__u64)-1, 6,
		   4096, 1);
}

static void what_socketcall_has_besides(void **arg)
{
	(void)arg;
	CALL_IS(send, "send(3, ..., 5, MSG_DONTWAIT)", 3, 4096, 5, MSG_DONTWAIT);
	CALL_IS(recv, "recv(3, ..., 5, 0)", 3, 4096, 5);
	CALL_IS(socketcall, "socketcall(21, ...)", 21, 4096);
	CALL_IS(socketcall, "socketcall(-1, NULL)", (__u32)-1);
}

static void assert_timeout(enum via via, int option, const void *value, size_t len, const char *want)
{
	const struct data_addr head = { .given = (uint32_t)len, .got = (uint32_t)len };
	union record r = call_record(CALL_setsockopt, 0);
	char text[128];

	r.h.flags = (uint16_t)(via << 12);
	r.call.args[1] = SOL_SOCKET;
	r.call.args[2] = (uint64_t)option;
	r.call.args[4] = len;
	record_data(&r, DATA_OPT, &head, sizeof(head), value, len);
	snprintf(text, sizeof(text), "setsockopt(3, SOL_SOCKET, %s, %zu)", want, len);
	assert_text(&r, text);
}

static void times_are_as_wide_as_the_program_s_words(void **arg)
{
	const int32_t narrow[] = { -1, 500000 };
	const int64_t wide[] = { 2, 500000 };
	static const char *const hex = "SO_RCVTIMEO, [ffffffff20a10700]";

	(void)arg;
	assert_timeout(VIA_IA32, SO_RCVTIMEO, narrow, 8, "SO_RCVTIMEO, [{sec=-1, usec=500000}]");
	assert_timeout(VIA_SOCKETCALL, SO_SNDTIMEO, narrow, 8, "SO_SNDTIMEO, [{sec=-1, usec=500000}]");
	assert_timeout(VIA_SYSCALL, SO_RCVTIMEO, narrow, 8, hex);
	assert_timeout(VIA_X32, SO_RCVTIMEO, narrow, 8, hex);
	assert_timeout(VIA_SYSCALL, SO_RCVTIMEO, wide, 16, "SO_RCVTIMEO, [{sec=2, usec=500000}]");
	assert_timeout(VIA_X32, SO_SNDTIMEO, wide, 16, "SO_SNDTIMEO, [{sec=2, usec=500000}]");
	assert_timeout(VIA_IA32, SO_RCVTIMEO, wide, 16, "SO_RCVTIMEO, [020000000000000020a1070000000000]");
	for (enum via via = 0; via < VIA_IO_URING; via++) {
		assert_timeout(via, SO_RCVTIMEO_NEW, wide, 16, "SO_RCVTIMEO_NEW, [{sec=2, usec=500000}]");
		assert_timeout(via, SO_LINGER, (int[]){ 1, 30 }, 8, "SO_LINGER, [{onoff=1, linger=30}]");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ints_of_requests_are_shown),
		cmocka_unit_test(other_requests_have_a_pointer_or_nothing),
		cmocka_unit_test(an_offset_has_no_upper_half),
		cmocka_unit_test(splices_and_files_have_both_descriptors),
		cmocka_unit_test(a_range_ends_at_the_largest_number),
		cmocka_unit_test(direct_descriptors_are_told_apart),
		cmocka_unit_test(each_descriptor_of_a_splice_may_be_direct),
		cmocka_unit_test(registrations_are_named),
		cmocka_unit_test(what_socketcall_has_besides),
		cmocka_unit_test(times_are_as_wide_as_the_program_s_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
