/* SPDX-License-Identifier: GPL-2.0-only */
/* Colours for what is written to a terminal: ECMA-48, select graphic rendition. */
#ifndef SOCKLIFE_COLOURS_H
#define SOCKLIFE_COLOURS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define DIM "\x1b[2m"
#define RED "\x1b[31m"
#define CYAN "\x1b[36m"
#define PLAIN "\x1b[0m"

bool is_terminal(FILE *out);
bool colours_wanted(FILE *out); /* it is one, and https://no-color.org */
const char *colour_of(uint32_t pid); /* none of those above */

#define GREEN "\x1b[32m"

#endif
