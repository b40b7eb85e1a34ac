/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which process of the one side is which of the other: by their place in the tree, then by comm, those that do the
 * same first, then in order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

/* splitmix64's. */
uint64_t diff_mix(uint64_t hash, uint64_t value)
{
	hash += 0x9e3779b97f4a7c15ull + value;
	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ull;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111ebull;
	return hash ^ hash >> 31;
}

static bool starts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static uint64_t words_hash(const struct diff_normal *n, const struct diff_segment *s)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < s->count; i++)
		hash = diff_mix(hash, n->words[s->first + i]);
	return hash;
}

/* The order of threads and of the processes that share it is left out. */
static uint64_t content_of(const struct diff_normal *n)
{
	uint64_t content = 0;

	for (size_t i = 0; i < n->segment_count; i++)
		content += words_hash(n, &n->segments[i]);
	return content;
}

/* The first line is "AF_INET, SOCK_STREAM, IPPROTO_TCP, from socket, active". */
static uint64_t kind_of(const struct diff_words *words, uint32_t first)
{
	const char *text = words->by_id[first]->text, *comma = strchr(text, ',');
	size_t i, len = comma ? (size_t)(comma - text) + 1 + strcspn(comma + 1, ",") : strlen(text);
	uint64_t hash = 0;

	for (i = 0; i < len; i++)
		hash = diff_mix(hash, (unsigned char)text[i]);
	return hash;
}

static void socket_hashes(const struct diff *d, struct diff_socket *s, const struct diff_normal *n)
{
	const struct diff_segment *lines = n->segments;
	const char *text;

	s->content = content_of(n);
	for (size_t i = 0; i < lines->count; i++) {
		text = d->words.by_id[n->words[i]]->text;
		if (!i)
			s->kind = s->key = kind_of(&d->words, n->words[i]);
		if (!i || starts(text, "local ") ||
		    (starts(text, "peer ") && !starts(text, "peer socket ") && !starts(text, "peer span ")))
			s->key = diff_mix(s->key, n->words[i]);
	}
}

/* A socket is a part of what a process does that it belongs to, or that calls on it. */
static void users_hash(struct diff_doc *doc, const struct diff_socket *s, const struct diff_normal *n)
{
	const struct diff_segment *segment;

	doc->processes[s->process].content += diff_mix(1, s->content);
	for (size_t i = 1; i < n->segment_count; i++) {
		segment = &n->segments[i];
		if (segment->process != s->process)
			doc->processes[segment->process].content += diff_mix(words_hash(n, segment), s->content);
	}
}

/* Children come behind their parents. */
static int contents(struct diff *d, int side)
{
	const struct diff_view v = { .d = d, .side = side, .masked = true };
	struct diff_doc *doc = &d->docs[side];
	struct diff_normal n = { 0 };
	struct diff_process *p;
	struct diff_socket *s;
	size_t i;
	int err = 0;

	for (i = 0; i < doc->socket_count && !err; i++) {
		s = &doc->sockets[i];
		err = diff_normal(&v, true, (uint32_t)i, &n);
		if (err)
			break;
		socket_hashes(d, s, &n);
		users_hash(doc, s, &n);
	}
	for (i = doc->process_count; i && !err; i--) {
		p = &doc->processes[i - 1];
		err = diff_normal(&v, false, (uint32_t)i - 1, &n);
		if (err)
			break;
		p->content = diff_mix(p->content, content_of(&n));
		if (p->parent != DIFF_NONE)
			doc->processes[p->parent].content += diff_mix(2, p->content);
	}
	diff_normal_free(&n);
	return err;
}

/* "curl" of "curl.2", if there is a "curl": a second one of that comm. */
static size_t comm_len(const struct diff_doc *doc, const struct diff_process *p)
{
	const char *dot = strrchr(p->name, '.');
	struct diff_process *first = NULL;

	if (dot && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1))
		HASH_FIND(hh, doc->process_names, p->name, (size_t)(dot - p->name), first);
	return first ? (size_t)(dot - p->name) : strlen(p->name);
}

/* What tells siblings apart, one after the other. */
enum by { BY_CONTENT, BY_COMM, BY_NOTHING };

#define MOST_ROUNDS 64 /* of those that do the same; then they are paired in order */

struct matching {
	struct diff *d;
	struct diff_link *links[2];
	size_t link_counts[2];
	uint64_t *talks[2]; /* of each process: who of those that have a partner is at the other ends of its sockets */
	uint32_t depth;
	enum by by;
	enum how { ONE_OF_EACH, ONE_GROUP, ALL } how; /* of those that do the same */
	bool several; /* a group of more than one was left */
	size_t pairs;
};

static uint64_t group_of(const struct matching *m, int side, uint32_t process)
{
	const struct diff_doc *doc = &m->d->docs[side];
	const struct diff_process *p = &doc->processes[process];
	uint64_t group = m->by == BY_CONTENT ? p->content + m->talks[side][process] : 0;
	size_t len = m->by == BY_NOTHING ? 0 : comm_len(doc, p);

	for (size_t i = 0; i < len; i++)
		group = diff_mix(group, (unsigned char)p->name[i]);
	return group;
}

static void find_talks(struct matching *m, int side)
{
	const struct diff_doc *doc = &m->d->docs[side];
	const struct diff_link *link;
	uint32_t partner;

	memset(m->talks[side], 0, doc->process_count * sizeof(*m->talks[side]));
	for (link = m->links[side]; link < m->links[side] + m->link_counts[side]; link++) {
		partner = doc->processes[link->to].partner;
		if (partner != DIFF_NONE)
			m->talks[side][link->from] += diff_mix(3, side ? partner : link->to);
	}
}

/* Those without a partner whose parents have one. */
static size_t children(const struct matching *m, int side, struct diff_entry *list)
{
	const struct diff_doc *doc = &m->d->docs[side];
	const struct diff_process *p, *parent;
	size_t i, count = 0;

	for (i = 0; i < doc->process_count; i++) {
		p = &doc->processes[i];
		parent = p->parent == DIFF_NONE ? NULL : &doc->processes[p->parent];
		if (p->depth != m->depth || p->partner != DIFF_NONE || (parent && parent->partner == DIFF_NONE))
			continue;
		list[count++] = (struct diff_entry){ .index = (uint32_t)i,
						     .rank = side && parent ? parent->partner : p->parent,
						     .group = group_of(m, side, (uint32_t)i) };
	}
	return count;
}

static void pair(void *arg, uint32_t a, uint32_t b)
{
	struct matching *m = arg;

	m->d->docs[0].processes[a].partner = b;
	m->d->docs[1].processes[b].partner = a;
	m->pairs++;
}

/* Those that do the same, the first with the first; but if one side has more, the others tell which. */
static int pair_siblings(void *arg, const struct diff_list groups[2])
{
	struct matching *m = arg;

	if (m->by != BY_CONTENT)
		return diff_align(m->d, false, &groups[0], &groups[1], 0, pair, arg);
	if (groups[0].count != groups[1].count)
		return 0;
	if (groups[0].count > 1 && (m->how == ONE_OF_EACH || (m->how == ONE_GROUP && m->pairs))) {
		m->several = true;
		return 0;
	}
	for (size_t i = 0; i < groups[0].count; i++)
		pair(arg, groups[0].items[i], groups[1].items[i]);
	return 0;
}

static int pair_round(struct matching *m, struct diff_entry *lists[2])
{
	size_t counts[2];

	m->pairs = 0;
	m->several = false;
	for (int side = 0; side < 2; side++) {
		find_talks(m, side);
		counts[side] = children(m, side, lists[side]);
	}
	return diff_groups(lists, counts, pair_siblings, m);
}
/* Those first that are told apart. What they talk to tells others apart; where nothing does, a group in order. */
static int pair_alike(struct matching *m, struct diff_entry *lists[2])
{
	int err = 0, rounds;

	m->by = BY_CONTENT;
	m->how = ONE_OF_EACH;
	for (rounds = 0; rounds < MOST_ROUNDS && !err; rounds++) {
		err = pair_round(m, lists);
		if (!m->pairs && !m->several)
			return err;
		m->how = m->pairs ? ONE_OF_EACH : ONE_GROUP;
	}
	m->how = ALL;
	return err ? err : pair_round(m, lists);
}

static int pair_generation(struct matching *m, struct diff_entry *lists[2])
{
	int err = pair_alike(m, lists);

	for (m->by = BY_COMM; m->by <= BY_NOTHING && !err; m->by++)
		err = pair_round(m, lists);
	return err;
}

static void rank_all(struct diff *d)
{
	struct diff_doc *a = &d->docs[0], *b = &d->docs[1];
	size_t i;

	for (i = 0; i < a->process_count; i++)
		a->processes[i].rank = (uint32_t)i;
	for (i = 0; i < b->process_count; i++)
		b->processes[i].rank = b->processes[i].partner != DIFF_NONE ? b->processes[i].partner
									    : (uint32_t)(a->process_count + i);
}

/* The last generation. */
static uint32_t depths(struct diff_doc *doc)
{
	uint32_t deepest = 0;
	struct diff_process *p;

	for (size_t i = 0; i < doc->process_count; i++) {
		p = &doc->processes[i];
		p->depth = p->parent == DIFF_NONE ? 0 : doc->processes[p->parent].depth + 1;
		if (p->depth > deepest)
			deepest = p->depth;
	}
	return deepest;
}

static int prepare(struct matching *m, int side, struct diff_entry **list)
{
	struct diff_doc *doc = &m->d->docs[side];
	int err = contents(m->d, side);

	if (!err)
		err = diff_links(doc, &m->links[side], &m->link_counts[side]);
	*list = calloc(doc->process_count + 1, sizeof(**list));
	m->talks[side] = calloc(doc->process_count + 1, sizeof(*m->talks[side]));
	return *list && m->talks[side] ? err : -ENOMEM;
}

static int match_processes(struct diff *d)
{
	struct diff_entry *lists[2] = { NULL, NULL };
	struct matching m = { .d = d };
	uint32_t deepest = depths(&d->docs[0]);
	int err = prepare(&m, 0, &lists[0]);

	depths(&d->docs[1]);
	if (!err)
		err = prepare(&m, 1, &lists[1]);
	for (; m.depth <= deepest && !err; m.depth++)
		err = pair_generation(&m, lists);
	rank_all(d);
	for (int side = 0; side < 2; side++) {
		free(lists[side]);
		free(m.links[side]);
		free(m.talks[side]);
	}
	return err;
}

int diff_match(struct diff *d)
{
	int err = match_processes(d);

	return err ? err : diff_match_sockets(d);
}
