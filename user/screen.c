// SPDX-License-Identifier: GPL-2.0-only
#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE '\x1b'
/* xterm's: the alternate screen, without a cursor; and back. */
static const char enter[] = "\x1b[?1049h\x1b[?25l\x1b[2J", leave[] = "\x1b[?25h\x1b[?1049l";
static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static struct {
	FILE *out; /* NULL: it is not open */
	int tty; /* -1: none */
	struct termios was;
	char keys[64]; /* that were pressed */
	ssize_t key, key_count;
} screen = { .tty = -1 };

static volatile sig_atomic_t resized;

/* All of it is safe in a signal's handler: signal-safety(7). */
static void restore(int out)
{
	ssize_t n = write(out, leave, sizeof(leave) - 1);

	(void)n;
	if (screen.tty >= 0)
		tcsetattr(screen.tty, TCSANOW, &screen.was);
}

static int out_fd; /* of screen.out */

static void on_end(int signal)
{
	restore(out_fd);
	raise(signal); /* as it would have been without us */
}

static void on_resize(int signal)
{
	(void)signal;
	resized = 1;
}

static void keys_open(void)
{
	struct termios raw;

	screen.tty = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (screen.tty < 0)
		return;
	if (tcgetattr(screen.tty, &screen.was)) {
		close(screen.tty);
		screen.tty = -1;
		return;
	}
	raw = screen.was;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* a stopped program would leave the screen as it is */
	tcsetattr(screen.tty, TCSANOW, &raw);
}

void screen_open(FILE *out)
{
	const struct sigaction end = { .sa_handler = on_end, .sa_flags = SA_RESETHAND };
	const struct sigaction resize = { .sa_handler = on_resize, .sa_flags = SA_RESTART };
	struct sigaction was;

	screen.out = out;
	out_fd = fileno(out);
	keys_open();
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (!sigaction(ends[i], NULL, &was) && was.sa_handler != SIG_IGN)
			sigaction(ends[i], &end, NULL);
	sigaction(SIGWINCH, &resize, NULL);
	fputs(enter, out);
}

void screen_size(unsigned int *rows, unsigned int *columns)
{
	struct winsize size = { 0 };

	ioctl(out_fd, TIOCGWINSZ, &size);
	*rows = size.ws_row ? size.ws_row : 24;
	*columns = size.ws_col ? size.ws_col : 80;
}

bool screen_resized(void)
{
	bool was = resized;

	resized = 0;
	return was;
}

int screen_keys(void)
{
	return screen.tty;
}

int screen_key(void)
{
	ssize_t n;

	if (screen.key < screen.key_count)
		return screen.keys[screen.key++];
	n = read(screen.tty, screen.keys, sizeof(screen.keys));
	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR)) { /* it was hung up */
		close(screen.tty);
		screen.tty = -1;
	}
	screen.key = 0;
	screen.key_count = n > 0 && *screen.keys != ESCAPE ? n : 0; /* one that is no letter sends several */
	return screen.key_count ? screen.keys[screen.key++] : 0;
}

/* A line is erased before it is written: after its last column the cursor is still on it. */
int screen_show(const char *text)
{
	unsigned int rows, columns;
	const char *end;

	screen_size(&rows, &columns);
	fputs("\x1b[H", screen.out);
	for (; *text && rows; text = end + (*end == '\n'), rows--) {
		end = strchrnul(text, '\n');
		fprintf(screen.out, "\x1b[K%.*s", (int)(end - text), text);
		if (rows > 1)
			putc('\n', screen.out);
	}
	if (rows)
		fputs("\x1b[J", screen.out);
	return fflush(screen.out) ? -errno : 0;
}

void screen_close(void)
{
	if (!screen.out)
		return;
	fflush(screen.out);
	restore(out_fd);
	screen.out = NULL;
	if (screen.tty >= 0)
		close(screen.tty);
	screen.tty = -1;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct sigaction was;

		if (!sigaction(ends[i], NULL, &was) && was.sa_handler == on_end)
			signal(ends[i], SIG_DFL);
	}
	signal(SIGWINCH, SIG_DFL);
}
