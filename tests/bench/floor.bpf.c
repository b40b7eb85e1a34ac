// SPDX-License-Identifier: GPL-2.0-only
/* What a tracer costs at least: programs that do nothing, and programs that only carry a record of a call with 6 arguments. */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "../../bpf/kernel.h"

struct entry {
	__u64 ts, id, args[6];
};

struct record { /* 96 bytes */
	__u64 ts, dur, ret, id, args[6], pad[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct entry);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} ring SEC(".maps");

SEC("tracepoint")
int empty_enter(struct sys_enter *ctx)
{
	return 0;
}

SEC("tracepoint")
int empty_exit(struct sys_exit *ctx)
{
	return 0;
}

SEC("tracepoint")
int floor_enter(struct sys_enter *ctx)
{
	struct entry *e = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);

	if (!e)
		return 0;
	e->ts = bpf_ktime_get_ns();
	e->id = ctx->nr + 1;
	e->args[0] = ctx->args[0];
	e->args[1] = ctx->args[1];
	e->args[2] = ctx->args[2];
	e->args[3] = ctx->args[3];
	e->args[4] = ctx->args[4];
	e->args[5] = ctx->args[5];
	return 0;
}

SEC("tracepoint")
int floor_exit(struct sys_exit *ctx)
{
	struct entry *e = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct record *r;

	if (!e || !e->id)
		return 0;
	r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r)
		return 0;
	r->ts = e->ts;
	r->dur = bpf_ktime_get_ns() - e->ts;
	r->ret = ctx->ret;
	r->id = e->id;
	__builtin_memcpy(r->args, e->args, sizeof(r->args));
	r->pad[0] = r->pad[1] = 0;
	e->id = 0;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
