/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pipeline from a capture to an output: source -> losses, order -> model -> exporter.
 */
#ifndef SOCKLIFE_REPLAY_H
#define SOCKLIFE_REPLAY_H

#include <stdio.h>

#include "exporter.h"

/*
 * Reads the capture at path ("-": standard input) as often as the exporter asks, and lets it write to what open_out()
 * returns, which is called once and only if there is a capture (NULL: it has said why). 0 or -errno after one line has
 * said why, except where ferror(): that is for the caller, who knows its name. A capture that was cut short is no
 * failure: one line, and trace.complete is false.
 */
int replay(const char *path, const struct exporter_ops *ops, FILE *(*open_out)(void *arg), void *arg);

#endif
