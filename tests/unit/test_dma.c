/* SPDX-License-Identifier: MIT */
/* What becomes of each kind of request, by IOMMU and by state. */
#include "helper.h"

static struct machine dma_machine(enum rsim_iommu iommu, bool no_atschk)
{
	struct rsim_config c = { .proto = rsim_proto_find("v7.1"),
				 .iommu = iommu, .no_atschk = no_atschk };
	struct rsim_dev_desc d = { .caps = USUAL_CAPS };

	return machine_of(&c, &d, 0);
}

static int dma(struct machine *m, enum rsim_at at, rsim_iova iova)
{
	return rsim_dma(m->dev, at, RSIM_NO_PASID, iova, true).ret;
}

static void blocked_device_gets_nothing_through(void **state)
{
	/* A translated request of an entry that a blocked device still has. */
	static const struct {
		enum rsim_iommu iommu;
		bool no_atschk;
		int translated;
	} rows[] = {
		{ RSIM_IOMMU_SMMUV3, false, -EPERM },
		{ RSIM_IOMMU_SMMUV3, true, 0 },	/* nobody checks */
		{ RSIM_IOMMU_VTD, false, -EPERM },
		{ RSIM_IOMMU_AMD, false, -EPERM },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct machine m = dma_machine(rows[i].iommu,
					       rows[i].no_atschk);
		unsigned ctl = rsim_dev_ext_cap(m.dev, PCI_EXT_CAP_ID_ATS) +
			       PCI_ATS_CTRL;

		fill_atc(&m, 0x1000);
		assert_int_equal(dma(&m, RSIM_AT_UNTRANSLATED, 0x1000), 0);
		assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000), 0);
		add_fault(m.w, m.dev, "atc-inv-ur");
		rsim_world_proto(m.w)->prepare(m.dev);
		assert_true(rsim_dev_blocked(m.dev));
		assert_int_equal(rsim_dev_atc_count(m.dev), 1);
		assert_int_equal(dma(&m, RSIM_AT_UNTRANSLATED, 0x1000),
				 -EPERM);
		assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000),
				 rows[i].translated);
		/* Not with ATS off, and not behind Linux' back either. */
		assert_int_equal(dma(&m, RSIM_AT_TRANSLATION_REQUEST, 0x1000),
				 -EOPNOTSUPP);
		rsim_cfg_poke(m.dev, ctl, 2, PCI_ATS_CTRL_ENABLE);
		assert_int_equal(dma(&m, RSIM_AT_TRANSLATION_REQUEST, 0x1000),
				 -EOPNOTSUPP);
		rsim_free(m.w);
	}
}

static void without_an_iommu_addresses_are_physical(void **state)
{
	struct machine m = dma_machine(RSIM_IOMMU_NONE, false);
	struct rsim_dma d;

	(void)state;
	d = rsim_dma(m.dev, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID, 0x12345678,
		     true);
	assert_int_equal(d.ret, 0);
	assert_int_equal(d.page, 0x12345678);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATION_REQUEST, 0x1000),
			 -EOPNOTSUPP);
	rsim_free(m.w);
}

static void mapping_and_permission_decide(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_domain *d = rsim_get_domain(m.dev);
	rsim_phys page = rsim_page_alloc(m.w, 1);
	struct rsim_dma got;

	(void)state;
	rsim_map(d, 0x10000, page, RSIM_PAGE_SIZE, false);
	got = rsim_dma(m.dev, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID, 0x10123,
		       false);
	assert_int_equal(got.ret, 0);
	assert_int_equal(got.page, page + 0x123);
	assert_false(got.stale);
	assert_int_equal(rsim_page_writes(m.w, page), 0);
	assert_int_equal(dma(&m, RSIM_AT_UNTRANSLATED, 0x10123), -EFAULT);
	assert_int_equal(dma(&m, RSIM_AT_UNTRANSLATED, 0x11000), -EFAULT);
	assert_int_equal(dma(&m, RSIM_AT_UNTRANSLATED, 0xffff), -EFAULT);
	rsim_free(m.w);
}

static void bus_mastering_covers_every_request(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned at;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_cfg_write(m.dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	for (at = RSIM_AT_UNTRANSLATED; at <= RSIM_AT_TRANSLATED; at++)
		assert_int_equal(dma(&m, at, 0x1000), -EACCES);
	rsim_free(m.w);
}

static void function_that_is_gone_reaches_nothing(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned at;

	(void)state;
	fill_atc(&m, 0x1000);
	rsim_dev_unplug(m.dev);
	for (at = RSIM_AT_UNTRANSLATED; at <= RSIM_AT_TRANSLATED; at++)
		assert_int_equal(dma(&m, at, 0x1000), -ENODEV);
	rsim_dev_replug(m.dev);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000), 0);
	rsim_dev_unplug(m.port);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000), -ENODEV);
	rsim_free(m.w);
}

/* The dangerous one: its reset never ends, its DMA engine goes on. */
static void function_whose_reset_never_ends_still_issues_requests(void **state)
{
	struct machine m = machine_new("none");
	unsigned ctl = rsim_dev_cap(m.dev, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

	(void)state;
	fill_atc(&m, 0x1000);
	add_fault(m.w, m.dev, "ready=50*1");
	rsim_cfg_write(m.dev, ctl, 2, PCI_EXP_DEVCTL_BCR_FLR);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000), -EAGAIN);
	rsim_sleep(m.w, 50 * MS);
	/* Reset: bus mastering is off, the ATC is empty. */
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000), -EACCES);
	rsim_free(m.w);
	m = machine_new("none");
	fill_atc(&m, 0x1000);
	add_fault(m.w, m.dev, "ready=never");
	rsim_cfg_write(m.dev, ctl, 2, PCI_EXP_DEVCTL_BCR_FLR);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATED, 0x1000), 0);
	rsim_free(m.w);
}

static void refused_translation_request_ends_ats_until_enabled_again(
	void **state)
{
	struct machine m = dma_machine(RSIM_IOMMU_SMMUV3, false);
	const struct rsim_proto *p = rsim_world_proto(m.w);
	unsigned ctl = rsim_dev_ext_cap(m.dev, PCI_EXT_CAP_ID_ATS) +
		       PCI_ATS_CTRL;

	(void)state;
	map_page(m.w, rsim_get_domain(m.dev), 0x1000);
	p->prepare(m.dev);
	rsim_cfg_poke(m.dev, ctl, 2, PCI_ATS_CTRL_ENABLE);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATION_REQUEST, 0x1000),
			 -EOPNOTSUPP);
	/* The entry would allow it now; the device does not ask. */
	p->done(m.dev, true);
	rsim_trace_clear(m.w);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATION_REQUEST, 0x1000),
			 -EOPNOTSUPP);
	rsim_cfg_write(m.dev, ctl, 2, 0);
	rsim_cfg_write(m.dev, ctl, 2, PCI_ATS_CTRL_ENABLE);
	assert_int_equal(dma(&m, RSIM_AT_TRANSLATION_REQUEST, 0x1000), 0);
	rsim_free(m.w);
}

static void driver_like_access_translates_first(void **state)
{
	struct machine m = machine_new(NULL);
	struct rsim_dma d;

	(void)state;
	map_page(m.w, rsim_get_domain(m.dev), 0x1000);
	d = rsim_dma_access(m.dev, RSIM_NO_PASID, 0x1010, true);
	assert_int_equal(d.ret, 0);
	assert_int_equal(rsim_dev_atc_count(m.dev), 1);
	rsim_trace_clear(m.w);
	rsim_dma_access(m.dev, RSIM_NO_PASID, 0x1010, true);
	assert_int_equal(count_events(m.w, RSIM_EV_DMA, m.dev,
				      "translation request"), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_DMA, m.dev,
				      "translated"), 1);
	assert_int_equal(rsim_dma_access(m.dev, RSIM_NO_PASID, 0x5000,
					 true).ret, -EFAULT);
	rsim_free(m.w);
}

static void accesses(struct rsim *w, void *dev)
{
	(void)w;
	assert_int_equal(rsim_dma_access(dev, RSIM_NO_PASID, 0x1000, true).ret,
			 -EFAULT);
}

static void unmaps(struct rsim *w, void *dev)
{
	(void)w;
	rsim_unmap(rsim_get_domain(dev), 0x1000, RSIM_PAGE_SIZE);
}

/* Away before the second "dma", the access itself. */
static uint32_t between(void *ctx, const char *site, uint32_t n)
{
	unsigned *dmas = ctx;

	if (!strcmp(site, "dma"))
		return ++*dmas == 2;
	return !strcmp(site, "sched") && *dmas < 2 ? 0 : n - 1;
}

static void entry_that_goes_away_is_asked_for_again(void **state)
{
	struct machine m = machine_new(NULL);
	unsigned dmas = 0;

	(void)state;
	map_page(m.w, rsim_get_domain(m.dev), 0x1000);
	rsim_set_chooser(m.w, between, &dmas);
	rsim_task_add(m.w, "dma", accesses, m.dev);
	rsim_task_add(m.w, "unmap", unmaps, m.dev);
	assert_int_equal(rsim_run(m.w), 0);
	assert_int_equal(count_events(m.w, RSIM_EV_DMA, m.dev,
				      "translation request"), 2);
	assert_int_equal(count_events(m.w, RSIM_EV_DMA, m.dev,
				      "translated"), 0);
	rsim_free(m.w);
}

static void pasid_without_a_context_is_aborted(void **state)
{
	struct machine m = machine_new(NULL);

	(void)state;
	map_page(m.w, rsim_get_domain(m.dev), 0x1000);
	assert_int_equal(rsim_dma(m.dev, RSIM_AT_UNTRANSLATED, 4, 0x1000,
				  true).ret, -EPERM);
	rsim_free(m.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocked_device_gets_nothing_through),
		cmocka_unit_test(without_an_iommu_addresses_are_physical),
		cmocka_unit_test(mapping_and_permission_decide),
		cmocka_unit_test(bus_mastering_covers_every_request),
		cmocka_unit_test(function_that_is_gone_reaches_nothing),
		cmocka_unit_test(
			function_whose_reset_never_ends_still_issues_requests),
		cmocka_unit_test(
		    refused_translation_request_ends_ats_until_enabled_again),
		cmocka_unit_test(driver_like_access_translates_first),
		cmocka_unit_test(entry_that_goes_away_is_asked_for_again),
		cmocka_unit_test(pasid_without_a_context_is_aborted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
