/* SPDX-License-Identifier: GPL-2.0-only */
/* Of a scenario as a 32-bit program: what only the C library does by another call there, by the one that a 64-bit one takes. */
#ifndef COMPAT32_H
#define COMPAT32_H

#include <sys/socket.h>

/* They are sub-calls of socketcall(2) of their own; x86-64 does not have the calls. */
#define send(fd, buf, len, flags) sendto(fd, buf, len, flags, NULL, 0)
#define recv(fd, buf, len, flags) recvfrom(fd, buf, len, flags, NULL, NULL)

#endif
