/* SPDX-License-Identifier: MIT */
#include "helper.h"

static void text_is_read_or_refused_with_a_reason(void **state)
{
	static const struct {
		const char *text;
		int ret;
		enum rsim_fault_point point;
		int64_t value;
		uint32_t count;
	} rows[] = {
		{ "ready", 0, RSIM_FAULT_READY, 0, 0 },
		{ "ready=never", 0, RSIM_FAULT_READY, RSIM_NEVER, 0 },
		{ "ready=1500", 0, RSIM_FAULT_READY, 1500, 0 },
		{ "atc-inv*1", 0, RSIM_FAULT_ATC_INV, 0, 1 },
		{ "atc-inv-ur", 0, RSIM_FAULT_ATC_INV_UR, 0, 0 },
		{ "attach=-12*3", 0, RSIM_FAULT_ATTACH, -12, 3 },
		{ "alloc-default", 0, RSIM_FAULT_ALLOC_DEFAULT, 0, 0 },
		{ "", -EINVAL, 0, 0, 0 },
		{ "read", -EINVAL, 0, 0, 0 },
		{ "ready=", -EINVAL, 0, 0, 0 },
		{ "ready=1x", -EINVAL, 0, 0, 0 },
		{ "ready=nev", -EINVAL, 0, 0, 0 },
		{ "ready*", -EINVAL, 0, 0, 0 },
		{ "ready*0", -EINVAL, 0, 0, 0 },
		{ "ready*-1", -EINVAL, 0, 0, 0 },
		{ "ready*1x", -EINVAL, 0, 0, 0 },
		{ "ready*99999999999", -EINVAL, 0, 0, 0 },
		{ "attach=99999999999999999999", -EINVAL, 0, 0, 0 },
	};
	struct rsim *w = rsim_new(NULL);
	size_t i;

	(void)state;
	assert_string_equal(rsim_error(w), "");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rsim_fault f;

		print_message("'%s'\n", rows[i].text);
		assert_int_equal(rsim_fault_parse(w, rows[i].text, &f),
				 rows[i].ret);
		if (rows[i].ret) {
			assert_string_not_equal(rsim_error(w), "");
			continue;
		}
		assert_int_equal(f.point, rows[i].point);
		assert_int_equal(f.value, rows[i].value);
		assert_int_equal(f.count, rows[i].count);
		assert_false(f.optional);
		assert_null(f.dev);
	}
	rsim_free(w);
}

static void every_point_has_a_name_that_reads_back(void **state)
{
	struct rsim *w = rsim_new(NULL);
	unsigned p;

	(void)state;
	for (p = 0; p < RSIM_FAULT_POINTS; p++) {
		struct rsim_fault f;

		assert_non_null(rsim_fault_help(p));
		assert_int_equal(rsim_fault_parse(w, rsim_fault_name(p), &f),
				 0);
		assert_int_equal(f.point, p);
	}
	assert_null(rsim_fault_name(RSIM_FAULT_POINTS));
	assert_null(rsim_fault_help(RSIM_FAULT_POINTS));
	rsim_free(w);
}

static void counted_fault_is_used_up(void **state)
{
	struct machine m = machine_new("v7.1");
	unsigned i;

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "attach=-5*2");
	for (i = 0; i < 2; i++)
		assert_int_equal(rsim_reset_function(m.dev), -EIO);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	rsim_free(m.w);
}

static void fault_of_another_device_does_not_hit(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.port, "attach");
	assert_int_equal(rsim_reset_function(m.dev), 0);
	add_fault(m.w, NULL, "attach");
	assert_int_equal(rsim_reset_function(m.dev), -ENOMEM);
	rsim_free(m.w);
}

static void cleared_fault_is_gone(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "attach=-5");
	add_fault(m.w, m.dev, "trpnd");
	rsim_fault_clear(m.w, RSIM_FAULT_ATTACH, m.port);
	assert_int_equal(rsim_reset_function(m.dev), -EIO);
	rsim_fault_clear(m.w, RSIM_FAULT_ATTACH, m.dev);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(slept_ms(m.w), 800);
	rsim_fault_clear(m.w, RSIM_FAULT_TRPND, NULL);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(slept_ms(m.w), 100);
	rsim_free(m.w);
}

static void device_goes_when_its_time_has_come(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_fault f = { .point = RSIM_FAULT_GONE, .dev = m.dev,
				.value = 50 };

	(void)state;
	assert_int_equal(rsim_fault_add(m.w, &f), 0);
	rsim_sleep(m.w, 49 * MS);
	assert_int_not_equal(rsim_cfg_read(m.dev, 0, 4), ~0u);
	rsim_sleep(m.w, MS);
	assert_int_equal(rsim_cfg_read(m.dev, 0, 4), ~0u);
	f.dev = NULL;
	assert_misuse(rsim_fault_add(m.w, &f), "rsim_fault_add");
	rsim_free(m.w);
}

static void faults_have_their_number(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_fault f = { .point = RSIM_FAULT_TRPND, .dev = m.port };
	unsigned i;

	(void)state;
	for (i = 0; i < 32; i++)
		assert_int_equal(rsim_fault_add(m.w, &f), 0);
	assert_int_equal(rsim_fault_add(m.w, &f), -ENOMEM);
	rsim_fault_clear(m.w, RSIM_FAULT_TRPND, NULL);
	assert_int_equal(rsim_fault_add(m.w, &f), 0);
	f.point = RSIM_FAULT_POINTS;
	assert_misuse(rsim_fault_add(m.w, &f), "rsim_fault_add");
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_read_or_refused_with_a_reason),
		cmocka_unit_test(every_point_has_a_name_that_reads_back),
		cmocka_unit_test(counted_fault_is_used_up),
		cmocka_unit_test(fault_of_another_device_does_not_hit),
		cmocka_unit_test(cleared_fault_is_gone),
		cmocka_unit_test(device_goes_when_its_time_has_come),
		cmocka_unit_test(faults_have_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
