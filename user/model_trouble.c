// SPDX-License-Identifier: GPL-2.0-only
/* What goes wrong underneath: retransmissions, resets, queued errors, drops, bytes thrown away. */

#include "model_internal.h"

void trouble_happened(struct model *m, const struct sock *s, struct trouble t)
{
	t.t = m->now;
	if (m->sink.trouble && !m->err)
		model_failed(m, m->sink.trouble(m->sink.arg, &s->life, &t));
}

static void retransmit_told(struct model *m, struct sock *s, const struct rec_fact *r)
{
	(void)r;
	s->life.retransmits++;
	trouble_happened(m, s, (struct trouble){ .kind = TROUBLE_RETRANSMIT, .count = 1 });
}

static void reset_told(struct model *m, struct sock *s, const struct rec_fact *r)
{
	const struct reset reset = { m->now, r->value, model_reset_reason(m, r->extra) };
	struct reset *kept;

	if (s->life.reset_count < ERRORS_MAX) { /* a listener has no end of them */
		kept = GROW(m, s->life.resets, s->life.reset_count);
		if (kept)
			*kept = reset;
	}
	trouble_happened(
		m, s,
		(struct trouble){ .kind = TROUBLE_RESET, .sent = reset.sent, .reason = reset.reason, .count = 1 });
}

static void error_told(struct model *m, struct sock *s, const struct rec_fact *r)
{
	struct queued_error *kept;

	if (s->life.error_count < ERRORS_MAX) {
		kept = GROW(m, s->life.errors, s->life.error_count);
		if (kept)
			*kept = (struct queued_error){ m->now, (int)r->value };
	}
	trouble_happened(m, s, (struct trouble){ .kind = TROUBLE_ERROR, .error = (int)r->value, .count = 1 });
}

static void drop_told(struct model *m, struct sock *s, const struct rec_fact *r)
{
	(void)r;
	s->life.dropped++;
	trouble_happened(m, s, (struct trouble){ .kind = TROUBLE_DROP, .count = 1 });
}

static void unread_told(struct model *m, struct sock *s, const struct rec_fact *r)
{
	if (r->value < 0 || r->value > UINT32_MAX)
		return;
	s->counted = m->now;
	s->came = (int64_t)s->life.received + r->value;
}

/* What a close's entry counted is of use to that close alone. */
void trouble_closed(struct model *m, struct sock *s)
{
	int64_t received = (int64_t)s->life.received;

	if (s->came < 0 || (s->ended == OPEN && s->counted != m->now))
		return;
	s->life.unread = s->came > received ? s->came - received : 0;
	s->life.unsent = s->unsent;
}

void trouble_told(struct model *m, const struct rec_fact *r)
{
	static void (*const told[FACT_KINDS])(struct model * m, struct sock * s, const struct rec_fact *r) = {
		[FACT_RETRANSMIT] = retransmit_told, [FACT_RESET] = reset_told,
		[FACT_ERROR] = error_told,           [FACT_DROP] = drop_told,
		[FACT_UNREAD] = unread_told,
	};
	struct sock *s = fact_sock(m, r->sk);

	if (s)
		told[r->fact](m, s, r);
}
