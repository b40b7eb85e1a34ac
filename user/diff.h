/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two golden forms side by side: read (diff_read.c, diff_names.c), brought into a normal form (diff_normal.c,
 * diff_calls.c, diff_line.c, diff_words.c), matched (diff_match.c, diff_links.c, diff_sockets.c, diff_groups.c,
 * diff_align.c), compared (diff_compare.c, diff_edits.c), written (diff_text.c, diff_json.c, diff_html.c). Text in, text out: none
 * of it knows a capture or the model. A is side 0, B side 1.
 */
#ifndef SOCKLIFE_DIFF_H
#define SOCKLIFE_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <uthash.h>

#include "decode.h"

#define DIFF_NONE UINT32_MAX

struct diff_range {
	uint32_t first, count;
};

struct diff_ref { /* a name in a line's text */
	uint32_t at, len; /* len 0: none */
	uint32_t to; /* its index */
	bool socket; /* else a process */
};

struct diff_line {
	char *text;
	struct diff_ref refs[2];
};

struct diff_call { /* name(args) = result <of> <- from tail */
	char *name, *args, *result, *of, *tail; /* of: NULL without one */
	struct diff_line from; /* "sendto by curl"; its text is NULL where the sender is not known */
	const struct call_row *row; /* NULL: not in the table */
	uint32_t process, socket, thread;
};

struct diff_process {
	char *name;
	uint32_t parent; /* an earlier one, or DIFF_NONE */
	uint32_t depth; /* of a root 0 */
	struct diff_range lines, calls, sockets; /* calls: of no socket */
	uint32_t partner; /* on the other side */
	uint32_t rank; /* the same for partners, else nobody else's */
	uint64_t content; /* equal if it, its sockets and its children are alike but for names */
	UT_hash_handle hh;
};

struct diff_socket {
	char *name;
	uint32_t process, peer, listener;
	struct diff_range lines, calls;
	bool stream;
	bool shared; /* by processes: which of them closes it last is chance */
	uint32_t partner;
	uint64_t kind, key; /* family and type; origin, role and addresses too */
	uint64_t content, near; /* all but names; with whose it is, and the peer's */
	UT_hash_handle hh;
};

struct diff_doc {
	char *text; /* owned, cut into lines */
	bool lost, cut;
	struct diff_line *lines;
	struct diff_call *calls;
	struct diff_process *processes;
	struct diff_socket *sockets;
	size_t line_count, call_count, process_count, socket_count;
	uint32_t *order; /* indexes of calls: what the ranges of calls are of */
	struct diff_process *process_names; /* by name */
	struct diff_socket *socket_names;
};

struct diff_word { /* a line of the normal form, once */
	char *text;
	uint32_t id;
	bool wild; /* an argument that is `...` is like any other */
	UT_hash_handle hh;
};

struct diff_words {
	struct diff_word **by_id, *by_text;
	size_t count;
};

struct diff {
	struct diff_doc docs[2];
	struct diff_words words;
	bool strict;
};

/* How names in lines are written. */
struct diff_view {
	struct diff *d;
	int side;
	bool masked; /* all alike; else as side A has them */
};

struct diff_buffer {
	char *text;
	size_t len, room;
	bool failed; /* no memory */
};

struct diff_segment { /* what a thread called; the first one is what is told of the object itself */
	size_t first, count;
	uint32_t process, rank; /* rank: the process's */
	bool main; /* thread */
	bool taken; /* in side B's new order */
	uint32_t like; /* the segment of side A that is the same */
};

struct diff_item { /* a line of calls as it is made */
	uint32_t word;
	const struct call_row *row;
	uint64_t times, sum;
	bool sums;
};

struct diff_normal { /* zeroed, then filled as often as needed */
	uint32_t *words;
	struct diff_segment *segments;
	struct diff_item *items;
	size_t count, segment_count, item_count;
	struct diff_buffer buffer;
};

enum diff_change { DIFF_CHANGED, DIFF_REMOVED, DIFF_ADDED };

struct diff_edit {
	char op; /* ' ', '-', '+' */
	uint32_t word;
};

struct diff_hunk {
	bool socket; /* else a process */
	enum diff_change change;
	uint32_t a, b; /* indexes; DIFF_NONE: not there */
	struct diff_edit *edits; /* all lines of both */
	size_t edit_count;
};

struct diff_sums {
	size_t alike, changed, only_a, only_b;
};

struct diff_result {
	struct diff_hunk *hunks;
	size_t hunk_count;
	struct diff_sums processes, sockets;
};

struct diff_what { /* a socket at a glance; "" where it has none */
	char family[64], type[64], role[64], local[512], peer[512];
};

/* Room for one more after `count`: grows at powers of two. NULL: no memory, and items are as they were. */
void *diff_grow(void *items, size_t count, size_t size);

/* Takes text, of malloc(). 0, -ENOMEM, or -EBADMSG: *line, from 1, is none of a golden form. diff_doc_free() always. */
int diff_read(struct diff_doc *doc, char *text, size_t len, size_t *line);
bool diff_read_call(char *line, struct diff_call *call); /* cuts the line, unless it is no call */
int diff_names(struct diff_doc *doc); /* 0 or -ENOMEM */
void diff_doc_free(struct diff_doc *doc);

uint32_t diff_word(struct diff_words *words, const char *text, size_t len); /* DIFF_NONE: no memory */
bool diff_word_same(const struct diff_words *words, uint32_t a, uint32_t b);
void diff_words_free(struct diff_words *words);

void diff_put(struct diff_buffer *b, const char *text, size_t len);
void diff_put_text(struct diff_buffer *b, const char *text);
void diff_put_masked(struct diff_buffer *b, const char *text, size_t len); /* without what the kernel chose */
void diff_put_name(struct diff_buffer *b, const struct diff_view *v, const struct diff_ref *to);
void diff_put_line(struct diff_buffer *b, const struct diff_view *v, const struct diff_line *line);
void diff_put_call(struct diff_buffer *b, const struct diff_view *v, const struct diff_call *call);
/* Of a stream's data: the name and what is told besides bytes and buffers, without the result. */
void diff_put_transfer(struct diff_buffer *b, const struct diff_view *v, const struct diff_call *call);

/* Both 0 or -ENOMEM. */
int diff_normal(const struct diff_view *v, bool socket, uint32_t index, struct diff_normal *n);
int diff_normal_calls(const struct diff_view *v, const uint32_t *calls, size_t count, bool stream,
		      struct diff_normal *n);
int diff_normal_add(const struct diff_view *v, struct diff_normal *n); /* the buffer is a line; and is emptied */
void diff_normal_free(struct diff_normal *n);

/* Each 0 or -ENOMEM. */
int diff_match(struct diff *d); /* partners, everywhere */
struct diff_link { /* who is at the other end of a process's sockets */
	uint32_t from, to; /* processes; sorted by from */
};
int diff_links(const struct diff_doc *doc, struct diff_link **links, size_t *count); /* to free(), in any case */
int diff_match_sockets(struct diff *d); /* of processes that have a partner */
struct diff_list { /* indexes */
	uint32_t *items;
	size_t count;
};

struct diff_entry { /* of a side, to be grouped: by rank, then by group; in a group by index */
	uint32_t index, rank;
	uint64_t group;
};

/* Sorts the entries of both sides, and tells each group that both have. 0, -ENOMEM, or what each() returned but 0. */
int diff_groups(struct diff_entry *const entries[2], const size_t counts[2],
		int (*each)(void *arg, const struct diff_list groups[2]), void *arg);
/* Pairs sockets, or processes, in order, leaving out what is likely missing: pair(arg, a, b) for each. */
int diff_align(struct diff *d, bool socket, const struct diff_list *a, const struct diff_list *b, unsigned int least,
	       void (*pair)(void *arg, uint32_t a, uint32_t b), void *arg);
uint64_t diff_mix(uint64_t hash, uint64_t value);

int diff_compare(struct diff *d, struct diff_result *r); /* 0 or -ENOMEM; diff_result_free() in any case */
int diff_edits(const struct diff_words *words, const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count,
	       struct diff_hunk *hunk);
bool diff_alike(const struct diff_result *r);
void diff_result_free(struct diff_result *r);
void diff_free(struct diff *d);

void diff_what(struct diff *d, const struct diff_hunk *hunk, struct diff_what *what);
void diff_print_text(struct diff *d, const struct diff_result *r, const char *const paths[2], bool colours, FILE *out);
int diff_print_json(struct diff *d, const struct diff_result *r, const char *const paths[2],
		    FILE *out); /* 0 or -ENOMEM */
int diff_print_html(struct diff *d, const struct diff_result *r, const char *const paths[2],
		    FILE *out); /* 0 or -ENOMEM */

#endif
