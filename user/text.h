/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes to safe, valid UTF-8, once, for every output (contract.md, JSON): a byte that is not UTF-8, a control
 * character (below 0x20, 0x7f, U+0080 to U+009F) and a bidi control (U+061C, U+200E, U+200F, U+202A to
 * U+202E, U+2066 to U+2069) become \x and two lower-case hex digits a byte; a backslash is doubled. Pure.
 */
#ifndef SOCKLIFE_TEXT_H
#define SOCKLIFE_TEXT_H

#include <stddef.h>

/* The room that len bytes may need, and the NUL. */
#define TEXT_ROOM(len) (4 * (len) + 1)

/* Writes whole characters only, at most size bytes with the NUL; returns the length written, without it. */
size_t text_escape(const void *bytes, size_t len, char *out, size_t size);

#endif
