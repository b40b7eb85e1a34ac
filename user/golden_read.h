/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a document of the json or ndjson format for the golden form.
 */
#ifndef SOCKLIFE_GOLDEN_READ_H
#define SOCKLIFE_GOLDEN_READ_H

#include <stdio.h>

#include "golden.h"

/* 0, or -1 after one line has said why: in which line of the file what is wrong. */
int golden_read(struct golden *g, const char *name, FILE *in);

#endif
