/* SPDX-License-Identifier: MIT */
/*
 * The bugs of prepare() and done() with others: who comes in between, resets
 * that they do not see, and what drivers are told: B11 to B21.
 */
#include "catalogue/story.h"

static void attach_now(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	rsim_attach_group(s->group, s->domain);
}

/* B11: somebody attaches another domain in the middle of a reset. */
static void attach_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	s->domain = rsim_domain_alloc(s->group, "vfio");
	story_task(s, "reset", story_reset_a);
	story_task(s, "attach", attach_now);
	rsim_run(s->w);
}

static void first_dma(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	rsim_deferred_attach(s->a, rsim_group_default(s->group));
}

/* B12: the deferred first attach comes in the middle of a reset. */
static void deferred_attach_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine_with(s, 0, (struct rsim_dev_desc){
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS, .attach_deferred = true,
	});
	if (s->failed)
		return;
	story_task(s, "reset", story_reset_a);
	story_task(s, "dma_map", first_dma);
	rsim_run(s->w);
}

static void hot_add(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	story_sibling(s, 0);
}

/* B13: a device joins the group in the middle of a reset. */
static void hot_add_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_task(s, "reset", story_reset_a);
	story_task(s, "hot-add", hot_add);
	rsim_run(s->w);
}

static void dma_all_the_time(struct rsim *w, void *arg)
{
	struct story *s = arg;
	unsigned i;

	for (i = 0; i < 20; i++) {
		rsim_dma_access(s->a, RSIM_NO_PASID, STORY_IOVA, true);
		rsim_sleep(w, 20 * RSIM_NS_PER_MS);
	}
}

/* B14: the method that an early version forgot to fence. */
static void bus_without_the_pair(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, RSIM_CAP_PM);
	if (s->failed)
		return;
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	rsim_reset_method_store(s->a, "bus");
	story_task(s, "reset", story_reset_a);
	story_task(s, "dma", dma_all_the_time);
	rsim_run(s->w);
}

/* B15: looking whether a device could be reset stops its DMA. */
static void probe_suspends(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, RSIM_CAP_PM);
	if (!s->failed)
		rsim_reset_method_store(s->a, "bus");
}

static void remove_a(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	rsim_dev_remove(s->a);
}

/* B16: the device goes while its reset runs. */
static void removal_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_task(s, "reset", story_reset_a);
	story_task(s, "remove", remove_a);
	rsim_run(s->w);
}

static void unmap_vf(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	rsim_unmap(s->domain, STORY_IOVA, RSIM_PAGE_SIZE);
}

/* B17: a PF resets under its VF, whose driver goes on. Accepted upstream. */
static void pf_under_vf(struct story *s)
{
	story_machine_with(s, 0, (struct rsim_dev_desc){
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS | RSIM_CAP_SRIOV,
		.vfs = 1,
	});
	if (s->failed)
		return;
	s->b = rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "vf", .type = RSIM_VF, .parent = s->a,
		.at = { .devfn = 1 }, .caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
		.new_group = true,
	});
	if (!s->b) {
		s->failed = true;
		return;
	}
	s->domain = rsim_get_domain(s->b);
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	rsim_dma_access(s->b, RSIM_NO_PASID, STORY_IOVA, true);
	story_fault(s, RSIM_FAULT_READY, s->a, 50, 1);
	story_task(s, "reset", story_reset_a);
	story_task(s, "vf driver", unmap_vf);
	rsim_run(s->w);
}

static void containment(struct rsim *w, void *arg)
{
	struct story *s = arg;

	(void)w;
	rsim_dpc_event(s->port);
}

/* B18: the hardware resets by itself, and Linux learns it afterwards. */
static void reset_that_linux_did_not_start(struct story *s)
{
	story_machine(s, RSIM_CAP_PM);
	if (s->failed)
		return;
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	rsim_dma_access(s->a, RSIM_NO_PASID, STORY_IOVA, true);
	story_fault(s, RSIM_FAULT_READY, s->a, 50, 1);
	story_task(s, "dpc", containment);
	story_task(s, "driver", unmap_vf);
	rsim_run(s->w);
}

/* B19: PASIDs are taken off while the core still names the old domain. */
static void marked_too_late(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, RSIM_CAP_PASID);
	if (s->failed)
		return;
	rsim_attach_pasid(s->a, 1, rsim_domain_alloc(s->group, "sva"));
	rsim_reset_function(s->a);
}

/* B20: VT-d looks into the static blocked domain. */
static void old_domain_has_no_insides(struct story *s)
{
	s->config.iommu = RSIM_IOMMU_VTD;
	marked_too_late(s);
}

/* B21: the same as B08; VT-d finds no entry for the PASID. */
static void pasid_detach_on_vtd(struct story *s)
{
	s->config.iommu = RSIM_IOMMU_VTD;
	story_pasid_detach_during_reset(s);
}

const struct chapter between_chapters[] = {
	{ { "B11", "an attach during a reset turns ATS on again",
	    "introduction v1 to v4" },
	  { "blocked-in-reset" }, attach_during_reset },
	{ { "B12", "a deferred attach during a reset",
	    "introduction 1/5" },
	  { "blocked-in-reset" }, deferred_attach_during_reset },
	{ { "B13", "a device joins the group during a reset",
	    "Kevin Tian, 2025-11-14" },
	  { "restored", "balanced" }, hot_add_during_reset },
	{ { "B14", "a reset path without the pair",
	    "Kevin Tian, 2025-11-14" },
	  { "blocked-in-reset" }, bus_without_the_pair },
	{ { "B15", "prepare() on probe suspends a live device",
	    "quarantine v4 01/24" },
	  { "sibling-untouched" }, probe_suspends },
	{ { "B16", "the device leaves while its reset runs",
	    "Kevin Tian, 2025-11-14" },
	  { "no-warn", "progress" }, removal_during_reset },
	{ { "B17", "a PF resets under its VFs", "introduction v8, accepted" },
	  { "blocked-in-reset" }, pf_under_vf },
	{ { "B18", "a reset that Linux did not start",
	    "Ethan Zhao, 2025-07-24, open" },
	  { "blocked-in-reset" }, reset_that_linux_did_not_start },
	{ { "B19", "the driver is told the wrong domain",
	    "b296ca1fb43a" },
	  { "old-domain" }, marked_too_late },
	{ { "B20", "VT-d: the blocked domain has no insides",
	    "Zhenzhong Duan, 2026-04-21" },
	  { "no-warn" }, old_domain_has_no_insides },
	{ { "B21", "VT-d: a PASID entry that is not there",
	    "CVE-2026-53281" },
	  { "no-warn" }, pasid_detach_on_vtd },
	{ { 0 }, { 0 }, NULL },
};
