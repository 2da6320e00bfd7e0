/* SPDX-License-Identifier: MIT */
#include "helper.h"

static struct machine vtd_machine(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto),
				 .iommu = RSIM_IOMMU_VTD };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };

	return machine_of(&c, &d, 0);
}

static unsigned ats_ctl(const struct machine *m)
{
	return rsim_dev_ext_cap(m->dev, PCI_EXT_CAP_ID_ATS) + PCI_ATS_CTRL;
}

/* Blocking: entry, flushes, the device's TLB, and only then Enable. */
static void ats_goes_off_last(void **state)
{
	struct machine m = vtd_machine("v7.1");
	int ste, inv, ats;

	(void)state;
	rsim_trace_clear(m.w);
	rsim_world_proto(m.w)->prepare(m.dev);
	ste = find_event(m.w, 0, RSIM_EV_STE, m.dev, "not present");
	inv = find_event(m.w, 0, RSIM_EV_CMD, m.dev, "ATC_INV");
	ats = find_write(m.w, 0, m.dev, ats_ctl(&m));
	assert_true(ste >= 0 && ste < inv && inv < ats);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void entry_lets_ats_pass_before_the_device_may_use_it(void **state)
{
	struct machine m = vtd_machine("v7.1");
	const struct rsim_proto *p = rsim_world_proto(m.w);
	int ste, ats;

	(void)state;
	p->prepare(m.dev);
	rsim_trace_clear(m.w);
	p->done(m.dev, true);
	ste = find_event(m.w, 0, RSIM_EV_STE, m.dev, "translate");
	ats = find_write(m.w, 0, m.dev, ats_ctl(&m));
	assert_true(ste >= 0 && ste < ats);
	assert_true(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

static void function_with_unaligned_requests_gets_no_ats(void **state)
{
	struct machine m = vtd_machine("v7.1");
	const struct rsim_proto *p = rsim_world_proto(m.w);
	unsigned cap = ats_ctl(&m) - PCI_ATS_CTRL + PCI_ATS_CAP;

	(void)state;
	assert_true(rsim_dev_ats_enabled(m.dev));
	rsim_cfg_poke(m.dev, cap, 2, 0);
	p->prepare(m.dev);
	p->done(m.dev, true);
	assert_false(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

/* The driver has no time-out: the hardware's 90 s end each round. */
static void silent_device_is_asked_again_and_again(void **state)
{
	struct machine m = vtd_machine("v7.1");

	(void)state;
	add_fault(m.w, m.dev, "atc-inv");
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	assert_true(count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV") > 1);
	assert_int_equal(polled_ms(m.w), 90000 *
			 count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV"));
	assert_int_equal(rsim_warn_count(m.w, "qi_submit_sync"), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_free(m.w);
}

static void device_that_is_gone_ends_the_rounds(void **state)
{
	struct machine m = vtd_machine("v7.1");

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_dev_unplug(m.dev);
	rsim_trace_clear(m.w);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV"), 1);
	assert_int_equal(rsim_warn_count(m.w, "qi_submit_sync"), 0);
	/* Blocking it does not even ask. */
	rsim_trace_clear(m.w);
	rsim_world_proto(m.w)->prepare(m.dev);
	assert_int_equal(count_events(m.w, RSIM_EV_CMD, m.dev, "ATC_INV"), 0);
	rsim_free(m.w);
}

static void hardware_time_out_may_be_set(void **state)
{
	struct rsim_config c = { .iommu = RSIM_IOMMU_VTD,
				 .inv_timeout_ms = 7 };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &d, 0);

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_dev_unplug(m.dev);
	rsim_trace_clear(m.w);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(polled_ms(m.w), 7);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ats_goes_off_last),
		cmocka_unit_test(
			entry_lets_ats_pass_before_the_device_may_use_it),
		cmocka_unit_test(function_with_unaligned_requests_gets_no_ats),
		cmocka_unit_test(silent_device_is_asked_again_and_again),
		cmocka_unit_test(device_that_is_gone_ends_the_rounds),
		cmocka_unit_test(hardware_time_out_may_be_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
