/* SPDX-License-Identifier: MIT */
/*
 * The scene of iommu.pml with Linux' code instead of a model of it: two ATS
 * devices in a group, two resets, an attach, an unmap whose page goes to
 * somebody else, and two rounds of DMA by each device.
 *
 * A step of the model is a statement; a step here is what happens between two
 * points at which the explorer switches: taking a lock, a config write that
 * others notice, writing a stream entry, a request of a device, before an unmap
 * and before its flush, allocating or freeing a page, and every sleep. Where
 * the two differ:
 *  - Linux sleeps 100 ms after an FLR and then looks again after 1, 2, 4, ...
 *    ms for a minute; the model's reset fails or works in one step. So the
 *    reset here is a device-specific one of the scene's own that waits for
 *    nothing. With scene.arg it is pci_try_reset_function() as it is.
 *  - The model's blocked[d] = 1 is one step under the mutex. Here the driver
 *    takes a lock of its own, clears Enable, writes the stream entry and
 *    invalidates the ATC, which may time out: the model's resets have no
 *    invalidation that could.
 *  - An invalidation that times out costs the model nothing. Here the queue
 *    is stuck until the hardware gives up, and whoever waits sleeps.
 *  - A device whose reset never ends answers no invalidation, fault or not.
 *  - The model's DMA tests and acts in one step, and a round of it is a
 *    translation request or an access. Here a device looks into its ATC, each
 *    request that follows is a step, and a round has both if it needs both.
 *  - The model's attach leaves the page mapped for the new domain. Here it has
 *    no mappings, as a new domain does not.
 *  - The model's unmap() invalidates the devices one by one; here one flush is
 *    queued for all of them. Freeing the page and allocating it are two steps.
 *  - A reset clears Bus Master Enable; setting it again is one step more.
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
static int quick_reset(struct rsim_dev *d, bool probe)
{
	unsigned exp = rsim_dev_cap(d, PCI_EXP);

	if (probe)
		return 0;
	rsim_cfg_write(d, exp + EXP_DEVCTL, 2, DEVCTL_FLR);
	if (rsim_cfg_read(d, 0, 4) == 0xffffffffu)
		return -ENOTTY;
	rsim_cfg_write(d, COMMAND, 2, COMMAND_MASTER);
	return 0;
}

static const struct rsim_device_reset quick = {
	.vendor = 0x1234, .device = 0xffff, .reset = quick_reset,
};

static void reset(struct rsim_dev *d, const void *whole)
{
	if (whole)
		rsim_try_reset_function(d);
	else
		rsim_reset_method(d, RSIM_METHOD_DEVICE_SPECIFIC, false);
}

static void reset_a(struct rsim *w, void *whole)
{
	reset(dev(w, 1), whole);
}

static void reset_b(struct rsim *w, void *whole)
{
	reset(dev(w, 2), whole);
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

static int build(struct rsim *w, void *whole)
{
	struct rsim_domain *other;
	int ret = whole ? 0 : rsim_device_reset_add(w, &quick);

	if (!ret)
		ret = machine(w);
	if (ret || may_fail(w, RSIM_FAULT_READY) ||
	    may_fail(w, RSIM_FAULT_ATC_INV))
		return -ENOMEM;
	other = rsim_domain_alloc(rsim_dev_group(dev(w, 1)), "other");
	if (!other || rsim_task_add(w, "reset a", reset_a, whole) < 0 ||
	    rsim_task_add(w, "reset b", reset_b, whole) < 0 ||
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

const struct rsim_scene bench_scene = {
	.name = "iommu.pml",
	.what = "two resets, an attach, an unmap and DMA, in one group",
	.build = build,
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
