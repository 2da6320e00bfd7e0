/* SPDX-License-Identifier: MIT */
/*
 * Models: the AMD IOMMU driver (linux-behaviour 7.4, hardware 1.3, 1.4): ATS
 * is enabled in the device before the device table entry allows it, detaching
 * disables it first, and a completion wait gives up after 100 ms.
 */
#include "os/dev.h"

#include <errno.h>

enum { COMPLETION_MS = 100 };

static void completion_wait(struct os *os)
{
	if (hw_invq_sync(os->hw, COMPLETION_MS) != HW_SYNC_DONE)
		trace_log(os->e, 0, "completion wait timed out",
			  COMPLETION_MS);
}

static void write_dte(struct rsim_dev *dev, enum hw_ste_kind kind,
		      const struct hw_pagetable *pt, bool iotlb)
{
	static const char *const names[] = {
		"blocked", "pass-through", "translate",
	};
	struct hw_ste *ste = dev->fn.ste;

	engine_point(dev_engine(dev), "DTE");
	ste->kind = (uint8_t)kind;
	ste->pt = pt;
	ste->eats = iotlb;
	trace_add(dev_engine(dev), RSIM_EV_STE, dev->fn.id, names[kind]);
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
	if (paging && pci_ats_supported(dev) && !dev->ats_refused)
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

static void flush(struct rsim_domain *domain, rsim_iova iova, uint64_t size)
{
	unsigned i;

	hw_invq_cmd(domain->os->hw, NULL, "INVALIDATE_IOMMU_PAGES");
	for (i = 0; i < domain->user_count; i++)
		if (domain->users[i].dev->ats_enabled)
			hw_invq_atc(domain->os->hw, &domain->users[i].dev->fn,
				    domain->users[i].pasid, iova, size);
	completion_wait(domain->os);
}

const struct iommu_ops amd_ops = {
	.attach = attach,
	.set_pasid = set_pasid,
	.flush = flush,
};
