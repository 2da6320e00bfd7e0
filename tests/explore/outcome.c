/* SPDX-License-Identifier: MIT */
/* What comes of a program, and the plain way to find out. */
#include "program.h"

#include "base/assert.h"

#include "explore/key.h"
#include "explore/run.h"

#include <stdlib.h>
#include <string.h>

void set_add(struct set *s, uint64_t v)
{
	size_t lo = 0, hi = s->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < s->count && s->v[lo] == v)
		return;
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->v = realloc(s->v, s->cap * sizeof(*s->v));
		if (!s->v)
			abort();
	}
	memmove(&s->v[lo + 1], &s->v[lo], (s->count - lo) * sizeof(*s->v));
	s->v[lo] = v;
	s->count++;
}

bool set_same(const struct set *a, const struct set *b)
{
	return a->count == b->count &&
	       (!a->count || !memcmp(a->v, b->v, a->count * sizeof(*a->v)));
}

void set_free(struct set *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

void outcome_free(struct outcome *o)
{
	set_free(&o->keys);
	free(o->keyer);
	set_free(&o->worlds);
	memset(o, 0, sizeof(*o));
}

bool outcome_same(const struct outcome *a, const struct outcome *b)
{
	return set_same(&a->keys, &b->keys) &&
	       set_same(&a->worlds, &b->worlds) && a->rules == b->rules;
}

/* FNV-1a: nothing in common with the explorer's own hash. */
static uint64_t fold(uint64_t h, uint64_t v)
{
	unsigned i;

	for (i = 0; i < 8; i++)
		h = (h ^ (v >> 8 * i & 0xff)) * 0x100000001b3u;
	return h;
}

static uint64_t number(struct rsim_domain *d)
{
	return d ? rsim_domain_number(d) : 0;
}

static uint64_t device(uint64_t h, struct rsim_dev *dev)
{
	const uint8_t *m = rsim_dev_methods(dev);
	rsim_pasid p;
	unsigned off;

	h = fold(h, number(rsim_dev_hw_domain(dev, RSIM_NO_PASID)));
	for (p = 1; p <= MAX_TASKS; p++)
		h = fold(h, number(rsim_dev_hw_domain(dev, p)));
	h = fold(h, rsim_dev_atc_count(dev));
	h = fold(h, rsim_dev_ats_enabled(dev));
	h = fold(h, rsim_dev_blocked(dev));
	h = fold(h, rsim_dev_resets(dev));
	h = fold(h, rsim_fence_dev(dev)->reset_depth);
	h = fold(h, rsim_fence_dev(dev)->blocked);
	for (off = 0; off < 4096; off += 4)
		h = fold(h, rsim_cfg_peek(dev, off, 4));
	for (; *m; m++)
		h = fold(h, *m);
	return h;
}

static uint64_t world(struct rsim *w)
{
	struct rsim_group *g = rsim_dev_group(program_dev(w, 1));
	struct rsim_dev *dev;
	uint64_t h = 0xcbf29ce484222325u;
	unsigned i;

	for (dev = rsim_group_first(g); dev; dev = rsim_group_next(dev))
		h = device(h, dev);
	h = fold(h, number(rsim_group_domain(g)));
	h = fold(h, number(rsim_group_blocking(g)));
	h = fold(h, rsim_group_owned(g));
	h = fold(h, rsim_group_fenced(g));
	h = fold(h, rsim_fence_group(g)->recovery_cnt);
	for (i = 1; i <= MAX_TASKS; i++)
		h = fold(h, number(rsim_group_pasid(g, i)));
	for (i = 0; i < MAX_TASKS; i++) {
		rsim_phys p = ((rsim_phys)1 << 32) + i * RSIM_PAGE_SIZE;

		h = fold(h, rsim_page_owner(w, p));
		h = fold(h, rsim_page_generation(w, p));
		h = fold(h, rsim_page_writes(w, p));
	}
	for (i = 0; i < w->e.task_count; i++)
		h = fold(h, w->e.tasks[i]->state == TASK_DONE);
	return h;
}

void outcome_final(struct outcome *o, struct rsim *w)
{
	enum key_part part = key_part;
	struct key k;

	key_part = KEY_WHOLE;
	if (!o->keyer)
		o->keyer = keyer_new();
	MUST(o->keyer);
	k = state_key(o->keyer, w, NULL, ASKED_WRITES);
	key_part = part;
	set_add(&o->keys, k.a);
	set_add(&o->worlds, world(w));
}

void outcome_rule(struct outcome *o, const struct rsim_rule *rule)
{
	unsigned i;

	for (i = 0; rsim_rule_at(i); i++)
		if (rsim_rule_at(i) == rule)
			o->rules |= 1u << i;
}

/* One step of the execution that is being looked at. */
struct level {
	struct step step;
	uint8_t asked, of[RUN_CHOICES];
	unsigned able;
};

struct walk {
	const struct program *p;
	struct outcome *o;
	bool every_point;
	struct level *levels;
	unsigned count, cap;
};

static void take(struct walk *k, struct run *r, unsigned task)
{
	struct level *l;

	if (k->count == k->cap) {
		k->cap = k->cap ? k->cap * 2 : 64;
		k->levels = realloc(k->levels, k->cap * sizeof(*k->levels));
		if (!k->levels)
			abort();
	}
	l = &k->levels[k->count++];
	memset(l, 0, sizeof(*l));
	l->able = run_able(r);
	l->step.task = (uint8_t)task;
}

/* Runs the step at @i, and notes which answers it asked for. */
static bool step_at(struct walk *k, struct run *r, unsigned i)
{
	struct level *l = &k->levels[i];
	bool broke = run_step(r, &l->step);

	l->step = r->step;
	l->step.count = l->asked = r->asked;
	memcpy(l->of, r->of, sizeof(l->of));
	return broke;
}

static unsigned lowest(unsigned mask)
{
	unsigned n = 1;

	while (!(mask & 1u))
		mask >>= 1, n++;
	return n;
}

/* The next execution in order; false: that was the last. */
static bool advance(struct walk *k)
{
	while (k->count) {
		struct level *l = &k->levels[k->count - 1];
		unsigned i = l->asked, rest;

		while (i-- > 0) {
			if (l->step.pick[i] + 1 >= l->of[i])
				continue;
			l->step.pick[i]++;
			memset(l->step.pick + i + 1, 0, RUN_CHOICES - i - 1);
			l->step.count = (uint8_t)(i + 1);
			return true;
		}
		rest = l->able >> l->step.task;
		if (rest) {
			unsigned task = l->step.task + lowest(rest);

			memset(&l->step, 0, sizeof(l->step));
			l->step.task = (uint8_t)task;
			return true;
		}
		k->count--;
	}
	return false;
}

static void note_broken(struct outcome *o, const struct run *r, unsigned from,
			unsigned faults, unsigned preemptions, unsigned length)
{
	unsigned i;

	for (i = from; i < r->checks->count; i++)
		outcome_rule(o, r->checks->violations[i].rule);
	if (o->broke &&
	    (faults > o->faults ||
	     (faults == o->faults &&
	      (preemptions > o->preemptions ||
	       (preemptions == o->preemptions && length >= o->length)))))
		return;
	o->broke = true;
	o->faults = faults;
	o->preemptions = preemptions;
	o->length = length;
}

static void execute(struct walk *k)
{
	unsigned i = 0, faults = 0, preemptions = 0;
	struct outcome *o = k->o;
	bool broke = false;
	struct run r = {
		.scene = &k->p->scene, .every_point = k->every_point,
		.ahead = k->every_point ? 0 : UINT32_MAX,
	};

	if (run_again(&r, k->p->proto))
		abort();
	while (!broke) {
		if (i == k->count) {
			unsigned able = run_able(&r);

			if (!able)
				break;
			take(k, &r, lowest(able));
		}
		preemptions += run_preempts(&r, k->levels[i].step.task);
		broke = step_at(k, &r, i++);
		faults += run_faults(&r);
	}
	o->executions++;
	if (!broke) {
		outcome_final(o, r.w);
		broke = run_finish(&r);
	}
	if (broke)
		note_broken(o, &r, 0, faults, preemptions, i);
	run_end(&r);
}

bool enumerate(const struct program *p, bool every_point, uint64_t max,
	       struct outcome *o)
{
	struct walk k = { .p = p, .o = o, .every_point = every_point };
	bool more = true;

	while (more && o->executions < max) {
		execute(&k);
		more = advance(&k);
	}
	free(k.levels);
	return !more;
}
