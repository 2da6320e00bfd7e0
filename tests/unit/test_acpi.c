/* SPDX-License-Identifier: MIT */
#include "helper.h"

static struct machine acpi_machine(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct rsim_dev_desc d = { .caps = RSIM_CAP_ATS, .acpi_rst = true };

	return machine_of(&c, &d, 0);
}

static void rst_resets_without_a_wait(void **state)
{
	struct machine m = acpi_machine(NULL);

	(void)state;
	fill_atc(&m, 0x1000);
	assert_int_equal(rsim_dev_methods(m.dev)[0], RSIM_METHOD_ACPI);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_ACPI, false), 0);
	assert_int_equal(slept_ms(m.w), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void function_without_rst_refuses(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_ACPI, true),
			 -ENOTTY);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_ACPI, false),
			 -ENOTTY);
	rsim_free(m.w);
}

static void probe_does_not_call_the_firmware(void **state)
{
	struct machine m = acpi_machine(NULL);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_ACPI, true), 0);
	assert_int_equal(rsim_trace_count(m.w), 2);
	rsim_free(m.w);
}

static void failing_rst_is_enotty_after_prepare(void **state)
{
	static const struct {
		const char *proto;
		bool parked;
	} rows[] = { { "v7.0", false }, { "on-success", true },
		     { "v7.1", false }, { "quarantine", true } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = acpi_machine(rows[i].proto);

		add_fault(m.w, m.dev, "acpi-rst");
		assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_ACPI,
						   false), -ENOTTY);
		assert_int_equal(rsim_log_count(m.w, m.dev, "_RST failed"), 1);
		assert_int_equal(rsim_dev_resets(m.dev), 0);
		assert_int_equal(rsim_dev_blocked(m.dev), rows[i].parked);
		rsim_free(m.w);
	}
}

/* Nobody waits: a slow function is open again before it is ready. */
static void slow_function_is_opened_before_it_is_ready(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = RSIM_CAP_ATS, .acpi_rst = true,
				   .ready_ms.acpi = 9000 };
	struct machine m = machine_of(&c, &d, 0);

	(void)state;
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_ACPI, false), 0);
	assert_false(rsim_dev_blocked(m.dev));
	assert_int_equal(rsim_cfg_read(m.dev, PCI_COMMAND, 4), ~0u);
	/* Polls of the IOMMU may have passed some of the time. */
	rsim_sleep(m.w, 9000 * MS);
	assert_int_not_equal(rsim_cfg_read(m.dev, PCI_COMMAND, 4), ~0u);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rst_resets_without_a_wait),
		cmocka_unit_test(function_without_rst_refuses),
		cmocka_unit_test(probe_does_not_call_the_firmware),
		cmocka_unit_test(failing_rst_is_enotty_after_prepare),
		cmocka_unit_test(slow_function_is_opened_before_it_is_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
