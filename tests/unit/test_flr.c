/* SPDX-License-Identifier: MIT */
#include "helper.h"

static unsigned devctl(const struct rsim_dev *dev)
{
	return rsim_dev_cap(dev, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;
}

static int flr(struct machine *m, bool probe)
{
	return rsim_reset_method(m->dev, RSIM_METHOD_FLR, probe);
}

static void fence_goes_up_before_the_flr_and_down_after_the_wait(void **state)
{
	struct machine m = machine_new(NULL);
	int prepare, write, wait, done;

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(flr(&m, false), 0);
	prepare = find_event(m.w, 0, RSIM_EV_RET, m.dev,
			     "pci_dev_reset_iommu_prepare");
	write = find_write(m.w, 0, m.dev, devctl(m.dev));
	wait = find_event(m.w, 0, RSIM_EV_RET, m.dev, "pci_dev_wait");
	done = find_event(m.w, 0, RSIM_EV_CALL, m.dev,
			  "pci_dev_reset_iommu_done");
	assert_true(prepare >= 0 && prepare < write);
	assert_true(write < wait && wait < done);
	assert_true(rsim_trace_at(m.w, (size_t)write)->b &
		    PCI_EXP_DEVCTL_BCR_FLR);
	rsim_free(m.w);
}

/* The device may still write to memory then: the IOMMU is open. */
static void pending_transactions_drain_before_the_fence(void **state)
{
	struct machine m = machine_new(NULL);
	int pending, prepare;

	(void)state;
	rsim_trace_clear(m.w);
	add_fault(m.w, m.dev, "trpnd");
	flr(&m, false);
	pending = find_event(m.w, 0, RSIM_EV_LOG, m.dev,
			     "transactions pending, FLR anyway");
	prepare = find_event(m.w, 0, RSIM_EV_CALL, m.dev,
			     "pci_dev_reset_iommu_prepare");
	assert_true(pending >= 0 && pending < prepare);
	assert_int_equal(rsim_trace_at(m.w, (size_t)prepare)->time, 700 * MS);
	rsim_free(m.w);
}

static void probe_touches_nothing(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(flr(&m, true), 0);
	assert_int_equal(rsim_trace_count(m.w), 2);	/* call and return */
	rsim_free(m.w);
}

static void function_without_flr_refuses_before_the_fence(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc none = { .caps = RSIM_CAP_ATS };
	struct rsim_dev_desc quirk = { .caps = USUAL_CAPS,
				       .quirks = RSIM_QUIRK_NO_FLR };
	struct rsim_dev_desc by_id = { .caps = USUAL_CAPS, .vendor = 0x1022,
				       .device = 0x149c };
	struct rsim_dev_desc *descs[] = { &none, &quirk, &by_id };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = machine_of(&c, descs[i], 0);

		rsim_trace_clear(m.w);
		assert_int_equal(flr(&m, true), -ENOTTY);
		assert_int_equal(flr(&m, false), -ENOTTY);
		assert_int_equal(rsim_trace_count(m.w), 4);
		rsim_free(m.w);
	}
}

static void prepare_that_fails_leaves_the_function_alone(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	add_fault(m.w, m.dev, "attach=-5");
	rsim_trace_clear(m.w);
	assert_int_equal(flr(&m, false), -EIO);
	assert_int_equal(find_write(m.w, 0, m.dev, devctl(m.dev)), NOT_FOUND);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	assert_int_equal(rsim_log_count(m.w, m.dev, "cannot stop the IOMMU"),
			 1);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_reset_iommu_done"), 0);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void only_7_3_looks_whether_the_device_is_there(void **state)
{
	static const struct {
		enum rsim_kernel kernel;
		unsigned slept;
	} rows[] = { { RSIM_KERNEL_7_3, 0 }, { RSIM_KERNEL_7_0, 66335 },
		     { RSIM_KERNEL_6_12, 66335 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct rsim_config c = { .kernel = rows[i].kernel };
		struct rsim_dev_desc d = { .caps = USUAL_CAPS };
		struct machine m = machine_of(&c, &d, 0);

		rsim_dev_unplug(m.dev);
		rsim_trace_clear(m.w);
		assert_int_equal(flr(&m, false), -ENOTTY);
		assert_int_equal(slept_ms(m.w), rows[i].slept);
		assert_int_equal(rsim_dev_blocked(m.dev), i > 0);
		rsim_free(m.w);
	}
}

static void user_space_may_start_an_flr_that_linux_knows_not_of(void **state)
{
	struct machine m = machine_new(NULL);
	uint32_t ctl = rsim_cfg_peek(m.dev, devctl(m.dev), 2);

	(void)state;
	fill_atc(&m, 0x1000);
	assert_int_equal(rsim_user_cfg_write(m.dev, devctl(m.dev), 2,
					     ctl | PCI_EXP_DEVCTL_BCR_FLR), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	assert_false(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			fence_goes_up_before_the_flr_and_down_after_the_wait),
		cmocka_unit_test(pending_transactions_drain_before_the_fence),
		cmocka_unit_test(probe_touches_nothing),
		cmocka_unit_test(function_without_flr_refuses_before_the_fence),
		cmocka_unit_test(prepare_that_fails_leaves_the_function_alone),
		cmocka_unit_test(only_7_3_looks_whether_the_device_is_there),
		cmocka_unit_test(
			user_space_may_start_an_flr_that_linux_knows_not_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
