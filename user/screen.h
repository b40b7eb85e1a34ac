/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal as a screen that is drawn anew in place, and its keys, which come from /dev/tty as standard input is a
 * capture's. What it was is restored by screen_close(), and when a signal ends the program. One in the whole program.
 */
#ifndef SOCKLIFE_SCREEN_H
#define SOCKLIFE_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

void screen_open(FILE *out); /* stays the caller's, until the screen is closed */
void screen_size(unsigned int *rows, unsigned int *columns);
bool screen_resized(void); /* since it was asked for last */
int screen_keys(void); /* a descriptor that is readable when a key was pressed; -1: there is no keyboard */
int screen_key(void); /* 0: none was pressed */
int screen_show(const char *text); /* its lines, from the top; no longer than the screen is wide. 0 or -errno */
void screen_close(void); /* if it is open */

#endif
