/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * COMMAND of `socklife record`: forked early, started only when everything is attached, its end reported as a shell
 * would.
 */
#ifndef SOCKLIFE_COMMAND_H
#define SOCKLIFE_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct command {
	pid_t pid; /* 0: there is none */
	int pidfd;
	int go, failed; /* pipes: a byte starts it; an errno comes back when it could not */
	bool started, ended;
	int status; /* as wait(2) gives it, when it ended */
};

/* Forks; the child waits. With `apart` its standard output is standard error. 0 or 1 (and has said why). */
int command_prepare(struct command *c, char **argv, bool apart);
/* Starts it. 0, or the exit status when it could not be run: 127 not found, 126 otherwise (and has said why). */
int command_run(struct command *c, const char *name);
void command_signal(const struct command *c, int signal);
void command_wait(struct command *c);
/* As a shell's: its status, 128 + N when signal N killed it; 0 where there is none, or it goes on. */
int command_status(const struct command *c);
/* A child that never started goes away with it. */
void command_free(struct command *c);

#endif
