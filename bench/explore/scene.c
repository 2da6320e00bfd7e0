/* SPDX-License-Identifier: MIT */
/*
 * The scene of iommu.pml with Linux' code instead of a model of it: two ATS
 * devices in a group, two resets, an attach, an unmap whose page goes to
 * somebody else, and two rounds of DMA by each device.
 *
 * A step of the model is a statement; a step here is what happens between two
 * points at which the explorer switches. With the model's atomicity, parking a
 * device, resetting it, and letting it go again are a step each, as they are
 * there; with BENCH_FINE the driver's config writes and stream entries are
 * steps of their own; with BENCH_LINUX the reset is pci_try_reset_function()
 * as it is, which sleeps 100 ms after an FLR and then looks again after 1, 2,
 * 4, ... ms for a minute. Where the two differ in any case:
 *  - The model's blocked[d] = 1 is one assignment. Here the driver takes a lock
 *    of its own, clears Enable, writes the stream entry and invalidates the
 *    ATC, which may time out: the model's resets have no invalidation.
 *  - An invalidation that times out costs the model nothing. Here the queue
 *    is stuck until the hardware gives up, and whoever waits sleeps.
 *  - A device whose reset never ends answers no invalidation, fault or not.
 *  - A round of the model's DMA is a translation request or an access. Here a
 *    round that needs both has both, each a step.
 *  - The model's attach leaves the page mapped for the new domain. Here it has
 *    no mappings, as a new domain does not.
 *  - The model's unmap() invalidates the devices one by one; here one flush is
 *    queued for all of them. Freeing the page and allocating it are two steps.
 */
#include "scene.h"

#include <rsim/rsim.h>

#include <errno.h>

#define IOVA ((rsim_iova)0x10000)
enum { DRIVER = 1, SOMEBODY_ELSE = 2, ROUNDS = 2 };

/* Of config space. */
enum {
	COMMAND = 4, COMMAND_MASTER = 4,
	PCI_EXP = 0x10, EXP_DEVCTL = 8, DEVCTL_FLR = 0x8000,
};

static struct rsim_dev *dev(struct rsim *w, unsigned n)
{
	struct rsim_bdf at = { .devfn = (uint8_t)(n << 3) };

	return rsim_dev_find(w, at);
}

/*
 * A reset without a wait: an FLR that is over at once, or never. The pair is
 * called around it, which makes it the model's reset().
 */
static int flr(struct rsim_dev *d)
{
	rsim_cfg_write(d, rsim_dev_cap(d, PCI_EXP) + EXP_DEVCTL, 2, DEVCTL_FLR);
	if (rsim_cfg_read(d, 0, 4) == 0xffffffffu)
		return -ENOTTY;
	rsim_cfg_write(d, COMMAND, 2, COMMAND_MASTER);
	return 0;
}

static int quick_reset(struct rsim_dev *d, bool probe)
{
	return probe ? 0 : flr(d);
}

/* One step ends, another begins. */
static void next_step(struct rsim *w)
{
	rsim_atomic_end(w);
	rsim_yield(w);
	rsim_atomic_begin(w);
}

/* The pair's halves, before and after, are in the caller's section. */
static int atomic_reset(struct rsim_dev *d, bool probe)
{
	int ret;

	if (probe)
		return 0;
	next_step(rsim_dev_world(d));
	ret = flr(d);
	next_step(rsim_dev_world(d));
	return ret;
}

static const struct rsim_device_reset quick = {
	.vendor = 0x1234, .device = 0xffff, .reset = quick_reset,
}, atomic = {
	.vendor = 0x1234, .device = 0xffff, .reset = atomic_reset,
};

static void reset(struct rsim_dev *d, const enum bench_grain *grain)
{
	struct rsim *w = rsim_dev_world(d);

	if (*grain == BENCH_LINUX) {
		rsim_try_reset_function(d);
	} else if (*grain == BENCH_FINE) {
		rsim_reset_method(d, RSIM_METHOD_DEVICE_SPECIFIC, false);
	} else {
		rsim_atomic_begin(w);
		rsim_reset_method(d, RSIM_METHOD_DEVICE_SPECIFIC, false);
		rsim_atomic_end(w);
	}
}

static void reset_a(struct rsim *w, void *grain)
{
	reset(dev(w, 1), grain);
}

static void reset_b(struct rsim *w, void *grain)
{
	reset(dev(w, 2), grain);
}

static void attach(struct rsim *w, void *domain)
{
	rsim_attach_group(rsim_dev_group(dev(w, 1)), domain);
}

static void dma(struct rsim *w, struct rsim_dev *d)
{
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		rsim_dma_access(d, RSIM_NO_PASID, IOVA, true);
		rsim_remember(w, i);
	}
}

static void dma_a(struct rsim *w, void *arg)
{
	(void)arg;
	dma(w, dev(w, 1));
}

static void dma_b(struct rsim *w, void *arg)
{
	(void)arg;
	dma(w, dev(w, 2));
}

/* A driver unmaps its page; the allocator gives it to somebody else. */
static void unmap(struct rsim *w, void *page)
{
	struct rsim_domain *d = rsim_group_default(rsim_dev_group(dev(w, 1)));

	rsim_unmap(d, IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(w, *(rsim_phys *)page);
	rsim_page_alloc(w, SOMEBODY_ELSE);
}

/* The first page that a world gives out is always this one. */
static rsim_phys first_page = (rsim_phys)1 << 32;

static int machine(struct rsim *w)
{
	struct rsim_group *group = NULL;
	unsigned n;

	for (n = 1; n <= 2; n++) {
		struct rsim_dev *d = rsim_dev_add(w, &(struct rsim_dev_desc){
			.name = n == 1 ? "a" : "b", .type = RSIM_RCIEP,
			.at = { .devfn = (uint8_t)(n << 3) },
			.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
			.group = group, .new_group = !group,
		});

		if (!d)
			return -ENOMEM;
		group = rsim_dev_group(d);
	}
	if (rsim_page_alloc(w, DRIVER) != first_page)
		return -ENOMEM;
	return rsim_map(rsim_group_default(group), IOVA, first_page,
			RSIM_PAGE_SIZE, true);
}

static int may_fail(struct rsim *w, enum rsim_fault_point point)
{
	return rsim_fault_add(w, &(struct rsim_fault){
		.point = point, .optional = true });
}

static int build(struct rsim *w, void *arg)
{
	enum bench_grain *grain = arg;
	struct rsim_domain *other;
	int ret = 0;

	if (*grain != BENCH_LINUX)
		ret = rsim_device_reset_add(w, *grain == BENCH_FINE ? &quick
								    : &atomic);
	if (!ret)
		ret = machine(w);
	if (ret || may_fail(w, RSIM_FAULT_READY) ||
	    may_fail(w, RSIM_FAULT_ATC_INV))
		return -ENOMEM;
	other = rsim_domain_alloc(rsim_dev_group(dev(w, 1)), "other");
	if (!other || rsim_task_add(w, "reset a", reset_a, grain) < 0 ||
	    rsim_task_add(w, "reset b", reset_b, grain) < 0 ||
	    rsim_task_add(w, "attach", attach, other) < 0 ||
	    rsim_task_add(w, "dma a", dma_a, NULL) < 0 ||
	    rsim_task_add(w, "dma b", dma_b, NULL) < 0 ||
	    rsim_task_add(w, "unmap", unmap, &first_page) < 0)
		return -ENOMEM;
	return 0;
}

/* assert(!(page == REASSIGNED && rst[d] == FAILED)) at a translated DMA. */
static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	if (ev->kind != RSIM_EV_DMA || ev->ret || !ev->size)
		return;
	if (rsim_checks_facts(c, ev->dev)->reset_failed)
		rsim_checks_fail(c, "device %u reached a page that is no"
				    " longer its own, after its reset failed",
				 (unsigned)ev->dev);
}

const struct rsim_rule failed_and_stale = {
	.name = "failed-and-stale",
	.says = "a device whose reset failed reaches no page that went to"
		" somebody else",
	.source = "iommu.pml",
	.look_at = "who opened its stream entry, or never closed it",
	.event = event,
};

enum bench_grain bench_grain;

const struct rsim_scene bench_scene = {
	.name = "iommu.pml",
	.what = "two resets, an attach, an unmap and DMA, in one group",
	.build = build,
	.arg = &bench_grain,
	/* How long a time-out takes is nothing that the model has. */
	.config.inv_timeout_ms = 500,
	.own = { &failed_and_stale },
};

const struct rsim_proto *bench_fixed(void)
{
	static struct rsim_proto fixed;

	if (!fixed.name) {
		fixed = *rsim_proto_find("v7.1");
		fixed.name = "per-device";
		fixed.what = "v7.1, done() after a success only";
		fixed.done_rule = RSIM_DONE_ON_SUCCESS;
	}
	return &fixed;
}
