/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the io_uring programs share beside scenario.h: rings whose submissions and completions are told, in their
 * order, to the file that URING_LOG names, a line each, for tests/live/uring.t to compare with what was recorded:
 *
 *	submit REQUEST TID OPERATION TARGET INODE FLAGS
 *	cqe REQUEST OPERATION USER_DATA TARGET INODE RES FLAGS AGE
 *
 * REQUEST is the process and a number; TID submitted it; TARGET is a descriptor, direct:SLOT, or - where there is none;
 * INODE is its socket's, ? where the program cannot know it, - where it is none; AGE is in ns since the submission.
 */
#ifndef URING_H
#define URING_H

static int family; /* set by main from its first argument: families() */
#define FAMILY family
#include "../scenarios/scenario.h"

#include <liburing.h>
#include <time.h>

#include "../../bpf/doors.h"

/* include/uapi/linux/io_uring.h: newer than the liburing of Debian 12 */
#define SETUP_NO_SQARRAY (1u << 16)
#define OP_READ_MULTISHOT 49
#define OP_FIXED_FD_INSTALL 54
#define OP_BIND 56
#define OP_LISTEN 57
#define OP_READV_FIXED 60
#define OP_WRITEV_FIXED 61

#define REQUESTS 4096 /* of a ring, in a program's life */
#define SLOTS 64
#define NO_SOCKET ((ino_t)-1)

struct request {
	__u64 user_data;
	__u64 at;
	char name[32];
	char target[24];
	ino_t inode; /* 0: not known */
	__u8 op;
	bool done;
};

/* struct io_uring_cqe without what follows it in some rings. */
struct cqe {
	__u64 user_data;
	int res;
	unsigned int flags;
};

struct ring {
	struct io_uring io;
	struct request requests[REQUESTS];
	size_t count;
	ino_t slots[SLOTS]; /* 0: not known */
};

static inline __u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static inline const char *op_name(__u8 op)
{
#define OP(number, name, ...) [number] = #name,
	static const char *const names[256] = { URING_OPS(OP)[IORING_OP_ASYNC_CANCEL] = "ASYNC_CANCEL" };
#undef OP

	return names[op] ?: "OTHER";
}

/* One for all threads and children; its number is out of the way of those that the programs use. */
static inline int log_fd(void)
{
	static int log = -1;
	int fd;

	if (log < 0) {
		fd = MUST(open(getenv("URING_LOG") ?: "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
		log = MUST(fcntl(fd, F_DUPFD_CLOEXEC, 500));
		close(fd);
	}
	return log;
}

static inline ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) || !S_ISSOCK(st.st_mode) ? NO_SOCKET : st.st_ino;
}

static inline const char *inode_text(ino_t inode)
{
	static _Thread_local char text[24];

	snprintf(text, sizeof(text), "%lu", (unsigned long)inode);
	return inode == NO_SOCKET ? "-" : inode ? text : "?";
}

static inline void target_set(struct ring *ring, struct request *r, bool direct, int fd)
{
	snprintf(r->target, sizeof(r->target), direct ? "direct:%d" : "%d", fd);
	r->inode = !direct ? inode_of(fd) : fd < SLOTS ? ring->slots[fd] : NO_SOCKET;
}

/* FILES_UPDATE names descriptors; from then on it is known what is in their slots. */
static inline void slots_set(struct ring *ring, unsigned int first, const int *fds, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		ring->slots[first + i] = fds[i] < 0 ? NO_SOCKET : inode_of(fds[i]);
}

static inline void target_find(struct ring *ring, struct request *r, const struct io_uring_sqe *s)
{
	bool fixed = s->flags & IOSQE_FIXED_FILE;

	strcpy(r->target, "-");
	switch (s->opcode) {
	case IORING_OP_FILES_UPDATE:
		slots_set(ring, s->off, (const int *)s->addr, s->len);
		return;
	case IORING_OP_CLOSE:
		target_set(ring, r, s->file_index, s->file_index ? (int)s->file_index - 1 : s->fd);
		if (s->file_index)
			ring->slots[s->file_index - 1] = NO_SOCKET;
		return;
	case IORING_OP_SPLICE: /* whichever is the socket */
		target_set(ring, r, fixed, s->fd);
		if (r->inode == NO_SOCKET)
			target_set(ring, r, s->splice_flags & SPLICE_F_FD_IN_FIXED, s->splice_fd_in);
		return;
	case IORING_OP_SOCKET:
	case IORING_OP_ASYNC_CANCEL:
	case IORING_OP_LINK_TIMEOUT:
	case IORING_OP_NOP:
		return;
	default:
		target_set(ring, r, fixed, s->fd);
	}
}

static inline void log_submission(struct ring *ring, const struct io_uring_sqe *s)
{
	struct request *r = &ring->requests[ring->count++];
	static int number;

	CHECK(ring->count < REQUESTS);
	*r = (struct request){ .user_data = s->user_data, .op = s->opcode };
	snprintf(r->name, sizeof(r->name), "%d.%d", getpid(), __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED));
	target_find(ring, r, s);
	dprintf(log_fd(), "submit %s %d %s %s %s %#x\n", r->name, gettid(), op_name(r->op), r->target,
		inode_text(r->inode), s->flags);
	r->at = now();
}

static inline void submit(struct ring *ring)
{
	const int shift = !!(ring->io.flags & IORING_SETUP_SQE128);
	struct io_uring_sq *sq = &ring->io.sq;
	unsigned int count = sq->sqe_tail - sq->sqe_head;

	for (unsigned int i = sq->sqe_head; i != sq->sqe_tail; i++)
		log_submission(ring, &sq->sqes[(i & sq->ring_mask) << shift]);
	CHECK(io_uring_submit(&ring->io) == (int)count);
}

/* The next request that has not said all it has to say. Of several with one user_data the first. */
static inline struct request *request_of(struct ring *ring, const struct cqe *cqe)
{
	for (size_t i = 0; i < ring->count; i++)
		if (!ring->requests[i].done && ring->requests[i].user_data == cqe->user_data)
			return &ring->requests[i];
	CHECK(!"a completion of no request");
	return NULL;
}

static inline void log_completion(struct request *r, const struct cqe *cqe)
{
	ino_t inode = r->op == IORING_OP_SOCKET && cqe->res > 2 ? inode_of(cqe->res) : r->inode;

	r->done = !(cqe->flags & IORING_CQE_F_MORE);
	dprintf(log_fd(), "cqe %s %s %llu %s %s %d %#x %llu\n", r->name, op_name(r->op),
		(unsigned long long)cqe->user_data, r->target, inode_text(inode), cqe->res, cqe->flags, now() - r->at);
}

/* Waits for the next. */
static inline struct cqe completion(struct ring *ring)
{
	struct io_uring_cqe *cqe;
	struct cqe copy;
	int err;

	do
		err = io_uring_wait_cqe(&ring->io, &cqe);
	while (err == -EINTR);
	CHECK(!err);
	copy = (struct cqe){ .user_data = cqe->user_data, .res = cqe->res, .flags = cqe->flags };
	io_uring_cqe_seen(&ring->io, cqe);
	log_completion(request_of(ring, &copy), &copy);
	return copy;
}

static inline int result(struct ring *ring)
{
	submit(ring);
	return completion(ring).res;
}

/* The next one is that of this request. */
static inline void expect(struct ring *ring, __u64 user_data, int res)
{
	struct cqe cqe = completion(ring);

	if (cqe.user_data != user_data || cqe.res != res) {
		fprintf(stderr, "request %llu gave %d, %llu is to give %d\n", (unsigned long long)cqe.user_data,
			cqe.res, (unsigned long long)user_data, res);
		_exit(1);
	}
}

/* Its user_data is a number of its own, from 1 on. */
static inline struct io_uring_sqe *sqe(struct ring *ring)
{
	struct io_uring_sqe *s = io_uring_get_sqe(&ring->io);

	CHECK(s);
	s->user_data = ring->count + (ring->io.sq.sqe_tail - ring->io.sq.sqe_head);
	return s;
}

/*
 * Prepares a request: PREP(&ring, io_uring_prep_recv, fd, buf, len, 0), which can be changed. DO does it, and is
 * its result.
 */
#define PREP(ring, prep, ...) \
	({ \
		struct io_uring_sqe *sqe_ = sqe(ring); \
		prep(sqe_, ##__VA_ARGS__); \
		sqe_; \
	})
#define DO(ring, ...) (PREP(ring, __VA_ARGS__), result(ring))
/* The same on a direct descriptor. */
#define PREP_DIRECT(ring, ...) \
	({ \
		struct io_uring_sqe *direct_ = PREP(ring, __VA_ARGS__); \
		direct_->flags |= IOSQE_FIXED_FILE; \
		direct_; \
	})
#define DO_DIRECT(ring, ...) (PREP_DIRECT(ring, __VA_ARGS__), result(ring))

/*
 * A CONNECT to a listener on which the ring has an ACCEPT in progress, and the completion of that one. A native
 * connect() would be interrupted by it, or not: which is chance.
 */
static inline struct cqe connect_accepted(struct ring *ring, int client, const struct address *addr, unsigned int flags)
{
	struct io_uring_sqe *s = sqe(ring);
	const __u64 number = s->user_data;
	struct cqe cqe, accepted = {};

	io_uring_prep_connect(s, client, AT(*addr));
	s->flags |= flags;
	submit(ring);
	for (int i = 0; i < 2; i++) {
		cqe = completion(ring);
		if (cqe.user_data != number)
			accepted = cqe;
		else
			CHECK(!cqe.res);
	}
	return accepted;
}

static inline void prep_bind(struct io_uring_sqe *s, int fd, const struct sockaddr *addr, socklen_t len)
{
	io_uring_prep_rw(OP_BIND, s, fd, addr, 0, len);
}

static inline void prep_listen(struct io_uring_sqe *s, int fd, int backlog)
{
	io_uring_prep_rw(OP_LISTEN, s, fd, NULL, backlog, 0);
}

/* A kernel without it (ENOSYS), with less of it (EINVAL), or with io_uring switched off (EPERM) ends the program. */
static inline void ring_open(struct ring *ring, unsigned int entries, unsigned int flags)
{
	int err = io_uring_queue_init(entries, &ring->io, flags);

	if (err == -ENOSYS || err == -EINVAL || err == -EPERM)
		_exit(SKIPPED);
	CHECK(!err);
	alarm(20);
	log_fd();
}

static inline void need(int op)
{
	struct io_uring_probe *probe = io_uring_get_probe();

	if (!probe || !io_uring_opcode_supported(probe, op))
		_exit(SKIPPED);
	io_uring_free_probe(probe);
}

static inline void ring_close(struct ring *ring)
{
	io_uring_queue_exit(&ring->io);
}

/* Of what a program was given: tcp (or nothing), tcp6, unix, udp. */
static inline void families(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "tcp";

	family = !strcmp(name, "unix") ? AF_UNIX : !strcmp(name, "tcp6") ? AF_INET6 : AF_INET;
}

#endif
