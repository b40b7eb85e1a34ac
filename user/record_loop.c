// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of `socklife record`: from the rings to the files, a file after the other, until something ends it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "blind.h"
#include "clock.h"
#include "machine.h"
#include "message.h"
#include "record_internal.h"
#include "snapshot.h"

#define POLL_MS 50 /* at least so often the rings are read */
#define LOOK_NS 1000000000ull /* a walk over all files of a machine costs milliseconds */
#define FLUSH_NS 1000000000ull /* so much at most is lost when socklife is killed */
#define CLOCKS_APART_NS 10000
#define LIVE_FLUSH_NS 200000000ull /* what reads along is at most so far behind */
#define GRACE_NS 50000000ull /* after a signal: COMMAND's own end is still recorded */

static void stop_at(struct recording *r, uint64_t t)
{
	if (!r->deadline || t < r->deadline)
		r->deadline = t;
}

int record_watch(struct recording *r, int fd, enum tag tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = tag | (uint64_t)fd << 8 };

	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

int record_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	signal(SIGINT, SIG_DFL); /* a shell's background job ignores it, and an ignored signal would not be seen */
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int record_compat(struct recording *r)
{
	int err;

	if (r->compat != COMPAT_LATER || !loader_compat_seen(r->loader))
		return 0;
	err = loader_attach_compat(r->loader);
	r->compat = err ? COMPAT_NEVER : COMPAT_NOW;
	if (!err && r->files.number) /* the header has said that they are not */
		r->compat_since = clock_ns(CLOCK_MONOTONIC);
	return err;
}

/* What CLOCK_REALTIME was at a time of CLOCK_MONOTONIC; read anew where something came between the two clocks. */
static uint64_t realtime_of(uint64_t mono)
{
	uint64_t before, real, after;
	int tries = 100;

	do {
		before = clock_ns(CLOCK_MONOTONIC);
		real = clock_ns(CLOCK_REALTIME);
		after = clock_ns(CLOCK_MONOTONIC);
	} while (after - before > CLOCKS_APART_NS && --tries);
	return real - before + mono;
}

/* A file that begins at mono: what it says of itself. */
static void file_start(struct recording *r, uint64_t mono)
{
	r->mono = mono;
	r->start = realtime_of(mono);
	if (r->compat_since < mono)
		r->compat_since = 0;
	r->compat_first = r->compat_since ? COMPAT_LATER : r->compat;
	r->uring_first = loader_uring(r->loader);
}

void record_start(struct recording *r)
{
	file_start(r, clock_ns(CLOCK_MONOTONIC));
}

static int file_begin(struct recording *r)
{
	struct capture_header header = { .start = r->start, .mono = r->mono, .argv = *r->argv ? r->argv : NULL };
	int err = machine_describe(&header);

	header.narrow = selection_lines(&r->opt.selection);
	if (!header.narrow)
		err = -ENOMEM;
	if (strcmp(r->opt.io, "full"))
		header.io = (char *)r->opt.io;
	blind_header(&header, kernel_doors(), r->compat_first);
	loader_rings(r->loader, &header.cpus);
	if (!err)
		err = record_files_begin(&r->files, &header);
	selection_lines_free(header.narrow);
	machine_free(&header);
	return err;
}

/* What has been counted since the file began. */
static struct loader_uring uring_of(const struct recording *r)
{
	struct loader_uring uring = loader_uring(r->loader);
	const uint64_t *first = (const uint64_t *)&r->uring_first;

	for (size_t i = 0; i < sizeof(uring) / sizeof(*first); i++)
		((uint64_t *)&uring)[i] -= first[i];
	return uring;
}

/* *lost: up to now, by all files. */
static int file_end(struct recording *r, uint64_t end, uint64_t *lost)
{
	struct capture_trailer trailer = { .end = end };

	loader_totals(r->loader, &trailer);
	*lost = trailer.nested;
	for (int i = 0; i < LOSS_KINDS; i++)
		*lost += trailer.lost[i];
	blind_trailer(&trailer, r->compat_since, uring_of(r));
	return record_files_end(&r->files, &trailer);
}

/* No records of the file that is written come any more: the next one's can be. */
static int turn_end(struct recording *r)
{
	uint64_t lost;
	int err = file_end(r, r->files.turn, &lost);

	file_start(r, r->files.turn);
	return err ? err : file_begin(r);
}

static int rings_read(void *arg)
{
	struct recording *r = arg;

	source_read(r->rings, record_files_store, &r->files);
	if (!r->files.err && r->files.turned)
		r->files.err = turn_end(r);
	return r->files.err;
}

static int store(void *arg, const struct rec_head *rec)
{
	struct recording *r = arg;

	return record_files_store(&r->files, rec);
}

/* What processes have that came to match since. */
static int look(struct recording *r, uint64_t since)
{
	r->looked = clock_ns(CLOCK_MONOTONIC);
	return snapshot_take(r->loader, since, store, rings_read, r);
}

int record_snapshot(struct recording *r)
{
	int err = look(r, 0);

	return err ? message_failed("cannot look at what is there: %s", strerror(-err)) : 0;
}

/* From a moment on records are the next file's, and it opens with what is there then. */
static void turn_begin(struct recording *r)
{
	int err;

	record_files_turn(&r->files, loader_begin_file(r->loader));
	err = loader_io_flush(r->loader, true, rings_read, r);
	if (!err)
		err = snapshot_open_calls(r->loader, store, rings_read, r);
	if (!err)
		err = look(r, 0);
	if (err && !r->files.err)
		message("the next file does not tell all that was there: %s", strerror(-err));
}

/* A signal from the terminal reached COMMAND as well; one from kill(1) is handed on. */
static void on_signal(struct recording *r)
{
	struct signalfd_siginfo info;

	if (read(r->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1) {
		r->turn = output_may_go_on(&r->files.output);
		if (!r->turn)
			message("SIGUSR1 is ignored: no other file can follow %s", output_name(&r->files.output));
		return;
	}
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
		if (!--r->pids_left && !r->command.pid && r->opt.selection.asked)
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

static void on_full(struct recording *r)
{
	if (r->opt.rotate) {
		r->turn = true;
		return;
	}
	message("%s has reached --max-size: nothing more is recorded", output_name(&r->files.output));
	r->stop = true;
}

/* A process that comes to match may have sockets of which nothing was told, from before or from who started it. */
static void matched(struct recording *r, uint64_t now)
{
	int err;

	if (loader_matched(r->loader) < r->looked || now < r->looked + LOOK_NS)
		return;
	err = look(r, r->looked);
	if (err && !r->files.err)
		message("what processes had that match by now is not told: %s", strerror(-err));
}

static void turn(struct recording *r, uint64_t now)
{
	uint64_t flush = output_is_file(&r->files.output) ? FLUSH_NS : LIVE_FLUSH_NS;

	rings_read(r);
	if (!r->stop && !r->files.turn)
		matched(r, now);
	if (now - r->flushed > flush) {
		loader_io_flush(r->loader, false, rings_read, r);
		record_files_flush(&r->files);
		r->flushed = now;
	}
	if (record_files_full(&r->files))
		on_full(r);
	if (r->turn && !r->stop && !r->files.turn && !r->files.err) {
		r->turn = false;
		turn_begin(r);
	}
}

static int finish(struct recording *r, uint64_t *lost)
{
	int err = loader_stop(r->loader);
	uint64_t end;

	if (!err)
		err = loader_io_flush(r->loader, true, rings_read, r);
	end = clock_ns(CLOCK_MONOTONIC);
	if (err)
		message("calls that have not returned are missing: %s", strerror(-err));
	rings_read(r);
	if (!r->files.err && r->files.turn)
		r->files.err = turn_end(r);
	return r->files.err ? r->files.err : file_end(r, end, lost);
}

int record_loop(struct recording *r, uint64_t *lost)
{
	struct epoll_event events[16];
	int err;

	r->compat_first = r->compat;
	err = file_begin(r);
	if (r->opt.duration)
		stop_at(r, clock_ns(CLOCK_MONOTONIC) + r->opt.duration);
	while (!err && !r->stop) {
		int n = epoll_wait(r->epoll, events, 16, until(r));
		uint64_t now = clock_ns(CLOCK_MONOTONIC);

		for (int i = 0; i < n; i++)
			on_event(r, events[i].data.u64);
		if (r->deadline && now >= r->deadline)
			r->stop = true;
		err = record_compat(r);
		if (err)
			message("the calls of 32-bit programs are missing: %s", strerror(-err));
		turn(r, now);
		err = r->files.err;
	}
	return err ? err : finish(r, lost);
}
