/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which processes talk to which: they tell workers apart that do the same, each for a client of its own.
 */
#include <errno.h>
#include <stdlib.h>

#include "diff.h"

#define MOST_USERS 8 /* of one socket; of more the first ones tell enough */

static int link_order(const void *a, const void *b)
{
	const struct diff_link *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* Whose it is, and who called on it. */
static size_t users_of(const struct diff_doc *doc, const struct diff_socket *s, uint32_t users[MOST_USERS])
{
	size_t count = 0;
	uint32_t process;

	users[count++] = s->process;
	for (uint32_t i = 0; i < s->calls.count && count < MOST_USERS; i++) {
		process = doc->calls[doc->order[s->calls.first + i]].process;
		if (process != users[count - 1] && process != s->process)
			users[count++] = process;
	}
	return count;
}

int diff_links(const struct diff_doc *doc, struct diff_link **links, size_t *count)
{
	uint32_t here[MOST_USERS], there[MOST_USERS];
	size_t i, k, j, here_count, there_count;
	struct diff_link *grown;

	for (i = 0; i < doc->socket_count; i++) {
		if (doc->sockets[i].peer == DIFF_NONE)
			continue;
		here_count = users_of(doc, &doc->sockets[i], here);
		there_count = users_of(doc, &doc->sockets[doc->sockets[i].peer], there);
		for (k = 0; k < here_count * there_count; k++) {
			grown = diff_grow(*links, *count, sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			*links = grown;
			j = k / there_count;
			grown[(*count)++] = (struct diff_link){ .from = here[j], .to = there[k % there_count] };
		}
	}
	if (*count)
		qsort(*links, *count, sizeof(**links), link_order);
	return 0;
}
