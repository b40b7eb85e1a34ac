/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What socklife says to its user: one line on standard error each, "socklife COMMAND: text".
 */
#ifndef SOCKLIFE_MESSAGE_H
#define SOCKLIFE_MESSAGE_H

/* The command that the lines name from now on; the string stays the caller's. */
void message_command(const char *name);
const char *message_prefix(void); /* "socklife" or "socklife COMMAND" */

/* Bytes that are no printable text are escaped, so that it stays one line whatever a file's name is. */
__attribute__((format(printf, 1, 2))) void message(const char *format, ...);
/* The same, and returns 1: the exit status of a command that failed. */
__attribute__((format(printf, 1, 2))) int message_failed(const char *format, ...);

#endif
