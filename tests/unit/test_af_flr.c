/* SPDX-License-Identifier: MIT */
#include "helper.h"

static struct machine af_machine(unsigned caps, unsigned quirks)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = {
		.caps = RSIM_CAP_AF_FLR | RSIM_CAP_ATS | caps,
		.quirks = quirks,
	};

	return machine_of(&c, &d, 0);
}

static int af_flr(struct machine *m, bool probe)
{
	return rsim_reset_method(m->dev, RSIM_METHOD_AF_FLR, probe);
}

static void af_flr_sleeps_100_ms_inside_the_fence(void **state)
{
	struct machine m = af_machine(0, 0);
	unsigned af = rsim_dev_cap(m.dev, PCI_CAP_ID_AF);
	int prepare, write, done;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	assert_int_equal(af_flr(&m, false), 0);
	assert_int_equal(slept_ms(m.w), 100);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	prepare = find_event(m.w, 0, RSIM_EV_RET, m.dev,
			     "pci_dev_reset_iommu_prepare");
	write = find_write(m.w, 0, m.dev, af + PCI_AF_CTRL);
	done = find_event(m.w, 0, RSIM_EV_CALL, m.dev,
			  "pci_dev_reset_iommu_done");
	assert_true(prepare >= 0 && prepare < write && write < done);
	assert_int_equal(rsim_trace_at(m.w, (size_t)write)->size, 1);
	rsim_free(m.w);
}

static void both_capability_bits_are_needed(void **state)
{
	static const uint8_t bits[] = { 0, PCI_AF_CAP_TP, PCI_AF_CAP_FLR };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = af_machine(0, 0);
		unsigned af = rsim_dev_cap(m.dev, PCI_CAP_ID_AF);

		rsim_cfg_poke(m.dev, af + PCI_AF_CAP, 1, bits[i]);
		assert_int_equal(af_flr(&m, true), -ENOTTY);
		assert_int_equal(af_flr(&m, false), -ENOTTY);
		assert_int_equal(rsim_dev_resets(m.dev), 0);
		assert_false(rsim_dev_blocked(m.dev));
		rsim_free(m.w);
	}
}

static void no_flr_quirk_forbids_it_too(void **state)
{
	struct machine m = af_machine(0, RSIM_QUIRK_NO_FLR);

	(void)state;
	assert_int_equal(af_flr(&m, true), -ENOTTY);
	assert_int_equal(af_flr(&m, false), -ENOTTY);
	rsim_free(m.w);
}

static void function_without_the_capability_refuses(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_int_equal(af_flr(&m, false), -ENOTTY);
	rsim_free(m.w);
}

static void pending_transactions_cost_700_ms_before_the_fence(void **state)
{
	struct machine m = af_machine(0, 0);
	int prepare;

	(void)state;
	add_fault(m.w, m.dev, "trpnd");
	rsim_trace_clear(m.w);
	assert_int_equal(af_flr(&m, false), 0);
	assert_int_equal(slept_ms(m.w), 800);
	prepare = find_event(m.w, 0, RSIM_EV_CALL, m.dev,
			     "pci_dev_reset_iommu_prepare");
	assert_int_equal(rsim_trace_at(m.w, (size_t)prepare)->time, 700 * MS);
	assert_int_equal(rsim_log_count(m.w, m.dev,
					"transactions pending, FLR anyway"), 1);
	rsim_free(m.w);
}

static void immediate_readiness_spares_the_wait(void **state)
{
	struct machine m = af_machine(RSIM_CAP_IMM_READY, 0);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(af_flr(&m, false), 0);
	assert_int_equal(slept_ms(m.w), 0);
	rsim_free(m.w);
}

static void function_that_stays_silent_is_enotty(void **state)
{
	struct machine m = af_machine(0, 0);

	(void)state;
	add_fault(m.w, m.dev, "ready=never");
	rsim_trace_clear(m.w);
	assert_int_equal(af_flr(&m, false), -ENOTTY);
	assert_int_equal(slept_ms(m.w), 65635);
	assert_true(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void conventional_function_has_it_too(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_CONVENTIONAL, .caps = RSIM_CAP_AF_FLR });

	(void)state;
	assert_int_equal(rsim_dev_methods(dev)[0], RSIM_METHOD_AF_FLR);
	assert_int_equal(rsim_reset_function(dev), 0);
	assert_int_equal(rsim_dev_resets(dev), 1);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(af_flr_sleeps_100_ms_inside_the_fence),
		cmocka_unit_test(both_capability_bits_are_needed),
		cmocka_unit_test(no_flr_quirk_forbids_it_too),
		cmocka_unit_test(function_without_the_capability_refuses),
		cmocka_unit_test(
			pending_transactions_cost_700_ms_before_the_fence),
		cmocka_unit_test(immediate_readiness_spares_the_wait),
		cmocka_unit_test(function_that_stays_silent_is_enotty),
		cmocka_unit_test(conventional_function_has_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
