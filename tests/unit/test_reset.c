/* SPDX-License-Identifier: MIT */
/* What each kind of reset leaves of the registers. */
#include "helper.h"

enum { PAYLOAD = 0x40, ERRORS = 0x0007 };

struct regs {
	unsigned devctl, lnkctl, lnkctl2, uncor_mask;
};

static struct regs set_registers(struct rsim_dev *dev)
{
	unsigned e = rsim_dev_cap(dev, PCI_CAP_ID_EXP);
	struct regs r = {
		e + PCI_EXP_DEVCTL, e + PCI_EXP_LNKCTL, e + PCI_EXP_LNKCTL2,
		rsim_dev_ext_cap(dev, PCI_EXT_CAP_ID_ERR) + PCI_ERR_UNCOR_MASK,
	};

	rsim_cfg_write(dev, r.devctl, 2, PAYLOAD | ERRORS);
	rsim_cfg_write(dev, r.lnkctl, 2, PCI_EXP_LNKCTL_ASPM_L1);
	rsim_cfg_write(dev, r.lnkctl2, 2, 3);
	rsim_cfg_write(dev, r.uncor_mask, 4, 0x100000);
	return r;
}

static struct machine regs_machine(void)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS | RSIM_CAP_AER,
				   .acpi_rst = true };

	return machine_of(&c, &d, 0);
}

static void reset_of_the_function_keeps_payload_size_and_link(void **state)
{
	struct machine m = regs_machine();
	struct regs r = set_registers(m.dev);

	(void)state;
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_FLR, false), 0);
	assert_int_equal(rsim_cfg_peek(m.dev, r.devctl, 2), PAYLOAD);
	assert_int_equal(rsim_cfg_peek(m.dev, r.lnkctl, 2),
			 PCI_EXP_LNKCTL_ASPM_L1);
	assert_int_equal(rsim_cfg_peek(m.dev, r.lnkctl2, 2), 3);
	assert_int_equal(rsim_cfg_peek(m.dev, r.uncor_mask, 4), 0x100000);
	assert_int_equal(rsim_cfg_peek(m.dev, PCI_COMMAND, 2), 0);
	rsim_free(m.w);
}

static void conventional_reset_keeps_sticky_bits_only(void **state)
{
	static const enum rsim_method methods[] = { RSIM_METHOD_BUS,
						    RSIM_METHOD_ACPI };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = regs_machine();
		struct regs r = set_registers(m.dev);

		assert_int_equal(rsim_reset_method(m.dev, methods[i], false),
				 0);
		assert_int_equal(rsim_cfg_peek(m.dev, r.devctl, 2), 0);
		assert_int_equal(rsim_cfg_peek(m.dev, r.lnkctl, 2), 0);
		assert_int_equal(rsim_cfg_peek(m.dev, r.lnkctl2, 2), 3);
		assert_int_equal(rsim_cfg_peek(m.dev, r.uncor_mask, 4),
				 0x100000);
		rsim_free(m.w);
	}
}

static void reset_that_is_not_performed_keeps_all(void **state)
{
	struct machine m = regs_machine();
	struct regs r = set_registers(m.dev);

	(void)state;
	add_fault(m.w, m.dev, "no-reset");
	assert_int_equal(rsim_reset_method(m.dev, RSIM_METHOD_FLR, false), 0);
	assert_int_equal(rsim_cfg_peek(m.dev, r.devctl, 2), PAYLOAD | ERRORS);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	rsim_free(m.w);
}

static void registers_change_when_the_reset_ends(void **state)
{
	struct rsim_config c = { .proto = rsim_proto_find("none") };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS, .ready_ms.flr = 50 };
	struct machine m = machine_of(&c, &d, 0);
	unsigned ctl = rsim_dev_cap(m.dev, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

	(void)state;
	rsim_cfg_write(m.dev, ctl, 2, PCI_EXP_DEVCTL_BCR_FLR);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_COMMAND, 4), ~0u);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	/* Written now, it is lost. */
	rsim_cfg_write(m.dev, PCI_INTERRUPT_LINE, 1, 7);
	rsim_sleep(m.w, 50 * MS);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_INTERRUPT_LINE, 1), 0);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_COMMAND, 2), 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			reset_of_the_function_keeps_payload_size_and_link),
		cmocka_unit_test(conventional_reset_keeps_sticky_bits_only),
		cmocka_unit_test(reset_that_is_not_performed_keeps_all),
		cmocka_unit_test(registers_change_when_the_reset_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
