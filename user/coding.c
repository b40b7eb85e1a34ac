/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns how long each coding of a column is, to the byte, and the choice. Looks at a column a few times, so nothing here
 * allocates or formats before the choice is made.
 */
#include <stdbool.h>
#include <string.h>

#include "coding.h"
#include "json.h"

enum how { HOW_EACH, HOW_MOST, HOW_LIKE, HOW_AFTER };

struct coding {
	enum how how;
	bool steps;
	int64_t most;
	size_t len; /* of what it writes */
};

static bool is_number(int64_t cell)
{
	return cell > -(int64_t)JSON_NUMBER_END && cell < (int64_t)JSON_NUMBER_END;
}

static int64_t cell_of(const struct series *s, bool steps, size_t i)
{
	return s->cells[i] - (steps && i ? s->cells[i - 1] : 0);
}

/* What all rows have but the exceptions. */
static int64_t base_of(const struct series *s, const struct coding *c, size_t i)
{
	if (c->how == HOW_MOST)
		return c->most;
	if (c->how == HOW_LIKE)
		return s->like_cells[i];
	return s->before[i] ? s->cells[s->before[i] - 1] : CELL_ABSENT;
}

static size_t number_len(int64_t number)
{
	uint64_t n = number < 0 ? -(uint64_t)number : (uint64_t)number;
	size_t len = number < 0 ? 2 : 1;

	for (; n >= 10; n /= 10)
		len++;
	return len;
}

static size_t cell_len(const struct series *s, int64_t cell)
{
	size_t len;

	if (is_number(cell))
		return number_len(cell);
	if (cell == CELL_NULL)
		return sizeof("null") - 1;
	if (cell == CELL_ABSENT)
		return sizeof("false") - 1;
	values_text(s->texts, (size_t)(cell - CELL_TEXT), &len);
	return len;
}

static bool has_steps(const struct series *s)
{
	size_t i;

	for (i = 0; i < s->rows; i++)
		if (!is_number(s->cells[i]) || !is_number(cell_of(s, true, i)))
			return false;
	return s->rows > 1;
}

#define SLOTS 1024u /* a power of two */

struct tally {
	int64_t cell;
	size_t count;
};

static struct tally *tally_find(struct tally *slots, int64_t cell)
{
	size_t i = (uint64_t)cell * 0x9e3779b97f4a7c15u >> 54;

	while (slots[i].count && slots[i].cell != cell)
		i = (i + 1) % SLOTS;
	return &slots[i];
}

/*
 * The cell that as `most` saves most: a row of it costs neither itself nor, as an exception would, a distance. Counted
 * are the first SLOTS / 2 different ones; what is frequent is among them.
 */
static int64_t most_of(const struct series *s, bool steps)
{
	struct tally slots[SLOTS] = { 0 }, *t;
	size_t i, different = 0, saved, best_saved = 0;
	int64_t cell, best = 0;

	for (i = 0; i < s->rows; i++) {
		cell = cell_of(s, steps, i);
		t = tally_find(slots, cell);
		if (!t->count && different++ >= SLOTS / 2)
			continue;
		t->cell = cell;
		t->count++;
	}
	for (t = slots; t < slots + SLOTS; t++) {
		saved = t->count * (cell_len(s, t->cell) + sizeof("1,,") - 1);
		if (t->count && saved > best_saved) {
			best = t->cell;
			best_saved = saved;
		}
	}
	return best;
}

/* Or some length from the limit on. */
static size_t each_len(const struct series *s, bool steps, size_t limit)
{
	size_t i, len = sizeof("\"each\":[]") - 1;

	for (i = 0; i < s->rows && len - 1 < limit; i++)
		len += cell_len(s, cell_of(s, steps, i)) + 1;
	return s->rows ? len - 1 : len;
}

/* Or some length from the limit on. */
static size_t exceptions_len(const struct series *s, const struct coding *c, size_t limit)
{
	size_t i, last = 0, count = 0, len = sizeof(",\"at\":[],\"is\":[]") - 1;
	int64_t cell;

	for (i = 0; i < s->rows && len - 2 < limit; i++) {
		cell = cell_of(s, c->steps, i);
		if (cell == base_of(s, c, i))
			continue;
		len += number_len((int64_t)(i - last)) + 1 + cell_len(s, cell) + 1;
		last = i;
		count++;
	}
	return count ? len - 2 : len;
}

static void choose(struct coding *best, const struct series *s, struct coding c)
{
	c.len = c.steps ? sizeof("\"steps\":true,") - 1 : 0;
	switch (c.how) {
	case HOW_EACH:
		c.len += each_len(s, c.steps, best->len);
		break;
	case HOW_MOST:
		c.most = most_of(s, c.steps);
		c.len += sizeof("\"most\":") - 1 + cell_len(s, c.most) + exceptions_len(s, &c, best->len);
		break;
	case HOW_LIKE:
		c.len += sizeof("\"like\":\"\"") - 1 + strlen(s->like) + exceptions_len(s, &c, best->len);
		break;
	case HOW_AFTER:
		c.len += sizeof("\"after\":\"\"") - 1 + strlen(s->after) + exceptions_len(s, &c, best->len);
		break;
	}
	if (c.len < best->len)
		*best = c;
}

static void write_cell(const struct series *s, int64_t cell, struct block *out)
{
	const char *text;
	size_t len;

	if (is_number(cell)) {
		block_int(out, cell);
	} else if (cell == CELL_NULL) {
		block_string(out, "null");
	} else if (cell == CELL_ABSENT) {
		block_string(out, "false");
	} else {
		text = values_text(s->texts, (size_t)(cell - CELL_TEXT), &len);
		block_text(out, text, len);
	}
}

static void write_each(const struct series *s, const struct coding *c, struct block *out)
{
	size_t i;

	block_string(out, "\"each\":[");
	for (i = 0; i < s->rows; i++) {
		if (i)
			block_string(out, ",");
		write_cell(s, cell_of(s, c->steps, i), out);
	}
	block_string(out, "]");
}

static void write_exceptions(const struct series *s, const struct coding *c, struct block *out)
{
	const char *separator = "";
	size_t i, last = 0;

	block_string(out, ",\"at\":[");
	for (i = 0; i < s->rows; i++) {
		if (cell_of(s, c->steps, i) == base_of(s, c, i))
			continue;
		block_string(out, separator);
		block_int(out, (int64_t)(i - last));
		last = i;
		separator = ",";
	}
	block_string(out, "],\"is\":[");
	separator = "";
	for (i = 0; i < s->rows; i++) {
		if (cell_of(s, c->steps, i) == base_of(s, c, i))
			continue;
		block_string(out, separator);
		write_cell(s, cell_of(s, c->steps, i), out);
		separator = ",";
	}
	block_string(out, "]");
}

void coding_write(const struct series *s, struct block *out)
{
	bool steps = has_steps(s);
	struct coding c = { .how = HOW_EACH, .len = SIZE_MAX };

	if (s->like)
		choose(&c, s, (struct coding){ .how = HOW_LIKE });
	if (s->after)
		choose(&c, s, (struct coding){ .how = HOW_AFTER });
	choose(&c, s, (struct coding){ .how = HOW_EACH });
	choose(&c, s, (struct coding){ .how = HOW_MOST });
	if (steps)
		choose(&c, s, (struct coding){ .how = HOW_EACH, .steps = true });
	if (steps)
		choose(&c, s, (struct coding){ .how = HOW_MOST, .steps = true });
	if (c.steps)
		block_string(out, "\"steps\":true,");
	if (c.how == HOW_EACH) {
		write_each(s, &c, out);
		return;
	}
	if (c.how == HOW_MOST) {
		block_string(out, "\"most\":");
		write_cell(s, c.most, out);
	} else {
		block_string(out, c.how == HOW_LIKE ? "\"like\":\"" : "\"after\":\"");
		block_string(out, c.how == HOW_LIKE ? s->like : s->after);
		block_string(out, "\"");
	}
	write_exceptions(s, &c, out);
}
