/* SPDX-License-Identifier: MIT */
/* What a search is asked for, and what it makes of what tasks ask. */
#include <rsim/rsim.h>

#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <setjmp.h>
#include <cmocka.h>

enum { MS = RSIM_NS_PER_MS };

static struct rsim_exploration explored(const struct rsim_scene *scene,
					const struct rsim_explore_config *c)
{
	struct rsim_exploration x;

	assert_int_equal(rsim_explore(scene, c, &x), 0);
	return x;
}

/* The second search, which --as-found does without, saves a preemption. */
static void first_story_is_not_the_cheapest(void **state)
{
	const struct rsim_scene *scene = rsim_scene_find("teardown");
	struct rsim_explore_config c = { .proto = rsim_proto_find("v7.0"),
					 .rule = "no-freed-domain" };
	struct rsim_exploration cheap = explored(scene, &c), first;

	(void)state;
	c.as_found = true;
	first = explored(scene, &c);
	assert_int_equal(cheap.verdict, RSIM_EXPLORED_FOUND);
	assert_int_equal(first.verdict, RSIM_EXPLORED_FOUND);
	assert_string_equal(first.rule, cheap.rule);
	assert_int_equal(cheap.faults, 0);
	assert_int_equal(cheap.preemptions, 1);
	assert_int_equal(first.preemptions, 2);
	rsim_exploration_fini(&cheap);
	rsim_exploration_fini(&first);
}

static void sampled_story_is_told_as_it_was_found(void **state)
{
	const struct rsim_scene *scene = rsim_scene_find("reset-and-reuse");
	struct rsim_explore_config c = { .strategy = RSIM_STRATEGY_PCT };
	struct rsim_exploration cheap = explored(scene, &c), first;

	(void)state;
	c.as_found = true;
	first = explored(scene, &c);
	assert_int_equal(first.verdict, RSIM_EXPLORED_FOUND);
	assert_int_equal(first.executions, cheap.executions);
	assert_int_equal(first.faults, cheap.faults);
	assert_true(first.preemptions > cheap.preemptions);
	rsim_exploration_fini(&cheap);
	rsim_exploration_fini(&first);
}

static void two_pages(struct rsim *w)
{
	rsim_page_alloc(w, 1);
	rsim_page_alloc(w, 2);
}

static void apart(struct rsim *w, void *arg)
{
	(void)arg;
	two_pages(w);
}

static void together(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_atomic_begin(w);
	two_pages(w);
	rsim_atomic_end(w);
}

static int two_tasks(struct rsim *w, void *task)
{
	const rsim_task_fn *fn = task;

	return rsim_task_add(w, "one", *fn, NULL) < 0 ||
	       rsim_task_add(w, "two", *fn, NULL) < 0 ? -ENOMEM : 0;
}

static uint64_t ways(rsim_task_fn fn)
{
	struct rsim_scene scene = { .name = "pages", .build = two_tasks,
				    .arg = &fn };
	struct rsim_exploration x = explored(&scene, NULL);
	uint64_t steps = x.steps;

	assert_int_equal(x.verdict, RSIM_EXPLORED_NEVER);
	rsim_exploration_fini(&x);
	return steps;
}

static void section_is_one_step(void **state)
{
	(void)state;
	/* Either first, and then the other, who is alone. */
	assert_int_equal(ways(together), 4);
	assert_true(ways(apart) > 4);
}

/* The first page that a world gives out. */
static const rsim_phys page = (rsim_phys)1 << 32;

/*
 * Only who asks what time it is can tell one way from the other. While the
 * other task is there, that is, and the page still is somebody's: alone, a
 * task does not stop before it asks.
 */
static void asks_the_time(struct rsim *w, void *arg)
{
	struct rsim_bdf at = { .devfn = 8 };

	(void)arg;
	rsim_sleep(w, rsim_choose(w, "how long", 2) ? 7 * MS : 5 * MS);
	rsim_remember(w, 0);
	rsim_yield(w);
	if (rsim_page_owner(w, page) && rsim_now(w) == 7 * MS)
		rsim_dev_lock(rsim_dev_find(w, at));	/* and ends with it */
}

static void frees(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_page_free(w, page);
}

static int asking(struct rsim *w, void *arg)
{
	(void)arg;
	if (!rsim_dev_add(w, &(struct rsim_dev_desc){
		    .type = RSIM_RCIEP, .at = { .devfn = 8 } }) ||
	    rsim_page_alloc(w, 1) != page)
		return -ENOMEM;
	return rsim_task_add(w, "asks", asks_the_time, NULL) < 0 ||
	       rsim_task_add(w, "frees", frees, NULL) < 0 ? -ENOMEM : 0;
}

static void time_counts_where_it_is_asked_for(void **state)
{
	struct rsim_scene scene = { .name = "time", .build = asking };
	struct rsim_exploration x = explored(&scene, NULL);

	(void)state;
	assert_int_equal(x.verdict, RSIM_EXPLORED_FOUND);
	assert_string_equal(x.rule, "progress");
	rsim_exploration_fini(&x);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_story_is_not_the_cheapest),
		cmocka_unit_test(sampled_story_is_told_as_it_was_found),
		cmocka_unit_test(section_is_one_step),
		cmocka_unit_test(time_counts_where_it_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
