/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files with the names share. Nobody else includes it.
 */
#ifndef SOCKLIFE_NAMES_TABLES_H
#define SOCKLIFE_NAMES_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static inline const char *name_in(const char *const *names, size_t count, uint64_t value)
{
	return value < count ? names[value] : NULL;
}

/* NULL: no name. */
const char *option_name(int level, int opt);
const char *request_name(uint32_t request); /* of ioctl(2) */

#endif
