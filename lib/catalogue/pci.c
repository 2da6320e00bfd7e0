/* SPDX-License-Identifier: MIT */
/* The PCI side that meets the API: P01 to P05, C01, C01b. */
#include "catalogue/story.h"

#include <errno.h>

/* A device-specific reset that does an FLR and hands its result on. */
static int careful_flr(struct rsim_dev *dev, bool probe)
{
	return rsim_pcie_reset_flr(dev, probe);
}

static const struct rsim_device_reset careful = { 0x1234, 1, careful_flr };

/* P01: a helper that brings its own pair, called inside a pair. */
static void pair_called_twice(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	s->failed = rsim_device_reset_add(s->w, &careful);
	rsim_reset_method(s->a, RSIM_METHOD_DEVICE_SPECIFIC, false);
}

/* P02: a new method, as posted: a power cycle that fails, and done() after it
 * without a look at the result. */
static void done_whatever_happened(struct story *s)
{
	if (story_needs_fence(s))
		return;
	story_machine(s, 0);
	if (s->failed)
		return;
	story_stale(s, s->a);
	rsim_note(s->w, "d3cold: prepare, a power cycle that fails, done");
	s->failed = s->proto->prepare(s->a) != 0;
	s->proto->done(s->a, true);
}

/* P03: a reset that reports success and did nothing. */
static void false_success(struct story *s)
{
	story_machine(s, RSIM_CAP_PM);
	if (s->failed)
		return;
	story_fault(s, RSIM_FAULT_NO_RESET, s->a, 0, 1);
	rsim_reset_method_store(s->a, "pm");
	rsim_reset_function(s->a);
}

static void siblings_of_a_cxl_reset(struct story *s)
{
	story_na(s, "the method that locks siblings was not merged");
}

/* P05: the probe promises a bus reset that a masked port will not do. */
static void masked_bus_advertised(struct story *s)
{
	const uint8_t *m;

	story_machine_with(s, RSIM_CAP_CXL_PORT, (struct rsim_dev_desc){
		.caps = RSIM_CAP_ATS,
	});
	if (s->failed)
		return;
	for (m = rsim_dev_methods(s->a); *m; m++)
		story_expect(s, *m != RSIM_METHOD_BUS ||
				rsim_reset_method(s->a, *m, false) != -ENOTTY,
			     "no-false-success",
			     "bus is offered, and the port ignores it");
}

/* An FLR quirk that drops the result of its FLR, and an FLR that fails. */
static void quirk(struct story *s)
{
	story_machine_with(s, 0, (struct rsim_dev_desc){
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
		.vendor = 0x8086, .device = 0x0a54,
	});
}

/* C01: the failed inner FLR is forgotten, the quarantine lifted. */
static void ignored_inner_result(struct story *s)
{
	if (s->proto->done_rule == RSIM_DONE_ALWAYS) {
		story_na(s, "there is no quarantine to lift");
		return;
	}
	quirk(s);
	if (s->failed)
		return;
	story_stale(s, s->a);
	story_fault(s, RSIM_FAULT_READY, s->a, 0, 0);
	rsim_reset_method_store(s->a, "device_specific");
	rsim_reset_function(s->a);
	story_write(s, s->a);
}

/* C01b: the inner prepare() is refused, and so there was no FLR at all. */
static void refused_inner_prepare(struct story *s)
{
	if (story_needs_fence(s))
		return;
	quirk(s);
	if (s->failed)
		return;
	rsim_reset_method_store(s->a, "device_specific");
	rsim_reset_function(s->a);
}

const struct chapter pci_chapters[] = {
	{ { "P01", "the pair is called twice", "d3cold reset v5, 2026-06-02" },
	  { "no-warn", "no-false-success" }, pair_called_twice },
	{ { "P02", "done() whatever the new method answered",
	    "d3cold reset v7/v8" },
	  { "not-unfenced-dirty" }, done_whatever_happened },
	{ { "P03", "a reset reports success without resetting",
	    "Alex Williamson, 2026-06" },
	  { "no-false-success" }, false_success },
	{ { "P04", "a CXL reset and its siblings", "CXL reset v7 08/11" },
	  { "progress" }, siblings_of_a_cxl_reset },
	{ { "P05", "a masked bus reset is offered", "702c1d56c717" },
	  { "no-false-success" }, masked_bus_advertised },
	{ { "C01", "an ignored inner result lifts the quarantine",
	    "from quirks.c, 6.12" },
	  { "stale-dma", "not-unfenced-dirty" }, ignored_inner_result },
	{ { "C01b", "a refused inner prepare() means no reset at all",
	    "from quirks.c and 7.0" },
	  { "no-false-success" }, refused_inner_prepare },
	{ { 0 }, { 0 }, NULL },
};
