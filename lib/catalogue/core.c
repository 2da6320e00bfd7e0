/* SPDX-License-Identifier: MIT */
/* The bugs of prepare() and done() themselves: B01 to B21. */
#include "catalogue/story.h"

static void reset_a(struct rsim *w, void *arg)
{
	struct story *s = arg;

	(void)w;
	rsim_try_reset_function(s->a);
}

static void reset_b(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);	/* while a resets */
	rsim_try_reset_function(s->b);
}

/* B01: cxl_bus nests the pair of bus. */
static void nested_prepare(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine_with(s, RSIM_CAP_CXL_PORT, (struct rsim_dev_desc){
		.caps = RSIM_CAP_ATS | RSIM_CAP_PM | RSIM_CAP_NO_SOFT_RESET,
	});
	if (s->failed)
		return;
	rsim_reset_method_store(s->a, "cxl_bus");
	rsim_reset_function(s->a);
}

static void unmap_later(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 1000 * RSIM_NS_PER_MS);	/* during the quirk's poll */
	rsim_unmap(s->domain, STORY_IOVA, RSIM_PAGE_SIZE);
}

/* B02, B06a: a quirk resets inside its own pair and then polls firmware. */
static void unblocked_too_early(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine_with(s, 0, (struct rsim_dev_desc){
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
		.vendor = 0x19e5, .device = 0x375e,
	});
	if (s->failed)
		return;
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	rsim_map(s->domain, STORY_IOVA, s->page, RSIM_PAGE_SIZE, true);
	story_fault(s, RSIM_FAULT_QUIRK, s->a, 0, 1);
	story_task(s, "reset", reset_a);
	story_task(s, "unmap", unmap_later);
	rsim_run(s->w);
}

/* B03: two devices of one group are reset at the same time. */
static void two_of_a_group(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	story_sibling(s, 0);
	if (s->failed)
		return;
	story_task(s, "reset a", reset_a);
	story_task(s, "reset b", reset_b);
	rsim_run(s->w);
}

/* B04: done() sets PASIDs again, for the whole group. */
static void pasids_of_the_group(struct story *s, unsigned caps_b)
{
	struct rsim_domain *sva;

	if (story_needs_fence(s))
		return;
	story_machine(s, caps_b ? RSIM_CAP_PASID : 0);
	story_sibling(s, caps_b ? RSIM_CAP_PASID : RSIM_CAP_PASID);
	if (s->failed)
		return;
	sva = rsim_domain_alloc(s->group, "sva");
	if (!sva) {
		s->failed = true;
		return;
	}
	rsim_attach_pasid(s->b, 1, sva);
	rsim_reset_function(s->a);
}

static void pasids_on_a_sibling(struct story *s)
{
	pasids_of_the_group(s, RSIM_CAP_PASID);
}

static void pasids_on_a_device_without(struct story *s)
{
	pasids_of_the_group(s, 0);
}

/* B05: the reset fails, and the device is let go all the same. */
static void failed_reset_unblocks(struct story *s)
{
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	story_fault(s, RSIM_FAULT_READY, s->a, 0, 0);
	rsim_reset_method_store(s->a, "flr");
	rsim_reset_function(s->a);
	/* The firmware hangs; the DMA engine does not. Whoever fenced the
	 * device earlier is not what this story is about. */
	story_write(s, s->a);
}

/* B06b: a probe that says no is taken for a reset that failed. */
static void probe_parks(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	/* With a second function on the bus, `bus` is not for it. */
	rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.parent = s->port, .at = { .devfn = 8 },
	});
	rsim_reset_method_store(s->a, "default");
}

/* B06c: a failed reset of one, a good one of its sibling. */
static void failure_then_sibling(struct story *s)
{
	if (story_needs_fence(s))
		return;
	if (s->proto->done_rule == RSIM_DONE_ALWAYS) {
		story_na(s, "a failed reset leaves nothing parked");
		return;
	}
	story_machine(s, 0);
	story_sibling(s, 0);
	if (s->failed)
		return;
	story_fault(s, RSIM_FAULT_READY, s->a, 0, 1);
	rsim_reset_method_store(s->a, "flr");
	rsim_reset_function(s->a);
	rsim_reset_function(s->b);
}

/* B06d: after a failed reset not even a teardown is let through. */
static void failure_then_teardown(struct story *s)
{
	if (story_needs_fence(s))
		return;
	if (s->proto->done_rule == RSIM_DONE_ALWAYS) {
		story_na(s, "a failed reset leaves nothing parked");
		return;
	}
	story_machine(s, 0);
	if (s->failed)
		return;
	rsim_attach_group(s->group, rsim_domain_alloc(s->group, "vfio"));
	story_fault(s, RSIM_FAULT_READY, s->a, 0, 1);
	rsim_reset_method_store(s->a, "flr");
	rsim_reset_function(s->a);
	rsim_detach_group(s->group);
}

static void close_vfio(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	rsim_detach_group(s->group);
	rsim_domain_free(s->domain);
}

/* B07: VFIO closes while its device resets, and frees its domain. */
static void teardown_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	s->domain = rsim_domain_alloc(s->group, "vfio");
	rsim_attach_group(s->group, s->domain);
	story_task(s, "reset", reset_a);
	story_task(s, "close", close_vfio);
	rsim_run(s->w);
}

static void unbind_sva(struct rsim *w, void *arg)
{
	struct story *s = arg;

	rsim_sleep(w, 10 * RSIM_NS_PER_MS);
	rsim_detach_pasid(s->a, 1);
}

/* B08, B21: a process ends while the device it used resets. */
static void pasid_detach_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, RSIM_CAP_PASID);
	if (s->failed)
		return;
	rsim_attach_pasid(s->a, 1, rsim_domain_alloc(s->group, "sva"));
	story_task(s, "reset", reset_a);
	story_task(s, "unbind", unbind_sva);
	rsim_run(s->w);
}

static void pasid_detach_on_vtd(struct story *s)
{
	s->config.iommu = RSIM_IOMMU_VTD;
	pasid_detach_during_reset(s);
}

/* B09: no default domain, then a reset. */
static void no_default_domain(struct story *s)
{
	struct rsim_dev *other;

	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_fault(s, RSIM_FAULT_ALLOC_DEFAULT, NULL, 0, 1);
	other = rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "b", .type = RSIM_RCIEP, .at = { .devfn = 0x20 },
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS, .new_group = true,
	});
	if (!other) {
		s->failed = true;
		return;
	}
	rsim_reset_function(other);
}

/* B10: two functions with one requester ID. */
static void alias_siblings(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	s->b = rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "b", .parent = s->port, .at = { .devfn = 8 },
		.group = s->group, .alias_of = s->a,
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
	});
	if (!s->b) {
		s->failed = true;
		return;
	}
	rsim_trace_clear(s->w);
	story_task(s, "reset a", reset_a);
	story_task(s, "reset b", reset_b);
	rsim_run(s->w);
}

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
	story_task(s, "reset", reset_a);
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
	story_task(s, "reset", reset_a);
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
	story_task(s, "reset", reset_a);
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
	story_task(s, "reset", reset_a);
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
	story_task(s, "reset", reset_a);
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
	story_task(s, "reset", reset_a);
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

const struct chapter core_chapters[] = {
	{ { "B01", "a nested prepare() fails the whole reset",
	    "Shuai Xue, 2026-03-18" },
	  { "no-warn" }, nested_prepare },
	{ { "B02", "dropping the outer pair unblocks too early",
	    "Kevin Tian, 2026-03" },
	  { "blocked-in-reset" }, unblocked_too_early },
	{ { "B03", "two devices of a group reset at once",
	    "Shuai Xue, 2026-03-19" },
	  { "blocked-in-reset", "restored", "no-warn" }, two_of_a_group },
	{ { "B04a", "done() sets PASIDs again on the whole group",
	    "Shuai Xue, 2026-04-07" },
	  { "sibling-untouched" }, pasids_on_a_sibling },
	{ { "B04b", "PASID callbacks for a device without PASIDs",
	    "Shuai Xue, 2026-04-07" },
	  { "old-domain" }, pasids_on_a_device_without },
	{ { "B05", "a failed reset unblocks: stale translations go live",
	    "Nicolin Chen, 2026-03-04" },
	  { "stale-dma" }, failed_reset_unblocks },
	{ { "B06a", "an inner done() opens the device inside the outer reset",
	    "Shuai Xue, 2026-03-18" },
	  { "blocked-in-reset" }, unblocked_too_early },
	{ { "B06b", "a probe that says no parks a healthy device",
	    "from the v7 5/5 diff" },
	  { "restored" }, probe_parks },
	{ { "B06c", "one device's success clears another's fence",
	    "Shuai Xue, 2026-03-19" },
	  { "blocked-in-reset", "balanced" }, failure_then_sibling },
	{ { "B06d", "after a failed reset teardown is refused",
	    "from the v1 1/2 diff" },
	  { "no-warn" }, failure_then_teardown },
	{ { "B07", "teardown during a reset, then use after free",
	    "CVE-2026-52952" },
	  { "no-freed-domain", "no-warn" }, teardown_during_reset },
	{ { "B08", "a PASID detach invalidates a device in reset",
	    "rc v6 review" },
	  { "blocked-in-reset" }, pasid_detach_during_reset },
	{ { "B09", "no default domain: done() dereferences NULL",
	    "d769711fcddd" },
	  { "no-warn" }, no_default_domain },
	{ { "B10", "alias siblings share a stream entry",
	    "2025-09-01, 15dd29ca6206" },
	  { "blocked-in-reset", "sibling-untouched" }, alias_siblings },
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
