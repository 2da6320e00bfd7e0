/* SPDX-License-Identifier: MIT */
/*
 * Models: the AMD IOMMU driver: ATS
 * is enabled in the device before the device table entry allows it, detaching
 * disables it first, and a completion wait gives up after 100 ms.
 */
#include "os/dev.h"

#include <errno.h>

enum { COMPLETION_MS = 100 };

static bool completion_wait(struct os *os)
{
	if (hw_invq_sync(os->hw, COMPLETION_MS) == HW_SYNC_DONE)
		return true;
	trace_log(os->e, 0, "completion wait timed out", COMPLETION_MS);
	return false;
}

static void write_dte(struct rsim_dev *dev, enum hw_ste_kind kind,
		      const struct hw_pagetable *pt, bool iotlb)
{
	static const char *const names[] = {
		"blocked", "pass-through", "translate",
	};
	struct hw_ste *ste = dev->fn.ste;

	digest_observe(dev_engine(dev),
		       (uint64_t)(pt ? pt->id : 0) << 8 | kind << 1 | iotlb);
	engine_point(dev_engine(dev), "DTE");
	iotlb = iotlb && !dev->ats_broken;
	ste->kind = (uint8_t)kind;
	ste->pt = pt;
	ste->eats = iotlb;
	trace_ab(dev_engine(dev), RSIM_EV_STE, dev->fn.id, names[kind], kind,
		 iotlb);
	hw_invq_cmd(dev->os->hw, &dev->fn, "INVALIDATE_DEVTAB_ENTRY");
}

static void detach(struct rsim_dev *dev, struct rsim_domain *old)
{
	bool ats = dev->ats_enabled;

	if (ats)
		pci_disable_ats(dev);
	write_dte(dev, HW_STE_ABORT, NULL, false);
	if (ats)
		hw_invq_atc(dev->os->hw, &dev->fn, RSIM_NO_PASID, 0, 0);
	completion_wait(dev->os);
	if (old && domain_is_paging(old))
		domain_remove_user(old, dev, RSIM_NO_PASID);
}

static int attach(struct rsim_dev *dev, struct rsim_domain *domain,
		  struct rsim_domain *old)
{
	bool paging = domain_is_paging(domain);

	if (paging && domain_add_user(domain, dev, RSIM_NO_PASID))
		return -ENOMEM;
	if (dev->hw_rid && dev->hw_rid->type != RSIM_DOMAIN_BLOCKED)
		detach(dev, old);
	if (domain->type == RSIM_DOMAIN_BLOCKED) {
		write_dte(dev, HW_STE_ABORT, NULL, false);
		completion_wait(dev->os);
		return 0;
	}
	if (paging && pci_ats_supported(dev) && !dev->ats_refused &&
	    !dev->ats_broken)
		pci_enable_ats(dev, 12);
	write_dte(dev, paging ? HW_STE_TRANSLATE : HW_STE_BYPASS,
		  paging ? &domain->pt : NULL, dev->ats_enabled);
	completion_wait(dev->os);
	return 0;
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
	if (old && dev->ats_enabled)
		hw_invq_atc(dev->os->hw, &dev->fn, pasid, 0, 0);
	completion_wait(dev->os);
	if (old && domain_is_paging(old))
		domain_remove_user(old, dev, pasid);
	return 0;
}

/* The event log names the device whose IOTLB did not answer. */
static void flush(struct rsim_domain *domain, rsim_iova iova, uint64_t size)
{
	struct os *os = domain->os;
	unsigned i;

	hw_invq_cmd(os->hw, NULL, "INVALIDATE_IOMMU_PAGES");
	for (i = 0; i < domain->user_count; i++) {
		struct rsim_dev *dev = domain->users[i].dev;

		if (!dev->ats_enabled)
			continue;
		digest_forget(os->e, i + 1);
		hw_invq_atc(os->hw, &dev->fn, domain->users[i].pasid, iova,
			    size);
		if (!completion_wait(os) && os->proto->broken)
			os->proto->broken(dev);
	}
	digest_forget(os->e, 0);
	completion_wait(os);
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

const struct iommu_ops amd_ops = {
	.attach = attach,
	.set_pasid = set_pasid,
	.flush = flush,
	.block_ats = block_ats,
	.reset_device_done = reset_device_done,
};
