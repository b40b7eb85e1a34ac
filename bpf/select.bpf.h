/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes are traced, where not all that were asked for are: by name, user and cgroup of their first thread. That is
 * looked at when something of it changes, never in a call; who was traced once stays so.
 */
#ifndef SOCKLIFE_SELECT_BPF_H
#define SOCKLIFE_SELECT_BPF_H

#include "kernel_cgroup.h"
#include "sock.bpf.h"
#include "twice.bpf.h"

const volatile bool select_asked; /* only what was asked for by COMMAND or -p, and its children, may match */

#define SELECTED(name, key_type) \
	struct { /* the loader says how many */ \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__uint(max_entries, 1); \
		__type(key, key_type); \
		__type(value, __u8); \
	} name SEC(".maps")

struct comm {
	char text[COMM_LEN];
};

SELECTED(selected_comms, struct comm);
SELECTED(selected_uids, __u32);
SELECTED(selected_cgroups, struct cgroup_key);

static __always_inline bool comm_matches(__u64 comm)
{
	struct comm key = {};

	bpf_probe_read_kernel_str(key.text, sizeof(key.text), (void *)comm);
	return bpf_map_lookup_elem(&selected_comms, &key);
}

static __always_inline bool uid_matches(__u64 task)
{
	__u64 cred = 0;
	__u32 uid = 0;

	READ_BYTES(cred, task, struct task_struct, cred);
	READ_BYTES(uid, cred, struct cred, euid.val);
	return bpf_map_lookup_elem(&selected_uids, &uid);
}

#define CGROUP_LEVELS 64
#define CGROUP_HIERARCHIES 32

/* One of a cgroup and those that it is in. */
__noinline int cgroup_matches(__u64 cgroup)
{
	struct cgroup_key key = {};
	__u64 root = 0, node = 0;

	READ_BYTES(root, cgroup, struct cgroup, root);
	READ_BYTES(key.hierarchy, root, struct cgroup_root, hierarchy_id);
	for (__u32 i = 0; i < CGROUP_LEVELS && cgroup; i++) {
		READ_BYTES(node, cgroup, struct cgroup, kn);
		READ_BYTES(key.id, node, struct kernfs_node, id);
		if (bpf_map_lookup_elem(&selected_cgroups, &key))
			return 1;
		READ_BYTES(node, cgroup, struct cgroup, self.parent);
		cgroup = 0;
		if (node)
			READ_BYTES(cgroup, node, struct cgroup_subsys_state, cgroup);
	}
	return 0;
}

/* A task has one in each hierarchy, those of v1 that have no controller (name=systemd) among them: struct css_set. */
static __always_inline bool cgroups_match(__u64 task)
{
	__u64 set = 0, head, node = 0, cgroup = 0;

	READ_BYTES(set, task, struct task_struct, cgroups);
	head = (__u64) & ((struct css_set *)set)->cgrp_links;
	READ_BYTES(node, head, struct list_head, next);
	for (__u32 i = 0; i < CGROUP_HIERARCHIES && node && node != head; i++) {
		__u64 link = node - bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);

		READ_BYTES(cgroup, link, struct cgrp_cset_link, cgrp);
		if (cgroup_matches(cgroup))
			return true;
		READ_BYTES(node, node, struct list_head, next);
	}
	return false;
}

/* leader: struct task_struct; comm: what it is about to be called, 0: it keeps its name. */
__noinline int process_matches(__u64 leader, __u64 comm)
{
	if (!comm)
		comm = (__u64) & ((struct task_struct *)leader)->comm;
	return (!(select_by & SELECT_COMM) || comm_matches(comm)) &&
	       (!(select_by & SELECT_UID) || uid_matches(leader)) &&
	       (!(select_by & SELECT_CGROUP) || cgroups_match(leader));
}

/* A pointer that the verifier knows is no number. */
static __always_inline __u64 address_of(const struct task_struct *task)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &task);
	return address;
}

/* flags: TASK_* of the process so far. */
static __always_inline bool is_selected(struct task_struct *leader, __u64 comm, __u32 flags)
{
	if (flags & TASK_EXCLUDED || !select_by || (select_asked && !(flags & TASK_CANDIDATE)))
		return false;
	return process_matches(address_of(leader), comm);
}

volatile __u32 compat_seen; /* a task that is traced runs a 32-bit program */

/* One of 32 bits, or x32's, has no more than 4 GiB of addresses. true: it is the first that was seen. */
static __always_inline bool compat_look(struct task_struct *task)
{
	struct mm_struct *mm = OF(task, mm);

	if (compat_seen || !mm || OF(mm, task_size) > 1ull << 32)
		return false;
	compat_seen = 1;
	return true;
}

/* What it has is to be looked at: nothing was told of how that came there. */
static __always_inline void process_matched(struct task_state *st)
{
	st->mark.matched = matched_last = bpf_ktime_get_ns();
}

/* Something of a process has changed, or is about to. Its first thread's state if it is traced, or is from now on. */
static __always_inline struct task_state *process_changed(struct task_struct *task, __u64 comm)
{
	struct task_state *st = stopped ? 0 : state_look(task);

	if (stopped || (st && st->mark.flags & TASK_TRACED))
		return st;
	if (OF(task, pid) != OF(task, tgid) || !is_selected(task, comm, st ? st->mark.flags : 0))
		return 0;
	st = state_make(task, TASK_TRACED);
	if (!st)
		return 0;
	if (OF(task, signal, live.counter) > 1)
		__sync_fetch_and_add(&late_count, 1);
	process_matched(st);
	compat_look(task);
	return st;
}

/* A child of what is not traced, or is not followed: is it traced itself? */
static __always_inline bool child_selected(struct task_struct *child, const struct task_state *parent, bool inherits)
{
	__u32 flags = parent && inherits ? parent->mark.flags & TASK_CANDIDATE : 0;
	struct task_state *leader;

	if (OF(child, pid) != OF(child, tgid)) {
		leader = state_at(OF(child, group_leader));
		return leader && leader->mark.flags & TASK_TRACED;
	}
	if (is_selected(child, 0, flags))
		return true;
	if (flags)
		state_make(child, flags);
	return false;
}

/* Before task->comm is changed, by prctl(PR_SET_NAME), an exec, or a write into /proc/PID/comm. */
SEC("tp_btf/task_rename")
int BPF_PROG(select_renamed, struct task_struct *task, const char *comm)
{
	process_changed(task, (__u64)comm);
	return 0;
}

/* The whole process moved, or one thread: of those the first one counts. */
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(select_moved, struct cgroup *to, const char *path, struct task_struct *task)
{
	process_changed(task, 0);
	return 0;
}

static __always_inline int setuid_exit(long ret)
{
	if (select_by & SELECT_UID && !ret)
		process_changed(this_task(), 0);
	return 0;
}

EXIT(setuid, setuid_exit(ctx->ret))
EXIT(setreuid, setuid_exit(ctx->ret))
EXIT(setresuid, setuid_exit(ctx->ret))

#endif
