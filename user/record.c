// SPDX-License-Identifier: GPL-2.0-only
/*
 * `socklife record`: its options, what is traced, and how it ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "commands.h"
#include "kernel_doors.h"
#include "kernel_facts.h"
#include "message.h"
#include "record_internal.h"
#include "ring.h"

#define BUFFER_DEFAULT (4u << 20)
#define BUFFER_MAX (1u << 30)

#define AT(member) offsetof(struct record_options, member)

static const struct option_row rows[] = {
	SELECTION_ROWS(AT(selection.given)),
	{ "no-compat", 0, OPTION_FLAG, NULL, "leave 32-bit and x32 programs out: they cost others time (see doctor)",
	  AT(no_compat) },
	{ "output", 'o', OPTION_STRING, "FILE", "the capture; - is standard output (default socklife.slt)",
	  AT(output) },
	{ "duration", 0, OPTION_SECONDS, "S", "stop after S seconds; COMMAND goes on", AT(duration) },
	{ "max-size", 0, OPTION_SIZE, "SIZE", "stop when the file has so many bytes, or with --rotate begin the next",
	  AT(max_size) },
	{ "rotate", 0, OPTION_COUNT, "N", "keep the last N files: FILE, then .0002, .0003 before its extension",
	  AT(rotate) },
	{ "io", 0, OPTION_STRING, "MODE",
	  "full: tell of every send and receive; summary: count them per socket and 100 ms; none: until it is closed",
	  AT(io) },
	{ "buffer", 0, OPTION_SIZE, "SIZE", "ring buffer per CPU, 16K to 1G (default 4M)", AT(buffer) },
	{ "fail-on-loss", 0, OPTION_FLAG, NULL, "exit 3 when a record was lost", AT(fail_on_loss) },
	{ "verbose", 'v', OPTION_FLAG, NULL, "say what libbpf and the verifier say", AT(verbose) },
	{ "quiet", 'q', OPTION_FLAG, NULL, "no closing summary", AT(quiet) },
	{ 0 },
};

static const struct command_help help = {
	.name = "record",
	.usage = "[selection] [options] [-o FILE] [-- COMMAND [ARG...]]",
	.about = "Records the socket calls of COMMAND and its children, of processes, or of all, until COMMAND ends,\n"
		 "the time is over, or SIGINT or SIGTERM. Needs root. Exits as COMMAND did; a COMMAND that is still\n"
		 "there 50 ms after the signal goes on without being recorded, and the exit status is 0.\n"
		 "SIGUSR1 begins the next file, which opens with what is there then.\n" SELECTION_ABOUT,
	.max = INT32_MAX,
	.stop = true,
};

/* A program's first socket comes sooner after its exec than the pair can be attached. */
static enum compat compat_of(const struct recording *r)
{
	if (r->opt.no_compat || !kernel_doors()->pair)
		return COMPAT_NEVER;
	return r->opt.selection.every || (r->command.pid && r->opt.selection.follow) ? COMPAT_NOW : COMPAT_LATER;
}

/* -1: there is no such mode. */
static int io_by_name(const char *name)
{
	static const char *const names[] = { [IO_FULL] = "full", [IO_SUMMARY] = "summary", [IO_NONE] = "none" };

	for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static int load(struct recording *r)
{
	struct loader_config config = {
		.ring_bytes = r->opt.buffer,
		.io = (enum io_mode)io_by_name(r->opt.io),
		.selection = &r->opt.selection,
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
	return record_files_start(&r->files, cpus) ? message_failed("no memory") : 0;
}

static int select_and_attach(struct recording *r)
{
	int self = syscall(SYS_pidfd_open, getpid(), 0), err;
	const struct selection *s = &r->opt.selection;

	err = loader_exclude(r->loader, self);
	close(self);
	for (size_t i = 0; !err && i < s->given.pids.count; i++) {
		err = loader_select(r->loader, s->pidfds[i]);
		if (err == -ENOENT)
			return message_failed("process %d: it ended before it could be traced", s->given.pids.items[i]);
	}
	if (!err && r->command.pid)
		err = loader_select(r->loader, r->command.pidfd);
	if (!err)
		err = loader_attach(r->loader);
	if (!err)
		err = loader_select_threads(r->loader);
	if (!err)
		err = record_compat(r);
	return err ? message_failed("cannot attach the BPF programs: %s: see socklife doctor", strerror(-err)) : 0;
}

/* "b.slt", "3 files, b.slt to b.0003.slt": of a ring, those that are left. */
static char *files_text(const struct record_files *f)
{
	unsigned int oldest = record_files_oldest(f);
	char *first = output_numbered(f->path, oldest), *text = NULL;

	if (f->number == 1)
		text = strdup(output_name(&f->output));
	else if (first && asprintf(&text, "%u files, %s%s to %s", f->number, oldest > 1 ? "of which there are " : "",
				   first, f->output.path) < 0)
		text = NULL;
	free(first);
	return text;
}

static void summary(const struct recording *r, uint64_t lost)
{
	char *files;

	if (r->opt.quiet)
		return;
	if (r->opt.no_compat && loader_compat_seen(r->loader))
		message("a 32-bit program was among what was traced: its calls are missing (--no-compat)");
	files = files_text(&r->files);
	message("%llu records, %llu lost, %llu bytes in %s", (unsigned long long)record_files_records(&r->files),
		(unsigned long long)lost, (unsigned long long)record_files_bytes(&r->files), files ? files : "files");
	free(files);
}

static int write_failed(const struct recording *r, int err)
{
	return message_failed("cannot write %s: %s: what is written so far can be read", r->files.output.path,
			      strerror(-err));
}

static int record(struct recording *r)
{
	uint64_t lost = 0;
	int err, status;

	record_start(r);
	status = select_and_attach(r);
	if (!status)
		status = record_snapshot(r);
	if (!status && r->command.pid) {
		status = command_run(&r->command, *r->argv);
		if (!status)
			record_watch(r, r->command.pidfd, TAG_COMMAND);
	}
	if (status)
		return status;
	err = record_loop(r, &lost);
	if (err)
		return write_failed(r, err);
	summary(r, lost);
	if (lost && r->opt.fail_on_loss)
		return 3;
	return command_status(&r->command);
}

/* 0, or the exit status after one line has said what is wrong. */
static int options_check(const struct record_options *opt)
{
	if (opt->buffer > BUFFER_MAX)
		return options_wrong("--buffer is at most 1G");
	if (io_by_name(opt->io) < 0)
		return options_wrong("--io is full, summary or none");
	if (opt->rotate == 1)
		return options_wrong("--rotate is at least 2: of one file nothing would be left when the next begins");
	return 0;
}

int cmd_record(int argc, char **argv)
{
	struct recording r = { .opt = { .output = "socklife.slt", .io = "full", .buffer = BUFFER_DEFAULT } };
	int at = options_parse(rows, &help, &r.opt, argc, argv), status;

	if (at < 0)
		return options_status(at);
	r.argv = argv + at;
	status = options_check(&r.opt);
	if (!status)
		status = selection_open(&r.opt.selection, *r.argv);
	if (status)
		goto out;
	r.files = (struct record_files){
		.path = r.opt.output,
		.output = { r.opt.output, .fd = -1 },
		.max_size = r.opt.max_size,
		.keep = r.opt.rotate,
	};
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (; r.pids_left < r.opt.selection.given.pids.count; r.pids_left++)
		record_watch(&r, r.opt.selection.pidfds[r.pids_left], TAG_PID);
	status = output_open(&r.files.output);
	if (!status && r.opt.rotate && !output_may_go_on(&r.files.output))
		status = options_wrong("--rotate needs -o FILE: no other file can follow %s",
				       output_name(&r.files.output));
	if (!status && *r.argv)
		status = command_prepare(&r.command, r.argv, output_is_standard(&r.files.output));
	r.signals = record_signals();
	record_watch(&r, r.signals, TAG_SIGNAL);
	if (!status)
		status = load(&r);
	if (!status)
		status = record(&r);
	record_files_free(&r.files);
	source_close(r.rings);
	command_free(&r.command);
	if (r.loader)
		loader_leave(r.loader, r.files.output.fd);
out:
	selection_free(&r.opt.selection);
	return status;
}
