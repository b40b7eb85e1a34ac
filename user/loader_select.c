// SPDX-License-Identifier: GPL-2.0-only
/* What was selected, as the programs have it: constants and maps; and the marks of tasks. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader_internal.h"
#include "programs.h"
#include "selection.h"

static int map_sized(struct bpf_map *map, size_t count)
{
	return bpf_map__set_max_entries(map, count ? count : 1);
}

int select_configure(struct loader *l, const struct selection *s)
{
	const struct string_list *comms = &s->given.comms, *uids = &s->given.uids;
	struct socklife_bpf *skel = l->skel;
	int err;

	skel->rodata->trace_all = s->every;
	skel->rodata->follow = s->follow || s->every;
	skel->rodata->select_asked = s->asked;
	skel->rodata->select_by = (comms->count ? SELECT_COMM : 0) | (uids->count ? SELECT_UID : 0) |
				  (s->cgroups.count ? SELECT_CGROUP : 0);
	skel->rodata->want_families = s->families;
	skel->rodata->want_types = s->types;
	if (!comms->count)
		program_leave_out(skel->obj, skel->progs.select_renamed);
	if (!s->cgroups.count)
		program_leave_out(skel->obj, skel->progs.select_moved);
	if (!uids->count) {
		program_leave_out(skel->obj, skel->progs.exit_setuid);
		program_leave_out(skel->obj, skel->progs.exit_setreuid);
		program_leave_out(skel->obj, skel->progs.exit_setresuid);
	}
	err = map_sized(skel->maps.selected_comms, comms->count);
	if (!err)
		err = map_sized(skel->maps.selected_uids, uids->count);
	return err ? err : map_sized(skel->maps.selected_cgroups, s->cgroups.count);
}

static int key_add(struct bpf_map *map, const void *key)
{
	uint8_t one = 1;

	return bpf_map_update_elem(bpf_map__fd(map), key, &one, BPF_ANY) ? -errno : 0;
}

int select_fill(struct loader *l, const struct selection *s)
{
	int err = 0;

	for (size_t i = 0; !err && i < s->given.comms.count; i++) {
		char comm[COMM_LEN] = "";

		strncpy(comm, s->given.comms.items[i], sizeof(comm) - 1);
		err = key_add(l->skel->maps.selected_comms, comm);
	}
	for (size_t i = 0; !err && i < s->given.uids.count; i++)
		err = key_add(l->skel->maps.selected_uids, &s->uids[i]);
	for (size_t i = 0; !err && i < s->cgroups.count; i++) {
		struct cgroup_key key = { .id = s->cgroups.items[i].id, .hierarchy = s->cgroups.items[i].hierarchy };

		err = key_add(l->skel->maps.selected_cgroups, &key);
	}
	return err;
}

/* What a pidfd's process is numbered in the initial pid namespace, which has to be ours. Negative: not known. */
static int pid_numbered(const struct loader *l, int pidfd)
{
	char path[64], line[128];
	int pid = -1;
	FILE *f;

	if (l->skel->bss->own_pids.level)
		return -EOPNOTSUPP;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	if (f)
		fclose(f);
	return pid > 0 ? pid : -ESRCH;
}

/* A map of task storage is given a pidfd; where there is none, the thread's number. */
static int mark(struct loader *l, int pidfd, uint32_t flags)
{
	bool by_id = bpf_map__type(l->skel->maps.tasks) == BPF_MAP_TYPE_HASH;
	int err, map = bpf_map__fd(l->skel->maps.tasks), key = by_id ? pid_numbered(l, pidfd) : pidfd;
	struct task_mark *value = calloc(1, bpf_map__value_size(l->skel->maps.tasks));

	if (!value)
		return -ENOMEM;
	value->flags = flags;
	value->id = by_id ? (uint32_t)key : 0;
	err = key < 0 ? key : bpf_map_update_elem(map, &key, value, BPF_ANY) ? -errno : 0;
	free(value);
	return err;
}

int loader_select(struct loader *l, int pidfd)
{
	return mark(l, pidfd, l->skel->rodata->select_by ? TASK_CANDIDATE : TASK_TRACED);
}

int loader_exclude(struct loader *l, int pidfd)
{
	return mark(l, pidfd, TASK_EXCLUDED);
}

int loader_select_threads(struct loader *l)
{
	return program_walk(l->skel->progs.task_select, NULL, NULL, NULL);
}
