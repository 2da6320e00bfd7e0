/* SPDX-License-Identifier: MIT */
/*
 * Scenes that look for bugs which no merged protocol has: on quarantine they
 * find nothing. Would they, if it had them?
 */
#include <rsim/rsim.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct rsim_proto quarantine_with(void (*broken)(struct rsim_dev *dev))
{
	struct rsim_proto p = *rsim_proto_find("quarantine");

	p.name = "quarantine, sabotaged";
	p.broken = broken;
	return p;
}

static void explored(const char *scene, const struct rsim_proto *proto,
		     const char *rule)
{
	struct rsim_exploration x;
	struct rsim_explore_config c = { .proto = proto };

	assert_int_equal(rsim_explore(rsim_scene_find(scene), &c, &x), 0);
	printf("%s: %s\n", scene, x.rule[0] ? x.rule : "never");
	assert_int_equal(x.verdict, rule ? RSIM_EXPLORED_FOUND
					 : RSIM_EXPLORED_NEVER);
	assert_string_equal(x.rule, rule ? rule : "");
	rsim_exploration_fini(&x);
}

/* As the first posting did: all devices of the batch are taken for it. */
static void blame_all(struct rsim_dev *dev)
{
	struct rsim_dev *d = rsim_group_first(rsim_dev_group(dev));

	for (; d; d = rsim_group_next(d))
		rsim_fence_block_ats(d);
}

static void the_wrong_one_is_blamed(void **state)
{
	const struct rsim_proto p = quarantine_with(blame_all);

	(void)state;
	explored("blame", rsim_proto_find("quarantine"), NULL);
	explored("blame", &p, "sibling-untouched");
}

static void nobody_is_told(void **state)
{
	static const char *const scenes[] = {
		"two-flushes", "no-interrupt", "fenced-list", "blame",
	};
	const struct rsim_proto p = quarantine_with(NULL);
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		explored(scenes[i], rsim_proto_find("quarantine"), NULL);
		explored(scenes[i], &p, "stale-dma");
	}
}

/* Only the first silence counts: whoever collects the second goes on. */
static void only_once(struct rsim_dev *dev)
{
	uint64_t *told = rsim_fence_dev(dev)->user;

	if (!told[0]++)
		rsim_fence_log(dev, "not answered");
	else
		rsim_fence_block_ats(dev);
}

static void somebody_elses_error(void **state)
{
	const struct rsim_proto p = quarantine_with(only_once);

	(void)state;
	explored("two-flushes", &p, "stale-dma");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wrong_one_is_blamed),
		cmocka_unit_test(nobody_is_told),
		cmocka_unit_test(somebody_elses_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
