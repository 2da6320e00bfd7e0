/* SPDX-License-Identifier: MIT */
/* What Linux finds out when a function appears. */
#include "helper.h"

static void quirks_go_by_id(void **state)
{
	static const struct {
		uint16_t vendor, device;
		const char *methods;
	} rows[] = {
		{ 0x1234, 0x0001, "flr pm bus\n" },
		{ 0x1022, 0x1487, "pm bus\n" },
		{ 0x1022, 0x7901, "pm bus\n" },
		{ 0x8086, 0x1502, "pm bus\n" },
		{ 0x14c3, 0x0616, "pm bus\n" },
		{ 0x15b3, 0xcf70, "flr bus\n" },
		{ 0x15b3, 0xcf71, "flr pm bus\n" },
		{ 0x10de, 0x2340, "flr pm\n" },
		{ 0x10de, 0x237f, "flr pm\n" },
		{ 0x10de, 0x2380, "flr pm bus\n" },
		{ 0x168c, 0x0030, "flr pm\n" },
		{ 0x17cb, 0x1103, "flr pm\n" },
		{ 0x177d, 0xa100, "flr pm\n" },
		{ 0x1b21, 0x1164, "flr pm\n" },
		{ 0x8086, 0x0a54, "device_specific flr pm bus\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rsim_config c = { 0 };
		struct rsim_dev_desc d = { .vendor = rows[i].vendor,
					   .device = rows[i].device,
					   .caps = USUAL_CAPS };
		struct machine m = machine_of(&c, &d, 0);
		char text[64];

		rsim_reset_method_show(m.dev, text, sizeof(text));
		assert_string_equal(text, rows[i].methods);
		rsim_free(m.w);
	}
}

/* Looking for methods at boot cannot park anybody: the IOMMU knows nothing
 * of the device yet. The seed patch warns all the same. */
static void enumeration_parks_nobody(void **state)
{
	static const struct {
		const char *proto;
		unsigned kept;
	} rows[] = { { "v7.0", 0 }, { "on-success", 1 }, { "v7.1", 0 },
		     { "quarantine", 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct rsim_config c = {
			.proto = rsim_proto_find(rows[i].proto) };
		struct rsim_dev_desc d = { .caps = USUAL_CAPS };
		struct machine m = machine_of(&c, &d, 0);
		struct rsim_dev *second;

		d.parent = m.port;
		d.at.devfn = 8;
		second = rsim_dev_add(m.w, &d);
		assert_false(rsim_dev_blocked(second));
		assert_int_equal(rsim_log_count(m.w, second, "kept_blocked"),
				 rows[i].kept);
		rsim_free(m.w);
	}
}

static void ats_is_not_for_everybody(void **state)
{
	struct rsim_config off = { .no_ats = true }, on = { 0 };
	struct rsim_dev_desc plain = { .caps = USUAL_CAPS };
	struct rsim_dev_desc broken = { .caps = USUAL_CAPS,
					.quirks = RSIM_QUIRK_NO_ATS };
	struct rsim_dev_desc alien = { .caps = USUAL_CAPS, .untrusted = true };
	const struct {
		struct rsim_config *c;
		struct rsim_dev_desc *d;
		bool ats;
	} rows[] = { { &on, &plain, true }, { &off, &plain, false },
		     { &on, &broken, false }, { &on, &alien, false } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = machine_of(rows[i].c, rows[i].d, 0);

		assert_int_equal(rsim_dev_ats_supported(m.dev), rows[i].ats);
		assert_int_equal(rsim_dev_ats_enabled(m.dev), rows[i].ats);
		assert_int_not_equal(rsim_dev_ext_cap(m.dev,
					PCI_EXT_CAP_ID_ATS), 0);
		rsim_free(m.w);
	}
}

/* A VF asks its PF, except in 7.0. */
static void vf_needs_a_pf_that_may_use_ats(void **state)
{
	static const struct {
		enum rsim_kernel kernel;
		bool ats;
	} rows[] = { { RSIM_KERNEL_7_3, false }, { RSIM_KERNEL_6_12, false },
		     { RSIM_KERNEL_7_0, true } };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct rsim_config c = { .kernel = rows[i].kernel };
		struct rsim_dev_desc d = { .caps = RSIM_CAP_SRIOV, .vfs = 1 };
		struct machine m = machine_of(&c, &d, 0);
		struct rsim_dev *vf = rsim_dev_add(m.w,
			&(struct rsim_dev_desc){ .type = RSIM_VF,
				.parent = m.dev, .at.devfn = 1,
				.caps = RSIM_CAP_ATS });

		assert_int_equal(rsim_dev_ats_supported(vf), rows[i].ats);
		rsim_free(m.w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quirks_go_by_id),
		cmocka_unit_test(enumeration_parks_nobody),
		cmocka_unit_test(ats_is_not_for_everybody),
		cmocka_unit_test(vf_needs_a_pf_that_may_use_ats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
