/* SPDX-License-Identifier: MIT */
/* The event stream: the same calls give the same text. */
#include "helper.h"

static void task_reset(struct rsim *w, void *arg)
{
	(void)w;
	rsim_reset_function(arg);
}

static void task_user(struct rsim *w, void *arg)
{
	struct rsim_domain *d = rsim_get_domain(arg);

	rsim_yield(w);
	rsim_unmap(d, 0x1000, RSIM_PAGE_SIZE);
	rsim_user_cfg_read(arg, 0, 4);
}

static char *story(uint64_t seed)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1"),
				 .seed = seed };
	struct rsim_dev_desc d = { .name = "nic", .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &d, 0);
	struct rsim_dev *b = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .at.devfn = 8, .caps = USUAL_CAPS });
	char *text;

	fill_atc(&m, 0x1000);
	rsim_task_add(m.w, "one", task_reset, m.dev);
	rsim_task_add(m.w, "two", task_reset, b);
	rsim_task_add(m.w, "three", task_user, m.dev);
	assert_int_equal(rsim_run(m.w), 0);
	text = rsim_trace_text(m.w, 0, RSIM_TRACE_ALL);
	assert_non_null(text);
	rsim_free(m.w);
	return text;
}

static void same_run_gives_the_same_text(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 20; seed++) {
		char *a = story(seed), *b = story(seed);

		assert_string_equal(a, b);
		free(a);
		free(b);
	}
}

static void seed_changes_the_order(void **state)
{
	char *a = story(0);
	unsigned seed, others = 0;

	(void)state;
	for (seed = 1; seed < 10; seed++) {
		char *b = story(seed);

		others += strcmp(a, b) != 0;
		free(b);
	}
	assert_true(others > 0);
	free(a);
}

static void time_never_goes_back(void **state)
{
	struct machine m = machine_new(NULL);
	rsim_ns last = 0;
	size_t i;

	(void)state;
	rsim_reset_function(m.dev);
	for (i = 0; i < rsim_trace_count(m.w); i++) {
		assert_true(rsim_trace_at(m.w, i)->time >= last);
		last = rsim_trace_at(m.w, i)->time;
	}
	assert_int_equal(rsim_now(m.w), last);
	rsim_free(m.w);
}

static void calls_and_returns_balance(void **state)
{
	static const char *const faults[] = { NULL, "ready=never", "attach" };
	unsigned k;

	(void)state;
	for (k = 0; k < 3; k++) {
		struct machine m = machine_new("v7.1");
		int depth = 0;
		size_t i;

		if (faults[k])
			add_fault(m.w, m.dev, faults[k]);
		rsim_trace_clear(m.w);
		rsim_reset_function(m.dev);
		for (i = 0; i < rsim_trace_count(m.w); i++) {
			const struct rsim_event *ev = rsim_trace_at(m.w, i);

			depth -= ev->kind == RSIM_EV_RET;
			/* Attaching encloses what the driver does. */
			assert_true((int)ev->depth >= depth);
			depth += ev->kind == RSIM_EV_CALL;
		}
		assert_int_equal(depth, 0);
		rsim_free(m.w);
	}
}

static void story_leaves_the_small_print_out(void **state)
{
	struct machine m = machine_new(NULL);
	char *all, *story_text;

	(void)state;
	rsim_trace_clear(m.w);
	rsim_reset_function(m.dev);
	all = rsim_trace_text(m.w, 0, RSIM_TRACE_ALL);
	story_text = rsim_trace_text(m.w, 0, RSIM_TRACE_STORY);
	assert_true(strlen(story_text) < strlen(all));
	assert_non_null(strstr(story_text, "pci_reset_function"));
	assert_null(strstr(story_text, "lock config access"));
	free(all);
	free(story_text);
	rsim_free(m.w);
}

static void trace_may_be_cleared_and_switched_off(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_true(rsim_trace_count(m.w) > 0);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_trace_count(m.w), 0);
	rsim_trace_enable(m.w, false);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(rsim_trace_count(m.w), 0);
	rsim_trace_enable(m.w, true);
	rsim_note(m.w, "hello");
	assert_int_equal(rsim_trace_count(m.w), 1);
	assert_string_equal(rsim_trace_at(m.w, 0)->what, "hello");
	rsim_free(m.w);
}

static void note_is_copied(void **state)
{
	struct machine m = machine_new(NULL);
	char text[] = "before";

	(void)state;
	rsim_trace_clear(m.w);
	rsim_note(m.w, text);
	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(rsim_trace_at(m.w, 0)->what, "before");
	rsim_free(m.w);
}

static void text_may_start_anywhere(void **state)
{
	struct machine m = machine_new(NULL);
	size_t n = rsim_trace_count(m.w);
	char *text;

	(void)state;
	rsim_note(m.w, "only this");
	text = rsim_trace_text(m.w, n, RSIM_TRACE_ALL);
	assert_non_null(strstr(text, "only this"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	text = rsim_trace_text(m.w, n + 1, RSIM_TRACE_ALL);
	assert_string_equal(text, "");
	free(text);
	rsim_free(m.w);
}

static void misuse_names_the_call(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_misuse(rsim_trace_count(NULL), "rsim_trace_count");
	assert_misuse(rsim_trace_at(m.w, rsim_trace_count(m.w)),
		      "rsim_trace_at");
	assert_misuse_void(rsim_note(m.w, NULL), "rsim_note");
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_run_gives_the_same_text),
		cmocka_unit_test(seed_changes_the_order),
		cmocka_unit_test(time_never_goes_back),
		cmocka_unit_test(calls_and_returns_balance),
		cmocka_unit_test(story_leaves_the_small_print_out),
		cmocka_unit_test(trace_may_be_cleared_and_switched_off),
		cmocka_unit_test(note_is_copied),
		cmocka_unit_test(text_may_start_anywhere),
		cmocka_unit_test(misuse_names_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
