/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns a difference as one JSON object, for programs.
 */
#include <errno.h>

#include "diff.h"
#include "json.h"

static void put_sums(cJSON *parent, const char *key, const struct diff_sums *sums)
{
	cJSON *o = json_object(parent, key);

	json_size(o, "alike", sums->alike);
	json_size(o, "changed", sums->changed);
	json_size(o, "only_a", sums->only_a);
	json_size(o, "only_b", sums->only_b);
}

static void put_field(cJSON *parent, const char *key, const char *text)
{
	if (*text)
		json_name(parent, key, text); /* a copy */
}

static void put_what(cJSON *parent, struct diff *d, const struct diff_hunk *h)
{
	cJSON *o = json_object(parent, "what");
	struct diff_what what;

	diff_what(d, h, &what);
	put_field(o, "family", what.family);
	put_field(o, "type", what.type);
	put_field(o, "role", what.role);
	put_field(o, "local", what.local);
	put_field(o, "peer", what.peer);
}

static void put_hunk(cJSON *parent, struct diff *d, const struct diff_hunk *h)
{
	static const char *const changes[] = { "changed", "removed", "added" };
	const struct diff_doc *docs = d->docs;
	cJSON *o = json_object(parent, NULL), *lines, *line;
	char op[2] = "";

	json_text(o, "kind", h->socket ? "socket" : "process");
	json_text(o, "change", changes[h->change]);
	if (h->a != DIFF_NONE)
		json_text(o, "a", h->socket ? docs[0].sockets[h->a].name : docs[0].processes[h->a].name);
	if (h->b != DIFF_NONE)
		json_text(o, "b", h->socket ? docs[1].sockets[h->b].name : docs[1].processes[h->b].name);
	if (h->socket)
		put_what(o, d, h);
	lines = json_array(o, "lines");
	for (size_t i = 0; i < h->edit_count; i++) {
		line = json_object(lines, NULL);
		op[0] = h->edits[i].op;
		json_name(line, "op", op);
		json_text(line, "text", d->words.by_id[h->edits[i].word]->text);
	}
}

int diff_print_json(struct diff *d, const struct diff_result *r, const char *const paths[2], FILE *out)
{
	cJSON *root = json_begin(), *hunks;
	const char *text;
	size_t len;
	int err;

	json_text(root, "format", "socklife-diff");
	json_int(root, "version", 1);
	json_string(root, "a", paths[0]);
	json_string(root, "b", paths[1]);
	json_bool(root, "strict", d->strict);
	json_bool(root, "alike", diff_alike(r));
	put_sums(root, "processes", &r->processes);
	put_sums(root, "sockets", &r->sockets);
	hunks = json_array(root, "hunks");
	for (size_t i = 0; i < r->hunk_count; i++)
		put_hunk(hunks, d, &r->hunks[i]);
	err = json_end(root, &text, &len);
	if (!err) {
		fwrite(text, 1, len, out);
		putc('\n', out);
	}
	return err;
}
