/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events in order of their entry. The model tells an event when its call returned; here they are brought into order of
 * (t, id), each as the bytes that its format makes of it. Two passes over the same events, in the same order: the first
 * takes those that return later than a window after their entry, and puts them aside in a file; the second
 * takes the others, which wait no longer than the window, and gives both out. Memory: what is called in a window.
 */
#ifndef SOCKLIFE_IN_ORDER_H
#define SOCKLIFE_IN_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct in_order;

/* put is given the events of the second pass; what it returns but 0 stops. 0 or -errno. */
int in_order_open(struct in_order **order, int (*put)(void *arg, const void *bytes, size_t len), void *arg);
void in_order_begin(struct in_order *o, int pass); /* from 0 */
/* Asked for every event in both passes: is it to be added in this one? dur: ns, -1: never returned. */
bool in_order_takes(struct in_order *o, int64_t t, int64_t dur);
/* After it was taken. 0, -errno, or what put returned. */
int in_order_add(struct in_order *o, int64_t t, int64_t id, const void *bytes, size_t len);
int in_order_end(struct in_order *o); /* of a pass: the same */
void in_order_close(struct in_order *o);

#endif
