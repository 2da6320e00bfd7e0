/* SPDX-License-Identifier: MIT */
/*
 * Is a key complete? Whoever comes to a state, by whatever way, must go on
 * from it alike: the same tasks can go on, and lead to the same keys. And is
 * it no more than complete? That would show as well: what is dead in one state
 * and in its key would differ in the next.
 */
#include "explore/key.h"
#include "explore/run.h"
#include "explore/snapshot.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { STATES = 3000, SLOTS = 16384 };

struct seen {
	struct key key;
	uint64_t ahead;		/* of what comes next */
};

struct look {
	struct run r;
	struct base b;
	struct keyer *k;
	struct seen seen[SLOTS];
	struct snapshot *queue[STATES];
	unsigned count;
	unsigned again, wrong;
};

static struct key key_of(struct look *l)
{
	return state_key(l->k, l->r.w, &l->r.checks->facts, 0);
}

static void go_to(struct look *l, const struct snapshot *s)
{
	run_forget_violations(&l->r);
	l->r.ruined = NULL;
	assert_int_equal(snapshot_restore(&l->b, s), 0);
}

/* True: the step asks whether a fault happens. */
static bool step(struct look *l, unsigned task, bool fault)
{
	struct step s = { .task = (uint8_t)task, .count = fault,
			  .pick = { fault } };

	base_runs(&l->b, task);
	run_step(&l->r, &s);
	return l->r.asked > 0;
}

/* From @s, where the world is, every task's next step; back at @s. */
static uint64_t ahead(struct look *l, const struct snapshot *s)
{
	unsigned able = run_able(&l->r), task;
	uint64_t h = able;

	for (task = 1; able >> (task - 1); task++)
		if (able & 1u << (task - 1)) {
			go_to(l, s);
			step(l, task, false);
			h = digest_mix(h, key_of(l).a);
		}
	go_to(l, s);
	return h;
}

static void arrive(struct look *l)
{
	struct key key = key_of(l);
	struct snapshot *s = snapshot_take(&l->b);
	struct seen *at;
	uint64_t h;
	uint32_t i;

	assert_non_null(s);
	h = ahead(l, s);
	for (i = (uint32_t)key.a;; i++) {
		at = &l->seen[i % SLOTS];
		if (!at->key.a || (at->key.a == key.a && at->key.b == key.b))
			break;
	}
	if (at->key.a) {
		l->again++;
		l->wrong += at->ahead != h;
	} else if (l->count < STATES) {
		*at = (struct seen){ key, h };
		l->queue[l->count++] = s;
		return;
	}
	snapshot_drop(&l->b, s);
}

static void look(const struct rsim_scene *scene, const struct rsim_proto *proto)
{
	struct look *l = calloc(1, sizeof(*l));
	unsigned i, task, able;

	assert_non_null(l);
	assert_int_equal(run_start(&l->r, scene, proto), 0);
	base_init(&l->b, l->r.w, &l->r.checks->facts);
	l->k = keyer_new();
	assert_non_null(l->k);
	arrive(l);
	for (i = 0; i < l->count; i++) {
		go_to(l, l->queue[i]);
		able = run_able(&l->r);
		for (task = 1; able >> (task - 1); task++) {
			if (!(able & 1u << (task - 1)))
				continue;
			go_to(l, l->queue[i]);
			if (step(l, task, false)) {
				arrive(l);
				go_to(l, l->queue[i]);
				step(l, task, true);
			}
			arrive(l);
		}
	}
	if (l->wrong)
		printf("%s on %s: %u of %u go on in another way\n",
		       scene->name, proto->name, l->wrong, l->again);
	assert_int_equal(l->wrong, 0);
	for (i = 0; i < l->count; i++)
		snapshot_drop(&l->b, l->queue[i]);
	base_fini(&l->b);
	free(l->k);
	run_end(&l->r);
	free(l);
}

static void alike(void **state)
{
	static const char *const protos[] = {
		"none", "v7.0", "on-success", "v7.1", "quarantine",
	};
	unsigned i, p;

	(void)state;
	if (!UNDO)
		skip();
	for (i = 0; rsim_scene_at(i); i++)
		for (p = 0; p < 5; p++)
			look(rsim_scene_at(i), rsim_proto_find(protos[p]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
