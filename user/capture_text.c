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

static size_t pairs_count(char *p, const char *end, const char *wanted)
{
	const char *key;
	char *value;
	size_t n = 0;

	while (pair_next(&p, end, &key, &value))
		n += !strcmp(key, wanted);
	return n;
}

/* The keys that may stand more than once. */
static const struct {
	const char *key;
	size_t offset;
} lists[] = {
	{ "arg", offsetof(struct capture_header, argv) },
	{ "call", offsetof(struct capture_header, calls) },
	{ "interface", offsetof(struct capture_header, interfaces) },
	{ "reason", offsetof(struct capture_header, reset_reasons) },
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static char ***list_of(struct capture_header *h, size_t i)
{
	return (char ***)((char *)h + lists[i].offset);
}

static void header_pair(struct capture_header *h, const char *key, char *value, size_t *at)
{
	const struct {
		const char *key;
		char **to;
	} texts[] = { { "host", &h->host }, { "kernel", &h->kernel }, { "arch", &h->arch }, { "tool", &h->tool } };

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
	for (size_t i = 0; i < LISTS; i++)
		if (!strcmp(key, lists[i].key))
			(*list_of(h, i))[at[i]++] = value;
}

int header_parse(struct capture_header *h, char *text, size_t len)
{
	char *p = text, *end = text + len, *value;
	size_t at[LISTS] = { 0 };
	const char *key;

	*h = (struct capture_header){ .host = end, .kernel = end, .arch = end, .tool = end }; /* "" */
	for (size_t i = 0; i < LISTS; i++) {
		*list_of(h, i) = calloc(pairs_count(text, end, lists[i].key) + 1, sizeof(char *));
		if (!*list_of(h, i))
			return -ENOMEM;
	}
	while (pair_next(&p, end, &key, &value))
		header_pair(h, key, value, at);
	if (!at[0]) { /* no COMMAND */
		free(h->argv);
		h->argv = NULL;
	}
	return 0;
}

/* The numbers of the `seq` pair. */
static int seqs_parse(struct capture_trailer *t, char *value)
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
	free(t->next_seq);
	t->next_seq = seqs;
	t->cpus = n;
	return 0;
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

int trailer_parse(struct capture_trailer *t, const void *text, size_t len)
{
	char *p = (char *)text, *end = p + len, *value; /* read only */
	const char *key;
	int err = 0;

	while (!err && pair_next(&p, end, &key, &value)) {
		if (!strcmp(key, "seq"))
			err = seqs_parse(t, value);
		else
			trailer_pair(t, key, value);
	}
	return err;
}
