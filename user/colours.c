// SPDX-License-Identifier: GPL-2.0-only
#include "colours.h"

#include <stdlib.h>
#include <unistd.h>

bool is_terminal(FILE *out)
{
	return isatty(fileno(out));
}

bool colours_wanted(FILE *out)
{
	const char *no = getenv("NO_COLOR");

	return is_terminal(out) && !(no && *no);
}

const char *colour_of(uint32_t pid)
{
	static const char *const colours[] = { "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[35m",
					       "\x1b[92m", "\x1b[93m", "\x1b[94m", "\x1b[95m" };

	return colours[pid % (sizeof(colours) / sizeof(*colours))];
}
