/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the lines of the normal form: each once, under a number, and which of two are alike.
 */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) (failed = true)

#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define UNTOLD "..."

static bool is_wild(const char *text)
{
	const char *p = strchr(text, '(');

	return p && strstr(p, UNTOLD);
}

static struct diff_word *word_make(struct diff_words *words, const char *text, size_t len)
{
	struct diff_word **by_id = diff_grow(words->by_id, words->count, sizeof(*by_id)), *word;
	bool failed = false;

	if (!by_id)
		return NULL;
	words->by_id = by_id;
	word = calloc(1, sizeof(*word));
	if (!word)
		return NULL;
	word->text = strndup(text, len);
	if (word->text)
		HASH_ADD_KEYPTR(hh, words->by_text, word->text, len, word);
	if (!word->text || failed) {
		free(word->text);
		free(word);
		return NULL;
	}
	word->wild = is_wild(word->text);
	word->id = (uint32_t)words->count;
	by_id[words->count++] = word;
	return word;
}

uint32_t diff_word(struct diff_words *words, const char *text, size_t len)
{
	struct diff_word *word;

	HASH_FIND(hh, words->by_text, text, len, word);
	if (!word)
		word = word_make(words, text, len);
	return word ? word->id : DIFF_NONE;
}

/* The end of an argument, or of a field of one. */
static const char *value_end(const char *p)
{
	size_t depth = 0;

	for (; *p; p++) {
		if (!depth && (strchr(")]}", *p) || !strncmp(p, ", ", 2)))
			break;
		depth += *p == '[' || *p == '{' || *p == '(';
		depth -= *p == ']' || *p == '}' || *p == ')';
	}
	return p;
}

static bool untold_at(const char *text, const char *p)
{
	return !strncmp(p, UNTOLD, strlen(UNTOLD)) && p > text && strchr("([ =", p[-1]);
}

/* Where one says `...` for an argument, whatever the other says is alike. */
static bool same_told(const char *a, const char *b)
{
	const char *p = a, *q = b;

	while (*p || *q) {
		if (untold_at(a, p) || untold_at(b, q)) {
			p = value_end(p);
			q = value_end(q);
		} else if (*p++ != *q++) {
			return false;
		}
		if (!*p != !*q)
			return false;
	}
	return true;
}

bool diff_word_same(const struct diff_words *words, uint32_t a, uint32_t b)
{
	const struct diff_word *x = words->by_id[a], *y = words->by_id[b];

	return a == b || ((x->wild || y->wild) && same_told(x->text, y->text));
}

void diff_words_free(struct diff_words *words)
{
	HASH_CLEAR(hh, words->by_text);
	while (words->count--) {
		free(words->by_id[words->count]->text);
		free(words->by_id[words->count]);
	}
	free(words->by_id);
}
