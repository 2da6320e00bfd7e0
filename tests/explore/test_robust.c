/* SPDX-License-Identifier: MIT */
/* Tasks that misbehave are reported by name; the explorer goes on living. */
#include <rsim/explore.h>
#include <rsim/rsim.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct rsim_dev *dev(struct rsim *w, unsigned n)
{
	struct rsim_bdf at = { .devfn = (uint8_t)(n << 3) };

	return rsim_dev_find(w, at);
}

static void yields_for_ever(struct rsim *w, void *arg)
{
	(void)arg;
	for (;;)
		rsim_yield(w);
}

static void never_yields(struct rsim *w, void *arg)
{
	(void)arg;
	for (;;)
		rsim_cfg_read(dev(w, 1), 0, 4);
}

/* Asks, and nothing that happens ever changes the answer. */
static void never_stops_asking(struct rsim *w, void *arg)
{
	(void)arg;
	while (!rsim_dev_atc_count(dev(w, 1)))
		;
}

static unsigned deep(struct rsim *w, unsigned n)
{
	volatile char frame[512];

	memset((char *)frame, (int)n, sizeof(frame));
	return n ? deep(w, n - 1) + (unsigned)frame[n % sizeof(frame)] : 0;
}

static void overflows(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_yield(w);
	rsim_remember(w, deep(w, 320));
}

static void keeps_lock(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_dev_lock(dev(w, 1));
}

static void one_two(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_dev_lock(dev(w, 1));
	rsim_dev_lock(dev(w, 2));
	rsim_dev_unlock(dev(w, 2));
	rsim_dev_unlock(dev(w, 1));
}

static void two_one(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_dev_lock(dev(w, 2));
	rsim_dev_lock(dev(w, 1));
	rsim_dev_unlock(dev(w, 1));
	rsim_dev_unlock(dev(w, 2));
}

static void idle(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_yield(w);
}

/* Nothing of the library is called: only a signal gets it out of there. */
static void spins(struct rsim *w, void *arg)
{
	volatile unsigned n = 0;

	(void)arg;
	rsim_yield(w);
	for (;;)
		n++;
}

struct pair {
	rsim_task_fn bad, other;
};

static int build(struct rsim *w, void *arg)
{
	const struct pair *p = arg;
	unsigned n;

	for (n = 1; n <= 2; n++)
		if (!rsim_dev_add(w, &(struct rsim_dev_desc){
			    .type = RSIM_RCIEP,
			    .at = { .devfn = (uint8_t)(n << 3) },
			    .caps = RSIM_CAP_FLR | RSIM_CAP_ATS }))
			return -ENOMEM;
	n = 0;
	if (rsim_task_add(w, "victor", p->other, NULL) < 0 ||
	    rsim_task_add(w, "mallory", p->bad, NULL) < 0)
		return -ENOMEM;
	return 0;
}

static void look(rsim_task_fn bad, rsim_task_fn other, bool reexecute,
		 struct rsim_exploration *x)
{
	struct pair p = { bad, other };
	struct rsim_scene scene = { .name = "bad", .build = build, .arg = &p };
	struct rsim_explore_config c = { .reexecute = reexecute,
					 .max_steps = 500 };

	assert_int_equal(rsim_explore(&scene, &c, x), 0);
}

static void expect(rsim_task_fn bad, rsim_task_fn other, const char *says)
{
	unsigned i;

	for (i = 0; i < 2; i++) {
		struct rsim_exploration x, again;

		look(bad, other, i, &x);
		look(bad, other, i, &again);
		assert_int_equal(x.verdict, RSIM_EXPLORED_FOUND);
		assert_string_equal(x.rule, "progress");
		assert_non_null(strstr(x.report, says));
		assert_string_equal(x.report, again.report);
		assert_string_equal(x.replay, again.replay);
		rsim_exploration_fini(&x);
		rsim_exploration_fini(&again);
	}
}

static void test_yields_for_ever(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct rsim_exploration x;

		look(yields_for_ever, idle, i, &x);
		assert_int_equal(x.verdict, RSIM_EXPLORED_BOUND);
		assert_string_equal(x.bound, "steps");
		assert_string_equal(x.story,
				    "task mallory still runs after 500 steps");
		rsim_exploration_fini(&x);
	}
}

static void test_never_yields(void **state)
{
	(void)state;
	expect(never_yields, idle, "task mallory never lets others run");
	expect(never_stops_asking, idle, "task mallory never lets others run");
}

static void nothing(int sig)
{
	(void)sig;
}

static void test_spins(void **state)
{
	struct pair p = { spins, idle };
	struct rsim_scene scene = { .name = "bad", .build = build, .arg = &p };
	struct rsim_explore_config c = { .max_step_seconds = 1 };
	struct rsim_exploration x;
	struct sigaction before, now;

	(void)state;
	if (!FIBERS_STOP)
		skip();
	memset(&before, 0, sizeof(before));
	before.sa_handler = nothing;
	sigaction(SIGURG, &before, NULL);
	assert_int_equal(rsim_explore(&scene, &c, &x), 0);
	assert_int_equal(x.verdict, RSIM_EXPLORED_FOUND);
	assert_string_equal(x.rule, "progress");
	assert_non_null(strstr(x.report,
			       "task mallory never lets others run"));
	rsim_exploration_fini(&x);
	/* The program's own handler is back, and nothing is blocked. */
	sigaction(SIGURG, NULL, &now);
	assert_ptr_equal(now.sa_handler, nothing);
	pthread_sigmask(SIG_SETMASK, NULL, &now.sa_mask);
	assert_false(sigismember(&now.sa_mask, SIGURG));
}

static void test_overflow(void **state)
{
	(void)state;
	expect(overflows, idle, "task mallory overflows its stack");
}

static void test_keeps_lock(void **state)
{
	(void)state;
	expect(keeps_lock, idle, "task mallory ends and holds a lock");
}

static void test_deadlock(void **state)
{
	(void)state;
	expect(two_one, one_two, "waits for ever, for task");
	expect(two_one, one_two,
	       "task victor waits for ever, for task mallory");
	expect(two_one, one_two,
	       "task mallory waits for ever, for task victor");
}

static unsigned kept_outside;
static jmp_buf jump;
static char complaint[256];

static void caught(const char *file, int line, const char *what)
{
	(void)file;
	(void)line;
	snprintf(complaint, sizeof(complaint), "%s", what);
	longjmp(jump, 1);
}

static void counts_outside(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_yield(w);
	rsim_remember(w, ++kept_outside);
	rsim_yield(w);
}

/* Where states are put back, what is kept elsewhere is found out; by
 * re-execution a test that starts anew in build() is right. */
static int build_outside(struct rsim *w, void *arg)
{
	(void)arg;
	kept_outside = 0;
	return rsim_task_add(w, "one", counts_outside, NULL) < 0 ||
		       rsim_task_add(w, "two", idle, NULL) < 0
		       ? -ENOMEM : 0;
}

static void test_state_outside(void **state)
{
	static const struct rsim_scene scene = { .build = build_outside };
	struct rsim_explore_config again = { .reexecute = true };
	struct rsim_exploration x;

	(void)state;
	assert_int_equal(rsim_explore(&scene, &again, &x), 0);
	assert_int_equal(x.verdict, RSIM_EXPLORED_NEVER);
	rsim_exploration_fini(&x);
	if (!UNDO)
		return;
	rsim_set_misuse_handler(caught);
	if (!setjmp(jump)) {
		rsim_explore(&scene, NULL, &x);
		fail_msg("nobody noticed");
	}
	rsim_set_misuse_handler(NULL);
	assert_non_null(strstr(complaint, "outside of its world"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yields_for_ever),
		cmocka_unit_test(test_never_yields),
		cmocka_unit_test(test_spins),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_keeps_lock),
		cmocka_unit_test(test_deadlock),
		cmocka_unit_test(test_state_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
