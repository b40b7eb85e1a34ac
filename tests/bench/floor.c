// SPDX-License-Identifier: GPL-2.0-only
/*
 * floor empty|floor CALL,... COMMAND [ARG...]: runs COMMAND with the programs of floor.bpf.c at entry and exit of the
 * calls, and reads their records.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_US 10000

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static void attach(struct bpf_object *obj, const char *kind, const char *side, const char *call)
{
	char program[32], tracepoint[64];

	snprintf(program, sizeof(program), "%s_%s", kind, side);
	snprintf(tracepoint, sizeof(tracepoint), "sys_%s_%s", side, call);
	if (!bpf_program__attach_tracepoint(bpf_object__find_program_by_name(obj, program), "syscalls", tracepoint))
		die(tracepoint);
}

static int record_read(void *arg, void *data, size_t size)
{
	(void)arg, (void)data, (void)size;
	return 0;
}

/* As socklife does it: the programs know the task by its storage. */
static void select_task(struct bpf_object *obj, pid_t pid)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, "tasks");
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	char entry[256] = "";

	if (bpf_map__update_elem(map, &pidfd, sizeof(pidfd), entry, bpf_map__value_size(map), BPF_ANY))
		die("select");
}

static pid_t command_start(char **argv, int go)
{
	pid_t pid = fork();
	char c;

	if (pid)
		return pid;
	if (read(go, &c, 1) == 1)
		execvp(*argv, argv);
	die(*argv);
}

int main(int argc, char **argv)
{
	struct ring_buffer *ring;
	struct bpf_object *obj;
	int go[2], status = 0;
	char path[4096];
	pid_t pid;

	if (argc < 4 || pipe(go))
		return 2;
	snprintf(path, sizeof(path), "%s.bpf.o", argv[0]);
	obj = bpf_object__open_file(path, NULL);
	if (!obj || bpf_object__load(obj))
		die(path);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "ring"), record_read, NULL, NULL);
	if (!ring)
		die("ring");
	pid = command_start(argv + 3, go[0]);
	select_task(obj, pid);
	for (char *call = strtok(argv[2], ","); call; call = strtok(NULL, ",")) {
		attach(obj, argv[1], "exit", call);
		attach(obj, argv[1], "enter", call);
	}
	if (write(go[1], "", 1) != 1)
		die("start");
	while (!waitpid(pid, &status, WNOHANG)) {
		ring_buffer__consume(ring);
		usleep(POLL_US);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
