/* SPDX-License-Identifier: MIT */
/*
 * Models: the VT-d driver in legacy mode, as 7.3.4 was seen to do it: ATS is
 * enabled at attach and disabled when translation is blocked; the device is
 * looked for before it is sent an invalidation.
 */
#include "os/dev.h"

#include <errno.h>

/*
 * qi_submit_sync() has no time-out of its own. When the hardware's is over
 * (ITE), everything pending is aborted and submitted again, for ever if the
 * device is there but silent; one that is not there ends the loop. rsim gives
 * up after so many rounds, says so, and counts it as the lockup that it is.
 */
enum { ITE_ROUNDS = 3 };

static void submit(struct rsim_dev *dev, rsim_pasid pasid, rsim_iova iova,
		   uint64_t size)
{
	struct os *os = dev->os;
	unsigned round;

	for (round = 0; round < ITE_ROUNDS; round++) {
		hw_invq_atc(os->hw, &dev->fn, pasid, iova, size);
		if (hw_invq_sync(os->hw, RSIM_NEVER) == HW_SYNC_DONE)
			return;
		trace_log(os->e, dev->fn.id, "invalidation time-out (ITE)", 0);
		/* Every pending wait was aborted; the queue says by whom. */
		if (os->proto->broken &&
		    os->hw->iommu.queue.guilty == dev->fn.id) {
			os->proto->broken(dev);
			return;
		}
		if (os_cfg_read(dev, PCI_VENDOR_ID, 4) == ~0u)
			return;
	}
	trace_warn(os->e, dev->fn.id, "qi_submit_sync");
}

static void qi_submit(struct rsim_dev *dev, rsim_pasid pasid, rsim_iova iova,
		      uint64_t size)
{
	digest_enter(dev_engine(dev));
	submit(dev, pasid, iova, size);
	digest_leave(dev_engine(dev), 0);
}

static void qi_global(struct os *os, const char *what)
{
	hw_invq_cmd(os->hw, NULL, what);
	hw_invq_sync(os->hw, RSIM_NEVER);
}

/* pci_device_is_present(), without its retries. */
static bool present(struct rsim_dev *dev)
{
	return os_cfg_read(dev, PCI_VENDOR_ID, 4) != ~0u;
}

static void write_entry(struct rsim_dev *dev, enum hw_ste_kind kind,
			const struct hw_pagetable *pt, bool ats)
{
	static const char *const names[] = {
		"not present", "pass-through", "translate",
	};
	struct hw_ste *ste = dev->fn.ste;

	digest_observe(dev_engine(dev),
		       (uint64_t)(pt ? pt->id : 0) << 8 | kind << 1 | ats);
	engine_point(dev_engine(dev), "context entry");
	ats = ats && !dev->ats_broken;
	ste->kind = (uint8_t)kind;
	ste->pt = pt;
	ste->eats = ats;
	trace_ab(dev_engine(dev), RSIM_EV_STE, dev->fn.id, names[kind], kind,
		 ats);
}

/* device_block_translation() of a device that was translated or bypassed. */
static void block(struct rsim_dev *dev, struct rsim_domain *old)
{
	bool ats = dev->ats_enabled;

	if (!dev->hw_rid || dev->hw_rid->type == RSIM_DOMAIN_BLOCKED)
		return;
	digest_observe(dev_engine(dev), ats);
	write_entry(dev, HW_STE_ABORT, NULL, false);
	qi_global(dev->os, "context-cache flush");
	qi_global(dev->os, "IOTLB flush");
	if (ats && present(dev))
		qi_submit(dev, RSIM_NO_PASID, 0, 0);
	if (ats)
		pci_disable_ats(dev);
	if (old && domain_is_paging(old))
		domain_remove_user(old, dev, RSIM_NO_PASID);
}

/* iommu_enable_pci_ats(): only if the function sends page-aligned requests. */
static void enable_ats(struct rsim_dev *dev)
{
	if (!pci_ats_supported(dev) || dev->ats_refused || dev->ats_broken ||
	    dev->ats_enabled)
		return;
	if (os_cfg_read(dev, dev->ats_cap + PCI_ATS_CAP, 2) &
	    PCI_ATS_CAP_PAGE_ALIGNED)
		pci_enable_ats(dev, 12);
}

static int attach(struct rsim_dev *dev, struct rsim_domain *domain,
		  struct rsim_domain *old)
{
	bool paging = domain_is_paging(domain);

	if (paging && domain_add_user(domain, dev, RSIM_NO_PASID))
		return -ENOMEM;
	block(dev, old);
	if (domain->type == RSIM_DOMAIN_BLOCKED)
		return 0;
	/* The entry lets ATS pass before the device may use it. */
	write_entry(dev, paging ? HW_STE_TRANSLATE : HW_STE_BYPASS,
		    paging ? &domain->pt : NULL,
		    paging && pci_ats_supported(dev) && !dev->ats_refused &&
			    !dev->ats_broken);
	qi_global(dev->os, "context-cache flush");
	qi_global(dev->os, "IOTLB flush");
	if (paging)
		enable_ats(dev);
	return 0;
}

/*
 * domain_remove_dev_pasid(). 7.0 looked into the private data of whatever
 * domain it was given, the static blocked one included (fixed by
 * a6dea58d8625), and took it for granted that the PASID is there
 * (79ea2feb917b).
 */
static void remove_dev_pasid(struct rsim_dev *dev, rsim_pasid pasid,
			     struct rsim_domain *old)
{
	bool fixed = dev->os->kernel != RSIM_KERNEL_7_0;

	if (!domain_is_paging(old)) {
		if (!fixed && old->type == RSIM_DOMAIN_BLOCKED)
			trace_warn(dev_engine(dev), dev->fn.id,
				   "oops in domain_remove_dev_pasid");
		return;
	}
	if (!domain_has_user(old, dev, pasid) && !fixed)
		trace_warn(dev_engine(dev), dev->fn.id,
			   "NULL dereference in domain_remove_dev_pasid");
	domain_remove_user(old, dev, pasid);
}

static int set_pasid(struct rsim_dev *dev, rsim_pasid pasid,
		     struct rsim_domain *domain, struct rsim_domain *old)
{
	bool paging = domain_is_paging(domain);
	int ret;

	if (paging && domain_add_user(domain, dev, pasid))
		return -ENOMEM;
	ret = hw_ste_set_pasid(dev->os->hw, dev->fn.ste, pasid,
			       paging ? &domain->pt : NULL);
	if (ret)
		return ret;
	qi_global(dev->os, "PASID-cache flush");
	qi_global(dev->os, "IOTLB flush");
	if (old && dev->ats_enabled && present(dev))
		qi_submit(dev, pasid, 0, 0);
	if (old)
		remove_dev_pasid(dev, pasid, old);
	return 0;
}

static void flush(struct rsim_domain *domain, rsim_iova iova, uint64_t size)
{
	unsigned i;

	qi_global(domain->os, "IOTLB flush");
	for (i = 0; i < domain->user_count; i++)
		if (domain->users[i].dev->ats_enabled) {
			digest_forget(domain->os->e, i + 1);
			qi_submit(domain->users[i].dev, domain->users[i].pasid,
				  iova, size);
		}
}

static void block_ats(struct rsim_dev *dev)
{
	struct hw_ste *ste = dev->fn.ste;

	dev->ats_broken = true;
	if (dev->ats_enabled)
		pci_disable_ats(dev);
	/* One bit, in one write: an attach may be writing the rest. */
	engine_point(dev_engine(dev), "ATS of the entry");
	ste->eats = false;
	trace_ab(dev_engine(dev), RSIM_EV_STE, dev->fn.id, "ATS shut off",
		 ste->kind, false);
}

static void reset_device_done(struct rsim_dev *dev)
{
	dev->ats_broken = false;
}

const struct iommu_ops vtd_ops = {
	.attach = attach,
	.set_pasid = set_pasid,
	.flush = flush,
	.block_ats = block_ats,
	.reset_device_done = reset_device_done,
};
