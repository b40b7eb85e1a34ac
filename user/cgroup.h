/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control groups by what a user calls them: cgroups(7). Knows no program of ours.
 */
#ifndef SOCKLIFE_CGROUP_H
#define SOCKLIFE_CGROUP_H

#include <stddef.h>
#include <stdint.h>

struct cgroup_id { /* what the kernel calls one */
	uint64_t id; /* the inode of its directory */
	uint32_t hierarchy; /* as in /proc/self/cgroup; 0: cgroup v2 */
};

struct cgroup_list {
	struct cgroup_id *items; /* free() it */
	size_t count;
};

#define CGROUP_TEXT 512

/*
 * Adds what `name` stands for: the path of a directory where a hierarchy is mounted, one below where cgroup v2 is mounted, or a
 * container's id, of which the first 12 digits do: in v1 a container has a cgroup in each hierarchy. 0; or -errno, and why
 * (CGROUP_TEXT bytes) says what is wrong: -EINVAL the name, otherwise the machine.
 */
int cgroup_find(struct cgroup_list *list, const char *name, char *why);
/* The same, by other files than /proc/self/mountinfo and /proc/self/cgroup. */
int cgroup_find_in(struct cgroup_list *list, const char *name, char *why, const char *mounts, const char *hierarchies);

#endif
