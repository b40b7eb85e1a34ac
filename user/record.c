// SPDX-License-Identifier: GPL-2.0-only
/*
 * `socklife record`: from the rings to the capture file, until COMMAND ends, the time is over or a signal says so.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "blind.h"
#include "capture.h"
#include "command.h"
#include "commands.h"
#include "kernel_facts.h"
#include "loader.h"
#include "machine.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "ring.h"

#define POLL_MS 50 /* at least so often the rings are read */
#define FLUSH_NS 1000000000ull /* so much at most is lost when socklife is killed */
#define GRACE_NS 50000000ull /* after a signal: COMMAND's own end is still recorded */
#define BUFFER_DEFAULT (4u << 20)
#define BUFFER_MAX (1u << 30)

struct record_options {
	struct number_list pids;
	bool all, no_follow, no_compat, fail_on_loss, verbose, quiet;
	struct output output;
	uint64_t duration, buffer;
};

#define AT(member) offsetof(struct record_options, member)

static const struct option_row rows[] = {
	{ "pid", 'p', OPTION_NUMBERS, "PID", "trace this process and its threads (repeatable)", AT(pids) },
	{ "all", 'a', OPTION_FLAG, NULL, "trace every process but socklife", AT(all) },
	{ "no-follow", 0, OPTION_FLAG, NULL, "leave the children of traced processes out", AT(no_follow) },
	{ "no-compat", 0, OPTION_FLAG, NULL, "leave 32-bit and x32 programs out: they cost others time (see doctor)",
	  AT(no_compat) },
	{ "output", 'o', OPTION_STRING, "FILE", "the capture; - is standard output (default socklife.slt)",
	  AT(output.path) },
	{ "duration", 0, OPTION_SECONDS, "S", "stop after S seconds; COMMAND goes on", AT(duration) },
	{ "buffer", 0, OPTION_SIZE, "SIZE", "ring buffer per CPU, 16K to 1G (default 4M)", AT(buffer) },
	{ "fail-on-loss", 0, OPTION_FLAG, NULL, "exit 3 when a record was lost", AT(fail_on_loss) },
	{ "verbose", 'v', OPTION_FLAG, NULL, "say what libbpf and the verifier say", AT(verbose) },
	{ "quiet", 'q', OPTION_FLAG, NULL, "no closing summary", AT(quiet) },
	{ 0 },
};

static const struct command_help help = {
	.name = "record",
	.usage = "[-p PID]... [-a] [options] [-o FILE] [-- COMMAND [ARG...]]",
	.about = "Records the socket calls of COMMAND and its children, of processes, or of all, until COMMAND ends,\n"
		 "the time is over, or SIGINT or SIGTERM. Needs root. Exits as COMMAND did; a COMMAND that is still\n"
		 "there 50 ms after the signal goes on without being recorded, and the exit status is 0.",
	.max = INT32_MAX,
	.stop = true,
};

enum tag { TAG_RINGS, TAG_SIGNAL, TAG_COMMAND, TAG_PID };

struct recording {
	struct record_options opt;
	struct loader *loader;
	struct source *rings;
	struct capture_writer *writer;
	struct command command;
	int epoll, signals;
	int *pidfds;
	size_t pids_left;
	uint64_t start, mono; /* ns of CLOCK_REALTIME and CLOCK_MONOTONIC, before the first record */
	uint64_t records, deadline, flushed;
	enum compat compat; /* LATER becomes NOW when it is attached, NEVER when it cannot be */
	uint64_t compat_since; /* ns, CLOCK_MONOTONIC, of that; 0: before the first record, or never */
	bool stop;
	int write_error;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void stop_at(struct recording *r, uint64_t t)
{
	if (!r->deadline || t < r->deadline)
		r->deadline = t;
}

static int watch(struct recording *r, int fd, enum tag tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = tag | (uint64_t)fd << 8 };

	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static int pids_open(struct recording *r)
{
	r->pidfds = calloc(r->opt.pids.count + 1, sizeof(*r->pidfds));
	if (!r->pidfds)
		return message_failed("no memory");
	for (size_t i = 0; i < r->opt.pids.count; i++) {
		int pid = r->opt.pids.items[i], fd = syscall(SYS_pidfd_open, pid, 0);

		if (fd < 0)
			return message_failed("process %d: %s: is it a process that runs (not a thread)?", pid,
					      strerror(errno));
		r->pidfds[r->pids_left++] = fd;
		watch(r, fd, TAG_PID);
	}
	return 0;
}

/* A program's first socket comes sooner after its exec than the pair can be attached. */
static enum compat compat_of(const struct recording *r)
{
	if (r->opt.no_compat || !kernel_doors()->pair)
		return COMPAT_NEVER;
	return r->opt.all || (r->command.pid && !r->opt.no_follow) ? COMPAT_NOW : COMPAT_LATER;
}

static int load(struct recording *r)
{
	struct loader_config config = {
		.ring_bytes = r->opt.buffer,
		.all = r->opt.all,
		.follow = !r->opt.no_follow,
		.verbose = r->opt.verbose,
	};
	const char *error = kernel_missing();
	const int *fds;
	unsigned int cpus;

	if (error)
		return message_failed("%s", error);
	config.compat = r->compat = compat_of(r);
	if (loader_open(&r->loader, &config, &error))
		return message_failed("%s", error);
	fds = loader_rings(r->loader, &cpus);
	if (ring_open(&r->rings, fds, cpus) || ring_watch(r->rings, r->epoll, TAG_RINGS))
		return message_failed("cannot read the rings: %s", strerror(errno));
	return 0;
}

/* Where a selected task is a 32-bit one by now, its calls are seen from here on. */
static int compat_attach(struct recording *r)
{
	int err;

	if (r->compat != COMPAT_LATER || !loader_compat_seen(r->loader))
		return 0;
	err = loader_attach_compat(r->loader);
	r->compat = err ? COMPAT_NEVER : COMPAT_NOW;
	if (!err && r->writer) /* the header has said that they are not */
		r->compat_since = clock_ns(CLOCK_MONOTONIC);
	return err;
}

static int select_and_attach(struct recording *r)
{
	int self = syscall(SYS_pidfd_open, getpid(), 0), err;

	err = loader_exclude(r->loader, self);
	close(self);
	for (size_t i = 0; !err && i < r->pids_left; i++) {
		err = loader_select(r->loader, r->pidfds[i]);
		if (err == -ENOENT)
			return message_failed("process %d: it ended before it could be traced", r->opt.pids.items[i]);
	}
	if (!err && r->command.pid)
		err = loader_select(r->loader, r->command.pidfd);
	if (!err)
		err = loader_attach(r->loader);
	if (!err)
		err = loader_select_threads(r->loader);
	if (!err)
		err = compat_attach(r);
	return err ? message_failed("cannot attach the BPF programs: %s: see socklife doctor", strerror(-err)) : 0;
}

static int capture_begin(struct recording *r, char **argv)
{
	struct capture_header header = { .start = r->start, .mono = r->mono, .argv = *argv ? argv : NULL };
	int err = machine_describe(&header);

	blind_header(&header, kernel_doors(), r->compat);
	loader_rings(r->loader, &header.cpus);
	if (!err)
		err = output_begin(&r->opt.output);
	if (!err)
		err = capture_create(&r->writer, r->opt.output.fd, &header);
	machine_free(&header);
	return err;
}

static int store(void *arg, const struct rec_head *rec)
{
	struct recording *r = arg;

	r->records += rec->kind != REC_MARK;
	r->write_error = capture_write(r->writer, rec);
	return r->write_error;
}

/* A signal from the terminal reached COMMAND as well; one from kill(1) is handed on. */
static void on_signal(struct recording *r)
{
	struct signalfd_siginfo info;

	if (read(r->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (!r->command.pid || r->command.ended) {
		r->stop = true;
		return;
	}
	if (info.ssi_code != SI_KERNEL)
		command_signal(&r->command, info.ssi_signo);
	stop_at(r, clock_ns(CLOCK_MONOTONIC) + GRACE_NS);
}

static void on_event(struct recording *r, uint64_t data)
{
	switch ((enum tag)(data & 0xff)) {
	case TAG_RINGS:
		break;
	case TAG_SIGNAL:
		on_signal(r);
		break;
	case TAG_COMMAND:
		command_wait(&r->command);
		r->stop = true;
		break;
	case TAG_PID:
		epoll_ctl(r->epoll, EPOLL_CTL_DEL, data >> 8, NULL);
		if (!--r->pids_left && !r->command.pid && !r->opt.all)
			r->stop = true;
		break;
	}
}

static int until(const struct recording *r)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!r->deadline || r->deadline > now + POLL_MS * 1000000ull)
		return POLL_MS;
	return r->deadline > now ? (r->deadline - now) / 1000000 + 1 : 0;
}

static int loop(struct recording *r)
{
	struct epoll_event events[16];

	while (!r->stop && !r->write_error) {
		int n = epoll_wait(r->epoll, events, 16, until(r));
		uint64_t now = clock_ns(CLOCK_MONOTONIC);
		int err;

		for (int i = 0; i < n; i++)
			on_event(r, events[i].data.u64);
		if (r->deadline && now >= r->deadline)
			r->stop = true;
		err = compat_attach(r);
		if (err)
			message("the calls of 32-bit programs are missing: %s", strerror(-err));
		source_read(r->rings, store, r);
		if (!r->write_error && now - r->flushed > FLUSH_NS) {
			r->write_error = capture_flush(r->writer);
			r->flushed = now;
		}
	}
	return r->write_error;
}

static int finish(struct recording *r, uint64_t *lost)
{
	struct capture_trailer trailer = { 0 };
	int err = loader_stop(r->loader);

	if (err)
		message("calls that have not returned are missing: %s", strerror(-err));
	trailer.end = clock_ns(CLOCK_MONOTONIC);
	if (!r->write_error)
		source_read(r->rings, store, r);
	trailer.records = r->records;
	loader_totals(r->loader, &trailer);
	blind_trailer(&trailer, r->compat_since, loader_uring(r->loader));
	*lost = trailer.nested;
	for (int i = 0; i < LOSS_KINDS; i++)
		*lost += trailer.lost[i];
	return r->write_error ? r->write_error : capture_finish(r->writer, &trailer);
}

static void summary(const struct recording *r, uint64_t lost)
{
	if (r->opt.quiet)
		return;
	if (r->opt.no_compat && loader_compat_seen(r->loader))
		message("a 32-bit program was among what was traced: its calls are missing (--no-compat)");
	message("%llu records, %llu lost, %llu bytes in %s", (unsigned long long)r->records, (unsigned long long)lost,
		(unsigned long long)capture_bytes(r->writer), output_name(&r->opt.output));
}

static int write_failed(const struct recording *r, int err)
{
	return message_failed("cannot write %s: %s: what is written so far can be read", r->opt.output.path,
			      strerror(-err));
}

static int record(struct recording *r, char **argv)
{
	uint64_t lost = 0;
	int err, status;

	r->start = clock_ns(CLOCK_REALTIME);
	r->mono = clock_ns(CLOCK_MONOTONIC);
	status = select_and_attach(r);
	if (status)
		return status;
	if (r->command.pid) {
		status = command_run(&r->command, *argv);
		if (status)
			return status;
		watch(r, r->command.pidfd, TAG_COMMAND);
	}
	err = capture_begin(r, argv);
	if (r->opt.duration)
		stop_at(r, clock_ns(CLOCK_MONOTONIC) + r->opt.duration);
	if (!err)
		err = loop(r);
	if (!err)
		err = finish(r, &lost);
	if (err)
		return write_failed(r, err);
	summary(r, lost);
	if (lost && r->opt.fail_on_loss)
		return 3;
	return command_status(&r->command);
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	signal(SIGINT, SIG_DFL); /* a shell's background job ignores it, and an ignored signal would not be seen */
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int cmd_record(int argc, char **argv)
{
	struct recording r = { .opt = { .output = { "socklife.slt", .fd = -1 }, .buffer = BUFFER_DEFAULT } };
	int at = options_parse(rows, &help, &r.opt, argc, argv), status;

	if (at < 0)
		return options_status(at);
	argv += at;
	if (r.opt.buffer > BUFFER_MAX)
		return options_wrong("--buffer is at most 1G");
	if (!*argv && !r.opt.all && !r.opt.pids.count)
		return options_wrong("nothing to trace: give a COMMAND, -p PID or -a");
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	status = pids_open(&r);
	if (!status)
		status = output_open(&r.opt.output);
	if (!status && *argv)
		status = command_prepare(&r.command, argv, !strcmp(r.opt.output.path, "-"));
	r.signals = signals_open();
	watch(&r, r.signals, TAG_SIGNAL);
	if (!status)
		status = load(&r);
	if (!status)
		status = record(&r, argv);
	if (r.opt.output.created && !r.writer) /* nothing was recorded */
		unlink(r.opt.output.path);
	capture_free(r.writer);
	source_close(r.rings);
	command_free(&r.command);
	if (r.loader)
		loader_leave(r.loader, r.opt.output.fd);
	free(r.pidfds);
	free(r.opt.pids.items);
	return status;
}
