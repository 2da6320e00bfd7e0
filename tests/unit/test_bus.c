/* SPDX-License-Identifier: MIT */
#include "helper.h"

static int bus(struct rsim_dev *dev, bool probe)
{
	return rsim_reset_method(dev, RSIM_METHOD_BUS, probe);
}

static struct rsim_dev *add_sibling(struct machine *m, uint8_t devfn,
				    unsigned caps)
{
	return rsim_dev_add(m->w, &(struct rsim_dev_desc){
		.parent = m->port, .at.devfn = devfn,
		.caps = USUAL_CAPS | caps, .new_group = true });
}

static void bridge_holds_its_bus_for_two_ms(void **state)
{
	struct machine m = machine_new(NULL);
	int on, off;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_trace_clear(m.w);
	assert_int_equal(bus(m.dev, false), 0);
	on = find_write(m.w, 0, m.port, PCI_BRIDGE_CONTROL);
	off = find_write(m.w, (size_t)on + 1, m.port, PCI_BRIDGE_CONTROL);
	assert_true(rsim_trace_at(m.w, (size_t)on)->b &
		    PCI_BRIDGE_CTL_BUS_RESET);
	assert_false(rsim_trace_at(m.w, (size_t)off)->b &
		     PCI_BRIDGE_CTL_BUS_RESET);
	assert_int_equal(rsim_trace_at(m.w, (size_t)off)->time -
			 rsim_trace_at(m.w, (size_t)on)->time, 2 * MS);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	rsim_free(m.w);
}

static void sibling_on_the_bus_forbids_it(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_dev *sibling = add_sibling(&m, 8, 0);

	(void)state;
	assert_int_equal(bus(m.dev, true), -ENOTTY);
	assert_int_equal(bus(m.dev, false), -ENOTTY);
	assert_int_equal(bus(sibling, false), -ENOTTY);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	rsim_dev_remove(sibling);
	assert_int_equal(bus(m.dev, true), 0);
	rsim_free(m.w);
}

/* Function 0 was alone when Linux looked; function 1 never was. */
static void first_function_of_two_has_bus_until_it_looks_again(void **state)
{
	struct machine m = machine_new("v7.1");
	struct rsim_dev *second = add_sibling(&m, 1, 0);
	char text[64];

	(void)state;
	rsim_reset_method_show(m.dev, text, sizeof(text));
	assert_string_equal(text, "flr pm bus\n");
	rsim_reset_method_show(second, text, sizeof(text));
	assert_string_equal(text, "flr pm\n");
	set_methods(m.dev, "default");
	rsim_reset_method_show(m.dev, text, sizeof(text));
	assert_string_equal(text, "flr pm\n");
	rsim_free(m.w);
}

static void probe_calls_the_pair(void **state)
{
	static const char *const protos[] = { "v7.0", "on-success", "v7.1",
					      "quarantine" };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_new(protos[i]);

		rsim_trace_clear(m.w);
		assert_int_equal(bus(m.dev, true), 0);
		assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				"pci_dev_reset_iommu_prepare"), 1);
		assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				"pci_dev_reset_iommu_done"), 1);
		assert_int_equal(rsim_dev_resets(m.dev), 0);
		assert_false(rsim_dev_blocked(m.dev));
		rsim_free(m.w);
	}
}

static void root_bus_bridges_and_quirks_forbid_it(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *root = rsim_dev_add(w, &(struct rsim_dev_desc){
		.at.devfn = 3 << 3 });
	struct rsim_dev *up = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_UPSTREAM_PORT, .parent = port });
	struct rsim_dev *quirk = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = add_port(w, 0, 2),
		.quirks = RSIM_QUIRK_NO_BUS_RESET });
	struct rsim_dev *by_id = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = add_port(w, 0, 4),
		.vendor = 0x10de, .device = 0x237f });

	(void)state;
	assert_int_equal(bus(root, true), -ENOTTY);
	assert_int_equal(bus(up, false), -ENOTTY);
	assert_int_equal(bus(quirk, true), -ENOTTY);
	assert_int_equal(bus(quirk, false), -ENOTTY);
	assert_int_equal(bus(by_id, false), -ENOTTY);
	rsim_free(w);
}

/* Only pci_reset_bus() looks at the bridge's flag. */
static void flag_of_the_bridge_is_not_looked_at(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_ROOT_PORT, .at.devfn = 8,
		.quirks = RSIM_QUIRK_NO_BUS_RESET });
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port });

	(void)state;
	assert_int_equal(bus(dev, false), 0);
	assert_int_equal(rsim_hot_reset(dev), -ENOTTY);
	assert_int_equal(rsim_dev_resets(dev), 1);
	rsim_free(w);
}

static void unlocked_bridge_is_mentioned_once(void **state)
{
	struct machine m = machine_new(NULL);
	static const char msg[] = "unlocked secondary bus reset";

	(void)state;
	set_methods(m.dev, "bus");
	assert_int_equal(rsim_reset_function(m.dev), 0);
	assert_int_equal(rsim_log_count(m.w, NULL, msg), 0);
	assert_int_equal(rsim_try_reset_function(m.dev), 0);
	assert_int_equal(rsim_log_count(m.w, m.port, msg), 1);
	assert_int_equal(rsim_try_reset_function(m.dev), 0);
	assert_int_equal(rsim_log_count(m.w, NULL, msg), 1);
	rsim_free(m.w);
}

static struct machine slot_machine(enum rsim_kernel kernel, unsigned caps)
{
	struct rsim_config c = { .kernel = kernel };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS | caps };

	return machine_of(&c, &d, RSIM_CAP_SLOT);
}

static void hot_plug_slot_resets_its_function_first(void **state)
{
	struct machine m = slot_machine(RSIM_KERNEL_7_3, 0);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(bus(m.dev, false), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pciehp_reset_slot"), 1);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.port,
				      "pci_bridge_secondary_bus_reset"), 1);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	rsim_free(m.w);
}

static void older_kernels_mask_the_slots_events_by_hand(void **state)
{
	static const enum rsim_kernel kernels[] = {
		RSIM_KERNEL_7_3, RSIM_KERNEL_7_0, RSIM_KERNEL_6_12,
	};
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = slot_machine(kernels[i], 0);
		unsigned ctl = rsim_dev_cap(m.port, PCI_CAP_ID_EXP) +
			       PCI_EXP_SLTCTL;
		int first, last, sbr;

		rsim_trace_clear(m.w);
		assert_int_equal(bus(m.dev, false), 0);
		first = find_write(m.w, 0, m.port, ctl);
		if (kernels[i] == RSIM_KERNEL_7_3) {
			assert_int_equal(first, NOT_FOUND);
			rsim_free(m.w);
			continue;
		}
		sbr = find_write(m.w, 0, m.port, PCI_BRIDGE_CONTROL);
		last = find_write(m.w, (size_t)first + 1, m.port, ctl);
		assert_true(first >= 0 && first < sbr && sbr < last);
		assert_false(rsim_trace_at(m.w, (size_t)first)->b &
			     PCI_EXP_SLTCTL_DLLSCE);
		assert_true(rsim_trace_at(m.w, (size_t)last)->b &
			    PCI_EXP_SLTCTL_DLLSCE);
		rsim_free(m.w);
	}
}

static void slot_of_a_multifunction_device_is_not_reset(void **state)
{
	struct machine m = slot_machine(RSIM_KERNEL_7_3,
					RSIM_CAP_MULTIFUNCTION);

	(void)state;
	rsim_trace_clear(m.w);
	/* It is alone on its bus all the same. */
	assert_int_equal(bus(m.dev, false), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pciehp_reset_slot"), 0);
	rsim_free(m.w);
}

static void masked_cxl_port_declines_before_the_fence(void **state)
{
	static const struct {
		enum rsim_kernel kernel;
		int probe;
	} rows[] = { { RSIM_KERNEL_7_3, -ENOTTY },
		     { RSIM_KERNEL_7_0, -ENOTTY },
		     { RSIM_KERNEL_6_12, 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct rsim_config c = { .kernel = rows[i].kernel };
		struct rsim_dev_desc d = { .caps = USUAL_CAPS };
		struct machine m = machine_of(&c, &d, RSIM_CAP_CXL_PORT);

		rsim_trace_clear(m.w);
		assert_int_equal(bus(m.dev, true), rows[i].probe);
		assert_int_equal(bus(m.dev, false), -ENOTTY);
		assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				"pci_dev_reset_iommu_prepare"), 0);
		assert_int_equal(rsim_dev_resets(m.dev), 0);
		rsim_free(m.w);
	}
}

static void masked_port_ignores_the_bit_itself(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &d, RSIM_CAP_CXL_PORT);

	(void)state;
	rsim_cfg_write(m.port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_BUS_RESET);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_COMMAND, 4) == ~0u, false);
	rsim_cfg_write(m.port, PCI_BRIDGE_CONTROL, 2, 0);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	rsim_free(m.w);
}

/* A bus reset resets what is behind bridges on that bus too. */
static void everything_below_is_reset(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *up = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_UPSTREAM_PORT, .parent = port });
	struct rsim_dev *down = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_DOWNSTREAM_PORT, .parent = up });
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = down });

	(void)state;
	rsim_cfg_write(port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_BUS_RESET);
	assert_int_equal(rsim_cfg_read(up, PCI_VENDOR_ID, 2), 0xffff);
	assert_int_equal(rsim_cfg_read(dev, PCI_VENDOR_ID, 2), 0xffff);
	rsim_cfg_write(port, PCI_BRIDGE_CONTROL, 2, 0);
	assert_int_equal(rsim_dev_resets(up), 1);
	assert_int_equal(rsim_dev_resets(down), 1);
	assert_int_equal(rsim_dev_resets(dev), 1);
	assert_int_equal(rsim_dev_resets(port), 0);
	/* The bridges have lost their bus numbers' settings with it. */
	assert_int_equal(rsim_cfg_peek(up, PCI_SECONDARY_BUS, 1), 0);
	rsim_free(w);
}

/* Functions that are alike share memory until one of them changes. */
static void like_functions_elsewhere_keep_their_registers(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *p = add_port(w, 0, 1), *q = add_port(w, 0, 2);
	struct rsim_dev *a = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = p });
	struct rsim_dev *b = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = q });
	uint32_t before = rsim_cfg_peek(b, PCI_COMMAND, 4);

	(void)state;
	rsim_cfg_write(p, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_BUS_RESET);
	rsim_cfg_write(p, PCI_BRIDGE_CONTROL, 2, 0);
	assert_int_equal(rsim_dev_resets(a), 1);
	assert_int_equal(rsim_cfg_peek(a, PCI_COMMAND, 2), 0);
	assert_int_equal(rsim_cfg_peek(b, PCI_COMMAND, 4), before);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bridge_holds_its_bus_for_two_ms),
		cmocka_unit_test(sibling_on_the_bus_forbids_it),
		cmocka_unit_test(
			first_function_of_two_has_bus_until_it_looks_again),
		cmocka_unit_test(probe_calls_the_pair),
		cmocka_unit_test(root_bus_bridges_and_quirks_forbid_it),
		cmocka_unit_test(flag_of_the_bridge_is_not_looked_at),
		cmocka_unit_test(unlocked_bridge_is_mentioned_once),
		cmocka_unit_test(hot_plug_slot_resets_its_function_first),
		cmocka_unit_test(older_kernels_mask_the_slots_events_by_hand),
		cmocka_unit_test(slot_of_a_multifunction_device_is_not_reset),
		cmocka_unit_test(masked_cxl_port_declines_before_the_fence),
		cmocka_unit_test(masked_port_ignores_the_bit_itself),
		cmocka_unit_test(everything_below_is_reset),
		cmocka_unit_test(like_functions_elsewhere_keep_their_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
