/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the joining of the pipeline's parts, and the facts about the whole trace. Knows neither where records come from
 * nor what an exporter writes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "losses.h"
#include "message.h"
#include "narrow.h"
#include "order.h"
#include "replay.h"

struct replay { /* of one pass */
	struct source *src;
	struct losses *losses;
	struct order *order;
	struct model *model;
	struct narrow *narrow; /* NULL: all sockets are asked for */
	const struct exporter_ops *ops;
	void *exporter;
	bool live; /* what comes is shown as it comes: the input is no file */
	uint64_t last; /* ns, CLOCK_MONOTONIC: no record was later */
};

/* What a version without the header's `doors` never saw. */
static char *const unseen[] = { "32-bit programs, socketcall", "io_uring", NULL };

static int replay_ordered(void *arg, const struct rec_head *rec)
{
	struct replay *r = arg;

	return model_record(r->model, rec);
}

static int replay_arrived(void *arg, const struct rec_head *rec)
{
	struct replay *r = arg;
	int err = losses_record(r->losses, rec);

	if (rec->ts > r->last)
		r->last = rec->ts;
	return err ? err : order_push(r->order, rec);
}

static int each_life(const void *arg, int (*fn)(void *arg, const struct life *life), void *fn_arg)
{
	const struct replay *r = arg;

	return r->narrow ? narrow_each_life(r->narrow, fn, fn_arg) : model_each_life(r->model, fn, fn_arg);
}

/* Between two batches; input: -1: there are no more. */
static int replay_tick(const struct replay *r, int input)
{
	const struct capture_header *h = capture_header(r->src);
	const struct progress progress = {
		.input = input,
		.live = r->live,
		.start = h->start,
		.now = (int64_t)(r->last - h->mono),
		.lost = losses_total(r->losses),
		.each_life = each_life,
		.lives = r,
	};

	return r->ops->tick ? r->ops->tick(r->exporter, &progress) : 0;
}

static int replay_records(struct replay *r, FILE *out)
{
	int ret;

	do {
		ret = replay_tick(r, capture_fd(r->src));
		if (!ret)
			ret = source_read(r->src, replay_arrived, r);
		if (ret >= 0 && r->live && fflush(out))
			ret = -errno;
	} while (ret > 0 && !ferror(out));
	if (ret > 0) /* fails again, and says why */
		ret = fflush(out) ? -errno : -EIO;
	return ret ? ret : order_flush(r->order);
}

static bool is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static int replay_start(struct replay *r, FILE *out, int pass)
{
	struct sink sink = {
		.event = r->ops->event,
		.state = r->ops->state,
		.process = r->ops->process,
		.life = r->ops->life,
		.trouble = r->ops->trouble,
		.arg = r->exporter,
	};
	const struct capture_header *h = capture_header(r->src);
	uint64_t mono = h->mono;

	r->last = mono;
	r->live = !is_file(capture_fd(r->src));
	if (h->narrow && *h->narrow) {
		r->narrow = narrow_new(h->narrow, &sink);
		if (!r->narrow)
			return -ENOMEM;
		sink = narrow_sink(r->narrow);
	}
	r->losses = losses_new(mono, h->first_seq, h->first_cpus);
	r->order = order_new(replay_ordered, r);
	r->model = model_new(mono, &sink);
	if (!r->losses || !r->order || !r->model)
		return -ENOMEM;
	model_interfaces(r->model, capture_header(r->src)->netns, capture_header(r->src)->interfaces);
	model_reset_reasons(r->model, capture_header(r->src)->reset_reasons);
	if (r->narrow)
		model_unix_partial(r->model, narrow_unix_partial(r->narrow));
	return r->ops->begin ? r->ops->begin(r->exporter, out, pass) : 0;
}

static size_t blind_add(const struct replay *r, struct blind *blind, char *const *what)
{
	size_t n = 0;

	for (; what && *what; what++)
		blind[n++] = (struct blind){ .what = *what, .to = (int64_t)(r->last - capture_header(r->src)->mono) };
	return n;
}

/* watched: "NS LINE". A file may say anything: a time outside of the trace is its begin or its end. */
static void blind_end(const struct replay *r, struct blind *blind, size_t count, const char *watched)
{
	uint64_t mono = capture_header(r->src)->mono, ns;
	char *line;

	ns = strtoull(watched, &line, 10);
	if (line == watched || *line != ' ' || ns >= r->last)
		return;
	for (; count; count--, blind++)
		if (!strcmp(blind->what, line + 1))
			blind->to = ns > mono ? (int64_t)(ns - mono) : 0;
}

static size_t blind_count(char *const *what)
{
	size_t n = 0;

	while (what && what[n])
		n++;
	return n;
}

/* What could not be seen, and when. The array is the caller's to free; NULL: no memory. */
static struct blind *replay_blind(const struct replay *r, size_t *count)
{
	static const struct capture_trailer cut_short;
	const struct capture_trailer *t = capture_trailer(r->src) ? capture_trailer(r->src) : &cut_short;
	const struct capture_header *h = capture_header(r->src);
	char *const *from_start = h->doors ? h->blind : unseen;
	struct blind *blind = calloc(blind_count(from_start) + blind_count(t->blind) + 1, sizeof(*blind));

	if (!blind)
		return NULL;
	*count = blind_add(r, blind, from_start);
	for (char *const *watched = t->watched; watched && *watched; watched++)
		blind_end(r, blind, *count, *watched);
	*count += blind_add(r, blind + *count, t->blind);
	return blind;
}

/* What is known of the trace as a whole, once all records have gone through. */
static void replay_trace(const struct replay *r, struct trace *t)
{
	const struct capture_header *h = capture_header(r->src);

	*t = (struct trace){
		.start = h->start,
		.duration = (int64_t)(r->last - h->mono),
		.host = h->host,
		.kernel = h->kernel,
		.arch = h->arch,
		.tool = h->tool,
		.command = h->argv,
		.selection = h->narrow,
		.io = h->io,
		.complete = capture_trailer(r->src) != NULL,
		.lost = losses_total(r->losses),
	};
	t->losses = losses_intervals(r->losses, &t->loss_count);
}

static int replay_end(struct replay *r, int pass)
{
	const struct capture_trailer *trailer = capture_trailer(r->src);
	struct blind *blind;
	struct trace trace;
	int err = losses_finish(r->losses, trailer);

	if (trailer && trailer->end > r->last)
		r->last = trailer->end;
	if (!err)
		err = replay_tick(r, -1);
	if (!err)
		err = model_finish(r->model, r->last);
	if (err || !r->ops->end)
		return err;
	replay_trace(r, &trace);
	trace.blind = blind = replay_blind(r, &trace.blind_count);
	err = blind ? r->ops->end(r->exporter, &trace, pass) : -ENOMEM;
	free(blind);
	return err;
}

/* What a user must know though it is no failure. */
static void replay_warn(const struct replay *r, const char *name)
{
	const char *cut = capture_cut(r->src);
	unsigned long late = order_late(r->order);

	if (cut)
		message("%s: %s", name, cut);
	if (late)
		message("%s: %lu records came too late to be put in order", name, late);
}

static int replay_open(struct replay *r, const char *path, const char *name)
{
	const char *error = NULL;
	int err = capture_open(&r->src, path, &error);

	if (err)
		message("%s: %s", name, error ? error : strerror(-err));
	return err;
}

/* Once the exporter is closed: it may have the terminal. */
static void replay_failed(const char *name, int err)
{
	message("%s: %s", name,
		err == -EBADMSG ? "a record contradicts itself: not a capture of socklife's making" : strerror(-err));
}

static int replay_pass(struct replay *r, const char *name, FILE *out, int pass)
{
	int err = replay_start(r, out, pass);

	if (!err)
		err = replay_records(r, out);
	if (!err)
		err = replay_end(r, pass);
	if (!err && pass == r->ops->passes - 1)
		replay_warn(r, name);
	model_free(r->model);
	narrow_free(r->narrow);
	order_free(r->order);
	losses_free(r->losses);
	return err;
}

/* Standard input can be read twice if it is a file: opening /dev/stdin begins at its start again. */
static bool replay_twice(const char **path)
{
	struct stat st;

	if (!strcmp(*path, "-"))
		*path = "/dev/stdin";
	return stat(*path, &st) || S_ISREG(st.st_mode);
}

int replay(const char *path, const struct exporter_ops *ops, FILE *(*open_out)(void *arg), void *arg)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	FILE *out = NULL;
	void *exporter;
	int pass, err = 0;
	bool failed = false;

	if (ops->passes > 1 && !replay_twice(&path)) {
		message("%s needs to read the capture twice, and %s is a pipe: save it to a file first, or use -f ndjson",
			ops->format, name);
		return -ESPIPE;
	}
	exporter = ops->open ? ops->open() : NULL;
	if (ops->open && !exporter) {
		message("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	for (pass = 0; pass < ops->passes && !err; pass++) {
		struct replay r = { .ops = ops, .exporter = exporter };

		err = replay_open(&r, path, name);
		if (err)
			break;
		if (!out)
			out = open_out(arg);
		err = out ? replay_pass(&r, name, out, pass) : -EIO;
		failed = err && out && err != -ECANCELED && !ferror(out);
		source_close(r.src);
	}
	if (ops->close)
		ops->close(exporter);
	if (failed)
		replay_failed(name, err);
	return err == -ECANCELED ? 0 : err;
}
