/* SPDX-License-Identifier: MIT */
#include "explore/worker.h"
#include "base/assert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STEPS 10000u

int worker_start(struct worker *w)
{
	int ret = run_start(&w->run, w->scene, w->proto);

	if (ret)
		return ret;
	base_init(&w->base, w->run.w, &w->run.checks->facts);
	w->keyer = keyer_new();
	if (!w->keyer)
		return -ENOMEM;
	if (!w->undo)
		return 0;
	w->beginning = snapshot_take(&w->base);
	return w->beginning ? 0 : -ENOMEM;
}

void worker_clear(struct worker *w)
{
	uint32_t i;

	for (i = 0; i < w->count; i++) {
		snapshot_drop(&w->base, w->arrivals[i].node.snap);
		if (w->arrivals[i].slot)
			w->recent[w->arrivals[i].slot - 1] = 0;
	}
	w->count = 0;
}

void worker_fini(struct worker *w)
{
	worker_clear(w);
	free(w->arrivals);
	snapshot_drop(&w->base, w->beginning);
	free(w->keyer);
	base_fini(&w->base);
	run_end(&w->run);
}

/* How many preemptions are left depends on who ran last. */
struct key worker_key(struct worker *w)
{
	struct key k = state_key(w->keyer, w->run.w, &w->run.checks->facts,
				 w->asked);

	if (w->exact)
		k.a = digest_mix(k.a, w->run.last);
	return k;
}

static int back_to(struct worker *w, const struct snapshot *snap,
		   unsigned last)
{
	run_forget_violations(&w->run);
	w->run.last = (uint8_t)last;
	return snapshot_restore(&w->base, snap);
}

static bool take_step(struct worker *w, const struct step *s)
{
	base_runs(&w->base, s->task);
	return run_step(&w->run, s);
}

/* Runs from the beginning to state @n. */
static int rerun(struct worker *w, uint32_t n)
{
	struct step *path;
	unsigned count, i;
	int ret = states_path(w->states, n, &path, &count);

	if (ret)
		return ret;
	if (w->undo) {
		ret = back_to(w, w->beginning, 0);
	} else {
		ret = run_again(&w->run, w->proto);
	}
	for (i = 0; !ret && i < count; i++)
		take_step(w, &path[i]);
	if (!ret)
		run_forget_violations(&w->run);
	free(path);
	return ret;
}

/* Puts the world into state @n; @snap: a copy of it, or NULL. */
static int go_to(struct worker *w, uint32_t n, const struct snapshot *snap)
{
	if (w->is_here && w->here == n)
		return 0;
	w->here = n;
	w->is_here = true;
	if (!snap)
		return rerun(w, n);
	return back_to(w, snap, w->states->nodes[n].task);
}

/* It only becomes dearer: with more faults, or with as many preemptions and
 * steps, it never leads to anything below. */
static bool is_too_dear(uint64_t cost, uint64_t below)
{
	const uint64_t rest = cost_of(1, 0, 0) - 1;

	return cost >> 48 > below >> 48 || (cost & rest) >= (below & rest);
}

static bool is_beyond(const struct worker *w, uint64_t cost)
{
	const struct rsim_explore_config *c = w->config;

	return (w->below && is_too_dear(cost, w->below)) ||
	       (c->max_faults && cost >> 48 > c->max_faults) ||
	       (c->max_preemptions &&
		(cost >> 32 & 0xffff) > c->max_preemptions);
}

uint32_t worker_max_steps(const struct worker *w)
{
	return w->config->max_steps ? w->config->max_steps : DEFAULT_STEPS;
}

static enum arrived in_states(const struct worker *w, const struct arrival *a)
{
	uint32_t n = states_find(w->states, a->key);
	const struct node *node = &w->states->nodes[n];

	if (n == STATE_NEW)
		return ARRIVED_OPEN;
	if (n == STATE_BAD_END)
		return ARRIVED_KNOWN;
	if (n == STATE_END || node->expanded || node->cost <= a->node.cost)
		return ARRIVED_OLD;
	return ARRIVED_KNOWN;
}

/* Was anybody there before: in an earlier round, or this worker in this? */
static enum arrived look_up(struct worker *w, struct arrival *a)
{
	uint32_t h = (uint32_t)a->key.b;

	for (;; h++) {
		uint16_t *at = &w->recent[h % WORKER_RECENT];
		struct arrival *b;

		if (!*at) {
			enum arrived what = in_states(w, a);

			if (what == ARRIVED_OPEN &&
			    w->count < WORKER_RECENT / 2) {
				*at = (uint16_t)(w->count + 1);
				a->slot = (uint16_t)(h % WORKER_RECENT + 1);
			}
			return what;
		}
		b = &w->arrivals[*at - 1];
		if (b->key.a == a->key.a && b->key.b == a->key.b)
			return b->node.cost <= a->node.cost &&
					       b->what != ARRIVED_BAD_END
				       ? ARRIVED_OLD : ARRIVED_KNOWN;
	}
}

static enum arrived end_of(struct worker *w)
{
	const struct rsim_explore_config *c = w->config;

	if (c->final)
		c->final(c->ctx, w->run.w);
	return run_finish(&w->run) ? ARRIVED_BAD_END : ARRIVED_END;
}

static void tell_broken(struct worker *w)
{
	const struct rsim_explore_config *c = w->config;
	unsigned i;

	for (i = 0; c->broken && i < w->run.checks->count; i++)
		c->broken(c->ctx, &w->run.checks->violations[i]);
}

static enum arrived what_is(struct worker *w, struct arrival *a, bool broke)
{
	uint64_t cost = a->node.cost;
	enum arrived what;

	if ((uint32_t)cost > worker_max_steps(w))
		return ARRIVED_TOO_LATE;
	if (broke && !is_beyond(w, cost))
		return ARRIVED_BROKEN;
	if (w->run.ruined)
		return ARRIVED_BEYOND;
	a->key = worker_key(w);
	if (is_beyond(w, cost))
		return ARRIVED_BEYOND;
	what = look_up(w, a);
	if (what != ARRIVED_OPEN)
		return what;
	return run_able(&w->run) ? ARRIVED_OPEN : end_of(w);
}

/* The state after a step. */
static int arrive(struct worker *w, struct node *n, bool broke)
{
	struct arrival *a;
	unsigned i;

	if (w->count == w->cap) {
		uint32_t cap = w->cap ? w->cap * 2 : 64;
		struct arrival *p = realloc(w->arrivals, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		w->arrivals = p;
		w->cap = cap;
	}
	for (i = 0; i < w->run.step.count; i++)
		n->picks |= w->run.step.pick[i] ? 1u << i : 0;
	a = &w->arrivals[w->count];
	*a = (struct arrival){ .node = *n, .step = w->run.step };
	a->ruined = w->run.ruined;
	a->what = what_is(w, a, broke);
	w->asks |= w->run.w->e.trace->asked;
	w->steps++;
	if (a->what == ARRIVED_OLD)
		return 0;
	if (a->what == ARRIVED_BROKEN || a->what == ARRIVED_BAD_END)
		tell_broken(w);
	if (a->what == ARRIVED_OPEN && w->undo) {
		a->node.snap = snapshot_take(&w->base);
		if (!a->node.snap)
			return -ENOMEM;
	}
	w->count++;
	return 0;
}

/* The next answers to try after those of the step that just ran: the last
 * one that can be raised is; false: all were tried. */
static bool next_picks(const struct run *r, struct step *st)
{
	unsigned i = r->asked;

	while (i > 0) {
		i--;
		if (r->step.pick[i] + 1 < r->of[i]) {
			memcpy(st->pick, r->step.pick, sizeof(st->pick));
			st->pick[i]++;
			st->count = (uint8_t)(i + 1);
			memset(st->pick + i + 1, 0, RUN_CHOICES - i - 1);
			return true;
		}
	}
	return false;
}

static int take_steps(struct worker *w, uint32_t n,
		      const struct snapshot *snap, unsigned task)
{
	struct step st = { .task = (uint8_t)task };
	int ret;

	do {
		struct node to = { .parent = n, .task = (uint8_t)task,
				   .owner = w->number };
		bool preempts, broke;

		ret = go_to(w, n, snap);
		if (ret)
			return ret;
		preempts = run_preempts(&w->run, task);
		broke = take_step(w, &st);
		w->is_here = false;
		w->run.step.count = w->run.asked;
		to.cost = w->states->nodes[n].cost +
			  cost_of(run_faults(&w->run), preempts, 1);
		ret = arrive(w, &to, broke);
	} while (!ret && !w->run.ruined && next_picks(&w->run, &st));
	return ret;
}

/*
 * What a task keeps outside of the world is not put back by undo. Now and then
 * a state is reached once more from the beginning: it must be the same one.
 */
static int look_outside(struct worker *w, uint32_t n)
{
	struct key undone = worker_key(w), rerun_key;
	int ret = rerun(w, n);

	if (ret)
		return ret;
	rerun_key = worker_key(w);
	w->is_here = false;
	MISUSE_IF(undone.a != rerun_key.a || undone.b != rerun_key.b,
		  "rsim_explore", "a task keeps state outside of its world: set"
		  " reexecute, or keep it in the world");
	return 0;
}

int worker_expand(struct worker *w, uint32_t n)
{
	const struct node *node = &w->states->nodes[n];
	struct snapshot *snap = node->owner == w->number ? node->snap : NULL;
	struct snapshot *moved = NULL;
	unsigned able, task;
	int ret = go_to(w, n, snap);

	w->steps = 0;
	/* Another's snapshot is of no use here. */
	if (!ret && w->undo && !snap) {
		snap = moved = snapshot_take(&w->base);
		w->is_here = false;
		ret = moved ? 0 : -ENOMEM;
	}
	if (!ret && w->undo && !moved && (!(n & (n - 1)) || !(n % 512)))
		ret = look_outside(w, n);
	if (!ret)
		ret = go_to(w, n, snap);
	able = ret ? 0 : run_able(&w->run);
	for (task = 1; !ret && !w->run.ruined && able >> (task - 1); task++)
		if (able & 1u << (task - 1))
			ret = take_steps(w, n, snap, task);
	snapshot_drop(&w->base, moved);
	return ret;
}
