/* SPDX-License-Identifier: MIT */
/*
 * Is what the explorer says true? Random programs are explored with undo and
 * by re-execution, and enumerated without remembering any state: the same
 * final states, the same broken rules, the same price of the cheapest story.
 */
#include "program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ENOUGH = 240, ENOUGH_BROKEN_KEYS = 60 };

static uint64_t most = 1500;	/* executions of a program */
static unsigned wanted = ENOUGH;

static void told_final(void *ctx, struct rsim *w)
{
	outcome_final(ctx, w);
}

static void told_broken(void *ctx, const struct rsim_violation *v)
{
	outcome_rule(ctx, v->rule);
}

static void explore(const struct program *p, bool reexecute, struct outcome *o)
{
	struct rsim_explore_config c = {
		.proto = p->proto, .all = true, .reexecute = reexecute,
		.final = told_final, .broken = told_broken, .ctx = o,
	};
	struct rsim_exploration x;

	assert_int_equal(rsim_explore(&p->scene, &c, &x), 0);
	assert_null(x.bound);
	o->executions = x.executions;
	o->broke = x.verdict == RSIM_EXPLORED_FOUND;
	o->faults = x.faults;
	o->preemptions = x.preemptions;
	o->length = x.length;
	rsim_exploration_fini(&x);
}

static bool same_price(const struct outcome *a, const struct outcome *b)
{
	return a->broke == b->broke &&
	       (!a->broke ||
		(a->faults == b->faults && a->preemptions == b->preemptions &&
		 a->length == b->length));
}

static void complain(const struct program *p, const char *what,
		     const struct outcome *plain, const struct outcome *o)
{
	program_print(p);
	printf("  %llu executions: %zu keys, %zu worlds, rules %x, %u+%u+%u\n"
	       "  %s: %zu keys, %zu worlds, rules %x, %u+%u+%u\n",
	       (unsigned long long)plain->executions, plain->keys.count,
	       plain->worlds.count, plain->rules, plain->faults,
	       plain->preemptions, plain->length, what, o->keys.count,
	       o->worlds.count, o->rules, o->faults, o->preemptions,
	       o->length);
}

/* 0: the same, 1: not. */
static unsigned differs(const struct program *p, const char *what,
			const struct outcome *plain, bool reexecute)
{
	struct outcome o = { .executions = 0 };
	bool same;

	explore(p, reexecute, &o);
	same = outcome_same(plain, &o) && same_price(plain, &o);
	if (!same && key_part == KEY_WHOLE)
		complain(p, what, plain, &o);
	outcome_free(&o);
	return !same;
}

static void honest(void **state)
{
	unsigned done = 0, wrong = 0, skipped = 0, broken = 0;
	uint64_t executions = 0, seed;

	(void)state;
	for (seed = 1; done < wanted; seed++) {
		struct outcome plain = { .executions = 0 };
		struct program p;

		program_make(&p, seed);
		if (enumerate(&p, false, most, &plain)) {
			wrong += differs(&p, "undo", &plain, false) +
				 differs(&p, "reexecute", &plain, true);
			executions += plain.executions;
			broken += plain.broke;
			done++;
		} else {
			skipped++;
		}
		outcome_free(&plain);
	}
	printf("%u programs, %u break a rule, %llu executions, %u skipped,"
	       " %u wrong\n", done, broken, (unsigned long long)executions,
	       skipped, wrong);
	assert_int_equal(wrong, 0);
	assert_true(broken > wanted / 10 && broken < wanted);
}

/* Steps are long: does that hide anything? */
static void nothing_hidden(void **state)
{
	unsigned done = 0, wrong = 0, skipped = 0;
	uint64_t executions = 0, seed;

	(void)state;
	for (seed = 1; done < wanted / 2; seed++) {
		struct outcome all = { .executions = 0 };
		struct outcome o = { .executions = 0 };
		struct program p;

		program_make(&p, seed);
		if (!enumerate(&p, true, most, &all)) {
			outcome_free(&all);
			skipped++;
			continue;
		}
		explore(&p, false, &o);
		if (!set_same(&all.worlds, &o.worlds) ||
		    all.rules != o.rules || all.faults != o.faults) {
			complain(&p, "explorer", &all, &o);
			wrong++;
		}
		executions += all.executions;
		done++;
		outcome_free(&o);
		outcome_free(&all);
	}
	printf("%u programs, %llu executions, %u skipped, %u wrong\n", done,
	       (unsigned long long)executions, skipped, wrong);
	assert_int_equal(wrong, 0);
}

static void directed(void **state)
{
	struct program p;
	unsigned n, wrong = 0;

	(void)state;
	for (n = 0; program_directed(&p, n); n++) {
		struct outcome plain = { .executions = 0 };

		assert_true(enumerate(&p, false, 100000, &plain));
		wrong += differs(&p, "undo", &plain, false) +
			 differs(&p, "reexecute", &plain, true);
		outcome_free(&plain);
	}
	assert_int_equal(wrong, 0);
}

/* An explorer that forgets part of a state must be found out. */
static void caught(void **state)
{
	static const char *const parts[KEY_PARTS] = {
		[KEY_NO_ATC] = "ATC", [KEY_NO_TASKS] = "tasks",
		[KEY_NO_RULES] = "rules", [KEY_NO_PAGES] = "pages",
		[KEY_NO_TABLES] = "tables", [KEY_NO_FENCE] = "fence",
		[KEY_NO_LOCKS] = "locks", [KEY_NO_QUEUE] = "queue",
		[KEY_NO_MAPS] = "maps", [KEY_NO_CONFIG] = "config",
		[KEY_NO_FAULTS] = "faults",
	};
	unsigned wrong[KEY_PARTS] = { 0 }, done = 0, part;
	uint64_t seed;

	(void)state;
	for (seed = 1; done < ENOUGH_BROKEN_KEYS; seed++) {
		struct outcome plain = { .executions = 0 };
		struct program p;

		program_make(&p, seed);
		if (enumerate(&p, false, most, &plain)) {
			for (part = 1; part < KEY_PARTS; part++) {
				key_part = part;
				wrong[part] += differs(&p, "", &plain, false);
			}
			key_part = KEY_WHOLE;
			done++;
		}
		outcome_free(&plain);
	}
	for (part = 1; part < KEY_PARTS; part++)
		printf("a key without %s: %u of %u programs\n", parts[part],
		       wrong[part], done);
	assert_true(wrong[KEY_NO_ATC] && wrong[KEY_NO_TASKS]);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(directed),
		cmocka_unit_test(honest),
		cmocka_unit_test(nothing_hidden),
		cmocka_unit_test(caught),
	};

	/* More of them: PROGRAMS EXECUTIONS. */
	if (argc > 1)
		wanted = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		most = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
