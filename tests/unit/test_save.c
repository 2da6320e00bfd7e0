/* SPDX-License-Identifier: MIT */
/* What survives a reset because Linux saved it, and in which order. */
#include "helper.h"

static struct machine big_machine(enum rsim_kernel kernel)
{
	struct rsim_config c = { .kernel = kernel };
	struct rsim_dev_desc d = { .name = "dev",
				   .caps = USUAL_CAPS | RSIM_CAP_AER |
					   RSIM_CAP_MSIX | RSIM_CAP_ACS };

	return machine_of(&c, &d, 0);
}

static void config_space_is_as_before_after_a_reset(void **state)
{
	static const char *const methods[] = { "flr", "pm", "bus" };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = big_machine(RSIM_KERNEL_7_3);
		uint8_t before[4096];
		unsigned off;

		set_methods(m.dev, methods[i]);
		rsim_cfg_write(m.dev, PCI_BASE_ADDRESS_0, 4, 0xc0000000);
		rsim_cfg_write(m.dev, PCI_CACHE_LINE_SIZE, 1, 16);
		rsim_cfg_write(m.dev, PCI_INTERRUPT_LINE, 1, 11);
		rsim_cfg_write(m.dev, rsim_dev_cap(m.dev, PCI_CAP_ID_EXP) +
			       PCI_EXP_DEVCTL, 2, 0x2037);
		rsim_cfg_write(m.dev, rsim_dev_ext_cap(m.dev,
			       PCI_EXT_CAP_ID_ERR) + PCI_ERR_UNCOR_MASK, 4,
			       0x00100000);
		/* Linux turns INTx off where MSI-X is on. */
		rsim_cfg_write(m.dev, PCI_COMMAND, 2,
			       PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
			       PCI_COMMAND_INTX_DISABLE);
		for (off = 0; off < sizeof(before); off++)
			before[off] = (uint8_t)rsim_cfg_peek(m.dev, off, 1);
		assert_int_equal(rsim_reset_function(m.dev), 0);
		assert_int_equal(rsim_dev_resets(m.dev), 1);
		for (off = 0; off < sizeof(before); off++)
			if (rsim_cfg_peek(m.dev, off, 1) != before[off])
				fail_msg("%s: byte %03x is %02x, was %02x",
					 methods[i], off,
					 rsim_cfg_peek(m.dev, off, 1),
					 before[off]);
		rsim_free(m.w);
	}
}

static void bus_mastering_is_off_during_the_reset(void **state)
{
	struct machine m = machine_new(NULL);
	size_t i;
	bool seen = false;

	(void)state;
	set_methods(m.dev, "flr");
	rsim_trace_clear(m.w);
	rsim_reset_function(m.dev);
	for (i = 0; i < rsim_trace_count(m.w); i++) {
		const struct rsim_event *ev = rsim_trace_at(m.w, i);

		if (ev->kind == RSIM_EV_CALL && !strcmp(ev->what, "pcie_flr"))
			break;
		if (ev->kind == RSIM_EV_CFG_WRITE && ev->a == PCI_COMMAND) {
			assert_int_equal(ev->b, PCI_COMMAND_INTX_DISABLE);
			seen = true;
		}
	}
	assert_true(seen);
	rsim_free(m.w);
}

/* ATS comes back before bus mastering does. */
static void ats_is_restored_before_the_command_register(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned ats = rsim_dev_ext_cap(m.dev, PCI_EXT_CAP_ID_ATS);
	int restore, write, command, last;

	(void)state;
	set_methods(m.dev, "flr");
	rsim_trace_clear(m.w);
	rsim_reset_function(m.dev);
	restore = find_event(m.w, 0, RSIM_EV_CALL, m.dev, "pci_dev_restore");
	write = find_write(m.w, (size_t)restore, m.dev, ats + PCI_ATS_CTRL);
	command = find_write(m.w, (size_t)restore, m.dev, PCI_COMMAND);
	last = find_event(m.w, (size_t)restore, RSIM_EV_RET, m.dev,
			  "pci_dev_restore");
	assert_true(restore < write && write < command && command < last);
	rsim_free(m.w);
}

/* A parked device keeps ATS off, but bus mastering is given back to it. */
static void parked_device_gets_bus_mastering_but_not_ats(void **state)
{
	struct machine m = machine_new("on-success");

	(void)state;
	set_methods(m.dev, "flr");
	add_fault(m.w, m.dev, "no-reset");
	add_fault(m.w, m.dev, "ready=70000");
	assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
	assert_true(rsim_dev_blocked(m.dev));
	assert_false(rsim_dev_ats_enabled(m.dev));
	rsim_free(m.w);
}

struct calls {
	unsigned prepare, done;
	bool lock_was_free, bme_in_prepare;
};

static void on_prepare(struct rsim_dev *dev, void *ctx)
{
	struct calls *c = ctx;

	c->prepare++;
	c->lock_was_free = rsim_dev_trylock(dev);
	c->bme_in_prepare = rsim_cfg_peek(dev, PCI_COMMAND, 2) &
			    PCI_COMMAND_MASTER;
}

static void on_done(struct rsim_dev *dev, void *ctx)
{
	struct calls *c = ctx;

	(void)dev;
	assert_int_equal(c->prepare, c->done + 1);
	c->done++;
}

static const struct rsim_driver driver = { "test", on_prepare, on_done };
static const struct rsim_driver silent = { "silent", NULL, NULL };

static void driver_is_told_before_and_after_whatever_happens(void **state)
{
	struct machine m = machine_new(NULL);
	struct calls c = { 0 };

	(void)state;
	set_methods(m.dev, "flr");
	rsim_dev_bind(m.dev, &driver, &c);
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(c.done, 1);
	assert_false(c.lock_was_free);
	assert_true(c.bme_in_prepare);
	add_fault(m.w, m.dev, "ready=never");
	assert_int_equal(rsim_reset_function(m.dev), -ENOTTY);
	assert_int_equal(c.done, 2);
	/* Unbound, it is not called any more; nor by the walk alone. */
	rsim_reset_walk(m.dev);
	rsim_dev_bind(m.dev, NULL, NULL);
	rsim_reset_function(m.dev);
	assert_int_equal(c.prepare, 2);
	rsim_free(m.w);
}

static void driver_without_handlers_is_mentioned_since_7_0(void **state)
{
	static const struct {
		enum rsim_kernel kernel;
		unsigned times;
	} rows[] = { { RSIM_KERNEL_7_3, 1 }, { RSIM_KERNEL_7_0, 1 },
		     { RSIM_KERNEL_6_12, 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = big_machine(rows[i].kernel);

		rsim_dev_bind(m.dev, &silent, NULL);
		assert_int_equal(rsim_reset_function(m.dev), 0);
		assert_int_equal(rsim_log_count(m.w, m.dev,
					"resetting under its driver"),
				 rows[i].times);
		assert_int_equal(rsim_log_count(m.w, m.dev,
					"reset under its driver"),
				 rows[i].times);
		rsim_free(m.w);
	}
}

static void dead_config_space_is_not_saved_except_by_7_0(void **state)
{
	static const struct {
		enum rsim_kernel kernel;
		bool saves;
	} rows[] = { { RSIM_KERNEL_7_3, false }, { RSIM_KERNEL_7_0, true },
		     { RSIM_KERNEL_6_12, false } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = big_machine(rows[i].kernel);
		int write, end;

		set_methods(m.dev, "pm");
		rsim_dev_unplug(m.dev);
		rsim_trace_clear(m.w);
		rsim_reset_function(m.dev);
		assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
					      "pci_save_state"),
				 rows[i].saves);
		end = find_event(m.w, 0, RSIM_EV_RET, m.dev,
				 "pci_dev_save_and_disable");
		write = find_write(m.w, 0, m.dev, PCI_COMMAND);
		assert_int_equal(write >= 0 && write < end, rows[i].saves);
		assert_int_equal(rsim_log_count(m.w, m.dev,
				"config space inaccessible, nothing saved"),
				 !rows[i].saves);
		rsim_free(m.w);
	}
}

static struct rsim_dev *add_vf(struct rsim *w, struct rsim_dev *pf)
{
	return rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "vf", .type = RSIM_VF, .parent = pf, .at.devfn = 1,
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS, .new_group = true });
}

static struct machine pf_machine(void)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1") };
	struct rsim_dev_desc d = { .name = "pf", .vfs = 2, .new_group = true,
				   .caps = USUAL_CAPS | RSIM_CAP_SRIOV };
	struct machine m = machine_of(&c, &d, 0);

	set_methods(m.dev, "flr");
	return m;
}

struct vf_watch {
	struct rsim_dev *pf, *vf;
	uint32_t id_during;
	int dma_during;
};

static void task_reset_pf(struct rsim *w, void *arg)
{
	struct vf_watch *v = arg;

	(void)w;
	assert_int_equal(rsim_reset_function(v->pf), 0);
}

static void task_look_at_vf(struct rsim *w, void *arg)
{
	struct vf_watch *v = arg;

	rsim_sleep(w, 150 * MS);
	v->id_during = rsim_cfg_read(v->vf, PCI_COMMAND, 4);
	v->dma_during = rsim_dma(v->vf, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID,
				 0x1000, true).ret;
}

/* The PF is ready after 200 ms here: at 150 ms there is no VF. */
static void reset_of_a_pf_takes_its_vfs_away_and_brings_them_back(void **state)
{
	struct machine m = pf_machine();
	struct vf_watch v = { .pf = m.dev, .vf = add_vf(m.w, m.dev) };

	(void)state;
	map_page(m.w, rsim_get_domain(v.vf), 0x1000);
	assert_int_equal(rsim_dma(v.vf, RSIM_AT_TRANSLATION_REQUEST,
				  RSIM_NO_PASID, 0x1000, true).ret, 0);
	assert_int_equal(rsim_dev_atc_count(v.vf), 1);
	add_fault(m.w, m.dev, "ready=200");
	rsim_task_add(m.w, "reset", task_reset_pf, &v);
	rsim_task_add(m.w, "look", task_look_at_vf, &v);
	rsim_trace_clear(m.w);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(v.id_during, ~0u);
	assert_int_not_equal(v.dma_during, 0);
	/* 100 + 127 of polling, and 100 ms more when VFs are enabled again,
	 * beside the 150 of the other task. */
	assert_int_equal(slept_ms(m.w), 150 + 100 + 127 + 100);
	assert_int_not_equal(rsim_cfg_read(v.vf, PCI_COMMAND, 4), ~0u);
	assert_int_equal(rsim_dev_atc_count(v.vf), 0);
	/* It is back, but nobody has saved its own state. */
	assert_int_equal(rsim_cfg_peek(v.vf, PCI_COMMAND, 2), 0);
	assert_false(rsim_dev_ats_enabled(v.vf));
	rsim_free(m.w);
}

static void vf_is_reset_alone(void **state)
{
	struct machine m = pf_machine();
	struct rsim_dev *vf = add_vf(m.w, m.dev);

	(void)state;
	assert_int_equal(rsim_reset_function(vf), 0);
	assert_int_equal(rsim_dev_resets(vf), 1);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	assert_true(rsim_dev_ats_enabled(vf));
	rsim_free(m.w);
}

static void pf_that_is_gone_takes_its_vfs_along(void **state)
{
	struct machine m = pf_machine();
	struct rsim_dev *vf = add_vf(m.w, m.dev);

	(void)state;
	rsim_dev_unplug(m.dev);
	assert_int_equal(rsim_cfg_read(vf, PCI_COMMAND, 4), ~0u);
	assert_int_equal(rsim_dma(vf, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID,
				  0x1000, true).ret, -ENODEV);
	rsim_dev_replug(m.dev);
	assert_int_not_equal(rsim_cfg_read(vf, PCI_COMMAND, 4), ~0u);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_space_is_as_before_after_a_reset),
		cmocka_unit_test(bus_mastering_is_off_during_the_reset),
		cmocka_unit_test(ats_is_restored_before_the_command_register),
		cmocka_unit_test(parked_device_gets_bus_mastering_but_not_ats),
		cmocka_unit_test(
			driver_is_told_before_and_after_whatever_happens),
		cmocka_unit_test(
			driver_without_handlers_is_mentioned_since_7_0),
		cmocka_unit_test(dead_config_space_is_not_saved_except_by_7_0),
		cmocka_unit_test(
			reset_of_a_pf_takes_its_vfs_away_and_brings_them_back),
		cmocka_unit_test(vf_is_reset_alone),
		cmocka_unit_test(pf_that_is_gone_takes_its_vfs_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
