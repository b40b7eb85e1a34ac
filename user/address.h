/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket addresses to text, as contract.md spells it: 127.0.0.1:80, [::1]:80, [fe80::1%eth0]:80, unix:/path,
 * unix:@abstract, unix: (unnamed), netlink:PID/GROUPS, otherwise AF_X:hex.
 * Pure. The text may hold any byte a program put in a name (an abstract name's NULs included): it is
 * bytes with a length until user/text.h makes it valid UTF-8.
 */
#ifndef SOCKLIFE_ADDRESS_H
#define SOCKLIFE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESS_BYTES 128 /* sizeof(struct sockaddr_storage) */
#define ADDRESS_SCOPE 16 /* IFNAMSIZ */
#define ADDRESS_TEXT 320 /* the longest text, and its NUL */

struct address {
	uint16_t len; /* used bytes; 0: no address */
	uint8_t bytes[ADDRESS_BYTES]; /* a struct sockaddr of any family, or a cut one */
	char scope[ADDRESS_SCOPE]; /* the name of a link-local address's interface; "": not known */
};

/* Copies len bytes, at most ADDRESS_BYTES. */
void address_set(struct address *a, const void *bytes, size_t len);
bool address_equal(const struct address *a, const struct address *b);
/* AF_UNSPEC when there are fewer than two bytes. */
unsigned int address_family(const struct address *a);
/* The index of the interface that a link-local IPv6 address belongs to, 0: none (ipv6(7)). */
uint32_t address_scope(const struct address *a);
/* AF_INET and AF_INET6: the port in host order, 0 otherwise. */
unsigned int address_port(const struct address *a);
/*
 * Writes at most size bytes, a NUL after them, and returns the text's length (which may hold NULs itself).
 * A unix path ends at its first NUL, as bind(2) reads it; an abstract name is all its bytes (unix(7)).
 * An address cut shorter than its family needs is shown as AF_X:hex. The scope of a link-local
 * address is its interface's name, or its index where that is not known.
 */
size_t address_text(const struct address *a, char *buf, size_t size);

#endif
