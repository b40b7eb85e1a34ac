/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_snapshot.c, model_tasks.c: processes that a snapshot found, what they run, and forks that it came across.
 */
#include "snapshot.h"

static const struct process *process_of(struct world *w, int64_t id)
{
	const struct process *p = NULL;

	finish(w);
	for (size_t i = 0; i < w->process_count; i++)
		if (w->processes[i].id == id) {
			assert_null(p);
			p = &w->processes[i];
		}
	assert_non_null(p);
	return p;
}

/* Process 2 is forked in `took` ns. */
static void forked(struct world *w, uint32_t took)
{
	union record r = record_fork(1, 2, 2, FILES(1), FILES(2));

	r.fork.took = took;
	feed(w, r);
}

static void a_child_that_was_found_is_its_parents(void **state)
{
	struct world *w = *state;
	const struct life *l;

	found_connected(w, 1);
	held(w, 5, 1);
	feed(w, record_task(2, 2, FILES(2)));
	held_by(w, 2, 5, 1, 0);
	forked(w, 20);
	l = life_of(w, 1);
	assert_int_equal(w->process_count, 2);
	assert_int_equal(process_of(w, 2)->parent, 1);
	assert_int_equal(process_of(w, 2)->start, NOW(w));
	assert_int_equal(process_of(w, 2)->end, OPEN);
	assert_int_equal(l->descriptor_count, 2);
	assert_descriptor(l, 1, 2, 5, HOW_FORK, BY_OPEN);
	assert_int_equal(l->descriptors[1].from, NOW(w));
	assert_false(l->uncertain);
}

static void what_the_look_had_not_reached_is_copied(void **state)
{
	struct world *w = *state;
	const struct life *l;

	found_connected(w, 1);
	held(w, 5, 1);
	held(w, 6, 1);
	feed(w, record_task(2, 2, FILES(2)));
	held_by(w, 2, 5, 1, 0);
	forked(w, 20);
	held_by(w, 2, 6, 1, HELD_CLOEXEC);
	feed(w, record_exec(2, 2, FILES(2)));
	l = life_of(w, 1);
	assert_int_equal(l->descriptor_count, 4);
	assert_descriptor(l, 2, 2, 5, HOW_FORK, BY_OPEN);
	assert_descriptor(l, 3, 2, 6, HOW_FORK, BY_CLOEXEC);
}

static void a_process_that_was_found_before_the_fork_is_another(void **state)
{
	struct world *w = *state;

	feed(w, record_task(2, 2, FILES(2)));
	found_connected(w, 1);
	held_by(w, 2, 5, 1, 0);
	forked(w, 1);
	finish(w);
	assert_int_equal(w->process_count, 3);
	assert_descriptor(life_of(w, 1), 0, 2, 5, HOW_SNAPSHOT, BY_EXIT);
	assert_int_equal(process_of(w, 3)->parent, 1);
}

static void what_a_child_of_the_trace_holds_came_by_its_fork(void **state)
{
	struct world *w = *state;
	const struct life *l;
	int64_t fork;

	forked(w, 1);
	fork = NOW(w);
	found_connected(w, 1);
	held_by(w, 2, 5, 1, 0);
	l = life_of(w, 1);
	assert_int_equal(l->descriptor_count, 1);
	assert_descriptor(l, 0, 2, 5, HOW_FORK, BY_OPEN);
	assert_int_equal(l->descriptors[0].from, fork);
	assert_false(l->uncertain);
}

/* What a parent has closed it had before: a child's use of it does not give it back. */
static void a_parents_close_stands_when_its_child_uses_it(void **state)
{
	struct world *w = *state;
	const struct life *l;

	found_connected(w, 1);
	forked(w, 1);
	close_of(w, 5, 1);
	w->now += 5000000;
	DID(w, read, .h.tid = 2, .sk = SK(1), .ret = 3, .args = { 5, 0, 9 });
	l = life_of(w, 1);
	assert_descriptor(l, 0, 1, 5, HOW_SNAPSHOT, BY_CLOSE);
	for (size_t i = 1; i < l->descriptor_count; i++)
		assert_int_equal(l->descriptors[i].process, 2);
}

static void a_shared_table_is_found_once(void **state)
{
	struct world *w = *state;
	union record r = record_fork(1, 2, 2, FILES(1), FILES(1));

	found_connected(w, 1);
	held(w, 5, 1);
	feed(w, record_task(2, 2, FILES(1)));
	feed(w, r);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_int_equal(process_of(w, 2)->parent, 1);
	assert_int_equal(process_of(w, 2)->start, NOW(w));
}

static void a_thread_that_was_found_stays(void **state)
{
	struct world *w = *state;

	feed(w, record_task(2, 1, FILES(1)));
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	found_connected(w, 1);
	held_by(w, 1, 5, 1, 0);
	feed(w, record_exit(2, 1, 1, 0));
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_int_equal(w->process_count, 1);
}

static void a_parent_may_be_found_after_its_child(void **state)
{
	struct world *w = *state;
	union record r = record_task(2, 2, FILES(2));

	r.task.parent = 3;
	feed(w, r);
	feed(w, record_task(3, 3, FILES(3)));
	assert_int_equal(process_of(w, 2)->parent, 3);
	assert_int_equal(process_of(w, 3)->parent, 0);
}

static union record exec_found(void)
{
	union record r = record_exec(1, 0, 0);

	r.h.flags = EXEC_FOUND;
	return r;
}

static int title(void *arg, const struct process *p)
{
	*(size_t *)arg = p->execs[0].args_len;
	assert_memory_equal(p->execs[0].args, "new\0-x", 7);
	return 0;
}

/* The length of a program's words, which were found so many bytes long. */
static size_t title_found(uint16_t flags, __u32 zeros)
{
	size_t len = 0;
	const struct sink sink = { .process = title, .arg = &len };
	struct model *m = model_new(MONO, &sink);
	union record task = record_task(1, 1, FILES(1)), r = exec_found();

	task.h.ts = r.h.ts = MONO;
	r.h.flags = flags;
	r.exec.args_len = r.exec.args_all = 7 + zeros;
	r.h.len = (uint16_t)(sizeof(r.exec) + PAD8(r.exec.file_len + r.exec.args_len));
	assert_int_equal(model_record(m, &task.h), 0);
	assert_int_equal(model_record(m, &r.h), 0);
	assert_int_equal(model_finish(m, MONO + 100), 0);
	model_free(m);
	return len;
}

static void a_title_has_no_empty_words_after_it(void **state)
{
	(void)state;
	assert_int_equal(title_found(EXEC_FOUND, 0), 7);
	assert_int_equal(title_found(EXEC_FOUND, 9), 7);
	assert_int_equal(title_found(0, 2), 9); /* an exec's are as they were given */
}

static int programs(void *arg, const struct process *p)
{
	*(struct process *)arg = *p;
	assert_int_equal(p->exec_count, 1);
	assert_string_equal(p->execs[0].exe, "./new");
	((struct process *)arg)->start = p->execs[0].t;
	return 0;
}

/* The t of the only exec of the only process. */
static int64_t exec_time(const union record *records, size_t count)
{
	struct process p;
	const struct sink sink = { .process = programs, .arg = &p };
	struct model *m = model_new(MONO, &sink);

	for (size_t i = 0; i < count; i++) {
		union record r = records[i];

		r.h.ts = MONO + 10 + i;
		assert_int_equal(model_record(m, &r.h), 0);
	}
	assert_int_equal(model_finish(m, MONO + 100), 0);
	model_free(m);
	return p.start;
}

static void what_a_process_runs_is_found(void **state)
{
	const union record found_first[] = { record_task(1, 1, FILES(1)), exec_found() };
	const union record live_first[] = { record_task(1, 1, FILES(1)), record_exec(1, 1, FILES(1)), exec_found() };

	(void)state;
	assert_int_equal(exec_time(found_first, 2), OPEN);
	assert_int_equal(exec_time(live_first, 3), 11);
}

static void what_it_runs_closes_nothing(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held_by(w, 1, 5, 1, HELD_CLOEXEC);
	feed(w, exec_found());
	assert_int_equal(life_of(w, 1)->closed, OPEN);
}

static void pids_are_as_they_are_seen(void **state)
{
	struct world *w = *state;

	TOLD(w, PIDS, 0, .h.tid = 1, .value = 7, .extra = 7, .other = 40ull << 32 | 40);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	TOLD(w, PIDS, 0, .h.tid = 2, .value = 7, .extra = 8, .other = 40ull << 32 | 41);
	feed(w, record_task(3, 3, FILES(3)));
	TOLD(w, PIDS, 0, .h.tid = 3, .value = 9, .extra = 9);
	TOLD(w, PIDS, 0, .h.tid = 99, .value = 9, .extra = 9);
	found_connected(w, 1);
	held(w, 5, 1);
	assert_int_equal(process_of(w, 1)->pid, 40);
	assert_int_equal(process_of(w, 1)->inner_pid, 7);
	assert_int_equal(process_of(w, 2)->pid, 3); /* not to be seen */
	assert_int_equal(process_of(w, 2)->inner_pid, 9);
	assert_int_equal(life_of(w, 1)->pid, 40);
}

static uint32_t tids[8];
static size_t tid_count;

static int told_tid(void *arg, const struct event *e)
{
	(void)arg;
	tids[tid_count++] = e->call->tid;
	return 0;
}

static void an_event_has_the_tid_that_is_seen(void **state)
{
	const struct sink sink = { .event = told_tid };
	union record records[] = {
		record_task(1, 1, FILES(1)),
		fact_of(FACT_PIDS, 0,
			(struct rec_fact){ .h.tid = 1, .value = 7, .extra = 7, .other = 40ull << 32 | 40 }),
		record_fork(1, 2, 1, FILES(1), FILES(1)),
		fact_of(FACT_PIDS, 0,
			(struct rec_fact){ .h.tid = 2, .value = 7, .extra = 8, .other = 40ull << 32 | 41 }),
		call_of(CALL_socket, (struct rec_call){ .h.tid = 2, .ret = -EMFILE }),
		call_of(CALL_socket, (struct rec_call){ .h.tid = 1, .ret = -EMFILE }),
		record_exec(1, 2, FILES(1)), /* the other thread's: it is the first from now on */
		call_of(CALL_socket, (struct rec_call){ .h.tid = 1, .ret = -EMFILE }),
	};
	struct model *m = model_new(MONO, &sink);

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		records[i].h.ts = MONO + 10 * i;
		assert_int_equal(model_record(m, &records[i].h), 0);
	}
	model_free(m);
	assert_int_equal(tid_count, 3);
	assert_int_equal(tids[0], 41);
	assert_int_equal(tids[1], 40);
	assert_int_equal(tids[2], 40);
}

static void table_found(struct world *w, uint32_t tid, uint32_t tgid, uint64_t files)
{
	union record r = record_task(tid, tgid, files);

	r.h.flags = TASK_FOUND;
	feed(w, r);
}

/* unshare(CLONE_FILES) before the trace: number 5 is another socket in each table. */
static void a_thread_that_was_found_has_what_its_own_table_has(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held(w, 5, 1);
	held(w, 6, 1);
	table_found(w, 2, 1, FILES(2));
	found(w, 2, SOCK_STREAM, TCP_LISTEN, SERVER, NONE);
	held_by(w, 2, 5, 2, 0);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
	assert_descriptor(life_of(w, 2), 0, 1, 5, HOW_SNAPSHOT, BY_OPEN);
}

static void one_that_takes_its_own_in_the_trace_has_a_copy(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held(w, 5, 1);
	feed(w, record_task(2, 1, FILES(2)));
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_descriptor(life_of(w, 1), 1, 1, 5, HOW_FORK, BY_OPEN);
}

/* Its first record was lost: the table had another name until then. */
static void what_its_calls_told_before_it_was_found_stays(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, read, .h.tid = 7, .sk = SK(1), .ret = 1, .args = { 5, 0, 1 },
	    TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	table_found(w, 7, 7, FILES(7));
	held_by(w, 7, 5, 1, 0);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_descriptor(life_of(w, 1), 0, 2, 5, HOW_SNAPSHOT, BY_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_child_that_was_found_is_its_parents),
		WORLD_TEST(what_the_look_had_not_reached_is_copied),
		WORLD_TEST(a_process_that_was_found_before_the_fork_is_another),
		WORLD_TEST(what_a_child_of_the_trace_holds_came_by_its_fork),
		WORLD_TEST(a_parents_close_stands_when_its_child_uses_it),
		WORLD_TEST(a_shared_table_is_found_once),
		WORLD_TEST(a_thread_that_was_found_stays),
		WORLD_TEST(a_parent_may_be_found_after_its_child),
		WORLD_TEST(a_thread_that_was_found_has_what_its_own_table_has),
		WORLD_TEST(one_that_takes_its_own_in_the_trace_has_a_copy),
		WORLD_TEST(what_its_calls_told_before_it_was_found_stays),
		cmocka_unit_test(what_a_process_runs_is_found),
		cmocka_unit_test(a_title_has_no_empty_words_after_it),
		WORLD_TEST(what_it_runs_closes_nothing),
		WORLD_TEST(pids_are_as_they_are_seen),
		cmocka_unit_test(an_event_has_the_tid_that_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
