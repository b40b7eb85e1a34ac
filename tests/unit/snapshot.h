/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot's records, of sockets that were there before the trace.
 */
#ifndef SOCKLIFE_TEST_SNAPSHOT_H
#define SOCKLIFE_TEST_SNAPSHOT_H

#include "connection.h"

#define NOW(w) ((int64_t)((w)->now - MONO))

/* The n-th socket as the kernel says it is; its descriptors follow. */
static inline void found(struct world *w, int n, int type, __u8 kstate, struct address local, struct address peer)
{
	const __u16 view = VIEW_VALID | (local.len ? VIEW_BOUND : 0) | (peer.len ? VIEW_PEER : 0);

	feed(w, record_sock(SK(n), (uint64_t)n, AF_INET, type));
	feed(w, record_name((struct rec_name){ .sk = SK(n), .backlog = 128, .kstate = kstate, .view = view }, local,
			    peer));
}

static inline void found_connected(struct world *w, int n)
{
	found(w, n, SOCK_STREAM, TCP_ESTABLISHED, SERVER, CLIENT);
}

/* Number fd of thread tid, whose table is FILES(tid), names it; when. */
static inline int64_t held_by(struct world *w, uint32_t tid, int fd, int n, __u32 flags)
{
	TOLD(w, HELD, SK(n), .h.tid = tid, .value = fd, .other = FILES(tid), .extra = flags);
	return NOW(w);
}

static inline int64_t held(struct world *w, int fd, int n)
{
	return held_by(w, 1, fd, n, 0);
}

#endif
