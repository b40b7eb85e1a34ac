/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records in order of time. Each CPU's records arrive nearly in order, CPUs one after another; a REC_MARK says that all up
 * to its time have arrived, and lets those go, in order of (ts, cpu, seq). What is held is bounded by what
 * the rings hold between two marks. No I/O; owns copies of the records it holds.
 */
#ifndef SOCKLIFE_ORDER_H
#define SOCKLIFE_ORDER_H

#include "source.h"

struct order;
struct order *order_new(record_fn *out, void *arg); /* NULL: no memory */
/* Takes a copy. A mark releases and is not handed on. 0, what out returned, or -ENOMEM. */
int order_push(struct order *o, const struct rec_head *rec);
int order_flush(struct order *o); /* the end: releases all */
/* Records that came after a mark had let later ones go: handed on at once, out of order. */
unsigned long order_late(const struct order *o);
void order_free(struct order *o);

#endif
