/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the table of what is asked of a kernel, and the asking. Knows no program of ours: what they need stands here.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../bpf/syscalls.h"
#include "kernel_btf.h"
#include "kernel_doors.h"
#include "kernel_facts.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define URING_DISABLED_PATH "/proc/sys/kernel/io_uring_disabled"
#define LOCKDOWN_PATH "/sys/kernel/security/lockdown"
#define RESET_REASON "sk_rst_reason" /* include/net/rstreason.h */
#define INITIAL_USER_NS 0xEFFFFFFDu /* PROC_USER_INIT_INO, include/linux/proc_ns.h */
#define PAIR_COST "100 to 200 ns" /* tests/bench/run compat, and what was measured for one pair elsewhere */

static const char *const tracefs_paths[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

__attribute__((format(printf, 3, 4))) static enum have say(enum have have, char *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, KERNEL_TEXT, format, args);
	va_end(args);
	return have;
}

static enum have probe_kernel(char *text)
{
	struct utsname u;

	if (uname(&u))
		return say(HAVE_UNKNOWN, text, "uname: %s", strerror(errno));
	return say(HAVE_YES, text, "%s %s, %s", u.sysname, u.release, u.machine);
}

static bool has_cap(const struct __user_cap_data_struct *caps, unsigned int cap)
{
	return caps[cap / 32].effective & (1u << cap % 32);
}

/* CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON, CAP_DAC_OVERRIDE for CAP_DAC_READ_SEARCH: capabilities(7). */
static const struct {
	const char *name;
	unsigned int cap, instead;
} rights[] = {
	{ "CAP_BPF", CAP_BPF, CAP_SYS_ADMIN },
	{ "CAP_PERFMON", CAP_PERFMON, CAP_SYS_ADMIN },
	{ "CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE },
};

static enum have probe_rights(char *text)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct stat st;
	size_t i;

	if (syscall(SYS_capget, &head, caps))
		return say(HAVE_UNKNOWN, text, "capget: %s", strerror(errno));
	for (i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		if (has_cap(caps, rights[i].cap) || has_cap(caps, rights[i].instead))
			continue;
		if (geteuid())
			return say(HAVE_NO, text, "not root: run with sudo");
		return say(HAVE_NO, text, "root without %s: run outside of the container, or give it that",
			   rights[i].name);
	}
	if (!stat("/proc/self/ns/user", &st) && st.st_ino != INITIAL_USER_NS)
		return say(HAVE_NO, text, "root of a user namespace only: run as the machine's root");
	return say(HAVE_YES, text, "uid %u with CAP_BPF, CAP_PERFMON, CAP_DAC_READ_SEARCH", geteuid());
}

static enum have probe_btf(char *text)
{
	if (!eaccess(BTF_PATH, R_OK))
		return say(HAVE_YES, text, "%s", BTF_PATH);
	return say(HAVE_NO, text, "no BTF: %s: %s: needs a kernel with CONFIG_DEBUG_INFO_BTF", BTF_PATH,
		   strerror(errno));
}

/* HAVE_YES: *dir is where tracefs is. */
static enum have find_tracefs(const char **dir)
{
	char path[128];
	size_t i;
	enum have have = HAVE_NO;

	for (i = 0; i < sizeof(tracefs_paths) / sizeof(*tracefs_paths); i++) {
		*dir = tracefs_paths[i];
		snprintf(path, sizeof(path), "%s/events", *dir);
		if (!eaccess(path, R_OK | X_OK))
			return HAVE_YES;
		if (errno == EACCES)
			have = HAVE_UNKNOWN;
	}
	return have;
}

static enum have probe_tracefs(char *text)
{
	const char *dir;
	enum have have = find_tracefs(&dir);
	char path[128];

	if (have == HAVE_UNKNOWN)
		return say(have, text, "%s: not for this user to read", tracefs_paths[0]);
	if (have == HAVE_NO)
		return say(have, text, "tracefs is not mounted: mount -t tracefs tracefs %s", tracefs_paths[0]);
	snprintf(path, sizeof(path), "%s/events/syscalls", dir);
	if (eaccess(path, F_OK))
		return say(HAVE_NO, text, "%s is missing: needs a kernel with CONFIG_FTRACE_SYSCALLS", path);
	return say(HAVE_YES, text, "%s", dir);
}

static enum have probe_lockdown(char *text)
{
	char line[64] = "";
	FILE *f = fopen(LOCKDOWN_PATH, "re");

	if (!f)
		return say(HAVE_YES, text, "none that %s tells of", LOCKDOWN_PATH);
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	line[strcspn(line, "\n")] = 0;
	if (strstr(line, "[confidentiality]"))
		return say(
			HAVE_NO, text,
			"kernel lockdown is confidentiality: programs may not read kernel memory: boot with lockdown=integrity");
	return say(HAVE_YES, text, "%s", line);
}

/* result: of a libbpf_probe_...(), which says nothing to a user without rights. */
static enum have probed(int result, char *text, const char *what, const char *since)
{
	char why[KERNEL_TEXT];

	if (probe_rights(why) != HAVE_YES)
		return say(HAVE_UNKNOWN, text, "only root can ask");
	if (result < 0)
		return say(HAVE_UNKNOWN, text, "%s: %s", what, strerror(-result));
	if (!result)
		return say(HAVE_NO, text, "no %s: needs a kernel of %s or later", what, since);
	return say(HAVE_YES, text, "%s", what);
}

static enum have probe_ring(char *text)
{
	return probed(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL), text, "BPF ring buffer", "5.8");
}

/* What a thread does is kept with it, or by its number (state.bpf.h), in a map that has an end. */
static enum have probe_storage(char *text)
{
	char why[KERNEL_TEXT];

	if (probe_rights(why) != HAVE_YES)
		return say(HAVE_UNKNOWN, text, "only root can ask");
	if (kernel_has_task_storage())
		return say(HAVE_YES, text, "task storage in tracepoint programs");
	return say(HAVE_NO, text,
		   "not in tracepoint programs (5.13): 16384 threads at once, from the initial pid namespace only");
}

/* Programs are tried on a socket of ours before they record: BPF_PROG_TEST_RUN of a raw tracepoint's came with 5.10. */
static enum have probe_programs(char *text)
{
	if (!kernel_btf())
		return say(HAVE_UNKNOWN, text, "needs BTF");
	if (kernel_has_function("bpf_prog_test_run_raw_tp"))
		return say(HAVE_YES, text, "tracepoints with BTF, iterators, test runs");
	return say(HAVE_NO, text, "no test run of raw tracepoint programs: needs a kernel of 5.10 or later");
}

static enum have probe_calls(char *text)
{
#define CALL(name, ...) #name,
	static const char *const calls[] = { NATIVE_CALLS(CALL) };
#undef CALL
	const int count = sizeof(calls) / sizeof(*calls);
	int len = 0;
	enum have have;

	for (int i = 0; i < count; i++) {
		have = kernel_has_call(calls[i]);
		if (have == HAVE_UNKNOWN)
			return say(have, text, "tracefs cannot be read");
		if (have == HAVE_NO && len < KERNEL_TEXT)
			len += snprintf(text + len, (size_t)(KERNEL_TEXT - len), "%s%s",
					len ? ", " : "not traced, as the kernel has none: ", calls[i]);
	}
	return len ? HAVE_NO : say(HAVE_YES, text, "all %d", count);
}

/* What a kernel tells of sockets between the calls, and since when. */
static const struct {
	const char *name, *tells;
} tracepoints[] = {
	{ "inet_sock_set_state", "states between calls" },
	{ "sk_data_ready", "accept queues, who sent a datagram" }, /* 6.3 */
	{ "udp_fail_queue_rcv_skb", "dropped datagrams" },
	{ "tcp_retransmit_skb", "retransmissions" },
	{ "tcp_retransmit_synack", "SYN-ACKs sent again" },
	{ "tcp_send_reset", "resets sent" },
	{ "tcp_receive_reset", "resets received" },
	{ "inet_sk_error_report", "queued errors" }, /* 5.14 */
};

static enum have probe_told(char *text)
{
	const int count = sizeof(tracepoints) / sizeof(*tracepoints);
	int len = 0;

	if (!kernel_btf())
		return say(HAVE_UNKNOWN, text, "needs BTF");
	for (int i = 0; i < count && len < KERNEL_TEXT; i++)
		if (kernel_has_tracepoint(tracepoints[i].name) == HAVE_NO)
			len += snprintf(text + len, (size_t)(KERNEL_TEXT - len), "%s%s (%s)",
					len ? "; " : "not recorded: ", tracepoints[i].tells, tracepoints[i].name);
	if (len < KERNEL_TEXT && btf__find_by_name_kind(kernel_btf(), RESET_REASON, BTF_KIND_ENUM) < 0) /* 6.10 */
		len += snprintf(text + len, (size_t)(KERNEL_TEXT - len), "%s%s (enum %s)",
				len ? "; " : "not recorded: ", "why a connection was reset", RESET_REASON);
	return len ? HAVE_NO : say(HAVE_YES, text, "all %d tracepoints, and why a connection was reset", count);
}

static enum have probe_compat(char *text)
{
	const struct doors *d = kernel_doors();

	if (d->foreign)
		return say(HAVE_NO, text, "not recorded on this architecture: they are missing in the timeline");
	if (!d->pair)
		return say(HAVE_NO, text, "this kernel runs none, so nothing is missing");
	return say(HAVE_YES, text,
		   "%s%s; while they are watched each call of any program costs " PAIR_COST " more (--no-compat)",
		   d->there[VIA_IA32] ? "int 0x80, sysenter, direct calls" : "no i386",
		   d->there[VIA_X32] ? ", x32" : "; no x32");
}

static enum have probe_socketcall(char *text)
{
	const struct doors *d = kernel_doors();

	if (!d->there[VIA_SOCKETCALL])
		return say(HAVE_NO, text, "this kernel has none, so nothing is missing");
	return say(HAVE_YES, text, "all 20 sub-calls%s",
		   d->there[VIA_IA32] ? ", of 32-bit programs and by int 0x80" : "");
}

static enum have probe_io_uring(char *text)
{
	const struct doors *d = kernel_doors();
	FILE *f = fopen(URING_DISABLED_PATH, "re"); /* since 6.6 */
	int disabled = 0;

	if (f && fscanf(f, "%d", &disabled) != 1)
		disabled = 0;
	if (f)
		fclose(f);
	if (!kernel_btf())
		return say(HAVE_UNKNOWN, text, "needs BTF");
	if (d->uring_untold)
		return say(HAVE_NO, text, "not recorded: %s", d->uring_untold);
	if (!d->there[VIA_IO_URING])
		return say(HAVE_NO, text, "this kernel has none, so nothing is missing");
	return say(HAVE_YES, text, "requests with their arguments, completions, direct descriptors%s",
		   disabled ? " (the sysctl io_uring_disabled keeps programs from it)" : "");
}

const struct kernel_fact kernel_facts[] = {
	{ "kernel", false, probe_kernel },
	{ "rights", true, probe_rights },
	{ "BTF", true, probe_btf },
	{ "tracefs", true, probe_tracefs },
	{ "lockdown", true, probe_lockdown },
	{ "ring buffer", true, probe_ring },
	{ "BPF programs", true, probe_programs },
	{ "task storage", false, probe_storage },
	{ "calls", false, probe_calls },
	{ "kernel facts", false, probe_told },
	{ "32-bit programs", false, probe_compat },
	{ "socketcall", false, probe_socketcall },
	{ "io_uring", false, probe_io_uring },
	{ 0 },
};

const char *kernel_missing(void)
{
	static char text[KERNEL_TEXT];
	const struct kernel_fact *fact;

	for (fact = kernel_facts; fact->name; fact++)
		if (fact->needed && fact->probe(text) == HAVE_NO)
			return text;
	return NULL;
}

/* SYSCALL_DEFINE4(sendfile64, ...), fs/read_write.c */
const char *kernel_call_event(const char *name)
{
	return strcmp(name, "sendfile") ? name : "sendfile64";
}

enum have kernel_has_call(const char *name)
{
	const char *dir;
	char path[128];
	enum have have = find_tracefs(&dir);

	if (have != HAVE_YES)
		return HAVE_UNKNOWN;
	snprintf(path, sizeof(path), "%s/events/syscalls/sys_enter_%s", dir, kernel_call_event(name));
	if (!eaccess(path, F_OK))
		return HAVE_YES;
	return errno == ENOENT ? HAVE_NO : HAVE_UNKNOWN;
}

bool kernel_has_task_storage(void)
{
	static int has = -1;

	if (has < 0)
		has = libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_task_storage_get, NULL) == 1;
	return has;
}

char **kernel_reset_reasons(void)
{
	static const char prefix[] =
		"SK_RST_REASON_"; /* left out, as the kernel's own trace does: include/trace/events/tcp.h */
	const struct btf *btf = kernel_btf();
	int id = btf ? btf__find_by_name_kind(btf, RESET_REASON, BTF_KIND_ENUM) : -ENOENT;
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);
	size_t n = type ? btf_vlen(type) : 0;
	char **list = n ? calloc(n + 1, sizeof(*list)) : NULL;
	const char *name;

	for (size_t i = 0; list && i < n; i++) {
		name = btf__name_by_offset(btf, btf_enum(type)[i].name_off);
		if (!strncmp(name, prefix, sizeof(prefix) - 1))
			name += sizeof(prefix) - 1;
		if (asprintf(&list[i], "%d %s", btf_enum(type)[i].val, name) < 0) {
			list[i] = NULL;
			break;
		}
	}
	return list;
}
