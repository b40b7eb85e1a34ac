/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs: loaded, pointed at tasks, attached, stopped, counted and taken away. Of user/ only this file, programs.c, ring.c
 * and kernel_facts.c know libbpf.
 */
#ifndef SOCKLIFE_LOADER_H
#define SOCKLIFE_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "../bpf/shared.h"
#include "capture.h"

struct loader;
struct selection;

/*
 * The pair of tracepoints of all calls, by which 32-bit and x32 programs, and socketcall with them, are seen on x86-64. Every call
 * on the machine pays for it; where it is there from the start native calls come by it too, and need not pay twice.
 */
enum compat {
	COMPAT_NEVER, /* not loaded */
	COMPAT_LATER, /* attached by loader_attach_compat() */
	COMPAT_NOW /* attached with the rest */
};

struct loader_config {
	uint64_t ring_bytes; /* per CPU; rounded up to a power of two of pages */
	const struct selection *selection; /* selection.h; borrowed until it is loaded */
	enum compat compat;
	enum io_mode io;
	bool verbose; /* libbpf's and the verifier's words on standard error */
};

/* Loads and checks that the programs see what fstat(2) sees. On failure -errno, one line in *error (static storage). */
int loader_open(struct loader **loader, const struct loader_config *config, const char **error);
/* Marks a process as one that was asked for, by its pidfd: so whatever pid namespace it is in. 0 or -errno. */
int loader_select(struct loader *loader, int pidfd);
/* socklife's own calls are never recorded. 0 or -errno. */
int loader_exclude(struct loader *loader, int pidfd);
/* Fork, exec and exit of tasks, and calls. From here on records come. 0 or -errno. */
int loader_attach(struct loader *loader);
/* Finds out which processes are selected, and marks all their threads; after attaching, so that none is missed. 0 or -errno. */
int loader_select_threads(struct loader *loader);
/* When a process last came to match that may have had sockets before: ns of CLOCK_MONOTONIC, 0: none did. */
uint64_t loader_matched(const struct loader *loader);
/* Was a selected task a 32-bit one, or did it become one? */
bool loader_compat_seen(const struct loader *loader);
/* For COMPAT_LATER. 0 or -errno. */
int loader_attach_compat(struct loader *loader);
/* The rings' map descriptors, one per CPU number below *count; -1 where a CPU is absent. Owned by the loader. */
const int *loader_rings(const struct loader *loader, unsigned int *count);
/*
 * A new file: what happens from the time on that is returned, which is in a moment, is told as if nothing had been told
 * before. Then a snapshot is due.
 */
uint64_t loader_begin_file(struct loader *loader);
/* No program records from now on, except that the calls that have not returned are told of. 0 or -errno. */
int loader_stop(struct loader *loader);
/*
 * Puts what was counted of sends and receives into the rings, where its time is over, or all of it: that is for when a file
 * begins (then what belongs to the one before), and after the stop. between is called now and then, for the rings to be
 * read; what it answers but 0 stops it. 0 or -errno.
 */
int loader_io_flush(struct loader *loader, bool all, int (*between)(void *arg), void *arg);
/* Losses and sequence numbers: of each CPU, and of the snapshots. trailer->next_seq is the loader's. */
void loader_totals(const struct loader *loader, struct capture_trailer *trailer);
struct loader_uring { /* what io_uring's tracepoints left open */
	uint64_t silent; /* requests of whose success nobody was told */
	uint64_t unclear; /* completions that may be of one or another multishot request */
	uint64_t unlisted; /* requests about sockets that stand for no call of the table */
	uint64_t hidden; /* messages received with control data that was not looked at */
	uint64_t slots; /* that were not looked at */
	uint64_t before; /* requests submitted before the trace began */
	uint64_t full; /* requests that there was no room for */
};
struct loader_uring loader_uring(const struct loader *loader);
/*
 * Detaching takes seconds of RCU waits, in the process's own exit as well. So a child takes the links over, closes
 * `output` and standard input, output and error, and waits until this process is gone.
 */
void loader_leave(struct loader *loader, int output);

#endif
