/* SPDX-License-Identifier: MIT */
/* ATC time-outs, fencing and quarantine: Q01 to Q17. */
#include "catalogue/story.h"

#include <string.h>

static void write_after(struct story *s, struct rsim_dev *dev)
{
	if (!s->failed)
		story_write(s, dev);
}

/* Q01: the time-out is ignored, the page is given to somebody else. */
static void ignored_timeout(struct story *s)
{
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	write_after(s, s->a);
}

/* Q02: the device is fenced later than the flush returns. */
static void fenced_too_late(struct story *s)
{
	if (story_needs_report(s))
		return;
	ignored_timeout(s);
}

/* Q03, I10: one sync for two devices; only one of them is silent. */
static void wrong_device_blamed(struct story *s)
{
	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	story_sibling(s, 0);
	if (s->failed)
		return;
	rsim_map(s->domain, 0x20000, rsim_page_alloc(s->w, STORY_DRIVER),
		 RSIM_PAGE_SIZE, true);
	story_stale(s, s->b);
	/* Whoever is healthy still translates. */
	story_expect(s, rsim_dev_ats_enabled(s->a) &&
			!rsim_dma_access(s->a, RSIM_NO_PASID, 0x20000, true)
				 .ret,
		     "sibling-untouched", "the healthy device was fenced");
	write_after(s, s->b);
}

static void unmap_one(struct rsim *w, void *arg)
{
	struct story *s = arg;

	(void)w;
	rsim_unmap(s->domain, STORY_IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(w, s->page);
	rsim_page_alloc(w, STORY_SOMEBODY_ELSE);
	story_write(s, s->a);
}

static void unmap_other(struct rsim *w, void *arg)
{
	struct story *s = arg;

	(void)w;
	rsim_unmap(s->domain, 0x20000, RSIM_PAGE_SIZE);
}

/* Q04: two flushes on one queue; whose sync collects the error? */
static void somebody_elses_sync(struct story *s)
{
	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	rsim_map(s->domain, 0x20000, rsim_page_alloc(s->w, STORY_DRIVER),
		 RSIM_PAGE_SIZE, true);
	rsim_dma_access(s->a, RSIM_NO_PASID, STORY_IOVA, true);
	story_fault(s, RSIM_FAULT_ATC_INV, s->a, 0, 0);
	story_task(s, "one", unmap_one);
	story_task(s, "other", unmap_other);
	rsim_run(s->w);
}

/* Q05: the interrupt that would tell cannot run. */
static void interrupt_cannot_run(struct story *s)
{
	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_fault(s, RSIM_FAULT_IRQ, NULL, 0, 0);
	story_stale(s, s->a);
	write_after(s, s->a);
}

/* Q06: the driver gives up before the hardware does. */
static void software_gives_up_first(struct story *s)
{
	s->config.inv_timeout_ms = 90000;
	ignored_timeout(s);
}

/* Q07: VT-d waits for the hardware, however long that is. */
static void no_software_timeout(struct story *s)
{
	s->config.iommu = RSIM_IOMMU_VTD;
	s->config.inv_timeout_ms = 90000;
	ignored_timeout(s);
}

static void flush_a(struct rsim *w, void *arg)
{
	struct story *s = arg;

	(void)w;
	rsim_unmap(s->domain, STORY_IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(w, s->page);
	rsim_page_alloc(w, STORY_SOMEBODY_ELSE);
	story_write(s, s->a);
}

static void flush_b(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_unmap(rsim_get_domain(s->b), 0x20000, RSIM_PAGE_SIZE);
	(void)w;
}

/* Q08: one silent device aborts everybody's wait; a is healthy. */
static void everybodys_wait_is_aborted(struct story *s)
{
	s->config.iommu = RSIM_IOMMU_VTD;
	s->config.inv_timeout_ms = 1000;
	story_machine(s, 0);
	if (s->failed)
		return;
	s->b = rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "b", .type = RSIM_RCIEP, .at = { .devfn = 0x20 },
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS, .new_group = true,
	});
	if (!s->b) {
		s->failed = true;
		return;
	}
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	rsim_map(rsim_get_domain(s->b), 0x20000,
		 rsim_page_alloc(s->w, STORY_DRIVER), RSIM_PAGE_SIZE, true);
	rsim_dma_access(s->a, RSIM_NO_PASID, STORY_IOVA, true);
	rsim_dma_access(s->b, RSIM_NO_PASID, 0x20000, true);
	story_fault(s, RSIM_FAULT_ATC_INV, s->b, 0, 1);
	story_task(s, "b", flush_b);
	story_task(s, "a", flush_a);
	rsim_run(s->w);
	story_expect(s, rsim_dev_ats_enabled(s->a), "sibling-untouched",
		     "the healthy device was fenced");
}

/* Q09: whose business is it to reset? */
static void iommu_resets_the_device(struct story *s)
{
	story_na(s, "no protocol here resets a device behind its driver");
}

/* Q10: a second time-out of a device that is fenced already. */
static void second_report(struct story *s)
{
	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	rsim_unmap(s->domain, STORY_IOVA, RSIM_PAGE_SIZE);
	rsim_reset_function(s->a);
}

/* Q11: fenced for ever? A real reset and an attach must bring it back. */
static void fence_without_a_way_back(struct story *s)
{
	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	rsim_fault_clear(s->w, RSIM_FAULT_ATC_INV, s->a);
	rsim_reset_function(s->a);
	story_expect(s, rsim_dev_ats_enabled(s->a), "progress",
		     "ATS did not come back after a reset that worked");
}

/* Q12: the driver fenced it, the core attaches another domain. */
static void fence_overwritten(struct story *s)
{
	struct rsim_domain *vfio;

	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	vfio = rsim_domain_alloc(s->group, "vfio");
	rsim_attach_group(s->group, vfio);
	write_after(s, s->a);
}

/* Q13: a group of two. */
static void not_a_group_of_one(struct story *s)
{
	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	story_sibling(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	write_after(s, s->a);
}

static void no_worker(struct story *s)
{
	story_na(s, "no protocol here has an asynchronous worker");
}

static void no_error_bitmap(struct story *s)
{
	story_na(s, "the driver asks each device again, there is no bitmap");
}

/* Q17: a fenced device must not be sent more invalidations. */
static void list_keeps_sending(struct story *s)
{
	size_t before;

	if (story_needs_report(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	before = rsim_trace_count(s->w);
	rsim_map(s->domain, 0x30000, rsim_page_alloc(s->w, STORY_DRIVER),
		 RSIM_PAGE_SIZE, true);
	rsim_unmap(s->domain, 0x30000, RSIM_PAGE_SIZE);
	for (; before < rsim_trace_count(s->w); before++) {
		const struct rsim_event *ev = rsim_trace_at(s->w, before);

		story_expect(s, ev->kind != RSIM_EV_CMD ||
				strcmp(ev->what, "ATC_INV"),
			     "blocked-in-reset",
			     "a fenced device is sent an invalidation");
	}
}

const struct chapter timeout_chapters[] = {
	{ { "Q01", "the time-out of an invalidation is ignored",
	    "all series; Nicolin Chen, 2026-03-05" },
	  { "stale-dma" }, ignored_timeout },
	{ { "Q02", "asynchronous recovery leaves a window",
	    "Jason Gunthorpe, 2026-03-05" },
	  { "stale-dma" }, fenced_too_late },
	{ { "Q03", "the wrong device of a batch is blamed",
	    "Robin Murphy, 2026-03-05" },
	  { "stale-dma", "sibling-untouched" }, wrong_device_blamed },
	{ { "Q04", "the error lands on somebody else's sync",
	    "Robin Murphy, 2026-03-06" },
	  { "stale-dma" }, somebody_elses_sync },
	{ { "Q05", "the error interrupt cannot run",
	    "Robin Murphy, 2026-03-06" },
	  { "stale-dma" }, interrupt_cannot_run },
	{ { "Q06", "the software time-out is the shorter one",
	    "Samiullah Khawaja, 2026-03-06" },
	  { "stale-dma" }, software_gives_up_first },
	{ { "Q07", "VT-d has no software time-out",
	    "Samiullah Khawaja, 2026-03-06; CVE-2026-43130" },
	  { "progress" }, no_software_timeout },
	{ { "Q08", "VT-d: one time-out aborts all pending waits",
	    "Kevin Tian, 2026-03-18" },
	  { "stale-dma", "sibling-untouched" }, everybodys_wait_is_aborted },
	{ { "Q09", "the IOMMU driver resets the device behind its driver",
	    "Jason Gunthorpe, 2026-03-05" },
	  { "no-warn" }, iommu_resets_the_device },
	{ { "Q10", "a second report of the same device",
	    "Robin Murphy, 2026-03-05" },
	  { "no-warn", "balanced" }, second_report },
	{ { "Q11", "a fence without an unfence path",
	    "Jason Gunthorpe, 2026-03-06" },
	  { "progress" }, fence_without_a_way_back },
	{ { "Q12", "the driver's fence is overwritten by an attach",
	    "quarantine v2 3/7" },
	  { "stale-dma" }, fence_overwritten },
	{ { "Q13", "only groups of one are quarantined",
	    "Shuai Xue, 2026-03-19" },
	  { "stale-dma" }, not_a_group_of_one },
	{ { "Q14", "cancelling the worker under the mutex deadlocks",
	    "quarantine v3 06/11" },
	  { "progress" }, no_worker },
	{ { "Q15", "a lookup from atomic context races with removal",
	    "quarantine v3 05, v4 06/24" },
	  { "no-warn" }, no_worker },
	{ { "Q16", "which error code means what", "quarantine v2 4/7" },
	  { "no-warn" }, no_error_bitmap },
	{ { "Q17", "the list keeps sending to a quarantined device",
	    "Jason Gunthorpe, 2026-03-06" },
	  { "blocked-in-reset" }, list_keeps_sending },
	{ { 0 }, { 0 }, NULL },
};
