/* SPDX-License-Identifier: GPL-2.0-only */
/* What a network may do to datagrams, done on the loopback of a namespace of its own: packet(7). Needs root. */
#ifndef WIRE_H
#define WIRE_H

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/udp.h>

#include "netns.h"

/* ip-sysctl, of lo: frames that are put back have no route yet, and addresses of the loopback. */
static inline void allow(const char *path)
{
	int fd = MUST(open(path, O_WRONLY | O_CLOEXEC));

	CHECK(write(fd, "1", 1) == 1);
	close(fd);
}

/* Takes a copy of every frame that comes in, and puts frames back. */
static inline int wire_open(void)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(FAMILY == AF_INET ? ETH_P_IP : ETH_P_IPV6),
		.sll_ifindex = 1,
	};
	int fd;

	netns_new();
	allow("/proc/sys/net/ipv4/conf/lo/route_localnet");
	allow("/proc/sys/net/ipv4/conf/lo/accept_local");
	fd = MUST(socket(AF_PACKET, SOCK_RAW, 0));
	MUST(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}

/* The loopback leaves checksums to be done by a device: a frame that is put back must do without. */
static inline void without_checksum(int server, int client)
{
	const int on = 1;

	if (FAMILY == AF_INET) {
		MUST(setsockopt(client, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)));
	} else {
		MUST(setsockopt(client, SOL_UDP, UDP_NO_CHECK6_TX, &on, sizeof(on)));
		MUST(setsockopt(server, SOL_UDP, UDP_NO_CHECK6_RX, &on, sizeof(on)));
	}
}

static inline void put_back(int wire)
{
	char frame[256];
	ssize_t len = MUST(recv(wire, frame, sizeof(frame), 0));

	CHECK(send(wire, frame, len, 0) == len);
}

#endif
