/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the normal form of the calls of one thread on one socket: what a stream moved between two other calls is summed,
 * tries that would have blocked are left out where one then succeeded, and equal neighbours are one line with a number.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

enum result { MOVED, ENDED, AGAIN, OTHER };

struct run { /* of data, or of one other call */
	const uint32_t *calls;
	size_t count;
	bool data, stream;
	bool done[CALLS], told[CALLS]; /* a call of the row succeeded; one that has to be repeated is a line */
	size_t first; /* item */
};

static const struct diff_call *call_at(const struct diff_view *v, uint32_t index)
{
	return &v->d->docs[v->side].calls[index];
}

static bool is_data(const struct diff_call *c)
{
	return c->row && (c->row->verb == VERB_SEND || c->row->verb == VERB_RECV || c->row->verb == VERB_SPLICE);
}

/* It has to be made again, or is by the kernel. */
static bool is_again(const struct diff_call *c)
{
	const char *error = c->result + (c->result[0] == '-' ? 3 : 2);

	if (!c->row || (strncmp(c->result, "-1 E", 4) && strncmp(c->result, "? E", 3)))
		return false;
	if (!strncmp(error, "ERESTART", 8))
		return true;
	return c->row->verb == VERB_CONNECT                ? !strcmp(error, "EALREADY")
	       : is_data(c) || c->row->verb == VERB_ACCEPT ? !strcmp(error, "EAGAIN")
							   : false;
}

static enum result result_of(const struct diff_call *c)
{
	if (is_again(c))
		return AGAIN;
	if (c->result[0] < '0' || c->result[0] > '9')
		return OTHER;
	return !strcmp(c->result, "0") && is_data(c) && c->row->verb != VERB_SEND ? ENDED : MOVED;
}

/* Those of one kind from calls[0] on. */
static void run_find(const struct diff_view *v, const uint32_t *calls, size_t count, bool stream, struct run *run)
{
	const struct diff_call *first = call_at(v, calls[0]), *c;
	size_t i;

	*run = (struct run){ .calls = calls, .data = is_data(first), .stream = stream };
	for (i = 0; i < count; i++) {
		c = call_at(v, calls[i]);
		if (run->data ? !is_data(c) : !first->row ? i > 0 : c->row != first->row)
			break;
		if (c->row && (result_of(c) == MOVED || result_of(c) == ENDED))
			run->done[c->row - call_rows] = true;
	}
	run->count = i;
}

/* The item that one more of it goes into: of the same row the last, of others the last of all. NULL: a new one. */
static struct diff_item *item_find(const struct diff_normal *n, const struct run *run, const struct diff_item *want)
{
	struct diff_item *item;
	size_t i;

	for (i = n->item_count; i > (run->data && run->stream ? run->first : 0); i--) {
		item = &n->items[i - 1];
		if (item->word == want->word && item->sums == want->sums)
			return item;
		if (!run->data || !run->stream || (item->row == want->row && !item->sums))
			return NULL;
	}
	return NULL;
}

static int item_add(struct diff_normal *n, const struct run *run, const struct diff_item *want)
{
	struct diff_item *item = item_find(n, run, want);

	if (item) {
		item->times += want->times;
		item->sum += want->sum;
		return 0;
	}
	item = diff_grow(n->items, n->item_count, sizeof(*item));
	if (!item)
		return -ENOMEM;
	n->items = item;
	item[n->item_count++] = *want;
	return 0;
}

static int buffer_word(const struct diff_view *v, struct diff_normal *n, uint32_t *word)
{
	*word = n->buffer.failed ? DIFF_NONE : diff_word(&v->d->words, n->buffer.text, n->buffer.len);
	n->buffer.len = 0;
	return *word == DIFF_NONE ? -ENOMEM : 0;
}

static int add_call(const struct diff_view *v, struct diff_normal *n, struct run *run, const struct diff_call *c)
{
	enum result result = result_of(c);
	struct diff_item item = { .row = c->row, .times = result != AGAIN };
	int err;

	if (result == AGAIN && (run->done[c->row - call_rows] || run->told[c->row - call_rows]))
		return 0;
	if (result == AGAIN)
		run->told[c->row - call_rows] = true;
	if (!run->data || !run->stream) {
		diff_put_call(&n->buffer, v, c);
	} else {
		diff_put_transfer(&n->buffer, v, c);
		item.sums = result == MOVED;
		item.sum = item.sums ? strtoull(c->result, NULL, 10) : 0;
	}
	if (run->data && run->stream && !item.sums) {
		diff_put_text(&n->buffer, " = ");
		diff_put_text(&n->buffer, c->result);
	}
	err = buffer_word(v, n, &item.word);
	return err ? err : item_add(n, run, &item);
}

static int print_items(const struct diff_view *v, struct diff_normal *n)
{
	const struct diff_item *item;
	char text[64] = "";
	bool messages;
	size_t i;

	for (i = 0; i < n->item_count; i++) {
		item = &n->items[i];
		messages = item->row && (item->row->mem == MEM_MMSG_IN || item->row->mem == MEM_MMSG_OUT);
		*text = '\0';
		if (item->sums)
			snprintf(text, sizeof(text), ": %" PRIu64 " %s", item->sum, messages ? "messages" : "bytes");
		else if (item->times > 1)
			snprintf(text, sizeof(text), " x%" PRIu64, item->times);
		diff_put_text(&n->buffer, v->d->words.by_id[item->word]->text);
		diff_put_text(&n->buffer, text);
		if (diff_normal_add(v, n))
			return -ENOMEM;
	}
	return 0;
}

static int add_each(const struct diff_view *v, const uint32_t *calls, size_t count, struct diff_normal *n)
{
	for (size_t i = 0; i < count; i++) {
		diff_put_call(&n->buffer, v, call_at(v, calls[i]));
		if (diff_normal_add(v, n))
			return -ENOMEM;
	}
	return 0;
}

int diff_normal_calls(const struct diff_view *v, const uint32_t *calls, size_t count, bool stream,
		      struct diff_normal *n)
{
	struct run run;
	size_t i, k;

	if (v->d->strict)
		return add_each(v, calls, count, n);
	n->item_count = 0;
	for (i = 0; i < count; i += run.count) {
		run_find(v, calls + i, count - i, stream, &run);
		run.first = n->item_count;
		for (k = 0; k < run.count; k++)
			if (add_call(v, n, &run, call_at(v, run.calls[k])))
				return -ENOMEM;
	}
	return print_items(v, n);
}
