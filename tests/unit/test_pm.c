/* SPDX-License-Identifier: MIT */
#include "helper.h"

static int pm(struct machine *m, bool probe)
{
	return rsim_reset_method(m->dev, RSIM_METHOD_PM, probe);
}

static void reset_goes_through_d3hot_with_ten_ms_each_way(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned csr = rsim_dev_cap(m.dev, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	int down, up;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	assert_int_equal(pm(&m, false), 0);
	assert_int_equal(slept_ms(m.w), 20);
	down = find_write(m.w, 0, m.dev, csr);
	up = find_write(m.w, (size_t)down + 1, m.dev, csr);
	assert_int_equal(rsim_trace_at(m.w, (size_t)down)->b & 3, 3);
	assert_int_equal(rsim_trace_at(m.w, (size_t)up)->b & 3, 0);
	assert_int_equal(rsim_trace_at(m.w, (size_t)up)->time -
			 rsim_trace_at(m.w, (size_t)down)->time, 10 * MS);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	rsim_free(m.w);
}

static void quirk_may_take_the_delay_away(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = RSIM_CAP_PM,
				   .d3hot_no_delay = true };
	struct machine m = machine_of(&c, &d, 0);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(pm(&m, false), 0);
	assert_int_equal(slept_ms(m.w), 0);
	rsim_free(m.w);
}

static void function_that_keeps_its_state_refuses(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc keeps = { .caps = RSIM_CAP_PM | RSIM_CAP_ATS |
					       RSIM_CAP_NO_SOFT_RESET };
	struct rsim_dev_desc quirk = { .caps = RSIM_CAP_PM | RSIM_CAP_ATS,
				       .quirks = RSIM_QUIRK_NO_PM_RESET };
	struct rsim_dev_desc none = { .caps = RSIM_CAP_ATS };
	struct rsim_dev_desc *descs[] = { &keeps, &quirk, &none };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = machine_of(&c, descs[i], 0);

		rsim_trace_clear(m.w);
		assert_int_equal(pm(&m, true), -ENOTTY);
		assert_int_equal(pm(&m, false), -ENOTTY);
		assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				"pci_dev_reset_iommu_prepare"), 0);
		rsim_free(m.w);
	}
}

static void graphics_below_a_bridge_refuse(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = RSIM_CAP_PM, .vendor = 0x1002,
				   .class_code = 0x030000 };
	struct machine m = machine_of(&c, &d, 0);
	struct rsim_dev *on_root;

	(void)state;
	assert_int_equal(pm(&m, true), -ENOTTY);
	d.at.devfn = 5 << 3;
	on_root = rsim_dev_add(m.w, &d);
	assert_int_equal(rsim_reset_method(on_root, RSIM_METHOD_PM, true), 0);
	rsim_free(m.w);
}

static void probe_does_not_look_at_the_power_state(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_dev_set_power_state(m.dev, 3);
	assert_int_equal(pm(&m, true), 0);
	assert_int_equal(pm(&m, false), -EINVAL);
	rsim_free(m.w);
}

/* pci_reset_function() wakes the device first: -EINVAL is for the others. */
static void device_is_woken_before_its_state_is_saved(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "pm");
	rsim_dev_set_power_state(m.dev, 3);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	rsim_free(m.w);
}

/* Dead config space reads as "keeps its state": no method, no fence. */
static void dead_function_declines_quietly_after_its_failed_flr(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	set_methods(m.dev, "flr pm");
	add_fault(m.w, m.dev, "ready=never");
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_pm_reset"), 1);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_reset_iommu_prepare"), 1);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

/* No request is answered or issued in D3hot. */
static void function_in_d3hot_is_silent(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned csr = rsim_dev_cap(m.dev, PCI_CAP_ID_PM) + PCI_PM_CTRL;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_cfg_write(m.dev, csr, 2, 3);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x1000, false).ret, -EAGAIN);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_free(m.w);
}

static void without_soft_reset_d3hot_keeps_all(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = RSIM_CAP_PM | RSIM_CAP_ATS |
					   RSIM_CAP_NO_SOFT_RESET };
	struct machine m = machine_of(&c, &d, 0);
	unsigned csr = rsim_dev_cap(m.dev, PCI_CAP_ID_PM) + PCI_PM_CTRL;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_cfg_write(m.dev, csr, 2, PCI_PM_CTRL_NO_SOFT_RESET | 3);
	rsim_cfg_write(m.dev, csr, 2, PCI_PM_CTRL_NO_SOFT_RESET);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	assert_true(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset_goes_through_d3hot_with_ten_ms_each_way),
		cmocka_unit_test(quirk_may_take_the_delay_away),
		cmocka_unit_test(function_that_keeps_its_state_refuses),
		cmocka_unit_test(graphics_below_a_bridge_refuse),
		cmocka_unit_test(probe_does_not_look_at_the_power_state),
		cmocka_unit_test(device_is_woken_before_its_state_is_saved),
		cmocka_unit_test(
			dead_function_declines_quietly_after_its_failed_flr),
		cmocka_unit_test(function_in_d3hot_is_silent),
		cmocka_unit_test(without_soft_reset_d3hot_keeps_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
