/* SPDX-License-Identifier: MIT */
#include "helper.h"

static struct machine amd_machine(void)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1"),
				 .iommu = RSIM_IOMMU_AMD };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };

	return machine_of(&c, &d, 0);
}

static void ats_is_enabled_before_the_entry_and_disabled_first(void **state)
{
	struct machine m = amd_machine();
	const struct rsim_proto *p = rsim_world_proto(m.w);
	unsigned ctl = rsim_dev_ext_cap(m.dev, PCI_EXT_CAP_ID_ATS) +
		       PCI_ATS_CTRL;
	int ats, dte;

	(void)state;
	rsim_trace_clear(m.w);
	p->prepare(m.dev);
	ats = find_write(m.w, 0, m.dev, ctl);
	dte = find_event(m.w, 0, RSIM_EV_STE, m.dev, "blocked");
	assert_true(ats >= 0 && ats < dte);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_trace_clear(m.w);
	p->done(m.dev, true);
	ats = find_write(m.w, 0, m.dev, ctl);
	dte = find_event(m.w, 0, RSIM_EV_STE, m.dev, "translate");
	assert_true(ats >= 0 && ats < dte);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void completion_wait_gives_up_after_100_ms(void **state)
{
	struct machine m = amd_machine();
	unsigned waits;

	(void)state;
	fill_atc(&m, 0x1000);
	add_fault(m.w, m.dev, "atc-inv*1");
	rsim_trace_clear(m.w);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	waits = rsim_log_count(m.w, NULL, "completion wait timed out");
	assert_true(waits > 0);
	assert_int_equal(polled_ms(m.w), 100 * waits);
	/* The caller was told that it is unmapped; the entry is there. */
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			ats_is_enabled_before_the_entry_and_disabled_first),
		cmocka_unit_test(completion_wait_gives_up_after_100_ms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
