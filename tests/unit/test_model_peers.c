/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_peers.c: which two sockets are the ends of one TCP connection, by their addresses and times.
 * test_model_numbers.c has sequence numbers, test_model.c unix sockets.
 */
#include "connection.h"

static void the_client_is_told_of_first(void **state)
{
	client(*state, 1);
	accepted(*state, 2);
	assert_peers(*state, 1, 2);
}

static void the_accepted_one_is_told_of_first(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	accepted(w, 2);
	closed(w, 2);
	connected(w, 1, at, CLIENT, SERVER);
	assert_peers(w, 1, 2);
}

static void ipv6_ends_find_each_other(void **state)
{
	client_of(*state, 1, inet6("::1", 5000, 0), inet6("::1", 80, 0));
	accepted_in(*state, 2, 1, inet6("::1", 80, 0), inet6("::1", 5000, 0));
	assert_peers(*state, 1, 2);
}

static void a_mapped_address_is_the_ipv4_one(void **state)
{
	client(*state, 1);
	accepted_in(*state, 2, 1, inet6("::ffff:127.0.0.1", 80, 0), inet6("::ffff:127.0.0.1", 5000, 0));
	assert_peers(*state, 1, 2);
}

static void another_link_is_another_connection(void **state)
{
	client_of(*state, 1, inet6("fe80::1", 5000, 2), inet6("fe80::2", 80, 2));
	accepted_in(*state, 2, 1, inet6("fe80::2", 80, 3), inet6("fe80::1", 5000, 3));
	assert_alone(*state, 1);
	assert_alone(*state, 2);
}

static void another_namespace_is_another_connection(void **state)
{
	client(*state, 1);
	accepted_in(*state, 2, OTHER_NETNS, SERVER, CLIENT);
	assert_alone(*state, 1);
	assert_alone(*state, 2);
}

static void datagram_sockets_have_no_other_end(void **state)
{
	struct world *w = *state;

	socket_of(w, 11, 1, AF_INET, SOCK_DGRAM);
	socket_of(w, 12, 2, AF_INET, SOCK_DGRAM);
	named(w, 1, CLIENT, SERVER);
	named(w, 2, SERVER, CLIENT);
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void a_client_that_closed_in_the_queue_is_the_other_end(void **state)
{
	client(*state, 1);
	closed(*state, 1);
	accepted(*state, 2);
	assert_peers(*state, 1, 2);
}

static void a_tuple_used_again_is_another_connection(void **state)
{
	for (int n = 1; n < 9; n += 2) {
		client(*state, n);
		accepted(*state, n + 1);
		closed(*state, n);
		closed(*state, n + 1);
	}
	for (int n = 1; n < 9; n += 2)
		assert_peers(*state, n, n + 1);
}

/* What was accepted before the connect() is another's, who was not seen. */
static void an_older_end_is_not_a_later_clients(void **state)
{
	accepted(*state, 1);
	client(*state, 2);
	accepted(*state, 3);
	assert_alone(*state, 1);
	assert_peers(*state, 2, 3);
}

static void of_two_clients_neither_is_the_other_end(void **state)
{
	client(*state, 1);
	closed(*state, 1);
	client(*state, 2);
	accepted(*state, 3);
	accepted(*state, 4);
	for (int n = 1; n <= 4; n++)
		assert_alone(*state, n);
}

static void of_two_accepted_ones_neither_is_the_other_end(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	accepted(w, 2);
	closed(w, 2);
	accepted(w, 3);
	connected(w, 1, at, CLIENT, SERVER);
	for (int n = 1; n <= 3; n++)
		assert_alone(w, n);
}

static void a_connection_back_after_the_close_is_another(void **state)
{
	client(*state, 1);
	closed(*state, 1);
	client_of(*state, 2, SERVER, CLIENT);
	assert_alone(*state, 1);
	assert_alone(*state, 2);
}

static void two_that_connect_to_each_other_at_once_are_the_two_ends(void **state) /* RFC 9293, 3.5 */
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	client_of(w, 2, SERVER, CLIENT);
	connected(w, 1, at, CLIENT, SERVER);
	assert_peers(w, 1, 2);
}

/* The second client was inside connect() when the end was accepted: it may be its, and the first one's no more. */
static void a_second_candidate_undoes_the_first(void **state)
{
	struct world *w = *state;
	uint64_t at;

	client(w, 1);
	closed(w, 1);
	tcp(w, 12, 2);
	at = connects(w, 2);
	accepted(w, 3);
	connected(w, 2, at, CLIENT, SERVER);
	for (int n = 1; n <= 3; n++)
		assert_alone(w, n);
}

static void a_refused_client_is_no_candidate(void **state)
{
	struct world *w = *state;
	union record r =
		call_of(CALL_getsockopt, (struct rec_call){ .sk = SK(1), .args = { 11, SOL_SOCKET, SO_ERROR, 0, 0 } });
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	named(w, 1, CLIENT, SERVER);
	DID(w, connect, .sk = SK(1), .args = { 11 }, .ret = -EINPROGRESS, .dur = at,
	    TCP(TCP_SYN_SENT, | VIEW_BOUND | VIEW_PEER));
	record_opt(&r, ECONNREFUSED);
	r.call.kstate = TCP_CLOSE;
	r.call.view = VIEW_VALID | VIEW_PEER;
	feed(w, r);
	closed(w, 1);
	client(w, 2);
	accepted(w, 3);
	assert_alone(w, 1);
	assert_peers(w, 2, 3);
}

static void a_socket_connected_to_itself_has_no_other_end(void **state)
{
	client_of(*state, 1, SERVER, SERVER);
	accepted_in(*state, 2, 1, SERVER, SERVER);
	assert_alone(*state, 1);
	assert_alone(*state, 2);
}

static void dissolved(struct world *w, int n)
{
	feed(w, record_name((struct rec_name){ .sk = SK(n), TCP(TCP_CLOSE, ) }, NONE, NONE));
}

static void the_other_end_is_the_last_connections(void **state)
{
	client(*state, 1);
	accepted(*state, 2);
	dissolved(*state, 1);
	connected(*state, 1, connects(*state, 1), CLIENT, inet(81));
	accepted_in(*state, 3, 1, inet(81), CLIENT);
	assert_peers(*state, 1, 3);
	assert_int_equal(life_of(*state, 2)->peer_socket, life_of(*state, 1)->id); /* its only connection was with it */
}

static void a_dissolved_connections_other_end_stays(void **state)
{
	client(*state, 1);
	accepted(*state, 2);
	dissolved(*state, 1);
	assert_peers(*state, 1, 2);
}

static void a_dissolved_connection_is_no_candidate(void **state)
{
	client(*state, 1);
	dissolved(*state, 1);
	client(*state, 2);
	accepted(*state, 3);
	assert_alone(*state, 1);
	assert_peers(*state, 2, 3);
}

static void a_new_connections_other_end_is_not_the_last_ones(void **state)
{
	client(*state, 1);
	accepted(*state, 2);
	dissolved(*state, 1);
	connected(*state, 1, connects(*state, 1), CLIENT, inet(81));
	assert_alone(*state, 1);
}

static void an_end_that_lost_its_port_is_still_a_candidate(void **state)
{
	client(*state, 1);
	named(*state, 1, NONE, SERVER); /* reset: inet_put_port() */
	accepted(*state, 2);
	assert_peers(*state, 1, 2);
}

static void a_client_waits_longer_than_other_closed_sockets(void **state)
{
	struct world *w = *state;

	client(w, 1);
	closed(w, 1);
	for (int n = 3; n < 1000; n++) {
		tcp(w, 3, n);
		close_of(w, 3, n);
	}
	accepted(w, 2);
	assert_peers(w, 1, 2);
}

static void a_client_waits_behind_as_many_as_a_queue_holds(void **state)
{
	struct world *w = *state;

	for (int n = 3; n < 3 + 4097; n++) {
		client_of(w, n, inet((uint16_t)(5000 + n)), SERVER);
		closed(w, n);
	}
	accepted_in(w, 1, 1, SERVER, inet(5003));
	accepted_in(w, 2, 1, SERVER, inet(5004));
	assert_alone(w, 1);
	assert_peers(w, 2, 4);
}

static void ends_found_connected_are_joined(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 2; n++) {
		feed(w, record_sock(SK(n), (uint64_t)n, AF_INET, SOCK_STREAM));
		named(w, n, n == 1 ? CLIENT : SERVER, n == 1 ? SERVER : CLIENT);
		DID(w, read, .sk = SK(n), .args = { (__u64)n + 10, 0, 9 },
		    TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	}
	assert_peers(w, 1, 2);
}

static void a_connection_told_of_again_is_the_same(void **state)
{
	client(*state, 1);
	accepted(*state, 2);
	named(*state, 1, CLIENT, SERVER);
	named(*state, 2, SERVER, CLIENT);
	assert_peers(*state, 1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(the_client_is_told_of_first),
		WORLD_TEST(the_accepted_one_is_told_of_first),
		WORLD_TEST(ipv6_ends_find_each_other),
		WORLD_TEST(a_mapped_address_is_the_ipv4_one),
		WORLD_TEST(another_link_is_another_connection),
		WORLD_TEST(another_namespace_is_another_connection),
		WORLD_TEST(datagram_sockets_have_no_other_end),
		WORLD_TEST(a_client_that_closed_in_the_queue_is_the_other_end),
		WORLD_TEST(a_tuple_used_again_is_another_connection),
		WORLD_TEST(an_older_end_is_not_a_later_clients),
		WORLD_TEST(of_two_clients_neither_is_the_other_end),
		WORLD_TEST(of_two_accepted_ones_neither_is_the_other_end),
		WORLD_TEST(a_connection_back_after_the_close_is_another),
		WORLD_TEST(two_that_connect_to_each_other_at_once_are_the_two_ends),
		WORLD_TEST(a_second_candidate_undoes_the_first),
		WORLD_TEST(a_refused_client_is_no_candidate),
		WORLD_TEST(a_socket_connected_to_itself_has_no_other_end),
		WORLD_TEST(the_other_end_is_the_last_connections),
		WORLD_TEST(a_dissolved_connections_other_end_stays),
		WORLD_TEST(a_dissolved_connection_is_no_candidate),
		WORLD_TEST(a_new_connections_other_end_is_not_the_last_ones),
		WORLD_TEST(an_end_that_lost_its_port_is_still_a_candidate),
		WORLD_TEST(a_client_waits_longer_than_other_closed_sockets),
		WORLD_TEST(a_client_waits_behind_as_many_as_a_queue_holds),
		WORLD_TEST(ends_found_connected_are_joined),
		WORLD_TEST(a_connection_told_of_again_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
