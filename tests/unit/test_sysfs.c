/* SPDX-License-Identifier: MIT */
/* The files reset_method and reset, down to the white space. */
#include "helper.h"

static void expect_methods(struct rsim_dev *dev, const char *want)
{
	char buf[128];

	assert_int_equal(rsim_reset_method_show(dev, buf, sizeof(buf)),
			 strlen(want));
	assert_string_equal(buf, want);
}

static void every_spelling_has_its_answer(void **state)
{
	/* What is written; what comes back; what the file shows then, NULL:
	 * what it showed before. */
	static const struct {
		const char *text;
		int ret;	/* 0: its length */
		const char *shows;
	} rows[] = {
		{ "flr", 0, "flr\n" },
		{ "flr\n", 0, "flr\n" },
		{ "flr\n\n", 0, "flr\n" },	/* trailing space is stripped */
		{ "bus flr", 0, "bus flr\n" },
		{ "flr  bus", 0, "flr bus\n" },
		{ " flr", 0, "flr\n" },
		{ "flr ", 0, "flr\n" },
		{ "flr \n", 0, "flr\n" },
		{ "\tflr", 0, "flr\n" },
		{ "flr\t", 0, "flr\n" },
		{ "flr flr", 0, "flr flr\n" },
		{ " ", 0, "" },
		{ "   ", 0, "" },
		{ " \n", 0, "" },
		{ "", 0, "" },
		{ "\n", 0, "" },
		{ "default", 0, "flr pm bus\n" },
		{ "default\n", 0, "flr pm bus\n" },
		{ "FLR", -EINVAL, NULL },
		{ "fl", -EINVAL, NULL },
		{ "flrx", -EINVAL, NULL },
		{ "flr,bus", -EINVAL, NULL },
		{ "flr\tbus", -EINVAL, NULL },
		{ "\t", -EINVAL, NULL },
		{ "bogus", -EINVAL, NULL },
		{ "flr bogus", -EINVAL, NULL },
		{ "default flr", -EINVAL, NULL },
		{ "flr default", -EINVAL, NULL },
		{ "af_flr", -EINVAL, NULL },	/* a method, but not its own */
		{ "flr acpi", -EINVAL, NULL },
		{ "flr pm bus flr pm bus flr", 0,
		  "flr pm bus flr pm bus flr\n" },
		{ "flr pm bus flr pm bus flr bus", -EINVAL, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine m = machine_new(NULL);
		long want = rows[i].ret ? rows[i].ret
					: (long)strlen(rows[i].text);

		set_methods(m.dev, "pm flr");
		print_message("'%s'\n", rows[i].text);
		assert_int_equal(rsim_reset_method_store(m.dev, rows[i].text),
				 want);
		expect_methods(m.dev, rows[i].shows ? rows[i].shows
						    : "pm flr\n");
		rsim_free(m.w);
	}
}

static void messages_say_what_was_wrong(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_reset_method_store(m.dev, "bogus");
	assert_int_equal(rsim_log_count(m.w, m.dev, "invalid reset method"), 1);
	rsim_reset_method_store(m.dev, "acpi");
	assert_int_equal(rsim_log_count(m.w, m.dev,
					"unsupported reset method"), 1);
	rsim_reset_method_store(m.dev, "flr flr flr flr flr flr flr flr");
	assert_int_equal(rsim_log_count(m.w, m.dev, "too many reset methods"),
			 1);
	assert_int_equal(rsim_log_count(m.w, m.dev,
					"all reset methods disabled"), 0);
	rsim_reset_method_store(m.dev, "\n");
	assert_int_equal(rsim_log_count(m.w, m.dev,
					"all reset methods disabled"), 1);
	rsim_reset_method_store(m.dev, " ");
	assert_int_equal(rsim_log_count(m.w, m.dev,
					"all reset methods disabled"), 1);
	rsim_free(m.w);
}

/* The eighth word is refused only after its own probe was asked. */
static void eighth_method_is_probed_before_it_is_refused(void **state)
{
	struct machine m = machine_new(NULL);
	size_t i;
	unsigned n = 0;

	(void)state;
	rsim_trace_clear(m.w);
	rsim_reset_method_store(m.dev, "pm pm pm pm pm pm pm bus");
	for (i = 0; i < rsim_trace_count(m.w); i++) {
		const struct rsim_event *ev = rsim_trace_at(m.w, i);

		n += ev->kind == RSIM_EV_CALL &&
		     !strcmp(ev->what, "pci_reset_bus_function");
	}
	assert_int_equal(n, 1);
	rsim_free(m.w);
}

static void files_stay_when_the_list_is_emptied(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "\n");
	expect_methods(m.dev, "");
	assert_int_equal(rsim_reset_store(m.dev, "1"), -ENOTTY);
	set_methods(m.dev, "default");
	expect_methods(m.dev, "flr pm bus\n");
	rsim_free(m.w);
}

static void files_are_missing_without_a_method(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_RCIEP });
	char buf[16];

	(void)state;
	assert_int_equal(rsim_dev_methods(dev)[0], RSIM_METHOD_NONE);
	assert_int_equal(rsim_reset_method_store(dev, "default"), -ENOENT);
	assert_int_equal(rsim_reset_method_show(dev, buf, sizeof(buf)),
			 -ENOENT);
	assert_int_equal(rsim_reset_store(dev, "1"), -ENOENT);
	rsim_free(w);
}

static void show_needs_room_for_all(void **state)
{
	struct machine m = machine_new(NULL);
	char buf[5];

	(void)state;
	set_methods(m.dev, "flr");
	assert_int_equal(rsim_reset_method_show(m.dev, buf, 5), 4);
	assert_string_equal(buf, "flr\n");
	assert_int_equal(rsim_reset_method_show(m.dev, buf, 4), -EINVAL);
	set_methods(m.dev, "\n");
	assert_int_equal(rsim_reset_method_show(m.dev, buf, 1), 0);
	rsim_free(m.w);
}

static void reset_wants_a_one(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} rows[] = {
		{ "1", 0 }, { "1\n", 0 }, { "0x1", 0 }, { "01", 0 },
		{ "+1", 0 }, { "0", -EINVAL }, { "2", -EINVAL },
		{ "", -EINVAL }, { "\n", -EINVAL }, { "-1", -EINVAL },
		{ " 1", -EINVAL }, { "1 ", -EINVAL }, { "1\n\n", -EINVAL },
		{ "1x", -EINVAL }, { "x", -EINVAL }, { "0x", -EINVAL },
		{ "18446744073709551617", -EINVAL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine m = machine_new(NULL);

		print_message("'%s'\n", rows[i].text);
		assert_int_equal(rsim_reset_store(m.dev, rows[i].text),
				 rows[i].ret ? rows[i].ret
					     : (long)strlen(rows[i].text));
		assert_int_equal(rsim_dev_resets(m.dev), !rows[i].ret);
		rsim_free(m.w);
	}
}

static void reset_hands_the_errno_on(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "ready=never");
	assert_int_equal(rsim_reset_store(m.dev, "1"), -ENOTTY);
	rsim_free(m.w);
}

static struct machine solidigm(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct rsim_dev_desc d = { .vendor = 0x8086, .device = 0x0a54,
				   .caps = USUAL_CAPS };

	return machine_of(&c, &d, 0);
}

static void putting_the_quirk_last_is_worth_a_warning(void **state)
{
	static const char msg[] =
		"device-specific reset disabled or put last";
	struct machine m = solidigm(NULL);

	(void)state;
	set_methods(m.dev, "device_specific flr");
	assert_int_equal(rsim_log_count(m.w, m.dev, msg), 0);
	set_methods(m.dev, "flr device_specific");
	assert_int_equal(rsim_log_count(m.w, m.dev, msg), 1);
	set_methods(m.dev, "flr");
	assert_int_equal(rsim_log_count(m.w, m.dev, msg), 2);
	/* Even an empty list passes this place, unless it is really empty. */
	set_methods(m.dev, " ");
	assert_int_equal(rsim_log_count(m.w, m.dev, msg), 3);
	set_methods(m.dev, "");
	assert_int_equal(rsim_log_count(m.w, m.dev, msg), 3);
	rsim_free(m.w);
}

/* A write that only looks lifts the quarantine of a device that is not well. */
static void write_opens_a_parked_device_with_the_seed_patch(void **state)
{
	struct machine m = machine_new("on-success");

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "ready=never");
	rsim_reset_function(m.dev);
	assert_true(rsim_dev_blocked(m.dev));
	set_methods(m.dev, "bus");
	assert_false(rsim_dev_blocked(m.dev));
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	rsim_free(m.w);
}

static void refused_write_keeps_the_list_but_had_its_probes(void **state)
{
	struct machine m = machine_new("v7.1");
	unsigned before;

	(void)state;
	before = count_events(m.w, RSIM_EV_STE, m.dev, "abort");
	set_methods(m.dev, "pm");
	assert_int_equal(rsim_reset_method_store(m.dev, "bus acpi"), -EINVAL);
	expect_methods(m.dev, "pm\n");
	assert_int_equal(count_events(m.w, RSIM_EV_STE, m.dev, "abort"),
			 before + 1);
	rsim_free(m.w);
}

static void write_does_not_wait_for_the_device_lock(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_dev_lock(m.dev);
	set_methods(m.dev, "flr");
	rsim_dev_unlock(m.dev);
	rsim_free(m.w);
}

static void misuse_names_the_call(void **state)
{
	struct machine m = machine_new(NULL);
	char buf[4];

	(void)state;
	assert_misuse(rsim_reset_method_store(NULL, "flr"),
		      "rsim_reset_method_store: dev");
	assert_misuse(rsim_reset_method_store(m.dev, NULL),
		      "rsim_reset_method_store: text");
	assert_misuse(rsim_reset_method_show(NULL, buf, 4),
		      "rsim_reset_method_show: dev");
	assert_misuse(rsim_reset_method_show(m.dev, NULL, 4),
		      "rsim_reset_method_show: buf");
	assert_misuse(rsim_reset_method_show(m.dev, buf, 0),
		      "rsim_reset_method_show: buf");
	assert_misuse(rsim_reset_store(NULL, "1"), "rsim_reset_store: dev");
	assert_misuse(rsim_reset_store(m.dev, NULL), "rsim_reset_store: text");
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_has_its_answer),
		cmocka_unit_test(messages_say_what_was_wrong),
		cmocka_unit_test(eighth_method_is_probed_before_it_is_refused),
		cmocka_unit_test(files_stay_when_the_list_is_emptied),
		cmocka_unit_test(files_are_missing_without_a_method),
		cmocka_unit_test(show_needs_room_for_all),
		cmocka_unit_test(reset_wants_a_one),
		cmocka_unit_test(reset_hands_the_errno_on),
		cmocka_unit_test(putting_the_quirk_last_is_worth_a_warning),
		cmocka_unit_test(
			write_opens_a_parked_device_with_the_seed_patch),
		cmocka_unit_test(
			refused_write_keeps_the_list_but_had_its_probes),
		cmocka_unit_test(write_does_not_wait_for_the_device_lock),
		cmocka_unit_test(misuse_names_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
