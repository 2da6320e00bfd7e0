/* SPDX-License-Identifier: MIT */
#include "helper.h"

struct row {
	uint16_t vendor, device;
	uint32_t class_code;
	const char *fault;
	int probe, ret;
	unsigned slept;
	unsigned resets;
};

static struct machine quirky(const char *proto, uint16_t vendor,
			     uint16_t device, uint32_t class_code)
{
	struct rsim_config c = { .proto = rsim_proto_find(proto) };
	struct rsim_dev_desc d = {
		.vendor = vendor, .device = device, .class_code = class_code,
		.caps = USUAL_CAPS | RSIM_CAP_MSIX,
	};

	return machine_of(&c, &d, 0);
}

static int specific(struct machine *m, bool probe)
{
	return rsim_reset_method(m->dev, RSIM_METHOD_DEVICE_SPECIFIC, probe);
}

static void every_quirk_does_its_own(void **state)
{
	static const struct row rows[] = {
		{ 0x8086, 0x10ed, 0, NULL, 0, 0, 100, 1 },
		{ 0x8086, 0x10ed, 0, "ready=never", 0, 0, 65635, 0 },
		{ 0x8086, 0x0156, 0, NULL, 0, 0, 0, 1 },
		{ 0x8086, 0x0166, 0, "quirk", 0, 0, 10000, 1 },
		{ 0x8086, 0x0166, 0, "iomap", 0, -ENOMEM, 0, 0 },
		{ 0x144d, 0xa804, 0x010802, NULL, 0, 0, 100, 1 },
		{ 0x144d, 0xa804, 0x010802, "quirk", 0, 0, 5600, 1 },
		{ 0x144d, 0xa804, 0x010802, "iomap", 0, -ENOTTY, 0, 0 },
		{ 0x144d, 0xa804, 0x010700, NULL, -ENOTTY, -ENOTTY, 0, 0 },
		{ 0x8086, 0x0953, 0, NULL, 0, 0, 350, 1 },
		{ 0x8086, 0x0a54, 0, NULL, 0, 0, 350, 1 },
		{ 0x025e, 0xf1ac, 0, NULL, 0, 0, 350, 1 },
		{ 0x1425, 0x4001, 0, NULL, 0, 0, 100, 1 },
		{ 0x1425, 0x5001, 0, NULL, -ENOTTY, -ENOTTY, 0, 0 },
		{ 0x19e5, 0x375e, 0, NULL, 0, 0, 100, 1 },
		{ 0x19e5, 0x375e, 0, "quirk", 0, 0, 15100, 1 },
		{ 0x19e5, 0x375e, 0, "iomap", 0, -ENOTTY, 0, 0 },
		{ 0x1234, 0x5678, 0, NULL, -ENOTTY, -ENOTTY, 0, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct machine m = quirky("v7.1", r->vendor, r->device,
					  r->class_code);

		print_message("%04x:%04x %s\n", r->vendor, r->device,
			      r->fault ? r->fault : "");
		if (r->fault)
			add_fault(m.w, m.dev, r->fault);
		rsim_trace_clear(m.w);
		assert_int_equal(specific(&m, true), r->probe);
		assert_int_equal(slept_ms(m.w), 0);
		assert_int_equal(specific(&m, false), r->ret);
		assert_int_equal(slept_ms(m.w), r->slept);
		assert_int_equal(rsim_dev_resets(m.dev), r->resets);
		rsim_free(m.w);
	}
}

static void unmatched_device_never_meets_the_fence(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_trace_clear(m.w);
	assert_int_equal(specific(&m, false), -ENOTTY);
	assert_int_equal(rsim_trace_count(m.w), 2);
	rsim_free(m.w);
}

/* A Chelsio that is no T4 matches, and then says no inside the fence. */
static void probe_that_says_no_parks_a_healthy_device(void **state)
{
	static const struct {
		const char *proto;
		bool parked;
	} rows[] = { { "v7.0", false }, { "on-success", true },
		     { "v7.1", false }, { "quarantine", true } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = quirky(rows[i].proto, 0x1425, 0x5001, 0);

		assert_false(rsim_dev_blocked(m.dev));
		assert_int_equal(specific(&m, true), -ENOTTY);
		assert_int_equal(rsim_dev_blocked(m.dev), rows[i].parked);
		rsim_free(m.w);
	}
}

/* Chelsio puts bus mastering and MSI-X back while still in its quirk. */
static void chelsio_restores_its_config_space_itself(void **state)
{
	struct machine m = quirky("v7.1", 0x1425, 0x4001, 0);
	unsigned msix = rsim_dev_cap(m.dev, PCI_CAP_ID_MSIX);

	(void)state;
	rsim_cfg_write(m.dev, msix + PCI_MSIX_FLAGS, 2, 0);
	rsim_cfg_write(m.dev, PCI_INTERRUPT_LINE, 1, 0x44);
	rsim_cfg_write(m.dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	assert_int_equal(specific(&m, false), 0);
	assert_int_equal(rsim_cfg_peek(m.dev, PCI_INTERRUPT_LINE, 1), 0x44);
	assert_int_equal(rsim_cfg_peek(m.dev, PCI_COMMAND, 2),
			 PCI_COMMAND_MEMORY);
	rsim_free(m.w);
}

static const char *called;
static int verdict;

static int first_quirk(struct rsim_dev *dev, bool probe)
{
	(void)dev;
	called = probe ? "first, probe" : "first";
	return verdict;
}

static int second_quirk(struct rsim_dev *dev, bool probe)
{
	(void)dev;
	called = probe ? "second, probe" : "second";
	return verdict;
}

static void users_entries_come_first_and_the_last_one_wins(void **state)
{
	static const struct rsim_device_reset any = { 0x8086, 0xffff,
						      first_quirk };
	static const struct rsim_device_reset one = { 0x8086, 0x0a54,
						      second_quirk };
	struct machine m = quirky("v7.1", 0x8086, 0x0a54, 0);

	(void)state;
	verdict = 0;
	assert_int_equal(rsim_device_reset_add(m.w, &any), 0);
	assert_int_equal(specific(&m, false), 0);
	assert_string_equal(called, "first");
	assert_int_equal(rsim_dev_resets(m.dev), 0);
	assert_int_equal(rsim_device_reset_add(m.w, &one), 0);
	assert_int_equal(specific(&m, true), 0);
	assert_string_equal(called, "second, probe");
	/* The first match decides, whatever it says. */
	verdict = -ENOTTY;
	assert_int_equal(specific(&m, false), -ENOTTY);
	assert_string_equal(called, "second");
	rsim_dev_remove(m.dev);
	/* The earlier entry is still there for whom the last does not fit. */
	m.dev = rsim_dev_add(m.w, &(struct rsim_dev_desc){
		.parent = m.port, .vendor = 0x8086, .device = 0x0953 });
	assert_int_equal(specific(&m, false), -ENOTTY);
	assert_string_equal(called, "first");
	rsim_free(m.w);
}

static void errno_of_a_quirk_is_handed_on(void **state)
{
	static const struct rsim_device_reset any = { 0x1234, 0xffff,
						      first_quirk };
	struct machine m = machine_new("v7.1");

	(void)state;
	verdict = -EIO;
	rsim_device_reset_add(m.w, &any);
	assert_int_equal(specific(&m, false), -EIO);
	assert_int_equal(rsim_fence_dev(m.dev)->reset_depth, 0);
	assert_false(rsim_dev_blocked(m.dev));
	rsim_free(m.w);
}

static int nests(struct rsim_dev *dev, bool probe)
{
	return rsim_pcie_reset_flr(dev, probe);
}

static void quirk_that_uses_flr_nests_the_pair(void **state)
{
	static const struct rsim_device_reset quirk = { 0x1234, 1, nests };
	struct machine m = machine_new("v7.1");

	(void)state;
	rsim_device_reset_add(m.w, &quirk);
	rsim_trace_clear(m.w);
	assert_int_equal(specific(&m, false), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_reset_iommu_prepare"), 2);
	assert_int_equal(count_events(m.w, RSIM_EV_CALL, m.dev,
				      "pci_dev_reset_iommu_done"), 2);
	assert_int_equal(rsim_fence_dev(m.dev)->reset_depth, 0);
	rsim_free(m.w);
}

static void misuse_names_the_call(void **state)
{
	static const struct rsim_device_reset empty = { 1, 2, NULL };
	struct machine m = machine_new(NULL);

	(void)state;
	assert_misuse(rsim_device_reset_add(NULL, &empty),
		      "rsim_device_reset_add: w");
	assert_misuse(rsim_device_reset_add(m.w, NULL),
		      "rsim_device_reset_add: quirk");
	assert_misuse(rsim_device_reset_add(m.w, &empty),
		      "rsim_device_reset_add: quirk");
	assert_misuse(rsim_pcie_reset_flr(NULL, true),
		      "rsim_pcie_reset_flr: dev");
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_quirk_does_its_own),
		cmocka_unit_test(unmatched_device_never_meets_the_fence),
		cmocka_unit_test(probe_that_says_no_parks_a_healthy_device),
		cmocka_unit_test(chelsio_restores_its_config_space_itself),
		cmocka_unit_test(
			users_entries_come_first_and_the_last_one_wins),
		cmocka_unit_test(errno_of_a_quirk_is_handed_on),
		cmocka_unit_test(quirk_that_uses_flr_nests_the_pair),
		cmocka_unit_test(misuse_names_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
