/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wire records, made by hand: one function a kind, its times left at 0. Knows the wire, not the model.
 */
#ifndef SOCKLIFE_TEST_RECORDS_H
#define SOCKLIFE_TEST_RECORDS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "../../bpf/event.h"
#include "../../bpf/syscalls.h"
#include "../../user/address.h"

union record {
	struct rec_head h;
	struct rec_call call;
	struct rec_sock sock;
	struct rec_name name;
	struct rec_task task;
	struct rec_fork fork;
	struct rec_exec exec;
	struct rec_exit exit;
	struct rec_fact fact;
	uint8_t bytes[512];
};

#define HEAD(kind_, tid_, len_) \
	{ \
		.kind = (kind_), .tid = (tid_), .len = (uint16_t)(len_) \
	}

static inline union record record_task(uint32_t tid, uint32_t tgid, uint64_t files)
{
	return (union record){ .task = { .h = HEAD(REC_TASK, tid, sizeof(struct rec_task)),
					 .files = files,
					 .tgid = tgid,
					 .comm = "task" } };
}

/* A thread where tgid is the parent's. */
static inline union record record_fork(uint32_t parent, uint32_t tid, uint32_t tgid, uint64_t from, uint64_t files)
{
	return (union record){ .fork = { .h = HEAD(REC_FORK, parent, sizeof(struct rec_fork)),
					 .files = files,
					 .from = from,
					 .tid = tid,
					 .tgid = tgid,
					 .parent_tgid = parent,
					 .comm = "child" } };
}

static inline union record record_exec(uint32_t tid, uint32_t old_tid, uint64_t files)
{
	union record r = { .exec = { .h = HEAD(REC_EXEC, tid, sizeof(struct rec_exec) + 16),
				     .files = files,
				     .tgid = tid,
				     .old_tid = old_tid,
				     .file_len = 5,
				     .args_len = 6,
				     .args_all = 6,
				     .comm = "new" } };

	memcpy(r.bytes + sizeof(struct rec_exec), "./newnew\0-x", 11);
	return r;
}

/* live: threads that are left; code as wait(2) has it. */
static inline union record record_exit(uint32_t tid, uint32_t tgid, uint32_t live, uint32_t code)
{
	return (union record){
		.exit = { .h = HEAD(REC_EXIT, tid, sizeof(struct rec_exit)), .tgid = tgid, .live = live, .code = code }
	};
}

static inline union record record_sock(uint64_t sk, uint64_t inode, int family, int type)
{
	return (union record){ .sock = { .h = HEAD(REC_SOCK, 1, sizeof(struct rec_sock)),
					 .sk = sk,
					 .inode = inode,
					 .netns = 1,
					 .family = (uint16_t)family,
					 .type = (uint16_t)type } };
}

/* name: what is told; its lengths are set from the addresses, of which each may have none. */
static inline union record record_name(struct rec_name name, struct address local, struct address peer)
{
	union record r = { .name = name };

	r.name.local_len = local.len;
	r.name.peer_len = peer.len;
	r.name.h.kind = REC_NAME;
	r.name.h.tid = 1;
	r.name.h.len = (uint16_t)(sizeof(name) + PAD8(local.len) + PAD8(peer.len));
	memcpy(r.bytes + sizeof(name), local.bytes, local.len);
	memcpy(r.bytes + sizeof(name) + PAD8(local.len), peer.bytes, peer.len);
	return r;
}

/* A fact of the kernel's own: tid 0; sk, value and the rest are the caller's to set. */
static inline union record record_fact(enum fact_kind fact, uint64_t sk, int64_t value)
{
	return (union record){ .fact = { .h = HEAD(REC_FACT, 0, sizeof(struct rec_fact)),
					 .sk = sk,
					 .value = value,
					 .fact = (uint16_t)fact } };
}

static inline void record_data(union record *r, enum data_kind kind, const void *head, size_t head_len,
			       const void *data, size_t len)
{
	uint8_t *to = r->bytes + sizeof(struct rec_call);

	r->call.data_kind = (uint16_t)kind;
	r->call.data_len = (uint16_t)(head_len + len);
	r->h.len = (uint16_t)(sizeof(struct rec_call) + PAD8(head_len + len));
	memcpy(to, head, head_len);
	memcpy(to + head_len, data, len);
}

static inline void record_addr(union record *r, struct address a)
{
	const struct data_addr head = { .given = a.len, .got = a.len };

	record_data(r, DATA_ADDR, &head, sizeof(head), a.bytes, a.len);
}

static inline void record_opt(union record *r, int value)
{
	const struct data_addr head = { .given = sizeof(value), .got = sizeof(value) };

	record_data(r, DATA_OPT, &head, sizeof(head), &value, sizeof(value));
}

static inline struct address inet(uint16_t port)
{
	const struct sockaddr_in sin = { .sin_family = AF_INET,
					 .sin_port = htons(port),
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct address a;

	address_set(&a, &sin, sizeof(sin));
	return a;
}

#endif
