/* SPDX-License-Identifier: MIT */
/* From a description to a function: places, capabilities, refusals. */
#include "helper.h"

static void taken_and_impossible_places_are_refused(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port });
	struct rsim_dev_desc taken = { .parent = port };
	struct rsim_dev_desc no_bridge = { .parent = dev };
	struct rsim_dev_desc not_root = { .at.bus = 1 };
	struct rsim_dev_desc no_pf = { .type = RSIM_VF, .parent = dev,
				       .at.devfn = 1 };
	struct rsim_dev_desc *bad[] = { &taken, &no_bridge, &not_root,
					&no_pf };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_null(rsim_dev_add(w, bad[i]));
		assert_string_not_equal(rsim_error(w), "");
	}
	/* None of them left anything behind. */
	assert_ptr_equal(rsim_dev_next(w, NULL), port);
	assert_ptr_equal(rsim_dev_next(w, port), dev);
	assert_null(rsim_dev_next(w, dev));
	rsim_free(w);
}

static void functions_are_found_by_address_and_in_order(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *c = rsim_dev_add(w, &(struct rsim_dev_desc){
		.at = { 1, 0, 0 } });
	struct rsim_dev *b = rsim_dev_add(w, &(struct rsim_dev_desc){
		.at.devfn = 0x20 });
	struct rsim_dev *a = rsim_dev_add(w, &(struct rsim_dev_desc){
		.at.devfn = 0x18 });

	(void)state;
	assert_ptr_equal(rsim_dev_next(w, NULL), a);
	assert_ptr_equal(rsim_dev_next(w, a), b);
	assert_ptr_equal(rsim_dev_next(w, b), c);
	assert_null(rsim_dev_next(w, c));
	assert_ptr_equal(rsim_dev_find(w, (struct rsim_bdf){ 1, 0, 0 }), c);
	assert_null(rsim_dev_find(w, (struct rsim_bdf){ 2, 0, 0 }));
	assert_string_equal(rsim_dev_name(b), "0000:00:04.0");
	rsim_dev_remove(b);
	assert_null(rsim_dev_find(w, (struct rsim_bdf){ 0, 0, 0x20 }));
	assert_ptr_equal(rsim_dev_next(w, a), c);
	b = rsim_dev_add(w, &(struct rsim_dev_desc){ .at.devfn = 0x20 });
	assert_ptr_equal(rsim_dev_find(w, (struct rsim_bdf){ 0, 0, 0x20 }), b);
	assert_int_equal(rsim_dev_number(b), 4);	/* never 2 again */
	assert_ptr_equal(rsim_dev_next(w, a), b);
	assert_ptr_equal(rsim_dev_next(w, b), c);
	/* Its memory goes to one on another bus, its place to a third. */
	rsim_dev_remove(b);
	c = rsim_dev_add(w, &(struct rsim_dev_desc){ .at = { 2, 0, 0 } });
	b = rsim_dev_add(w, &(struct rsim_dev_desc){ .at.devfn = 0x28 });
	assert_ptr_equal(rsim_dev_next(w, a), b);
	assert_null(rsim_dev_next(w, c));
	rsim_free(w);
}

static void place_can_be_used_again_many_times(void **state)
{
	struct rsim *w = rsim_new(NULL);
	unsigned i;

	(void)state;
	for (i = 0; i < 200; i++) {
		struct rsim_dev *dev = rsim_dev_add(w,
			&(struct rsim_dev_desc){ .at.devfn = 0x20,
						 .caps = USUAL_CAPS });

		assert_non_null(dev);
		assert_int_equal(rsim_reset_function(dev), 0);
		rsim_dev_remove(dev);
	}
	assert_null(rsim_dev_next(w, NULL));
	rsim_free(w);
}

static void refused_attach_refuses_the_device(void **state)
{
	struct rsim *w = rsim_new(NULL);

	(void)state;
	add_fault(w, NULL, "attach=-19*1");
	assert_null(rsim_dev_add(w, &(struct rsim_dev_desc){
		.caps = USUAL_CAPS }));
	assert_non_null(strstr(rsim_error(w), "19"));
	assert_null(rsim_dev_next(w, NULL));
	assert_non_null(rsim_dev_add(w, &(struct rsim_dev_desc){
		.caps = USUAL_CAPS }));
	rsim_free(w);
}

static void capabilities_are_where_they_are_asked_for(void **state)
{
	static const struct {
		unsigned cap;
		uint16_t ext;
	} ext[] = {
		{ RSIM_CAP_AER, PCI_EXT_CAP_ID_ERR },
		{ RSIM_CAP_ATS, PCI_EXT_CAP_ID_ATS },
		{ RSIM_CAP_PRI, PCI_EXT_CAP_ID_PRI },
		{ RSIM_CAP_PASID, PCI_EXT_CAP_ID_PASID },
		{ RSIM_CAP_ACS, PCI_EXT_CAP_ID_ACS },
		{ RSIM_CAP_ARI, PCI_EXT_CAP_ID_ARI },
	};
	struct rsim *w = rsim_new(NULL);
	unsigned mask;

	(void)state;
	for (mask = 0; mask < 64; mask++) {
		struct rsim_dev_desc d = { .at.devfn = 8 };
		struct rsim_dev *dev;
		unsigned i;

		for (i = 0; i < 6; i++)
			if (mask & 1u << i)
				d.caps |= ext[i].cap;
		dev = rsim_dev_add(w, &d);
		for (i = 0; i < 6; i++)
			assert_int_equal(rsim_dev_ext_cap(dev, ext[i].ext) !=
					 0, mask >> i & 1);
		assert_int_equal(rsim_dev_cap(dev, PCI_CAP_ID_PM), 0);
		assert_int_not_equal(rsim_dev_cap(dev, PCI_CAP_ID_EXP), 0);
		rsim_dev_remove(dev);
	}
	rsim_free(w);
}

static void bdf_text_is_strict(void **state)
{
	static const char *const good[] = { "0000:01:00.0", "01:00.0",
					    "1:0.0", "10000:ff:1f.7" };
	static const char *const bad[] = {
		"", "01:00", "0100.0", "01:00.8", "01:20.0", "100:00.0",
		"01:00.0x", " 01:00.0", "01: 0.0", "x1:00.0", "-1:00.0",
		"0:0:0:0.0", "01:00.", ":00.0", "01:.0", "1ffffffff:01:00.0",
	};
	struct rsim_bdf b;
	char text[RSIM_BDF_TEXT];
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(rsim_bdf_parse(good[i], &b), 0);
	assert_int_equal(b.domain, 0x10000);
	assert_string_equal(rsim_bdf_text(b, text), "10000:ff:1f.7");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("'%s'\n", bad[i]);
		assert_int_equal(rsim_bdf_parse(bad[i], &b), -EINVAL);
	}
	assert_misuse(rsim_bdf_parse(NULL, &b), "rsim_bdf_parse");
}

static void misuse_names_the_call(void **state)
{
	struct rsim *w = rsim_new(NULL), *other = rsim_new(NULL);
	struct rsim_dev *port = add_port(w, 0, 1);
	struct rsim_dev *pf = rsim_dev_add(w, &(struct rsim_dev_desc){
		.parent = port, .caps = RSIM_CAP_SRIOV, .vfs = 1 });
	struct rsim_dev_desc d = { 0 };

	(void)state;
	assert_misuse(rsim_dev_add(NULL, &d), "rsim_dev_add: w");
	assert_misuse(rsim_dev_add(w, NULL), "rsim_dev_add: desc");
	d.parent = port;
	assert_misuse(rsim_dev_add(other, &d), "rsim_dev_add: desc.parent");
	d = (struct rsim_dev_desc){ .caps = RSIM_CAP_SRIOV };
	assert_misuse(rsim_dev_add(w, &d), "rsim_dev_add: desc.vfs");
	d = (struct rsim_dev_desc){ .type = RSIM_CONVENTIONAL,
				    .caps = RSIM_CAP_FLR };
	assert_misuse(rsim_dev_add(w, &d), "rsim_dev_add: desc.caps");
	assert_misuse_void(rsim_dev_remove(port), "rsim_dev_remove: some");
	rsim_dev_add(w, &(struct rsim_dev_desc){ .type = RSIM_VF, .parent = pf,
						 .at.devfn = 1 });
	assert_misuse_void(rsim_dev_remove(pf), "rsim_dev_remove: the virt");
	rsim_free(w);
	rsim_free(other);
}

static void config_accesses_are_checked(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	assert_misuse(rsim_cfg_read(m.dev, 1, 2), "rsim_cfg_read");
	assert_misuse(rsim_cfg_read(m.dev, 0, 3), "rsim_cfg_read");
	assert_misuse(rsim_cfg_read(m.dev, 4096, 4), "rsim_cfg_read");
	assert_misuse(rsim_cfg_write(NULL, 0, 4, 0), "rsim_cfg_write");
	assert_misuse(rsim_user_cfg_read(m.dev, 2, 4), "rsim_user_cfg_read");
	assert_misuse(rsim_cfg_peek(m.dev, 3, 2), "rsim_cfg_peek");
	assert_misuse(rsim_cfg_poke(m.dev, 3, 2, 0), "rsim_cfg_poke");
	rsim_free(m.w);
}

static void registers_keep_what_is_read_only(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	rsim_cfg_write(m.dev, PCI_VENDOR_ID, 4, 0);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_VENDOR_ID, 4), 0x00011234);
	rsim_cfg_write(m.dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_BASE_ADDRESS_0, 4) & 0xf, 0);
	/* Written ones clear; written zeros do not. */
	rsim_cfg_poke(m.dev, PCI_STATUS, 2, 0xf910);
	rsim_cfg_write(m.dev, PCI_STATUS, 2, 0x8000);
	assert_int_equal(rsim_cfg_read(m.dev, PCI_STATUS, 2), 0x7910);
	rsim_free(m.w);
}

static void conventional_space_ends_at_256(void **state)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.type = RSIM_CONVENTIONAL });

	(void)state;
	assert_int_equal(rsim_cfg_read(dev, 0x100, 4), ~0u);
	assert_int_equal(rsim_cfg_peek(dev, 0x100, 2), 0xffff);
	assert_int_equal(rsim_cfg_poke(dev, 0x100, 4, 0), -EINVAL);
	assert_int_equal(rsim_cfg_write(dev, 0x100, 4, 0), 0);
	rsim_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_and_impossible_places_are_refused),
		cmocka_unit_test(functions_are_found_by_address_and_in_order),
		cmocka_unit_test(place_can_be_used_again_many_times),
		cmocka_unit_test(refused_attach_refuses_the_device),
		cmocka_unit_test(capabilities_are_where_they_are_asked_for),
		cmocka_unit_test(bdf_text_is_strict),
		cmocka_unit_test(misuse_names_the_call),
		cmocka_unit_test(config_accesses_are_checked),
		cmocka_unit_test(registers_keep_what_is_read_only),
		cmocka_unit_test(conventional_space_ends_at_256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
