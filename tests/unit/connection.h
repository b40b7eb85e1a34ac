/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Both ends of a TCP connection, as the records tell of them. The n-th socket has descriptor 10 + n.
 */
#ifndef SOCKLIFE_TEST_CONNECTION_H
#define SOCKLIFE_TEST_CONNECTION_H

#include "world.h"

#define CLIENT inet(5000)
#define SERVER inet(80)
#define OTHER_NETNS 2

static inline struct address inet6(const char *host, uint16_t port, uint32_t scope)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope };
	struct address a;

	assert_int_equal(inet_pton(AF_INET6, host, &sin6.sin6_addr), 1);
	address_set(&a, &sin6, sizeof(sin6));
	return a;
}

static inline void named(struct world *w, int n, struct address local, struct address peer)
{
	feed(w, record_name((struct rec_name){ .sk = SK(n), TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER) }, local,
			    peer));
}

/* A connect() as far as its entry; returns its time. */
static inline uint64_t connects(struct world *w, int n)
{
	return ENTER(w, connect, .sk = SK(n), .args = { (__u64)n + 10 }, TCP(TCP_CLOSE, ));
}

static inline void connected(struct world *w, int n, uint64_t at, struct address local, struct address peer)
{
	named(w, n, local, peer);
	DID(w, connect, .sk = SK(n), .args = { (__u64)n + 10 }, .dur = at,
	    TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
}

static inline void client_of(struct world *w, int n, struct address local, struct address peer)
{
	socket_of(w, n + 10, n, (int)address_family(&local), SOCK_STREAM);
	connected(w, n, connects(w, n), local, peer);
}

static inline void client(struct world *w, int n)
{
	client_of(w, n, CLIENT, SERVER);
}

static inline void accepted_in(struct world *w, int n, __u32 netns, struct address local, struct address peer)
{
	union record r = record_sock(SK(n), (uint64_t)n, (int)address_family(&peer), SOCK_STREAM);

	r.sock.netns = netns;
	feed(w, r);
	named(w, n, local, peer);
	DID(w, accept, .sk2 = SK(n), .ret = n + 10, .args = { 3 });
}

static inline void accepted(struct world *w, int n)
{
	accepted_in(w, n, 1, SERVER, CLIENT);
}

static inline void closed(struct world *w, int n)
{
	close_of(w, n + 10, n);
}

/* After the end. */
static inline void assert_peers(struct world *w, int a, int b)
{
	assert_int_equal(life_of(w, (uint64_t)a)->peer_socket, life_of(w, (uint64_t)b)->id);
	assert_int_equal(life_of(w, (uint64_t)b)->peer_socket, life_of(w, (uint64_t)a)->id);
}

static inline void assert_alone(struct world *w, int n)
{
	assert_int_equal(life_of(w, (uint64_t)n)->peer_socket, 0);
}

#endif
