/* SPDX-License-Identifier: MIT */
#include "base/assert.h"
#include "engine/digest.h"
#include "engine/engine.h"

static void push(struct digest *d)
{
	if (d->depth < DIGEST_DEPTH)
		d->outer[d->depth] = d->now;
	d->depth++;
}

static void pop(struct digest *d, uint64_t result)
{
	if (!d->depth)
		return;
	d->depth--;
	if (d->depth < DIGEST_DEPTH) {
		d->now = digest_mix(d->outer[d->depth], result);
		d->outer[d->depth] = 0;
	}
}

static void fold(struct digest *d, const struct rsim_event *ev)
{
	uint64_t h = digest_string(ev->kind, ev->what);

	h = digest_mix(h, (uint64_t)ev->dev << 32 | ev->obj);
	h = digest_mix(h, (uint64_t)(uint32_t)ev->ret << 8 | ev->size);
	h = digest_mix(digest_mix(h, ev->a), ev->b);
	if (ev->kind == RSIM_EV_CALL) {
		push(d);
		d->now = digest_mix(d->now, h);
	} else if (ev->kind == RSIM_EV_RET) {
		pop(d, h);
	} else {
		d->now = digest_mix(d->now, h);
	}
}

/* What silicon does, code only knows once it looks. */
static bool is_code(unsigned kind)
{
	return kind < RSIM_EV_HW || kind == RSIM_EV_STE ||
	       kind == RSIM_EV_CMD || kind == RSIM_EV_TASK ||
	       kind == RSIM_EV_NOTE;
}

void digest_update(struct engine *e)
{
	struct trace *t = e->trace;

	for (; t->folded < t->count; t->folded++) {
		const struct rsim_event *ev = &t->events[t->folded];

		if (ev->task && is_code(ev->kind))
			fold(&e->tasks[ev->task - 1]->digest, ev);
	}
}

static struct digest *current(struct engine *e)
{
	digest_update(e);
	return &e->tasks[e->current - 1]->digest;
}

void digest_push(struct engine *e)
{
	push(current(e));
}

void digest_pop(struct engine *e, uint64_t result)
{
	e->quiet = false;
	pop(current(e), result);
}

void digest_fold(struct engine *e, uint64_t value)
{
	struct digest *d = current(e);

	engine_tick(e);
	d->now = digest_mix(d->now, value);
}

void digest_restart(struct engine *e, uint64_t value)
{
	struct digest *d = current(e);

	MUST(d->depth && d->depth <= DIGEST_DEPTH);
	d->now = digest_mix(d->outer[d->depth - 1], value);
}
