/* SPDX-License-Identifier: MIT */
/* Tasks, virtual time, locks between them, choices. */
#include "helper.h"

struct log {
	char text[64];
	unsigned n;
	struct machine *m;
};

static void put(struct log *l, char c)
{
	l->text[l->n++] = c;
	l->text[l->n] = '\0';
}

static void task_a(struct rsim *w, void *arg)
{
	put(arg, 'a');
	rsim_sleep(w, 30 * MS);
	put(arg, 'A');
}

static void task_b(struct rsim *w, void *arg)
{
	put(arg, 'b');
	rsim_sleep(w, 10 * MS);
	put(arg, 'B');
	rsim_sleep(w, 20 * MS);
	put(arg, 'C');
}

static void lowest_number_comes_first_and_time_jumps(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct log l = { .n = 0 };

	(void)state;
	assert_int_equal(rsim_task_add(w, "a", task_a, &l), 1);
	assert_int_equal(rsim_task_add(w, "b", task_b, &l), 2);
	assert_int_equal(l.n, 0);
	assert_int_equal(rsim_run(w), 0);
	assert_string_equal(l.text, "abBAC");
	assert_int_equal(rsim_now(w), 30 * MS);
	/* Numbers start anew when all have ended. */
	assert_int_equal(rsim_task_add(w, "a", task_a, &l), 1);
	assert_int_equal(rsim_run(w), 0);
	assert_int_equal(rsim_now(w), 60 * MS);
	rsim_free(w);
}

static void without_tasks_sleeping_moves_time(void **state)
{
	struct rsim *w = rsim_new(NULL);

	(void)state;
	rsim_sleep(w, 123);
	assert_int_equal(rsim_now(w), 123);
	assert_int_equal(rsim_run(w), 0);
	rsim_free(w);
}

static void take_both(struct rsim *w, struct rsim_dev *first,
		      struct rsim_dev *second)
{
	rsim_dev_lock(first);
	rsim_sleep(w, MS);
	rsim_dev_lock(second);
	rsim_dev_unlock(second);
	rsim_dev_unlock(first);
}

static void task_up(struct rsim *w, void *arg)
{
	struct machine *m = arg;

	take_both(w, m->dev, m->port);
}

static void task_down(struct rsim *w, void *arg)
{
	struct machine *m = arg;

	take_both(w, m->port, m->dev);
}

static void deadlock_is_found_and_named(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_task_add(m.w, "up", task_up, &m);
	rsim_task_add(m.w, "down", task_down, &m);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_run(m.w), -EDEADLK);
	assert_int_equal(count_events(m.w, RSIM_EV_TASK, NULL,
				      "waits for ever"), 2);
	rsim_free(m.w);
}

static void task_forgets(struct rsim *w, void *arg)
{
	(void)w;
	rsim_dev_lock(((struct machine *)arg)->dev);
}

static void lock_that_nobody_releases_is_a_deadlock(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_task_add(m.w, "one", task_forgets, &m);
	rsim_task_add(m.w, "two", task_forgets, &m);
	assert_int_equal(rsim_run(m.w), -EDEADLK);
	rsim_free(m.w);
}

static void task_yields(struct rsim *w, void *arg)
{
	unsigned i;

	for (i = 0; i < 3; i++) {
		put(arg, 'y');
		rsim_yield(w);
	}
}

static void task_marks(struct rsim *w, void *arg)
{
	(void)w;
	put(arg, '*');
}

static uint32_t at_second_yield(void *ctx, const char *site, uint32_t n)
{
	assert_true(n >= 2);
	return !strcmp(site, "yield") && ++*(unsigned *)ctx == 2;
}

static void chooser_decides_when_to_switch(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct log l = { .n = 0 };
	unsigned asked = 0;

	(void)state;
	rsim_task_add(w, "y", task_yields, &l);
	rsim_task_add(w, "*", task_marks, &l);
	assert_int_equal(rsim_run(w), 0);
	assert_string_equal(l.text, "yyy*");
	l.n = 0;
	rsim_set_chooser(w, at_second_yield, &asked);
	rsim_task_add(w, "y", task_yields, &l);
	rsim_task_add(w, "*", task_marks, &l);
	assert_int_equal(rsim_run(w), 0);
	assert_int_equal(l.n, 4);
	assert_int_equal(l.text[0], 'y');
	assert_int_equal(l.text[1], 'y');
	rsim_free(w);
}

static uint32_t greedy(void *ctx, const char *site, uint32_t n)
{
	(void)ctx;
	(void)site;
	return n;
}

static uint32_t always_another(void *ctx, const char *site, uint32_t n)
{
	(void)ctx;
	(void)site;
	return n - 1;
}

static void in_a_section(struct rsim *w, void *arg)
{
	rsim_atomic_begin(w);
	put(arg, '1');
	rsim_yield(w);
	rsim_atomic_begin(w);
	rsim_atomic_end(w);
	rsim_yield(w);
	put(arg, '2');
	rsim_sleep(w, MS);	/* others run, section or not */
	put(arg, '3');
	rsim_atomic_end(w);
	rsim_yield(w);
	put(arg, '4');
}

static void yields(struct rsim *w, void *arg)
{
	put(arg, 'x');
	rsim_yield(w);
	put(arg, 'y');
}

static void sections_are_not_interrupted(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct log l = { .n = 0 };

	(void)state;
	rsim_set_chooser(w, always_another, NULL);
	rsim_task_add(w, "x", yields, &l);
	rsim_task_add(w, "section", in_a_section, &l);
	assert_int_equal(rsim_run(w), 0);
	assert_string_equal(l.text, "12xy34");
	rsim_free(w);
}

static void choices_stay_in_range(void **state)
{
	struct rsim_config c = { .seed = 42 };
	struct rsim *w = rsim_new(&c);
	unsigned seen = 0, i;

	(void)state;
	for (i = 0; i < 200; i++) {
		uint32_t pick = rsim_choose(w, "test", 3);

		assert_true(pick < 3);
		seen |= 1u << pick;
	}
	assert_int_equal(seen, 7);
	assert_int_equal(rsim_choose(w, "test", 1), 0);
	rsim_set_chooser(w, greedy, NULL);
	assert_misuse(rsim_choose(w, "test", 3), "rsim_chooser");
	rsim_free(w);
	w = rsim_new(NULL);
	for (i = 0; i < 10; i++)
		assert_int_equal(rsim_choose(w, "test", 3), 0);
	rsim_free(w);
}

static void thirty_two_tasks_and_no_more(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct log l = { .n = 0 };
	int i;

	(void)state;
	for (i = 1; i <= 32; i++)
		assert_int_equal(rsim_task_add(w, "t", task_marks, &l), i);
	assert_misuse(rsim_task_add(w, "t", task_marks, &l), "rsim_task_add");
	assert_int_equal(rsim_run(w), 0);
	assert_int_equal(l.n, 32);
	rsim_free(w);
}

static void second_lock_outside_of_tasks_is_misuse(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_dev_lock(m.dev);
	assert_false(rsim_dev_trylock(m.dev));
	assert_misuse(rsim_reset_function(m.dev), "device");
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lowest_number_comes_first_and_time_jumps),
		cmocka_unit_test(without_tasks_sleeping_moves_time),
		cmocka_unit_test(deadlock_is_found_and_named),
		cmocka_unit_test(lock_that_nobody_releases_is_a_deadlock),
		cmocka_unit_test(chooser_decides_when_to_switch),
		cmocka_unit_test(sections_are_not_interrupted),
		cmocka_unit_test(choices_stay_in_range),
		cmocka_unit_test(thirty_two_tasks_and_no_more),
		cmocka_unit_test(second_lock_outside_of_tasks_is_misuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
