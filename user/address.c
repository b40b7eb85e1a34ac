/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns how a socket address is read and spelled. Knows nothing of who has it.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "address.h"
#include "names.h"

#define NEEDS(type, last) (offsetof(type, last) + sizeof(((type *)0)->last))

/* Where text grows; it is cut where it does not fit. */
struct line {
	char *buf;
	size_t size, len;
};

static void line_bytes(struct line *l, const void *bytes, size_t len)
{
	size_t room = l->size - 1 - l->len;

	if (len > room)
		len = room;
	memcpy(l->buf + l->len, bytes, len);
	l->len += len;
}

static void line_text(struct line *l, const char *text)
{
	line_bytes(l, text, strlen(text));
}

static void line_number(struct line *l, uint32_t value)
{
	char digits[10];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + value % 10);
	while (value /= 10);
	line_bytes(l, digits + i, sizeof(digits) - i);
}

static void line_hex(struct line *l, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++)
		line_bytes(l, (char[]){ digits[bytes[i] >> 4], digits[bytes[i] & 15] }, 2);
}

static void inet_text(const struct address *a, struct line *l)
{
	int i;

	for (i = 0; i < 4; i++) {
		line_number(l, a->bytes[offsetof(struct sockaddr_in, sin_addr) + (size_t)i]);
		line_bytes(l, i < 3 ? "." : ":", 1);
	}
	line_number(l, address_port(a));
}

static void inet6_text(const struct address *a, struct line *l)
{
	char host[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	memcpy(&addr, a->bytes + offsetof(struct sockaddr_in6, sin6_addr), sizeof(addr));
	line_text(l, "[");
	line_text(l, inet_ntop(AF_INET6, &addr, host, sizeof(host)));
	if (address_scope(a)) {
		line_text(l, "%");
		if (a->scope[0])
			line_text(l, a->scope);
		else
			line_number(l, address_scope(a));
	}
	line_text(l, "]:");
	line_number(l, address_port(a));
}

static void unix_text(const struct address *a, struct line *l)
{
	const uint8_t *name = a->bytes + offsetof(struct sockaddr_un, sun_path);
	size_t len = a->len - offsetof(struct sockaddr_un, sun_path);

	line_text(l, "unix:");
	if (len && !name[0]) {
		line_text(l, "@");
		line_bytes(l, name + 1, len - 1);
	} else {
		line_bytes(l, name, strnlen((const char *)name, len));
	}
}

static void netlink_text(const struct address *a, struct line *l)
{
	struct sockaddr_nl nl;

	memcpy(&nl, a->bytes, sizeof(nl));
	line_text(l, "netlink:");
	line_number(l, nl.nl_pid);
	line_text(l, "/");
	line_number(l, nl.nl_groups);
}

static void other_text(const struct address *a, struct line *l)
{
	size_t head = a->len < sizeof(sa_family_t) ? 0 : sizeof(sa_family_t);
	char name[NAME_MAX_TEXT];

	line_text(l, name_family(address_family(a), name, sizeof(name)));
	line_text(l, ":");
	line_hex(l, a->bytes + head, a->len - head);
}

static const struct spelling {
	unsigned int family;
	size_t needs; /* bytes, or it is cut */
	void (*text)(const struct address *a, struct line *l);
} spellings[] = {
	{ AF_INET, NEEDS(struct sockaddr_in, sin_addr), inet_text },
	{ AF_INET6, NEEDS(struct sockaddr_in6, sin6_addr), inet6_text },
	{ AF_UNIX, offsetof(struct sockaddr_un, sun_path), unix_text },
	{ AF_NETLINK, sizeof(struct sockaddr_nl), netlink_text },
};

void address_set(struct address *a, const void *bytes, size_t len)
{
	a->len = (uint16_t)(len < ADDRESS_BYTES ? len : ADDRESS_BYTES);
	a->scope[0] = 0;
	if (a->len)
		memcpy(a->bytes, bytes, a->len);
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

unsigned int address_family(const struct address *a)
{
	sa_family_t family;

	if (a->len < sizeof(family))
		return AF_UNSPEC;
	memcpy(&family, a->bytes, sizeof(family));
	return family;
}

uint32_t address_scope(const struct address *a)
{
	uint32_t scope = 0;

	if (address_family(a) == AF_INET6 && a->len >= NEEDS(struct sockaddr_in6, sin6_scope_id))
		memcpy(&scope, a->bytes + offsetof(struct sockaddr_in6, sin6_scope_id), sizeof(scope));
	return scope;
}

unsigned int address_port(const struct address *a)
{
	unsigned int family = address_family(a);
	uint16_t port;

	/* sin6_port and sin_port are at the same place */
	if ((family != AF_INET && family != AF_INET6) || a->len < NEEDS(struct sockaddr_in, sin_port))
		return 0;
	memcpy(&port, a->bytes + offsetof(struct sockaddr_in, sin_port), sizeof(port));
	return ntohs(port);
}

size_t address_text(const struct address *a, char *buf, size_t size)
{
	struct line l = { .buf = buf, .size = size };
	unsigned int family = address_family(a);
	const struct spelling *s;

	if (!size)
		return 0;
	for (s = spellings; s < spellings + sizeof(spellings) / sizeof(*spellings); s++)
		if (s->family == family && a->len >= s->needs)
			break;
	if (s < spellings + sizeof(spellings) / sizeof(*spellings))
		s->text(a, &l);
	else if (a->len)
		other_text(a, &l);
	buf[l.len] = '\0';
	return l.len;
}
