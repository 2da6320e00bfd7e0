/* SPDX-License-Identifier: MIT */
/* What an ATC keeps and what empties it. */
#include "helper.h"

static unsigned ats_ctl(const struct rsim_dev *dev)
{
	return rsim_dev_ext_cap(dev, PCI_EXT_CAP_ID_ATS) + PCI_ATS_CTRL;
}

static int translate(struct machine *m, rsim_iova iova)
{
	return rsim_dma(m->dev, RSIM_AT_TRANSLATION_REQUEST, RSIM_NO_PASID,
			iova, true).ret;
}

static void enable_from_0_to_1_empties_it(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	fill_atc(&m, 0x1000);
	/* 1 to 1 does not, nor does 1 to 0: entries are unusable then. */
	rsim_cfg_write(m.dev, ats_ctl(m.dev), 2, PCI_ATS_CTRL_ENABLE);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_cfg_write(m.dev, ats_ctl(m.dev), 2, 0);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_cfg_write(m.dev, ats_ctl(m.dev), 2, PCI_ATS_CTRL_ENABLE);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	rsim_free(m.w);
}

static void some_devices_empty_it_when_enable_is_cleared(void **state)
{
	struct rsim_config c = { .atc_flush_on_disable = true };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };
	struct machine m = machine_of(&c, &d, 0);

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_cfg_write(m.dev, ats_ctl(m.dev), 2, 0);
	assert_int_equal(rsim_dev_atc_count(m.dev), 0);
	rsim_free(m.w);
}

static void unmap_drops_its_range_only(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_domain *d = rsim_get_domain(m.dev);

	(void)state;
	fill_atc(&m, 0x1000);
	map_page(m.w, d, 0x2000);
	assert_int_equal(translate(&m, 0x2000), 0);
	assert_int_equal(rsim_unmap(d, 0x1000, RSIM_PAGE_SIZE),
			 RSIM_PAGE_SIZE);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x2000, true).ret, 0);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x1000, true).ret, -EFAULT);
	rsim_free(m.w);
}

/* No answer, and an answer that lies: the entry stays, and is stale. */
static void invalidation_that_is_not_done_leaves_a_stale_entry(void **state)
{
	static const struct {
		const char *fault;
		unsigned polled;
	} rows[] = { { "atc-inv", 1000 }, { "atc-inv-ur", 0 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct machine m = machine_new(NULL);
		rsim_phys page = fill_atc(&m, 0x1000);
		struct rsim_dma dma;

		add_fault(m.w, m.dev, rows[i].fault);
		rsim_trace_clear(m.w);
		assert_int_equal(rsim_unmap(rsim_get_domain(m.dev), 0x1000,
					    RSIM_PAGE_SIZE), RSIM_PAGE_SIZE);
		assert_int_equal(polled_ms(m.w), rows[i].polled);
		assert_int_equal(rsim_dev_atc_count(m.dev), 1);
		rsim_page_free(m.w, page);
		dma = rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
			       0x1000, true);
		assert_int_equal(dma.ret, 0);
		assert_true(dma.stale);
		assert_int_equal(rsim_page_alloc(m.w, 9), page);
		dma = rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
			       0x1000, true);
		assert_true(dma.stale);
		assert_int_equal(rsim_page_writes(m.w, page), 1);
		rsim_free(m.w);
	}
}

static void reset_empties_it_only_when_it_ends(void **state)
{
	static const struct {
		const char *fault;
		unsigned left;
	} rows[] = { { NULL, 0 }, { "ready=never", 1 }, { "atc-keep", 1 },
		     { "no-reset", 1 } };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		/* Without a fence: nobody else may empty it. */
		struct machine m = machine_new("none");

		fill_atc(&m, 0x1000);
		if (rows[i].fault)
			add_fault(m.w, m.dev, rows[i].fault);
		rsim_reset_method(m.dev, RSIM_METHOD_FLR, false);
		assert_int_equal(rsim_dev_atc_count(m.dev), rows[i].left);
		rsim_free(m.w);
	}
}

static void request_during_a_reset_is_not_answered(void **state)
{
	struct machine m = machine_new("none");

	(void)state;
	fill_atc(&m, 0x1000);
	add_fault(m.w, m.dev, "ready=never");
	rsim_reset_method(m.dev, RSIM_METHOD_FLR, false);
	rsim_trace_clear(m.w);
	rsim_unmap(rsim_get_domain(m.dev), 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(polled_ms(m.w), 1000);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_free(m.w);
}

static void ninth_translation_replaces_the_oldest(void **state)
{
	struct machine m = machine_new(NULL);
	rsim_iova iova;

	(void)state;
	for (iova = 0x1000; iova <= 0x9000; iova += 0x1000) {
		map_page(m.w, rsim_get_domain(m.dev), iova);
		assert_int_equal(translate(&m, iova), 0);
	}
	assert_int_equal(rsim_dev_atc_count(m.dev), 8);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x1000, true).ret, -EFAULT);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x2000, true).ret, 0);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x9000, true).ret, 0);
	map_page(m.w, rsim_get_domain(m.dev), 0xa000);
	assert_int_equal(translate(&m, 0xa000), 0);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x2000, true).ret, -EFAULT);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x9000, true).ret, 0);
	rsim_free(m.w);
}

static void same_page_twice_takes_one_entry(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	fill_atc(&m, 0x1000);
	assert_int_equal(translate(&m, 0x1abc), 0);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_free(m.w);
}

static void entry_has_the_permission_of_its_mapping(void **state)
{
	struct machine m = machine_new(NULL);
	rsim_phys page = rsim_page_alloc(m.w, 1);

	(void)state;
	rsim_map(rsim_get_domain(m.dev), 0x1000, page, RSIM_PAGE_SIZE, false);
	assert_int_equal(translate(&m, 0x1000), -EFAULT);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATION_REQUEST,
				  RSIM_NO_PASID, 0x1000, false).ret, 0);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x1000, true).ret, -EFAULT);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x1000, false).ret, 0);
	rsim_free(m.w);
}

static void pasids_have_entries_of_their_own(void **state)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1") };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS | RSIM_CAP_PASID };
	struct machine m = machine_of(&c, &d, 0);
	struct rsim_domain *p = rsim_domain_alloc(rsim_dev_group(m.dev), "P");

	(void)state;
	assert_int_equal(rsim_attach_pasid(m.dev, 3, p), 0);
	fill_atc(&m, 0x1000);
	map_page(m.w, p, 0x1000);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATION_REQUEST, 3,
				  0x1000, true).ret, 0);
	assert_int_equal(rsim_dev_atc_count(m.dev), 2);
	/* The domain of the PASID loses its page: one entry goes. */
	rsim_unmap(p, 0x1000, RSIM_PAGE_SIZE);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID,
				  0x1000, true).ret, 0);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enable_from_0_to_1_empties_it),
		cmocka_unit_test(some_devices_empty_it_when_enable_is_cleared),
		cmocka_unit_test(unmap_drops_its_range_only),
		cmocka_unit_test(
			invalidation_that_is_not_done_leaves_a_stale_entry),
		cmocka_unit_test(reset_empties_it_only_when_it_ends),
		cmocka_unit_test(request_during_a_reset_is_not_answered),
		cmocka_unit_test(ninth_translation_replaces_the_oldest),
		cmocka_unit_test(same_page_twice_takes_one_entry),
		cmocka_unit_test(entry_has_the_permission_of_its_mapping),
		cmocka_unit_test(pasids_have_entries_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
