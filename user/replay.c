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
#include "order.h"
#include "replay.h"

struct replay { /* of one pass */
	struct source *src;
	struct losses *losses;
	struct order *order;
	struct model *model;
	const struct exporter_ops *ops;
	void *exporter;
	uint64_t last; /* ns, CLOCK_MONOTONIC: no record was later */
};

/* What this version never sees; a later one has fewer. */
static const char *const unseen[] = {
	"32-bit programs, socketcall",
	"io_uring",
};

#define UNSEEN (sizeof(unseen) / sizeof(*unseen))

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

static int replay_records(struct replay *r, FILE *out)
{
	int ret;

	do
		ret = source_read(r->src, replay_arrived, r);
	while (ret > 0 && !ferror(out));
	if (ret > 0) /* fails again, and says why */
		ret = fflush(out) ? -errno : -EIO;
	return ret ? ret : order_flush(r->order);
}

static int replay_start(struct replay *r, FILE *out, int pass)
{
	const struct sink sink = {
		.event = r->ops->event,
		.state = r->ops->state,
		.process = r->ops->process,
		.life = r->ops->life,
		.trouble = r->ops->trouble,
		.arg = r->exporter,
	};
	uint64_t mono = capture_header(r->src)->mono;

	r->last = mono;
	r->losses = losses_new(mono);
	r->order = order_new(replay_ordered, r);
	r->model = model_new(mono, &sink);
	if (!r->losses || !r->order || !r->model)
		return -ENOMEM;
	model_interfaces(r->model, capture_header(r->src)->netns, capture_header(r->src)->interfaces);
	model_reset_reasons(r->model, capture_header(r->src)->reset_reasons);
	return r->ops->begin ? r->ops->begin(r->exporter, out, pass) : 0;
}

/* What is known of the trace as a whole, once all records have gone through. */
static void replay_trace(const struct replay *r, struct trace *t, struct blind blind[UNSEEN])
{
	const struct capture_header *h = capture_header(r->src);
	size_t i;

	*t = (struct trace){
		.start = h->start,
		.duration = (int64_t)(r->last - h->mono),
		.host = h->host,
		.kernel = h->kernel,
		.arch = h->arch,
		.tool = h->tool,
		.command = h->argv,
		.complete = capture_trailer(r->src) != NULL,
		.lost = losses_total(r->losses),
		.blind = blind,
		.blind_count = UNSEEN,
	};
	for (i = 0; i < UNSEEN; i++)
		blind[i] = (struct blind){ .what = unseen[i], .to = t->duration };
	t->losses = losses_intervals(r->losses, &t->loss_count);
}

static int replay_end(struct replay *r, int pass)
{
	const struct capture_trailer *trailer = capture_trailer(r->src);
	struct blind blind[UNSEEN];
	struct trace trace;
	int err = losses_finish(r->losses, trailer);

	if (trailer && trailer->end > r->last)
		r->last = trailer->end;
	if (!err)
		err = model_finish(r->model, r->last);
	if (err || !r->ops->end)
		return err;
	replay_trace(r, &trace, blind);
	return r->ops->end(r->exporter, &trace, pass);
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

static int replay_pass(struct replay *r, const char *name, FILE *out, int pass)
{
	int err = replay_start(r, out, pass);

	if (!err)
		err = replay_records(r, out);
	if (!err)
		err = replay_end(r, pass);
	if (err && !ferror(out))
		message("%s: %s", name,
			err == -EBADMSG ? "a record contradicts itself: not a capture of socklife's making"
					: strerror(-err));
	if (!err && pass == r->ops->passes - 1)
		replay_warn(r, name);
	model_free(r->model);
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
		source_close(r.src);
	}
	if (ops->close)
		ops->close(exporter);
	return err;
}
