/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns what goes to standard error. Knows no command and no reason.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "text.h"

#define LINE 1024

static char prefix[64] = "socklife";

void message_command(const char *name)
{
	snprintf(prefix, sizeof(prefix), "socklife %s", name);
}

const char *message_prefix(void)
{
	return prefix;
}

static void say(const char *format, va_list args)
{
	char line[LINE], safe[TEXT_ROOM(LINE)];

	vsnprintf(line, sizeof(line), format, args);
	text_escape(line, strlen(line), safe, sizeof(safe));
	fprintf(stderr, "%s: %s\n", prefix, safe);
}

void message(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

int message_failed(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	return 1;
}
