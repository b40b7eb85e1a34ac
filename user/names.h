/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers to the C names of the uapi headers: families, types, protocols, flags, options, errnos, signals.
 * Pure: no allocation, no I/O, no globals that change. Knows no record and no model.
 */
#ifndef SOCKLIFE_NAMES_H
#define SOCKLIFE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of arguments in syscalls.h's rows. */
enum arg_kind {
	ARG_FD, /* a descriptor */
	ARG_INT, /* a signed 32-bit number */
	ARG_UINT, /* an unsigned 32-bit number */
	ARG_SIZE, /* a size_t */
	ARG_OFFSET, /* a signed 64-bit number */
	ARG_PTR, /* an address that tells nothing: not shown */
	ARG_ADDR, /* a struct sockaddr, from the record's data */
	ARG_ADDRLEN, /* its length */
	ARG_ADDRLEN_PTR, /* pointer to its length; given and returned are in the record's data */
	ARG_MSG, /* a struct msghdr */
	ARG_PAIR, /* int[2] */
	ARG_OPTVAL, /* an option's value, from the record's data */
	ARG_IOCTL_ARG, /* what the request before it says: an int from the record's data, or an address */
	/* from here on: symbolic, name_arg() knows them */
	ARG_FAMILY,
	ARG_SOCKTYPE, /* the type or-ed with SOCK_* flags */
	ARG_SOCK_FLAGS,
	ARG_PROTOCOL, /* needs the family: name_protocol() */
	ARG_MSG_FLAGS,
	ARG_SHUT,
	ARG_OPEN_FLAGS,
	ARG_FCNTL,
	ARG_FCNTL_ARG, /* needs the command: name_fcntl_arg() */
	ARG_SOL,
	ARG_OPTNAME, /* needs the level: name_sockopt() */
	ARG_RWF,
	ARG_SPLICE,
	ARG_IOCTL,
	ARG_CLOSE_RANGE,
	ARG_URING_REGISTER, /* the opcode, or-ed with a flag */
};

#define NAME_MAX_TEXT 256

/*
 * Each returns a NUL-terminated text: a constant, or buf (size bytes) filled with a number where there is no
 * name, or with names joined by `|` for flags, the rest of the bits as 0x...; never NULL.
 */
const char *name_arg(enum arg_kind kind, uint64_t value, char *buf, size_t size);
const char *name_fd(int fd, bool direct, char *buf, size_t size); /* 3; direct:3 */
const char *name_family(unsigned int family, char *buf, size_t size); /* AF_INET */
const char *name_type(unsigned int type, char *buf, size_t size); /* SOCK_STREAM, no flags */
const char *name_protocol(unsigned int family, unsigned int protocol, char *buf,
			  size_t size); /* IPPROTO_TCP; 0 for a family without names */
const char *name_fcntl_arg(unsigned int cmd, uint64_t arg, char *buf,
			   size_t size); /* O_ flags, FD_CLOEXEC or a number */
const char *name_sockopt(int level, int opt, char *buf, size_t size); /* SO_REUSEADDR, TCP_NODELAY... */
const char *name_errno(int err, char *buf, size_t size); /* 111: ECONNREFUSED; 512: ERESTARTSYS; else the number */
const char *name_signal(int sig, char *buf, size_t size); /* SIGINT */

#endif
