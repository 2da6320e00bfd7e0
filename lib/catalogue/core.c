/* SPDX-License-Identifier: MIT */
/* The bugs of prepare() and done() themselves: B01 to B10. */
#include "catalogue/story.h"

void story_reset_a(struct rsim *w, void *arg)
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
	story_task(s, "reset", story_reset_a);
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
	story_task(s, "reset a", story_reset_a);
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
	story_task(s, "reset", story_reset_a);
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
void story_pasid_detach_during_reset(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, RSIM_CAP_PASID);
	if (s->failed)
		return;
	rsim_attach_pasid(s->a, 1, rsim_domain_alloc(s->group, "sva"));
	story_task(s, "reset", story_reset_a);
	story_task(s, "unbind", unbind_sva);
	rsim_run(s->w);
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
	story_task(s, "reset a", story_reset_a);
	story_task(s, "reset b", reset_b);
	rsim_run(s->w);
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
	  { "blocked-in-reset" }, story_pasid_detach_during_reset },
	{ { "B09", "no default domain: done() dereferences NULL",
	    "d769711fcddd" },
	  { "no-warn" }, no_default_domain },
	{ { "B10", "alias siblings share a stream entry",
	    "2025-09-01, 15dd29ca6206" },
	  { "blocked-in-reset", "sibling-untouched" }, alias_siblings },
	{ { 0 }, { 0 }, NULL },
};
