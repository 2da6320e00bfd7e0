/* SPDX-License-Identifier: MIT */
#include "helper.h"

enum { PORT_CTL = 0x0c, UNMASK_SBR = 1 };

static struct machine cxl_machine(const char *proto)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };

	return machine_of(&c, &d, RSIM_CAP_CXL_PORT);
}

static unsigned port_ctl(const struct machine *m)
{
	return rsim_dev_ext_cap(m->port, PCI_EXT_CAP_ID_DVSEC) + PORT_CTL;
}

static int cxl_bus(struct machine *m, bool probe)
{
	return rsim_reset_method(m->dev, RSIM_METHOD_CXL_BUS, probe);
}

static void bit_is_set_for_the_reset_and_put_back(void **state)
{
	struct machine m = cxl_machine("v7.1");
	int set, sbr, back;

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(cxl_bus(&m, false), 0);
	set = find_write(m.w, 0, m.port, port_ctl(&m));
	sbr = find_write(m.w, 0, m.port, PCI_BRIDGE_CONTROL);
	back = find_write(m.w, (size_t)set + 1, m.port, port_ctl(&m));
	assert_true(set >= 0 && set < sbr && sbr < back);
	assert_int_equal(rsim_trace_at(m.w, (size_t)set)->b, UNMASK_SBR);
	assert_int_equal(rsim_trace_at(m.w, (size_t)back)->b, 0);
	assert_int_equal(rsim_dev_resets(m.dev), 1);
	rsim_free(m.w);
}

static void unmasked_port_is_left_alone(void **state)
{
	struct machine m = cxl_machine("v7.1");
	char text[64];

	(void)state;
	rsim_cfg_write(m.port, port_ctl(&m), 2, UNMASK_SBR);
	rsim_trace_clear(m.w);
	assert_int_equal(cxl_bus(&m, false), 0);
	assert_int_equal(find_write(m.w, 0, m.port, port_ctl(&m)), NOT_FOUND);
	/* Then both are offered, bus before cxl_bus. */
	set_methods(m.dev, "default");
	rsim_reset_method_show(m.dev, text, sizeof(text));
	assert_string_equal(text, "flr pm bus cxl_bus\n");
	rsim_free(m.w);
}

static void masked_port_offers_cxl_bus_alone(void **state)
{
	struct machine m = cxl_machine(NULL);
	char text[64];

	(void)state;
	rsim_reset_method_show(m.dev, text, sizeof(text));
	assert_string_equal(text, "flr pm cxl_bus\n");
	rsim_free(m.w);
}

static void ordinary_port_and_root_bus_refuse(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_int_equal(cxl_bus(&m, true), -ENOTTY);
	assert_int_equal(cxl_bus(&m, false), -ENOTTY);
	assert_int_equal(rsim_reset_method(m.port, RSIM_METHOD_CXL_BUS, true),
			 -ENOTTY);
	rsim_free(m.w);
}

static void unreadable_port_control_declines_before_the_fence(void **state)
{
	struct machine m = cxl_machine(NULL);

	(void)state;
	add_fault(m.w, m.port, "cfg-read");
	rsim_trace_clear(m.w);
	assert_int_equal(cxl_bus(&m, true), 0);
	assert_int_equal(cxl_bus(&m, false), -ENOTTY);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_reset_iommu_prepare"), 0);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static void probe_has_no_fence(void **state)
{
	struct machine m = cxl_machine(NULL);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(cxl_bus(&m, true), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_reset_iommu_prepare"), 0);
	rsim_free(m.w);
}

/* When does the device open again: before or after the port is masked? */
static void seed_patch_opens_the_device_under_an_unmasked_port(void **state)
{
	static const struct {
		const char *proto;
		bool early;
	} rows[] = { { "on-success", true }, { "v7.1", false },
		     { "quarantine", false } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = cxl_machine(rows[i].proto);
		int set, back, open;

		rsim_trace_clear(m.w);
		assert_int_equal(cxl_bus(&m, false), 0);
		set = find_write(m.w, 0, m.port, port_ctl(&m));
		back = find_write(m.w, (size_t)set + 1, m.port, port_ctl(&m));
		open = find_event(m.w, 0, RSIM_EV_STE, m.dev,
				  "translate, EATS");
		assert_true(open >= 0);
		assert_int_equal(open < back, rows[i].early);
		rsim_free(m.w);
	}
}

static void failed_inner_reset_leaves_what_the_protocol_says(void **state)
{
	static const struct {
		const char *proto;
		bool parked;
		unsigned kept;
	} rows[] = { { "on-success", true, 2 }, { "v7.1", false, 0 },
		     { "quarantine", true, 1 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct machine m = cxl_machine(rows[i].proto);

		add_fault(m.w, m.dev, "ready=never");
		assert_int_equal(cxl_bus(&m, false), -ENOTTY);
		assert_int_equal(rsim_dev_blocked(m.dev), rows[i].parked);
		assert_int_equal(rsim_log_count(m.w, m.dev, "kept_blocked"),
				 rows[i].kept);
		assert_int_equal(rsim_cfg_peek(m.port, port_ctl(&m), 2), 0);
		rsim_free(m.w);
	}
}

static void flag_against_bus_resets_forbids_it(void **state)
{
	struct rsim_config c = { 0 };
	struct rsim_dev_desc d = { .caps = RSIM_CAP_PM,
				   .quirks = RSIM_QUIRK_NO_BUS_RESET };
	struct machine m = machine_of(&c, &d, RSIM_CAP_CXL_PORT);

	(void)state;
	assert_int_equal(cxl_bus(&m, false), -ENOTTY);
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bit_is_set_for_the_reset_and_put_back),
		cmocka_unit_test(unmasked_port_is_left_alone),
		cmocka_unit_test(masked_port_offers_cxl_bus_alone),
		cmocka_unit_test(ordinary_port_and_root_bus_refuse),
		cmocka_unit_test(
			unreadable_port_control_declines_before_the_fence),
		cmocka_unit_test(probe_has_no_fence),
		cmocka_unit_test(
			seed_patch_opens_the_device_under_an_unmasked_port),
		cmocka_unit_test(
			failed_inner_reset_leaves_what_the_protocol_says),
		cmocka_unit_test(flag_against_bus_resets_forbids_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
