/* SPDX-License-Identifier: MIT */
/* What the table must say, in the words of the history of the patches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <rsim/rsim.h>

static bool has_bug(const char *id, const char *proto)
{
	struct rsim_bug_result r;
	bool bug;

	assert_int_equal(rsim_bug_run(rsim_bug_find(id), rsim_proto_find(proto),
				      &r), 0);
	bug = r.verdict == RSIM_VERDICT_BUG;
	free(r.trace);
	free(r.report);
	return bug;
}

/* Affected revisions as history names them; on-success is v7.0 plus the
 * patch, and so inherits what the patch does not touch. */
static const struct {
	const char *id;
	bool v7_0, on_success, v7_1, quarantine;
} history[] = {
	{ "B01", true, false, false, false },
	{ "B02", false, true, false, false },
	{ "B03", true, true, false, false },
	{ "B04a", true, true, false, false },
	{ "B04b", true, true, false, false },
	{ "B05", true, false, true, false },
	{ "B06a", false, true, false, false },
	{ "B06c", false, true, false, false },
	{ "B06d", false, true, false, false },
	{ "B07", true, true, false, false },
	{ "B08", true, true, false, false },
	{ "B09", true, true, false, false },
	{ "B10", true, true, true, true },
	{ "B11", false, false, false, false },
	{ "B12", false, false, false, false },
	{ "B13", false, false, false, false },
	{ "B14", false, false, false, false },
	{ "B15", true, true, true, true },
	{ "B16", false, false, false, false },
	{ "B19", true, true, false, false },
	{ "Q01", true, true, true, false },
	{ "Q06", true, true, true, false },
	{ "C01b", true, false, false, false },
};

static void every_revision_has_the_bugs_that_history_says(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(history) / sizeof(history[0]); i++) {
		if (has_bug(history[i].id, "v7.0") != history[i].v7_0 ||
		    has_bug(history[i].id, "on-success") !=
			    history[i].on_success ||
		    has_bug(history[i].id, "v7.1") != history[i].v7_1 ||
		    has_bug(history[i].id, "quarantine") !=
			    history[i].quarantine)
			fail_msg("%s differs", history[i].id);
	}
}

static void quarantine_is_lifted_by_an_ignored_inner_result(void **state)
{
	(void)state;
	assert_true(has_bug("C01", "on-success"));
	assert_true(has_bug("C01", "quarantine"));
}

static void every_bug_names_the_rule_and_tells_its_story(void **state)
{
	const struct rsim_bug *bug;
	unsigned i, p;

	(void)state;
	for (i = 0; (bug = rsim_bug_at(i)); i++)
		for (p = 0; rsim_proto_at(p); p++) {
			struct rsim_bug_result r;

			assert_int_equal(rsim_bug_run(bug, rsim_proto_at(p),
						      &r), 0);
			if (r.verdict == RSIM_VERDICT_BUG) {
				assert_non_null(rsim_rule_find(r.rule));
				assert_true(strlen(r.why) > 0);
				assert_true(strlen(r.trace) > 0);
			}
			if (r.verdict == RSIM_VERDICT_NA)
				assert_true(strlen(r.why) > 0);
			free(r.trace);
			free(r.report);
		}
}

static void a_story_is_the_same_every_time(void **state)
{
	struct rsim_bug_result a, b;
	const struct rsim_bug *bug = rsim_bug_find("B07");

	(void)state;
	assert_int_equal(rsim_bug_run(bug, rsim_proto_find("v7.0"), &a), 0);
	assert_int_equal(rsim_bug_run(bug, rsim_proto_find("v7.0"), &b), 0);
	assert_string_equal(a.trace, b.trace);
	assert_string_equal(a.report, b.report);
	free(a.trace);
	free(a.report);
	free(b.trace);
	free(b.report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_revision_has_the_bugs_that_history_says),
		cmocka_unit_test(
			quarantine_is_lifted_by_an_ignored_inner_result),
		cmocka_unit_test(every_bug_names_the_rule_and_tells_its_story),
		cmocka_unit_test(a_story_is_the_same_every_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
