/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was lost, and when: gaps in the records' numbers per CPU, watched in order of arrival (before user/order.h), and
 * the totals that the kernel side counted. No I/O; owns the intervals. Knows nothing of what is in a record.
 */
#ifndef SOCKLIFE_LOSSES_H
#define SOCKLIFE_LOSSES_H

#include <stddef.h>
#include <stdint.h>

#include "../bpf/event.h"

struct capture_trailer;
struct loss_interval; /* user/model.h */
struct losses;

/* The reason as a person reads it, and in a capture's trailer; static. */
const char *loss_name(enum loss loss);

/*
 * mono: ns of CLOCK_MONOTONIC at the trace's start, 0 of the intervals' times; first_seq: the first number of so many CPUs,
 * others begin with 0. NULL: no memory.
 */
struct losses *losses_new(uint64_t mono, const uint32_t *first_seq, size_t cpus);
/* A record in order of arrival. 0 or -ENOMEM. */
int losses_record(struct losses *l, const struct rec_head *rec);
/* No more records; trailer NULL: the capture was cut short. Once. 0 or -ENOMEM. */
int losses_finish(struct losses *l, const struct capture_trailer *trailer);
/* After losses_finish(): in order of `from`; they live as long as l does. */
struct loss_interval *losses_intervals(const struct losses *l, size_t *count);
uint64_t losses_total(const struct losses *l); /* events */
void losses_free(struct losses *l);

#endif
