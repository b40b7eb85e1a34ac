// SPDX-License-Identifier: GPL-2.0-only
/*
 * `socklife record`: from the rings to the capture file, until COMMAND ends, the time is over or a signal says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "command.h"
#include "commands.h"
#include "kernel_facts.h"
#include "loader.h"
#include "machine.h"
#include "message.h"
#include "options.h"
#include "ring.h"

#define POLL_MS 50 /* at least so often the rings are read */
#define FLUSH_NS 1000000000ull /* so much at most is lost when socklife is killed */
#define GRACE_NS 50000000ull /* after a signal: COMMAND's own end is still recorded */
#define BUFFER_DEFAULT (4u << 20)
#define BUFFER_MAX (1u << 30)

struct record_options {
	struct number_list pids;
	bool all, no_follow, fail_on_loss, verbose, quiet;
	const char *output;
	uint64_t duration, buffer;
};

#define AT(member) offsetof(struct record_options, member)

static const struct option_row rows[] = {
	{ "pid", 'p', OPTION_NUMBERS, "PID", "trace this process and its threads (repeatable)", AT(pids) },
	{ "all", 'a', OPTION_FLAG, NULL, "trace every process but socklife", AT(all) },
	{ "no-follow", 0, OPTION_FLAG, NULL, "leave the children of traced processes out", AT(no_follow) },
	{ "output", 'o', OPTION_STRING, "FILE", "the capture; - is standard output (default socklife.slt)",
	  AT(output) },
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
	int output, epoll, signals;
	int *pidfds;
	size_t pids_left;
	uint64_t start, mono; /* ns of CLOCK_REALTIME and CLOCK_MONOTONIC, before the first record */
	uint64_t records, deadline, flushed;
	bool stop, created;
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

/* Under sudo the capture is for the user who called: everything after `record` works without root. */
static void give_to_caller(int fd)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");

	if (uid && gid && fchown(fd, atoi(uid), atoi(gid)))
		message("the capture stays root's: %s", strerror(errno));
}

/* Opened first, so that a path that cannot be written is told at once; emptied only when recording begins. */
static int output_open(struct recording *r)
{
	const char *path = r->opt.output;

	if (!strcmp(path, "-")) {
		r->output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		if (r->output < 0)
			return message_failed("standard output: %s", strerror(errno));
		return isatty(r->output) ? message_failed("a capture is not for a terminal: use -o FILE, or a pipe")
					 : 0;
	}
	r->output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	r->created = r->output >= 0;
	if (r->output < 0 && errno == EEXIST)
		r->output = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return r->output < 0 ? message_failed("cannot write %s: %s", path, strerror(errno)) : 0;
}

static int load(struct recording *r)
{
	const struct loader_config config = {
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
	if (loader_open(&r->loader, &config, &error))
		return message_failed("%s", error);
	fds = loader_rings(r->loader, &cpus);
	if (ring_open(&r->rings, fds, cpus) || ring_watch(r->rings, r->epoll, TAG_RINGS))
		return message_failed("cannot read the rings: %s", strerror(errno));
	return 0;
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
	return err ? message_failed("cannot attach the BPF programs: %s: see socklife doctor", strerror(-err)) : 0;
}

static int capture_begin(struct recording *r, char **argv)
{
	struct capture_header header = { .start = r->start, .mono = r->mono, .argv = *argv ? argv : NULL };
	int err = machine_describe(&header);

	if (r->created)
		give_to_caller(r->output);
	loader_rings(r->loader, &header.cpus);
	if (!err && strcmp(r->opt.output, "-") && ftruncate(r->output, 0) && errno != EINVAL)
		err = -errno;
	if (!err)
		err = capture_create(&r->writer, r->output, &header);
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

		for (int i = 0; i < n; i++)
			on_event(r, events[i].data.u64);
		if (r->deadline && now >= r->deadline)
			r->stop = true;
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
	*lost = trailer.nested;
	for (int i = 0; i < LOSS_KINDS; i++)
		*lost += trailer.lost[i];
	return r->write_error ? r->write_error : capture_finish(r->writer, &trailer);
}

static void summary(const struct recording *r, uint64_t lost)
{
	if (!r->opt.quiet)
		message("%llu records, %llu lost, %llu bytes in %s", (unsigned long long)r->records,
			(unsigned long long)lost, (unsigned long long)capture_bytes(r->writer),
			strcmp(r->opt.output, "-") ? r->opt.output : "standard output");
}

static int write_failed(const struct recording *r, int err)
{
	return message_failed("cannot write %s: %s: what is written so far can be read", r->opt.output, strerror(-err));
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
	struct recording r = { .opt = { .output = "socklife.slt", .buffer = BUFFER_DEFAULT }, .output = -1 };
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
		status = output_open(&r);
	if (!status && *argv)
		status = command_prepare(&r.command, argv, !strcmp(r.opt.output, "-"));
	r.signals = signals_open();
	watch(&r, r.signals, TAG_SIGNAL);
	if (!status)
		status = load(&r);
	if (!status)
		status = record(&r, argv);
	if (r.created && !r.writer) /* nothing was recorded */
		unlink(r.opt.output);
	capture_free(r.writer);
	source_close(r.rings);
	command_free(&r.command);
	if (r.loader)
		loader_leave(r.loader, r.output);
	free(r.pidfds);
	free(r.opt.pids.items);
	return status;
}
