/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts put aside in a temporary file, to be read back in order of (t, id). Memory: 32 bytes a text.
 */
#ifndef SOCKLIFE_SPOOL_H
#define SOCKLIFE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

struct spool;

/* The file is unlinked from the start. 0 or -errno. */
int spool_open(struct spool **spool);
int spool_add(struct spool *s, int64_t t, int64_t id, const char *text, size_t len);
/* Nothing is added any more; from here on the texts have their places. 0 or -errno. */
int spool_sort(struct spool *s);
size_t spool_count(const struct spool *s);
void spool_key(const struct spool *s, size_t i, int64_t *t, int64_t *id);
/* *text is valid until the next. 0 or -errno. */
int spool_text(struct spool *s, size_t i, const char **text, size_t *len);
void spool_close(struct spool *s);

#endif
