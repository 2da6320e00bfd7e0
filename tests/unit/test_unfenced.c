/* SPDX-License-Identifier: MIT */
/* Resets that nobody tells the IOMMU of. */
#include "helper.h"

static void hot_reset_empties_the_atc_and_calls_no_pair(void **state)
{
	struct machine m = machine_new("v7.1");

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_hot_reset(m.dev), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, NULL,
				      "pci_dev_reset_iommu_prepare"), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_STE, NULL, NULL), 0);
	/* Linux puts Enable back: the driver had it on. */
	assert_true(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

static void hot_reset_does_not_lift_a_quarantine(void **state)
{
	static const char *const protos[] = { "on-success", "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = machine_new(protos[i]);

		set_methods(m.dev, "flr");
		add_fault(m.w, m.dev, "ready=never*1");
		assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
		assert_true(rsim_dev_blocked(m.dev));
		assert_int_equal(rsim_hot_reset(m.dev), 0);
		assert_int_equal(rsim_dev_resets(m.dev), 1);
		assert_true(rsim_dev_blocked(m.dev));
		assert_true(rsim_group_fenced(rsim_dev_group(m.dev)));
		rsim_free(m.w);
	}
}

static void hot_reset_resets_all_siblings(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_dev *b = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .at.devfn = 8, .caps = USUAL_CAPS });

	(void)state;
	rsim_cfg_write(b, PCI_INTERRUPT_LINE, 1, 9);
	assert_int_equal(rsim_hot_reset(m.dev), 0);
	assert_int_equal(rsim_dev_resets(b), 1);
	assert_int_equal(rsim_cfg_peek(b, PCI_INTERRUPT_LINE, 1), 9);
	rsim_free(m.w);
}

static void any_lock_of_the_subtree_is_eagain(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_dev *up = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .type = RSIM_UPSTREAM_PORT, .at.devfn = 8 });
	struct rsim_dev *below = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = up, .type = RSIM_DOWNSTREAM_PORT });
	struct rsim_dev *all[] = { m.port, m.dev, up, below };
	unsigned i, k;

	(void)state;
	for (i = 0; i < 4; i++) {
		rsim_dev_lock(all[i]);
		assert_int_equal(rsim_hot_reset(m.dev), -EAGAIN);
		rsim_dev_unlock(all[i]);
		/* Those taken before it are free again. */
		for (k = 0; k < 4; k++) {
			assert_true(rsim_dev_trylock(all[k]));
			rsim_dev_unlock(all[k]);
		}
	}
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	assert_int_equal(rsim_hot_reset(m.dev), 0);
	rsim_free(m.w);
}

static void flag_anywhere_below_forbids_it(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_dev *up = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .type = RSIM_UPSTREAM_PORT, .at.devfn = 8 });

	(void)state;
	assert_int_equal(rsim_hot_reset(m.dev), 0);
	rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = up, .type = RSIM_DOWNSTREAM_PORT,
		.quirks = RSIM_QUIRK_NO_BUS_RESET });
	assert_int_equal(rsim_hot_reset(m.dev), -ENOTTY);
	assert_int_equal(rsim_bus_error_reset(m.port), -ENOTTY);
	assert_int_equal(rsim_hot_reset(m.port), -ENOTTY);	/* root bus */
	rsim_free(m.w);
}

/* What is behind a bridge on the bus comes back later than the bridge. */
static void restore_waits_behind_every_bridge(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *up = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port, .type = RSIM_UPSTREAM_PORT,
		.caps = RSIM_CAP_PM });
	struct rsim_dev *down = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = up, .type = RSIM_DOWNSTREAM_PORT,
		.caps = RSIM_CAP_PM });
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = down, .caps = USUAL_CAPS, .ready_ms.bus = 400 });

	(void)state;
	rsim_cfg_write(dev, PCI_INTERRUPT_LINE, 1, 9);
	assert_int_equal(rsim_hot_reset(up), 0);
	assert_int_equal(rsim_dev_resets(dev), 1);
	assert_int_equal(rsim_cfg_read(dev, PCI_INTERRUPT_LINE, 1), 9);
	rsim_free(w);
}

static void time_out_is_enotty_and_unlocks(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	add_fault(m.w, m.dev, "ready=never");
	assert_int_equal(rsim_hot_reset(m.dev), -ENOTTY);
	assert_int_equal(rsim_bus_error_reset(m.port), -ENOTTY);
	assert_true(rsim_dev_trylock(m.port));
	assert_true(rsim_dev_trylock(m.dev));
	rsim_dev_unlock(m.dev);
	rsim_dev_unlock(m.port);
	rsim_free(m.w);
}

static void aer_restores_nothing(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_cfg_write(m.dev, PCI_INTERRUPT_LINE, 1, 9);
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_bus_error_reset(m.port), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_cfg_peek(m.dev, PCI_INTERRUPT_LINE, 1), 0);
	assert_int_equal(rsim_cfg_peek(m.dev, PCI_COMMAND, 2), 0);
	assert_false(rsim_dev_ats_enabled(m.dev));
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, NULL,
				      "pci_dev_reset_iommu_prepare"), 0);
	rsim_free(m.w);
}

struct race {
	struct machine *m;
	rsim_ns end;
	int ret;
};

static void task_hold(struct rsim *w, void *arg)
{
	struct race *r = arg;

	rsim_dev_lock(r->m->dev);
	rsim_sleep(w, 30 * MS);
	rsim_dev_unlock(r->m->dev);
}

static void task_aer(struct rsim *w, void *arg)
{
	struct race *r = arg;

	rsim_sleep(w, 10 * MS);
	r->ret = rsim_bus_error_reset(r->m->port);
	r->end = rsim_now(w);
}

static void aer_waits_for_the_locks(void **state)
{
	struct machine m = machine_new(NULL);
	struct race r = { .m = &m, .ret = 1 };

	(void)state;
	rsim_task_add(m.w, "holder", task_hold, &r);
	rsim_task_add(m.w, "aer", task_aer, &r);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(r.ret, 0);
	assert_int_equal(r.end, (30 + 2 + 20 + 100) * MS);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hot_reset_empties_the_atc_and_calls_no_pair),
		cmocka_unit_test(hot_reset_does_not_lift_a_quarantine),
		cmocka_unit_test(hot_reset_resets_all_siblings),
		cmocka_unit_test(any_lock_of_the_subtree_is_eagain),
		cmocka_unit_test(flag_anywhere_below_forbids_it),
		cmocka_unit_test(restore_waits_behind_every_bridge),
		cmocka_unit_test(time_out_is_enotty_and_unlocks),
		cmocka_unit_test(aer_restores_nothing),
		cmocka_unit_test(aer_waits_for_the_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
