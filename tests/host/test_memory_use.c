/* SPDX-License-Identifier: MIT */
/*
 * The host's memory runs out at every place where rsim asks for some: each
 * test runs once for the first allocation, once for the second, ... until
 * nothing is refused any more, and all that again with memory that does not
 * come back. Here: using a machine.
 */
#include "memory.h"

static bool reset_once_by(const char *method, enum rsim_iommu iommu,
			  unsigned long n, bool all_after)
{
	struct rsim_dev *devs[KINDS], *dev;
	struct rsim *w = build(iommu, 0, false, devs);
	bool refused;
	uint32_t resets;
	int ret;

	dev = devs[1];
	resets = rsim_dev_resets(dev);
	host_arm(&host, n, all_after);
	ret = rsim_reset_method_store(dev, method) < 0 ? -ENOMEM : 0;
	if (!ret)
		ret = rsim_reset_function(dev);
	refused = host_refused(&host);
	/* A trace that could not grow is all that may go missing. */
	if (ret)
		assert_int_equal(ret, -ENOMEM);
	else
		assert_int_equal(rsim_dev_resets(dev), resets + 1);
	if (refused && !ret)
		assert_int_equal(rsim_status(w), -ENOMEM);
	if (ret && rsim_dev_group(dev))
		assert_int_equal(rsim_dev_resets(dev), resets);
	rsim_trace_clear(w);
	assert_int_equal(rsim_status(w), 0);
	assert_true(rsim_reset_method_store(dev, method) > 0);
	assert_int_equal(rsim_reset_function(dev), 0);
	assert_false(rsim_dev_blocked(dev));
	assert_int_equal(rsim_warn_count(w, NULL), 0);
	rsim_free(w);
	return refused;
}

static bool flr_once(unsigned long n, bool all_after)
{
	return reset_once_by("flr", RSIM_IOMMU_SMMUV3, n, all_after);
}

static bool pm_once(unsigned long n, bool all_after)
{
	return reset_once_by("pm", RSIM_IOMMU_VTD, n, all_after);
}

static bool amd_once(unsigned long n, bool all_after)
{
	return reset_once_by("flr", RSIM_IOMMU_AMD, n, all_after);
}

static void a_reset_is_done_or_not_begun(void **state)
{
	(void)state;
	for_each_allocation(flr_once);
	for_each_allocation(pm_once);
	for_each_allocation(amd_once);
}

/* Ports, where a reset concerns what is below. */
static bool bus_once(unsigned long n, bool all_after)
{
	struct rsim_dev *devs[KINDS], *dev;
	struct rsim *w = build(RSIM_IOMMU_VTD, 0, false, devs);
	bool refused;
	int ret;

	dev = devs[1];
	host_arm(&host, n, all_after);
	ret = rsim_hot_reset(dev);
	if (!ret)
		ret = rsim_bus_error_reset(devs[0]);
	refused = host_refused(&host);
	if (ret)
		assert_int_equal(ret, -ENOMEM);
	rsim_trace_clear(w);
	assert_int_equal(rsim_hot_reset(dev), 0);
	assert_int_equal(rsim_bus_error_reset(devs[0]), 0);
	assert_int_equal(rsim_reset_function(dev), 0);
	rsim_free(w);
	return refused;
}

static void a_bus_reset_is_done_or_not_begun(void **state)
{
	(void)state;
	for_each_allocation(bus_once);
}

struct scene {
	struct rsim *w;
	struct rsim_dev *dev;
	struct rsim_domain *domain;
	rsim_phys page;
};

static void map_and_use(struct scene *s)
{
	struct rsim_group *g = rsim_dev_group(s->dev);
	rsim_iova iova;

	s->domain = rsim_domain_alloc(g, "mine");
	if (!s->domain)
		return;
	s->page = rsim_page_alloc(s->w, 1);
	if (!s->page)
		return;
	for (iova = 0; iova < 20 * RSIM_PAGE_SIZE; iova += RSIM_PAGE_SIZE) {
		int ret = rsim_map(s->domain, iova, s->page, RSIM_PAGE_SIZE,
				   true);

		if (!ret)
			continue;
		assert_int_equal(ret, -ENOMEM);
		host.all_after = false;
		assert_int_equal(rsim_map(s->domain, iova, s->page,
					  RSIM_PAGE_SIZE, true), 0);
	}
	if (rsim_attach_group(g, s->domain))
		return;
	if (rsim_attach_pasid(s->dev, 5, s->domain))
		return;
	rsim_dma_access(s->dev, RSIM_NO_PASID, 0x3000, true);
	rsim_dma_access(s->dev, 5, 0x4000, false);
}

/* Whatever failed, the same calls work once there is memory again. */
static bool domain_once(unsigned long n, bool all_after)
{
	struct rsim_dev *devs[KINDS];
	struct scene s = { .w = build(RSIM_IOMMU_SMMUV3, 0, false, devs) };
	struct rsim_group *g;
	struct rsim_dma dma;
	bool refused;

	s.dev = devs[9];
	g = rsim_dev_group(s.dev);
	host_arm(&host, n, all_after);
	map_and_use(&s);
	refused = host_refused(&host);
	if (rsim_group_pasid(g, 5))
		rsim_detach_pasid(s.dev, 5);
	rsim_detach_group(g);
	if (s.domain) {
		rsim_unmap(s.domain, 0, 20 * RSIM_PAGE_SIZE);
		rsim_domain_free(s.domain);
	}
	if (s.page)
		rsim_page_free(s.w, s.page);
	assert_ptr_equal(rsim_group_domain(g), rsim_group_default(g));
	map_and_use(&s);
	assert_ptr_equal(rsim_group_pasid(g, 5), s.domain);
	dma = rsim_dma_access(s.dev, RSIM_NO_PASID, 0x3000, true);
	assert_int_equal(dma.ret, 0);
	assert_int_equal(dma.page, s.page);
	assert_false(dma.stale);
	assert_int_equal(rsim_warn_count(s.w, NULL), 0);
	rsim_free(s.w);
	return refused;
}

static void a_domain_is_attached_or_not(void **state)
{
	(void)state;
	for_each_allocation(domain_once);
}

static void sleeper(struct rsim *w, void *arg)
{
	unsigned *ran = arg;

	rsim_sleep(w, 5);
	++*ran;
}

static bool task_once(unsigned long n, bool all_after)
{
	unsigned ran = 0, wanted = 0, i;
	struct rsim *w;
	bool refused;

	host_arm(&host, 0, false);
	w = world(RSIM_IOMMU_NONE);
	host_arm(&host, n, all_after);
	for (i = 0; i < 3; i++) {
		int ret = rsim_task_add(w, "sleeper", sleeper, &ran);

		if (ret > 0)
			wanted++;
		else
			assert_int_equal(ret, -ENOMEM);
	}
	assert_int_equal(rsim_run(w), 0);
	refused = host_refused(&host);
	assert_int_equal(ran, wanted);
	rsim_free(w);
	return refused;
}

static void a_task_is_added_or_not(void **state)
{
	(void)state;
	for_each_allocation(task_once);
}

static bool text_once(unsigned long n, bool all_after)
{
	struct rsim_dev *devs[KINDS];
	struct rsim *w = build(RSIM_IOMMU_VTD, 0, false, devs);
	bool refused;
	char *s;

	assert_int_equal(rsim_reset_function(devs[1]), 0);
	host_arm(&host, n, all_after);
	s = rsim_trace_text(w, 0, RSIM_TRACE_ALL);
	rsim_note(w, "a remark");
	rsim_cfg_write(devs[8], PCI_COMMAND, 2, 0);
	refused = host_refused(&host);
	if (refused && s && rsim_trace_count(w) &&
	    rsim_cfg_peek(devs[8], PCI_COMMAND, 2) == 0)
		assert_int_equal(rsim_status(w), -ENOMEM);
	free(s);
	rsim_free(w);
	return refused;
}

static void a_text_is_whole_or_not_there(void **state)
{
	(void)state;
	for_each_allocation(text_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_is_done_or_not_begun),
		cmocka_unit_test(a_bus_reset_is_done_or_not_begun),
		cmocka_unit_test(a_domain_is_attached_or_not),
		cmocka_unit_test(a_task_is_added_or_not),
		cmocka_unit_test(a_text_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
