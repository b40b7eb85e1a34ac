/* SPDX-License-Identifier: GPL-2.0-only */
/* Direct descriptors: model_slots.c. For the parts of the model alone. */
#ifndef SOCKLIFE_MODEL_SLOTS_H
#define SOCKLIFE_MODEL_SLOTS_H

#include "model_internal.h"

struct table *ring_find(struct model *m, uint64_t ring); /* NULL: none of its slots is known */
void slot_told(struct model *m, const struct rec_fact *r);
/* Before all else of a call: of a direct descriptor that is closed only a fact says which one it is. */
void call_slots(struct thread *th, struct call *c);
/* The number that a call was made on; without a table: it does not name c->sk any more, or it is not known whose slot it is. */
struct place call_place(struct model *m, struct thread *th, const struct call *c);
/* The number of the socket sk that a call made: a slot, else fd. */
struct place made_place(struct model *m, struct thread *th, const struct call *c, uint64_t sk, int fd);
/* The socket that a close() of a number means whose socket the kernel did not tell; 0: none. */
uint64_t closed_sock(struct model *m, struct thread *th, const struct call *c);
/* io_uring_register(). true: it touched sockets, and c->sk is the first of them. */
bool call_registers(struct model *m, struct thread *th, struct call *c);
void rings_close(struct model *m, struct thread *th); /* its close_range() frees the numbers of rings too */
void rings_execed(struct model *m, const struct proc *p);
void rings_end(struct model *m, const struct proc *p); /* it ended */
void rings_free(struct model *m);

#endif
