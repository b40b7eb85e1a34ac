/* SPDX-License-Identifier: GPL-2.0-only */
/* Two network namespaces and a way between them: veth(4) by rtnetlink(7). Needs root. */
#ifndef NETNS_H
#define NETNS_H

#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "scenario.h"

#define VETH 99 /* as a new interface's number not to be had by chance */

struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		char space[256];
	};
};

static inline struct rtattr *request_add(struct request *r, int type, const void *data, size_t len)
{
	struct rtattr *attr = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(attr), data, len);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(attr->rta_len);
	return attr;
}

/* What was added since is inside of it. */
static inline void request_end(struct request *r, struct rtattr *attr)
{
	attr->rta_len = (char *)r + r->head.nlmsg_len - (char *)attr;
}

static inline int route_socket(void)
{
	return MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
}

/* In the network namespace that the socket is of. */
static inline void request_do(int route, struct request *r, int type, int flags)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
	} answer;

	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	CHECK(send(route, r, r->head.nlmsg_len, 0) == (ssize_t)r->head.nlmsg_len);
	CHECK(recv(route, &answer, sizeof(answer), 0) >= (ssize_t)sizeof(answer));
	CHECK(answer.head.nlmsg_type == NLMSG_ERROR && !answer.err.error);
}

static inline void link_up(int route, int index)
{
	struct request r = {
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(r.link)),
		.link = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP },
	};

	request_do(route, &r, RTM_NEWLINK, 0);
}

/* To a network namespace: both ends are interface VETH. They take all that comes, so that nobody asks for an address. */
static inline void veth_to(int route, int netns)
{
	static const unsigned char address[6] = { 2 };
	struct request r = {
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(r.link)),
		.link = { .ifi_index = VETH, .ifi_flags = IFF_NOARP, .ifi_change = IFF_NOARP },
	};
	struct rtattr *info, *data, *peer;

	request_add(&r, IFLA_IFNAME, "veth", 5);
	request_add(&r, IFLA_ADDRESS, address, sizeof(address));
	info = request_add(&r, IFLA_LINKINFO, NULL, 0);
	request_add(&r, IFLA_INFO_KIND, "veth", 4);
	data = request_add(&r, IFLA_INFO_DATA, NULL, 0);
	peer = request_add(&r, VETH_INFO_PEER, &r.link, sizeof(r.link));
	request_add(&r, IFLA_IFNAME, "veth", 5);
	request_add(&r, IFLA_ADDRESS, address, sizeof(address));
	request_add(&r, IFLA_NET_NS_FD, &netns, sizeof(netns));
	request_end(&r, peer);
	request_end(&r, data);
	request_end(&r, info);
	request_do(route, &r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
}

/* 192.0.2.HOST/24 or 2001:db8::HOST/64, with a port for the kernel to choose. */
static inline struct address host_address(int host)
{
	struct address addr = far_address();

	addr.in.sin_port = 0;
	if (FAMILY == AF_INET)
		addr.in.sin_addr.s_addr = htonl(0xc0000200 + host);
	else
		addr.in6.sin6_addr.s6_addr[15] = host;
	return addr;
}

static inline void address_add(int route, int index, const struct address *addr)
{
	struct request r = {
		.head.nlmsg_len = NLMSG_LENGTH(sizeof(r.addr)),
		.addr = { .ifa_family = FAMILY,
			  .ifa_prefixlen = FAMILY == AF_INET ? 24 : 64,
			  .ifa_flags = IFA_F_NODAD,
			  .ifa_index = index },
	};

	if (FAMILY == AF_INET)
		request_add(&r, IFA_LOCAL, &addr->in.sin_addr, sizeof(addr->in.sin_addr));
	else
		request_add(&r, IFA_LOCAL, &addr->in6.sin6_addr, sizeof(addr->in6.sin6_addr));
	request_do(route, &r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
}

/* The route to an IPv6 address of one's own comes a little after it. In the thread's network namespace. */
static inline void address_wait(const struct address *addr)
{
	char name[33], line[256];
	bool found = FAMILY == AF_INET;
	FILE *f;
	int i;

	for (i = 0; i < 16; i++)
		sprintf(name + 2 * i, "%02x", addr->in6.sin6_addr.s6_addr[i]);
	while (!found) {
		f = fopen("/proc/net/ipv6_route", "re");
		CHECK(f);
		while (!found && fgets(line, sizeof(line), f))
			found = !strncmp(line, name, 32) && !strncmp(line + 33, "80 ", 3);
		fclose(f);
	}
}

/* Until the kernel has taken notice that the interface can send, which it else does in its own time. */
static inline void link_wait(int route)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GLINK };
	struct ifreq request = { .ifr_name = "veth", .ifr_data = (void *)&value };

	MUST(ioctl(route, SIOCETHTOOL, &request));
	CHECK(value.data);
}

static inline int netns_open(void)
{
	return MUST(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

static inline void netns_enter(int netns)
{
	MUST(setns(netns, CLONE_NEWNET));
}

/* A new one for the thread, with nothing but lo. */
static inline void netns_new(void)
{
	int route;

	MUST(unshare(CLONE_NEWNET));
	route = route_socket();
	link_up(route, 1);
	close(route);
}

/* Two of them, host_address(1) in the first and host_address(2) in the second, which the thread is in. */
static inline void netns_pair(int netns[2])
{
	int route[2], i;
	struct address addr;

	for (i = 0; i < 2; i++) {
		MUST(unshare(CLONE_NEWNET));
		netns[i] = netns_open();
		route[i] = route_socket();
	}
	veth_to(route[1], netns[0]);
	for (i = 0; i < 2; i++)
		link_up(route[i], VETH);
	for (i = 0; i < 2; i++) {
		link_wait(route[i]);
		addr = host_address(i + 1);
		address_add(route[i], VETH, &addr);
		close(route[i]);
		netns_enter(netns[i]);
		address_wait(&addr);
	}
}

#endif
