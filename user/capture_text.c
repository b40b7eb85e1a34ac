/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a capture's HEADER and TRAILER blocks to their structs (capture.h). Unknown keys are skipped, missing
 * ones stay 0 or "", a last pair that is not whole is left out. No I/O.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "capture_text.h"
#include "losses.h"

#define CPUS_MAX 65536 /* rec_head.cpu has 16 bits */
#define BLIND_MAX 64 /* a foreign file may hold any number, and each is compared with each */

/* The next pair at *p, which moves behind it; false at the end, or where the text has none. */
static bool pair_next(char **p, const char *end, const char **key, char **value)
{
	char *middle = memchr(*p, 0, (size_t)(end - *p)), *last;

	last = middle ? memchr(middle + 1, 0, (size_t)(end - middle - 1)) : NULL;
	if (!last)
		return false;
	*key = *p;
	*value = middle + 1;
	*p = last + 1;
	return true;
}

/* A key that may stand more than once: the first `max` of them are kept, in a NULL-terminated array. */
struct list {
	const char *key;
	size_t offset, max;
};

static const struct list header_lists[] = {
	{ "arg", offsetof(struct capture_header, argv), SIZE_MAX },
	{ "call", offsetof(struct capture_header, calls), SIZE_MAX },
	{ "interface", offsetof(struct capture_header, interfaces), SIZE_MAX },
	{ "reason", offsetof(struct capture_header, reset_reasons), SIZE_MAX },
	{ "blind", offsetof(struct capture_header, blind), BLIND_MAX },
	{ "narrow", offsetof(struct capture_header, narrow), SIZE_MAX },
	{ 0 },
};
static const struct list trailer_lists[] = {
	{ "watched", offsetof(struct capture_trailer, watched), BLIND_MAX },
	{ "blind", offsetof(struct capture_trailer, blind), BLIND_MAX },
	{ 0 },
};

static size_t list_fill(char **items, const struct list *list, char *p, const char *end)
{
	const char *key;
	char *value;
	size_t n = 0;

	while (n < list->max && pair_next(&p, end, &key, &value)) {
		if (strcmp(key, list->key))
			continue;
		if (items)
			items[n] = value;
		n++;
	}
	return n;
}

static int lists_parse(void *to, const struct list *list, char *text, const char *end)
{
	for (; list->key; list++) {
		char **items = calloc(list_fill(NULL, list, text, end) + 1, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list_fill(items, list, text, end);
		free(*(char ***)((char *)to + list->offset));
		*(char ***)((char *)to + list->offset) = items;
	}
	return 0;
}

/* A number per CPU, blanks between them; frees what *to was. */
static int seqs_parse(uint32_t **to, uint32_t *cpus, char *value)
{
	uint32_t *seqs = calloc(strlen(value) / 2 + 1, sizeof(*seqs));
	uint32_t n = 0;
	char *end;

	if (!seqs)
		return -ENOMEM;
	for (; n < CPUS_MAX && *value; value = end) {
		seqs[n] = (uint32_t)strtoul(value, &end, 10);
		if (end == value)
			break;
		n++;
	}
	free(*to);
	*to = seqs;
	*cpus = n;
	return 0;
}

static void header_pair(struct capture_header *h, const char *key, char *value)
{
	const struct {
		const char *key;
		char **to;
	} texts[] = { { "host", &h->host }, { "kernel", &h->kernel }, { "arch", &h->arch },
		      { "tool", &h->tool }, { "doors", &h->doors },   { "io", &h->io } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(key, texts[i].key))
			*texts[i].to = value;
	if (!strcmp(key, "start"))
		h->start = strtoull(value, NULL, 10);
	else if (!strcmp(key, "mono"))
		h->mono = strtoull(value, NULL, 10);
	else if (!strcmp(key, "cpus"))
		h->cpus = (uint32_t)strtoul(value, NULL, 10);
	else if (!strcmp(key, "netns"))
		h->netns = strtoull(value, NULL, 10);
}

int header_parse(struct capture_header *h, char *text, size_t len)
{
	char *p = text, *end = text + len, *value;
	const char *key;
	int err;

	*h = (struct capture_header){ .host = end, .kernel = end, .arch = end, .tool = end }; /* "" */
	err = lists_parse(h, header_lists, text, end);
	if (err)
		return err;
	while (!err && pair_next(&p, end, &key, &value)) {
		if (!strcmp(key, "first_seq"))
			err = seqs_parse(&h->first_seq, &h->first_cpus, value);
		else
			header_pair(h, key, value);
	}
	if (!*h->argv) { /* no COMMAND */
		free(h->argv);
		h->argv = NULL;
	}
	return err;
}

static void trailer_pair(struct capture_trailer *t, const char *key, const char *value)
{
	uint64_t number = strtoull(value, NULL, 10);

	if (!strcmp(key, "end"))
		t->end = number;
	else if (!strcmp(key, "records"))
		t->records = number;
	else if (!strcmp(key, "nested"))
		t->nested = number;
	for (int i = 0; i < LOSS_KINDS; i++)
		if (!strncmp(key, "lost.", 5) && !strcmp(key + 5, loss_name(i)))
			t->lost[i] = number;
}

int trailer_parse(struct capture_trailer *t, char *text, size_t len)
{
	char *p = text, *end = p + len, *value;
	const char *key;
	int err = lists_parse(t, trailer_lists, p, end);

	while (!err && pair_next(&p, end, &key, &value)) {
		if (!strcmp(key, "seq"))
			err = seqs_parse(&t->next_seq, &t->cpus, value);
		else
			trailer_pair(t, key, value);
	}
	return err;
}
