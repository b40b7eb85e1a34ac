// SPDX-License-Identifier: GPL-2.0-only
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"

static void child(char **argv, bool apart, int go, int failed)
{
	char byte;
	int err;

	if (read(go, &byte, 1) != 1)
		_exit(0);
	if (apart)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(argv[0], argv);
	err = errno;
	_exit(write(failed, &err, sizeof(err)) != sizeof(err));
}

int command_prepare(struct command *c, char **argv, bool apart)
{
	int go[2], failed[2];

	if (pipe2(go, O_CLOEXEC) || pipe2(failed, O_CLOEXEC))
		return message_failed("pipe: %s", strerror(errno));
	c->pid = fork();
	if (c->pid < 0)
		return message_failed("fork: %s", strerror(errno));
	if (!c->pid) {
		close(go[1]);
		child(argv, apart, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	c->go = go[1];
	c->failed = failed[0];
	c->pidfd = syscall(SYS_pidfd_open, c->pid, 0);
	return c->pidfd < 0 ? message_failed("pidfd_open: %s", strerror(errno)) : 0;
}

int command_run(struct command *c, const char *name)
{
	int err;

	c->started = write(c->go, "", 1) == 1;
	if (read(c->failed, &err, sizeof(err)) != sizeof(err))
		return 0;
	message("cannot run %s: %s", name, strerror(err));
	return err == ENOENT ? 127 : 126;
}

void command_signal(const struct command *c, int signal)
{
	kill(c->pid, signal);
}

void command_wait(struct command *c)
{
	c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
}

int command_status(const struct command *c)
{
	if (!c->pid || !c->ended)
		return 0;
	return WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

void command_free(struct command *c)
{
	if (!c->pid)
		return;
	close(c->go);
	close(c->failed);
	if (!c->started || !c->ended)
		waitpid(c->pid, NULL, c->started ? WNOHANG : 0);
	close(c->pidfd);
}
