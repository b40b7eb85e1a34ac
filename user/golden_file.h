/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form of whatever a user has: a capture, an exported document, or a golden form.
 */
#ifndef SOCKLIFE_GOLDEN_FILE_H
#define SOCKLIFE_GOLDEN_FILE_H

#include <stdio.h>

/*
 * Writes the golden form of a capture, of a json or ndjson document, or of a golden form ("-": standard input). 0, or 1 (and
 * has said why in one line).
 */
int golden_file(const char *path, FILE *out);

#endif
